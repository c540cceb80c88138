// The sampling stepper. Needs page.js, geometry.js and stage.js above it. A model holds `values`: theta, row, column,
// padding_mode and align_corners; and `content`: image (rows of numbers), size, high (the value that is white), whole
// (values are whole numbers), dials (the sliders), letters and colours of the four neighbours.

const CORNERS = ["upper left", "upper right", "lower left", "lower right"];
const SHARES = ["(1 − p) (1 − q)", "p (1 − q)", "(1 − p) q", "p q"];

// The arithmetic. {name} is a number that `numbers` gives; {name!} is in brackets where it is negative.
const STEPS = [
  ["the output pixel's own place", "x_t = {rule_x_t} = {x_t}", "y_t = {rule_y_t} = {y_t}"],
  ["where it looks: θ · (x_t, y_t, 1)",
    "x_s = {t00} · {x_t!} + {t01!} · {y_t!} + {t02!} = {x_s}", "y_s = {t10} · {x_t!} + {t11!} · {y_t!} + {t12!} = {y_s}"],
  ["the same in input pixels", "x = {rule_x} = {x}", "y = {rule_y} = {y}", "{padded}"],
  ["the four neighbours and their weights", "p = x − ⌊x⌋ = {p},  q = y − ⌊y⌋ = {q}", "table"],
  ["the value", "V = {weight0} · {value0!} + {weight1} · {value1!} + {weight2} · {value2!} + {weight3} · {value3!} = {value}"],
  ["its slopes, a pixel",
    "∂V/∂x = (1 − q) (B − A) + q (D − C)", "= {not_q} · {ab!} + {q} · {cd!} = {by_x}",
    "∂V/∂y = (1 − p) (C − A) + p (D − B)", "= {not_p} · {ac!} + {p} · {bd!} = {by_y}", "{kink}"],
  ["the same for normalised coordinates", "∂V/∂x_s = {by_x} · {step_x!} = {by_x_s}", "∂V/∂y_s = {by_y} · {step_y!} = {by_y_s}",
    "{held}"],
  ["the gradient for θ: ∂V/∂θ = (∂V/∂x_s, ∂V/∂y_s)ᵀ · (x_t, y_t, 1)", "matrix"],
];

