// The sampling stepper. Needs page.js, geometry.js, stage.js, square.js and arithmetic.js above it. A model holds
// `values`: theta, row, column, padding_mode and align_corners; and `content`: image (rows of numbers), size, high (the
// value that is white), whole (values are whole numbers), dials (the sliders), letters and colours of the neighbours.

function render({ model, el }) {
  let content, values, image, size, looking, stage, marks; // from Python; see receive
  let parts; // what builds theta, or null where it is flat

  // ---- values

  const link = connect(model, () => ({ ...values }), receive);
  const change = (some) => {
    values = { ...values, ...some };
    show();
    link.send();
  };

  function turn(name, value) {
    const [[a, b, x], [c, d, y]] = values.theta;
    let theta = [[a, b, name === "shift_x" ? value : x], [c, d, name === "shift_y" ? value : y]];
    if (name === "rotation" && parts) theta = buildTheta({ ...parts, rotation: value });
    values = { ...values, theta };
  }

  // Moves the look so that the place falls on the nearest pixel centre.
  function snap() {
    const { pixel } = stepThrough(image, values.theta, values.row, values.column, size, looking);
    const [[a, b, x], [c, d, y]] = values.theta;
    const move = (k, n) => (Math.round(pixel[k]) - pixel[k]) / (perUnit(n, looking.align) || 1);
    change({ theta: [[a, b, x + move(0, image.width)], [c, d, y + move(1, image.height)]] });
  }

  // ---- controls, and what shows the step

  const start = model.get("values").theta;
  const rows = Object.fromEntries(model.get("content").dials.map((spec) => [spec.name, slider(spec, {
    label: spec.label,
    moved(value) { turn(spec.name, value); show(); },
    rested: () => link.send(),
    back() { change({ theta: start }); },
  })]));
  const choice = conventions(change);
  const grid = gridSwitch(true, () => redraw());
  const written = (value) => signed(value, content.whole ? 0 : 3);
  const square = new UnitSquare(model.get("content"), written);
  const arithmetic = new Arithmetic(model.get("content"), written);

  // ---- drawing

  function show() {
    looking = lookingOf(values);
    parts = decomposeTheta(values.theta);
    rows.rotation.input.disabled = !parts;
    rows.rotation.show(parts ? parts.rotation : 0);
    rows.shift_x.show(values.theta[0][2]);
    rows.shift_y.show(values.theta[1][2]);
    choice.show(values);
    redraw();
  }

  function draw() {
    const begin = performance.now(), { theta, row, column } = values;
    const step = stepThrough(image, theta, row, column, size, looking);
    stage.draw(theta, looking, { points: grid.box.checked, picked: values });
    marks.draw(step);
    square.draw(step);
    arithmetic.write(step, image, theta, values, size, looking);
    said.textContent = `output pixel (row ${row}, column ${column}): V = ${signed(step.value, 3)}`;
    root.dataset.draws = Number(root.dataset.draws || 0) + 1;
    root.dataset.milliseconds = (performance.now() - begin).toFixed(2);
  }
  const redraw = onceAFrame(draw);

  // ---- layout

  const view = make("div"), said = make("div", { className: "fe-words" });
  said.setAttribute("aria-live", "polite");
  const root = make("div", { className: "fe-page se" },
    make("div", { className: "fe-main" },
      make("div", { className: "fe-left" }, said, view),
      make("div", { className: "se-beside" },
        make("div", { className: "fe-words" }, "the weights are areas"), square.element,
        ...Object.values(rows).map(({ row }) => row))),
    make("div", { className: "fe-choices" }, ...choice.elements,
      grid.element,
      button("onto a pixel centre", "shift the look until this pixel's place is the nearest pixel centre", snap),
      button("identity", "the look that sees the picture as it is", () => change({ theta: IDENTITY })),
      button("reset", "the look of the start", () => change({ theta: start }))),
    arithmetic.element);

  function receive() {
    const changed = content !== model.get("content");
    content = model.get("content");
    values = { ...model.get("values") };
    if (changed) build();
    show();
  }

  function build() {
    image = imageOf(content);
    size = content.size;
    const digits = content.high > 99 ? 0 : content.whole ? 1 : 2;
    stage = new Stage(image, size, content.high, (value) =>
      (Number.isInteger(value) && content.whole ? String(value) : signed(value, digits)));
    grid.show(stage);
    root.classList.toggle("se-large", !stage.small);
    marks = new Marks(stage, content);
    stage.svg.setAttribute("aria-label", "left: the picture and where the output pixels look; right: the output, "
      + "arrow keys or a click choose a pixel");
    stage.onPick(() => values, (row, column) => change({ row, column }));
    view.replaceChildren(stage.titled("the picture: where it looks", "the output: pick a pixel"));
  }

  el.append(root);
  receive();
  return () => link.close();
}

// What the stepper draws on the left picture: the four neighbours, the unit square between them, and the way from the
// place to where the padding looks it up instead.
class Marks {
  constructor(stage, { letters, colours }) {
    const thin = { "vector-effect": "non-scaling-stroke" };
    this.stage = stage;
    this.boxes = colours.map((colour) =>
      drawing("rect", { class: "se-box", style: `stroke: ${colour}`, width: 0.9, height: 0.9, ...thin }));
    this.names = [...letters].map((letter, k) => {
      const text = drawing("text", { class: "se-letter", style: `fill: ${colours[k]}` });
      text.textContent = stage.small ? letter : "";
      return text;
    });
    this.unit = drawing("rect", { class: "se-unit", width: 1, height: 1, ...thin });
    this.led = drawing("path", { class: "se-led", ...thin });
    stage.own.append(this.unit, ...this.boxes, ...this.names, this.led);
  }

  draw({ neighbours, pixel, looked_up }) {
    const { stage } = this;
    neighbours.forEach(({ column, row }, k) => {
      const [x, y] = stage.ofSource([column, row]);
      set(this.boxes[k], { x: x - 0.45, y: y - 0.45 });
      set(this.names[k], { x: x + (k % 2 ? 0.3 : -0.3), y: y + (k > 1 ? 0.4 : -0.19) });
    });
    const [x, y] = stage.ofSource([neighbours[0].column, neighbours[0].row]);
    set(this.unit, { x, y });
    const [from, to] = [stage.ofSource(pixel), stage.ofSource(looked_up)];
    const far = Math.hypot(from[0] - to[0], from[1] - to[1]) > 1e-9;
    const cross = "m-0.12 -0.12l0.24 0.24m0 -0.24l-0.24 0.24";
    this.led.setAttribute("d", far ? `M${from[0]} ${from[1]}L${to[0]} ${to[1]}${cross}` : "");
  }
}

export default { render };
