// The θ explorer. Needs page.js, geometry.js and stage.js above it. A model holds `values`: theta, padding_mode and
// align_corners; and `content`: image (rows of grey levels), truth (theta or null), dials (the sliders)
// and numbers (false: the sliders alone).

const IDENTITY = [[1, 0, 0], [0, 1, 0]];
const UNMOVED = { rotation: 0, scale_x: 1, scale_y: 1, shear: 0, shift_x: 0, shift_y: 0 };

function render({ model, el }) {
  const { numbers, dials } = model.get("content");
  let content, values, image, size, stage; // from Python; see receive
  let parts; // what builds theta; the last ones where theta is flat
  let flat = false;
  let picked = null;
  let every = numbers ? 4 : 0;

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
    flat = false;
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
    const cell = make("input", { type: "number", step: 0.05, dataset: { ...KEYS, at: `${row}${column}` },
      title: `θ, row ${row + 1}, column ${column + 1}` });
    cell.setAttribute("aria-label", cell.title);
    cell.addEventListener("input", () => {
      if (!Number.isFinite(cell.valueAsNumber)) return; // half typed
      take(values.theta.map((one, r) => one.map((value, c) => (r === row && c === column ? cell.valueAsNumber : value))));
      show();
    });
    cell.addEventListener("change", () => { show(); link.send(); });
    return cell;
  }));
  const grid = make("input", { type: "checkbox", checked: every > 0, dataset: KEYS });
  grid.addEventListener("change", () => { every = grid.checked ? 4 : 0; redraw(); });
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
    stage.draw(values.theta, lookingOf(values), { every, picked });
    words.textContent = `θ = [${values.theta.map((line) => `[${line.map((value) => signed(value, 2)).join(", ")}]`).join(", ")}]`;
    if (content.truth) off.textContent = `the corners are ${signed(error(), 1)} pixels from an upright look`;
    said.textContent = sayPicked();
    root.dataset.draws = Number(root.dataset.draws || 0) + 1;
    root.dataset.milliseconds = (performance.now() - start).toFixed(2);
  }
  const redraw = onceAFrame(draw);

  // Mean distance, in pixels, of where the corner pixels look from where the truth has them; as ThetaState.error.
  function error() {
    const reach = (align) => [pixelCentre(size.width - 1, size.width, align), pixelCentre(size.height - 1, size.height, align)];
    const now = cornersOf(values.theta, image, values.align_corners, reach(values.align_corners));
    const then = cornersOf(content.truth, image, false, reach(false));
    return now.reduce((sum, [x, y], k) => sum + Math.hypot(x - then[k][0], y - then[k][1]), 0) / 4;
  }

  function sayPicked() {
    if (!picked) return "Point at a pixel on the right, or click there and use the arrow keys: where does it look?";
    const found = stepThrough(image, values.theta, picked.row, picked.column, size, lookingOf(values));
    const pair = ([x, y], digits) => `(${signed(x, digits)}, ${signed(y, digits)})`;
    return `row ${picked.row}, column ${picked.column}: (x_t, y_t) = ${pair(found.target, 2)} looks at `
      + `(x_s, y_s) = ${pair(found.source, 2)}, pixel (x, y) = ${pair(found.pixel, 1)}, and sees ${signed(found.value, 0)}`;
  }

  // ---- the mouse on the left picture: a corner turns and scales the look, anything else moves it

  let held = null;
  function grab(event) {
    const { source, onLeft, near } = stage.at(event);
    if (!onLeft || event.button) return;
    const sides = [image.width, image.height].map((n) => perUnit(n, values.align_corners) || 1);
    const middle = cornersOf(values.theta, image, values.align_corners, [0, 0])[0];
    const corners = cornersOf(values.theta, image, values.align_corners);
    const corner = corners.some(([x, y]) => Math.hypot(x - source[0], y - source[1]) < near);
    held = { source, sides, middle, corner, theta: values.theta };
    stage.svg.setPointerCapture(event.pointerId);
  }
  function drag(event) {
    if (!held) {
      const { source, onLeft, near } = stage.at(event);
      const corners = onLeft ? cornersOf(values.theta, image, values.align_corners) : [];
      const over = corners.some(([x, y]) => Math.hypot(x - source[0], y - source[1]) < near);
      stage.svg.style.cursor = !onLeft ? "crosshair" : over ? "grab" : "move";
      return;
    }
    const { source } = stage.at(event), [[a, b, x], [c, d, y]] = held.theta, [sx, sy] = held.sides;
    if (held.corner) {
      // The turn and the scale that carry the corner with the mouse, in pixels; θ is normalised.
      const [u, v] = [held.source[0] - held.middle[0], held.source[1] - held.middle[1]];
      const [p, q] = [source[0] - held.middle[0], source[1] - held.middle[1]], square = u * u + v * v;
      if (!square || Math.hypot(p, q) < 1) return;
      const cos = (u * p + v * q) / square, sin = (u * q - v * p) / square;
      take([
        [cos * a - (sin * sy * c) / sx, cos * b - (sin * sy * d) / sx, x],
        [(sin * sx * a) / sy + cos * c, (sin * sx * b) / sy + cos * d, y],
      ]);
    } else {
      const move = (from, k) => Math.min(Math.max(from + (source[k] - held.source[k]) / held.sides[k], -2), 2);
      take([[a, b, move(x, 0)], [c, d, move(y, 1)]]);
    }
    show();
  }
  const drop = () => {
    if (held) link.send();
    held = null;
  };

  // ---- layout

  const view = make("div", { className: "fe-view" });
  const matrix = make("div", { className: "fe-theta" },
    make("span", { className: "fe-axis" }, "x_s ="), ...[0, 1, 2].flatMap((c) => [cells[0][c], make("span", {}, ["· x_t +", "· y_t +", ""][c])]),
    make("span", { className: "fe-axis" }, "y_s ="), ...[0, 1, 2].flatMap((c) => [cells[1][c], make("span", {}, ["· x_t +", "· y_t +", ""][c])]));
  const sliders = Object.values(rows).map(({ row }) => row);
  const panel = make("div", { className: "fe-panel" },
    ...(numbers ? [make("h4", {}, "θ, its six numbers"), matrix, make("h4", {}, "the same θ, by what it does"), ...sliders, notice,
      make("div", { className: "fe-choices" }, ...choice.elements,
        make("label", { className: "fe-choice", dataset: { name: "grid" } }, grid, "grid points (every 4th)"), reset)]
      : [...sliders, make("div", { className: "fe-choices" }, reset)]));
  const root = make("div", { className: "fe-page te", dataset: { numbers } },
    make("div", { className: "fe-main" }, make("div", { className: "fe-left" }, make("div", { className: "fe-words" }, words, off), view, said), panel));

  function receive() {
    content = model.get("content");
    values = { ...model.get("values") };
    image = imageOf(content);
    size = { height: image.height, width: image.width };
    parts ??= { ...UNMOVED };
    take(values.theta);
    if (!stage || stage.content !== content) build();
    show();
  }

  function build() {
    stage = new Stage(image, size, 255);
    stage.content = content;
    stage.svg.setAttribute("aria-label", "left: the picture and the look on it, drag to move it, drag a corner to turn "
      + "and scale it; right: what it sees, arrow keys choose a pixel");
    stage.onPick(() => picked, (row, column) => { picked = { row, column }; redraw(); }, { hover: true });
    stage.svg.addEventListener("pointerdown", grab);
    stage.svg.addEventListener("pointermove", drag);
    stage.svg.addEventListener("pointerup", drop);
    stage.svg.addEventListener("pointercancel", drop);
    const titles = make("div", { className: "fe-titles", style: { "--share": `${(100 * stage.right.x) / stage.width}%` } },
      make("span", {}, "the look on the picture"), make("span", {}, "what it sees"));
    view.replaceChildren(titles, stage.element);
  }

  el.append(root);
  receive();
  return () => link.close();
}

export default { render };
