// The θ explorer. Needs page.js, geometry.js, stage.js and drag.js above it. A model holds `values`: theta, padding_mode
// and align_corners; and `content`: image (rows of grey levels), high (the level that is white), truth (theta or null),
// dials (the sliders) and numbers (false: the sliders alone).

const UNMOVED = { rotation: 0, scale_x: 1, scale_y: 1, shear: 0, shift_x: 0, shift_y: 0 };

function render({ model, el }) {
  const { numbers, dials } = model.get("content");
  let content, values, image, size, stage; // from Python; see receive
  let parts; // what builds theta; the last ones where theta is flat
  let flat = false;
  let picked = null;

  // ---- values

  const link = connect(model, () => ({ ...values }), receive);
  const change = (some) => {
    values = { ...values, ...some };
    show();
    link.send();
  };

  function take(theta) {
    const found = decomposeTheta(theta);
    flat = !found;
    parts = found ?? { ...parts, shift_x: theta[0][2], shift_y: theta[1][2] };
    values = { ...values, theta };
  }

  function turn(some) {
    const { scale, ...rest } = some;
    parts = { ...parts, ...rest, ...(scale === undefined ? {} : { scale_x: scale, scale_y: scale }) };
    values = { ...values, theta: buildTheta(parts) };
    flat = !decomposeTheta(values.theta);
  }

  // ---- controls

  const rows = Object.fromEntries(dials.map((spec) => [spec.name, slider(spec, {
    label: spec.label,
    moved(value) { turn({ [spec.name]: value }); show(); },
    rested: () => link.send(),
    back() { turn({ [spec.name]: spec.name === "scale" ? 1 : UNMOVED[spec.name] }); show(); link.send(); },
  })]));
  const choice = conventions(change);
  const cells = [0, 1].map((row) => [0, 1, 2].map((column) => {
    const title = `θ, row ${row + 1}, column ${column + 1}`;
    const cell = make("input", { type: "number", step: 0.05, title, dataset: KEYS, attributes: { "aria-label": title } });
    cell.addEventListener("input", () => {
      if (!Number.isFinite(cell.valueAsNumber)) return; // half typed
      const theta = values.theta.map((line) => [...line]);
      theta[row][column] = cell.valueAsNumber;
      take(theta);
      show();
    });
    cell.addEventListener("change", () => { show(); link.send(); });
    return cell;
  }));
  const grid = gridSwitch(numbers, () => redraw());
  const reset = button("reset", "the look that sees the picture as it is", () => { take(IDENTITY); change({}); });
  const notice = make("div", { className: "fe-notice" },
    "No rotation, scale and shear give this θ: it flattens the picture onto a line or a point.");
  const words = make("div"), off = make("div"), said = make("div", { className: "fe-said" });

  // ---- drawing

  function show() {
    for (const [name, row] of Object.entries(rows)) row.show(name === "scale" ? parts.scale_x : parts[name]);
    choice.show(values);
    cells.forEach((line, r) => line.forEach((cell, c) => {
      const text = String(Number(values.theta[r][c].toFixed(3)) + 0);
      // What is being typed is left alone.
      if (!(cell.matches(":focus") && Math.abs(cell.valueAsNumber - values.theta[r][c]) < 5e-4)) cell.value = text;
    }));
    notice.style.visibility = flat ? "visible" : "hidden";
    redraw();
  }

  function draw() {
    const start = performance.now();
    stage.draw(values.theta, lookingOf(values), { points: grid.box.checked, picked });
    const lines = values.theta.map((line) => `[${line.map((value) => signed(value, 2)).join(", ")}]`);
    words.textContent = `θ = [${lines.join(", ")}]`;
    if (content.truth) off.textContent = `the corners are ${signed(error(), 1)} pixels from an upright look`;
    said.textContent = sayPicked();
    root.dataset.draws = Number(root.dataset.draws || 0) + 1;
    root.dataset.milliseconds = (performance.now() - start).toFixed(2);
  }
  const redraw = onceAFrame(draw);

  // Mean distance, in pixels, of where the corner pixels look from where the truth has them; as ThetaState.error.
  function error() {
    const reach = (align) => [size.width, size.height].map((n) => pixelCentre(n - 1, n, align));
    const now = cornersOf(values.theta, image, values.align_corners, reach(values.align_corners));
    const then = cornersOf(content.truth, image, false, reach(false));
    return now.reduce((sum, [x, y], k) => sum + Math.hypot(x - then[k][0], y - then[k][1]), 0) / 4;
  }

  function sayPicked() {
    if (!picked) return "Point at a pixel on the right, or click there and use the arrow keys: where does it look?";
    const found = stepThrough(image, values.theta, picked.row, picked.column, size, lookingOf(values));
    const pair = ([x, y], digits) => `(${signed(x, digits)}, ${signed(y, digits)})`;
    return `row ${picked.row}, column ${picked.column}: (x_t, y_t) = ${pair(found.target, 2)} looks at (x_s, y_s) = `
      + `${pair(found.source, 2)}, pixel (x, y) = ${pair(found.pixel, 1)}, and sees ${signed(found.value, 0)}`;
  }

  // ---- layout

  const view = make("div");
  const note = (text) => make("span", {}, text);
  const equation = (name, [a, b, c]) => [note(`${name} =`), a, note("· x_t +"), b, note("· y_t +"), c, note("")];
  const matrix = make("div", { className: "fe-theta" }, ...equation("x_s", cells[0]), ...equation("y_s", cells[1]));
  const sliders = Object.values(rows).map(({ row }) => row);
  const choices = make("div", { className: "fe-choices" });
  const panel = make("div", { className: "fe-panel" });
  if (numbers) {
    panel.append(make("h4", {}, "θ, its six numbers"), matrix, make("h4", {}, "the same θ, by what it does"),
      ...sliders, notice, choices);
    choices.append(...choice.elements, grid.element, reset);
  } else {
    panel.append(...sliders, choices);
    choices.append(reset);
  }
  const root = make("div", { className: "fe-page te" },
    make("div", { className: "fe-main" },
      make("div", { className: "fe-left" }, make("div", { className: "fe-words" }, words, off), view, said), panel));

  function receive() {
    const changed = content !== model.get("content");
    content = model.get("content");
    values = { ...model.get("values") };
    parts ??= { ...UNMOVED };
    take(values.theta);
    if (changed) build();
    show();
  }

  function build() {
    image = imageOf(content);
    size = { height: image.height, width: image.width };
    stage = new Stage(image, size, content.high, (value) => signed(value, 0));
    grid.show(stage);
    stage.svg.setAttribute("aria-label", "left: the picture and the look on it, drag to move it, drag a corner to turn "
      + "and scale it; right: what it sees, arrow keys choose a pixel");
    stage.onPick(() => picked, (row, column) => { picked = { row, column }; redraw(); }, { hover: true });
    letDrag(stage, () => ({ theta: values.theta, align: values.align_corners }),
      (theta) => { take(theta); show(); }, () => link.send());
    view.replaceChildren(stage.titled("the look on the picture", "what it sees"));
  }

  el.append(root);
  receive();
  return () => link.close();
}

export default { render };