function render({ model, el }) {
  let content, values, image, size, looking, stage; // from Python; see receive
  let parts;
  let every; // a grid point for each n-th output pixel

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

  // ---- controls

  const { dials, letters, colours } = model.get("content");
  const start = model.get("values").theta;
  const rows = Object.fromEntries(dials.map((spec) => [spec.name, slider(spec, {
    label: spec.label,
    moved(value) { turn(spec.name, value); show(); },
    rested: () => link.send(),
    back() { change({ theta: start }); },
  })]));
  const choice = conventions(change);
  const grid = make("input", { type: "checkbox", checked: true, dataset: KEYS });
  grid.addEventListener("change", () => redraw());

  // ---- the arithmetic

  const fields = {}; // name -> the elements that show it
  const field = (name, dataset = {}) => {
    const element = make("output", { dataset: { name: name.replace("!", ""), ...dataset } });
    (fields[name] ??= []).push(element);
    return element;
  };
  const written = (text) => make("div", {}, ...text.split(/(\{[^}]+\})/).map((piece) =>
    (piece.startsWith("{") ? field(piece.slice(1, -1)) : piece)));
  const chip = (k) => make("span", { className: "se-chip", style: { "--colour": colours[k] } }, letters[k]);
  const table = () => make("table", {},
    make("tr", {}, ...["", "", "row, column", "value", "weight", "", "weight · value"].map((text) => make("th", {}, text))),
    ...CORNERS.map((corner, k) => make("tr", {}, make("td", {}, chip(k)), make("td", {}, corner), make("td", {}, field(`at${k}`)),
      make("td", {}, field(`value${k}`)), make("td", {}, `${SHARES[k]} =`), make("td", {}, field(`weight${k}`)),
      make("td", {}, field(`share${k}`)))));
  const matrix = () => make("div", { className: "se-matrix" },
    ...[0, 1].flatMap((row) => [0, 1, 2].map((column) => field(`by_theta${row}${column}`))));
  const steps = make("ol", { className: "se-steps" }, ...STEPS.map(([heading, ...lines]) => make("li", {},
    make("h4", {}, heading),
    ...lines.map((line) => (line === "table" ? table() : line === "matrix" ? matrix() : written(line))))));

  function write(numbers) {
    for (const [name, elements] of Object.entries(fields)) {
      const plain = numbers[name.replace("!", "")];
      const text = name.endsWith("!") && plain.startsWith("−") ? `(${plain})` : plain;
      for (const element of elements) if (element.textContent !== text) element.textContent = text;
    }
  }

  // Every number of the arithmetic as text, by its name in STEPS.
  function numbersOf(found) {
    const text = (value) => signed(value, 3);
    const level = (value) => (content.whole ? signed(value, 0) : text(value));
    const { align } = looking, { theta, row, column } = values, [p, q] = found.shares;
    const [a, b, c, d] = found.neighbours.map((one) => one.value);
    const ownPlace = (k, n) => (!align ? `(2 · ${k} + 1) / ${n} − 1` : n > 1 ? `2 · ${k} / (${n} − 1) − 1` : "the middle");
    const inPixels = (value, n) => (align ? `(${text(value)} + 1) / 2 · (${n} − 1)` : `((${text(value)} + 1) · ${n} − 1) / 2`);
    const numbers = {
      rule_x_t: ownPlace(column, size.width), rule_y_t: ownPlace(row, size.height),
      x_t: text(found.target[0]), y_t: text(found.target[1]), x_s: text(found.source[0]), y_s: text(found.source[1]),
      rule_x: inPixels(found.source[0], image.width), rule_y: inPixels(found.source[1], image.height),
      x: text(found.pixel[0]), y: text(found.pixel[1]), padded: sayPadded(found), p: text(p), q: text(q),
      not_p: text(1 - p), not_q: text(1 - q), value: text(found.value),
      ab: level(b - a), cd: level(d - c), ac: level(c - a), bd: level(d - b), by_x: text(found.by_x), by_y: text(found.by_y),
      step_x: text(found.steps[0]), step_y: text(found.steps[1]),
      by_x_s: text(found.by_source[0]), by_y_s: text(found.by_source[1]), kink: sayKink(found), held: sayHeld(found),
    };
    theta.forEach((line, r) => line.forEach((value, k) => { numbers[`t${r}${k}`] = text(value); }));
    found.by_theta.forEach((line, r) => line.forEach((value, k) => { numbers[`by_theta${r}${k}`] = text(value); }));
    found.neighbours.forEach((one, k) => {
      numbers[`at${k}`] = one.inside ? `${one.row}, ${one.column}`.replaceAll("-", "−") : "outside";
      numbers[`value${k}`] = level(one.value);
      numbers[`weight${k}`] = text(one.weight);
      numbers[`share${k}`] = text(one.weight * one.value);
    });
    return numbers;
  }

  const whole = (value) => Math.abs(value - Math.round(value)) < 1e-6;

  function sayPadded({ pixel, looked_up, neighbours }) {
    if (looking.padding === "zeros") {
      return neighbours.every((one) => one.inside) ? "inside the picture: nothing to pad" : "zeros: what lies outside counts as 0";
    }
    if (pixel[0] === looked_up[0] && pixel[1] === looked_up[1]) return "inside the picture: nothing to pad";
    return `${looking.padding}: looked up at x = ${signed(looked_up[0], 3)}, y = ${signed(looked_up[1], 3)} instead`;
  }

  function sayHeld({ steps: factors }) {
    const said = ["x", "y"].flatMap((name, axis) =>
      (factors[axis] === 0 ? [`${name} is held fast by the padding: its slope is 0`]
        : factors[axis] < 0 ? [`${name} is mirrored: it runs the other way`] : []));
    return said.join("; ") || `one unit of x_s is ${signed(Math.abs(factors[0]), 1)} pixels, one of y_s ${signed(Math.abs(factors[1]), 1)}`;
  }

  // At a pixel centre the slopes on both sides differ.
  function sayKink({ looked_up: [x, y], steps: factors }) {
    const U = (row, column) => readPixel(image, row, column);
    const between = (value) => (whole(value) ? [Math.round(value), 0] : [Math.floor(value), value - Math.floor(value)]);
    const [r, q] = between(y), [c, p] = between(x);
    const acrossAt = (k) => (1 - q) * (U(r, k + 1) - U(r, k)) + q * (U(r + 1, k + 1) - U(r + 1, k));
    const downAt = (k) => (1 - p) * (U(k + 1, c) - U(k, c)) + p * (U(k + 1, c + 1) - U(k, c + 1));
    const said = [];
    const say = (name, before, after, words) => said.push(`${name} is on a pixel centre, where V can have a kink: `
      + `∂V/∂${name} is ${signed(before, 3)} ${words[0]} it, ${signed(after, 3)} ${words[1]} it`);
    if (whole(x) && factors[0]) say("x", acrossAt(c - 1), acrossAt(c), ["left of", "right of"]);
    if (whole(y) && factors[1]) say("y", downAt(r - 1), downAt(r), ["above", "below"]);
    return said.join("; ") || "between pixel centres V is smooth: one slope along each axis";
  }

  // ---- the unit square: each neighbour's weight is the area of the rectangle opposite to it

  const square = drawing("svg", { class: "se-square", viewBox: "-0.42 -0.2 1.84 1.4", role: "img" });
  const areas = colours.map((colour, k) => drawing("rect", { fill: colour, class: "se-area" }));
  const areaTexts = colours.map((_, k) => drawing("text", { class: k ? "se-on" : "se-on se-pale" }));
  const ends = [[0, 0], [1, 0], [0, 1], [1, 1]];
  const dots = ends.map(([x, y], k) => drawing("circle", { cx: x, cy: y, r: 0.075, fill: colours[k], class: "se-dot" }));
  const dotTexts = ends.map(([x, y], k) => {
    const text = drawing("text", { x, y: y + 0.035, class: k ? "se-on" : "se-on se-pale" });
    text.textContent = letters[k];
    return text;
  });
  const cornerTexts = ends.map(([x, y]) =>
    drawing("text", { x: x ? x + 0.11 : x - 0.11, y: y + 0.035, class: "se-corner", "text-anchor": x ? "start" : "end" }));
  const sides = ["p", "1 − p", "q", "1 − q"].map((text) => {
    const made = drawing("text", { class: "se-side" });
    made.textContent = text;
    return made;
  });
  const centre = drawing("path", { class: "se-point", "vector-effect": "non-scaling-stroke" });
  square.append(...areas, ...areaTexts, ...dots, ...dotTexts, ...cornerTexts, ...sides, centre);

  function drawSquare({ shares: [p, q], neighbours }) {
    const boxes = [[p, q, 1 - p, 1 - q], [0, q, p, 1 - q], [p, 0, 1 - p, q], [0, 0, p, q]];
    boxes.forEach(([x, y, width, height], k) => {
      set(areas[k], { x, y, width, height });
      set(areaTexts[k], { x: x + width / 2, y: y + height / 2 + 0.035 });
      areaTexts[k].textContent = width > 0.42 && height > 0.13 ? `${letters[k]} ${signed(neighbours[k].weight, 3)}`
        : width > 0.12 && height > 0.13 ? letters[k] : "";
      cornerTexts[k].textContent = content.whole ? signed(neighbours[k].value, 0) : signed(neighbours[k].value, 2);
    });
    centre.setAttribute("d", `M${p - 0.05} ${q}h0.1M${p} ${q - 0.05}v0.1`);
    [[p / 2, -0.06, p], [(1 + p) / 2, -0.06, 0.7 * (1 - p)], [-0.06, q / 2, q], [-0.06, (1 + q) / 2, 1 - q]].forEach(([x, y, length], k) => {
      set(sides[k], { x, y: k > 1 ? y + 0.03 : y, "text-anchor": k > 1 ? "end" : "middle" });
      sides[k].style.display = length > 0.2 ? "" : "none";
    });
    square.setAttribute("aria-label", `weights: ${neighbours.map((one, k) => `${letters[k]} ${signed(one.weight, 3)}`).join(", ")}`);
  }

  // ---- drawing

  function show() {
    looking = lookingOf(values);
    const found = decomposeTheta(values.theta);
    // A rotation of −180 is a rotation of 180: leave the slider at its end.
    parts = found;
    rows.rotation.input.disabled = !found;
    const shown = { rotation: found ? found.rotation : 0, shift_x: values.theta[0][2], shift_y: values.theta[1][2] };
    for (const [name, row] of Object.entries(rows)) row.show(shown[name]);
    choice.show(values);
    redraw();
  }

  function draw() {
    const begin = performance.now(), found = stepThrough(image, values.theta, values.row, values.column, size, looking);
    stage.draw(values.theta, looking, { every: grid.checked ? every : 0, picked: values });
    marks(found);
    drawSquare(found);
    write(numbersOf(found));
    said.textContent = `output pixel (row ${values.row}, column ${values.column}): V = ${signed(found.value, 3)}`;
    root.dataset.draws = Number(root.dataset.draws || 0) + 1;
    root.dataset.milliseconds = (performance.now() - begin).toFixed(2);
  }
  const redraw = onceAFrame(draw);

  let boxes, marked, between, led;
  function marks({ neighbours, pixel, looked_up }) {
    neighbours.forEach((one, k) => {
      const [x, y] = stage.ofSource([one.column, one.row]);
      set(boxes[k], { x: x - 0.45, y: y - 0.45 });
      set(marked[k], { x: x + (k % 2 ? 0.3 : -0.3), y: y + (k > 1 ? 0.4 : -0.19) });
    });
    const [x, y] = stage.ofSource([neighbours[0].column, neighbours[0].row]);
    set(between, { x, y });
    // From the place to where the padding looks it up instead.
    const [from, to] = [stage.ofSource(pixel), stage.ofSource(looked_up)];
    const far = Math.hypot(from[0] - to[0], from[1] - to[1]) > 1e-9;
    led.setAttribute("d", far ? `M${from[0]} ${from[1]}L${to[0]} ${to[1]}m-0.12 -0.12l0.24 0.24m0 -0.24l-0.24 0.24` : "");
  }

  // ---- layout

  const view = make("div"), said = make("div", { className: "fe-words" });
  said.setAttribute("aria-live", "polite");
  const root = make("div", { className: "fe-page se" },
    make("div", { className: "fe-main" },
      make("div", { className: "fe-left" }, said, view),
      make("div", { className: "se-beside" },
        make("div", { className: "fe-words" }, "the weights are areas"), square,
        ...Object.values(rows).map(({ row }) => row))),
    make("div", { className: "fe-choices" }, ...choice.elements,
      make("label", { className: "fe-choice", dataset: { name: "grid" } }, grid, "grid points"),
      button("onto a pixel centre", "shift the look until this pixel's place is the nearest pixel centre", snap),
      button("identity", "the look that sees the picture as it is", () => change({ theta: [[1, 0, 0], [0, 1, 0]] })),
      button("reset", "the look of the start", () => change({ theta: start }))),
    steps);

  function receive() {
    const changed = content !== model.get("content");
    content = model.get("content");
    values = { ...model.get("values") };
    image = imageOf(content);
    size = content.size;
    if (changed || !stage) build();
    show();
  }

  function build() {
    const digits = content.high > 99 ? 0 : content.whole ? 1 : 2;
    stage = new Stage(image, size, content.high, (value) => (Number.isInteger(value) && content.whole ? String(value) : value.toFixed(digits)));
    const small = Boolean(stage.sourceTexts);
    every = small ? 1 : 4;
    root.classList.toggle("se-large", !small);
    const thin = { "vector-effect": "non-scaling-stroke" };
    boxes = colours.map((colour) => drawing("rect", { class: "se-box", style: `stroke: ${colour}`, width: 0.9, height: 0.9, ...thin }));
    marked = letters.split("").map((letter, k) => {
      const text = drawing("text", { class: "se-letter", style: `fill: ${colours[k]}` });
      text.textContent = small ? letter : "";
      return text;
    });
    between = drawing("rect", { class: "se-unit", width: 1, height: 1, ...thin });
    led = drawing("path", { class: "se-led", ...thin });
    stage.own.append(between, ...boxes, ...marked, led);
    stage.svg.setAttribute("aria-label", "left: the picture and where the output pixels look; right: the output, arrow keys or a click choose a pixel");
    stage.onPick(() => values, (row, column) => change({ row, column }));
    const titles = make("div", { className: "fe-titles", style: { "--share": `${(100 * stage.right.x) / stage.width}%` } },
      make("span", {}, "the picture: where it looks"), make("span", {}, "the output: pick a pixel"));
    view.replaceChildren(titles, stage.element);
  }

  el.append(root);
  receive();
  return () => link.close();
}

export default { render };
