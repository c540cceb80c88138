// Bilinear sampling of one output pixel, written out line by line. Needs page.js, geometry.js and stage.js above it.

const CORNERS = ["upper left", "upper right", "lower left", "lower right"];
const SHARES = ["(1 − p) (1 − q)", "p (1 − q)", "(1 − p) q", "p q"];

// {name} is a number that `numbersOf` gives; {name!} stands in brackets where it is negative.
const STEPS = [
  ["the output pixel's own place",
    "x_t = {rule_x_t} = {x_t}",
    "y_t = {rule_y_t} = {y_t}"],
  ["where it looks: θ · (x_t, y_t, 1)",
    "x_s = {t00} · {x_t!} + {t01!} · {y_t!} + {t02!} = {x_s}",
    "y_s = {t10} · {x_t!} + {t11!} · {y_t!} + {t12!} = {y_s}"],
  ["the same in input pixels",
    "x = {rule_x} = {x}",
    "y = {rule_y} = {y}",
    "{padded}"],
  ["the four neighbours and their weights",
    "p = x − ⌊x⌋ = {p},  q = y − ⌊y⌋ = {q}",
    "table"],
  ["the value",
    "V = {weight0} · {value0!} + {weight1} · {value1!} + {weight2} · {value2!} + {weight3} · {value3!} = {value}"],
  ["its slopes, a pixel",
    "∂V/∂x = (1 − q) (B − A) + q (D − C)",
    "= {not_q} · {ab!} + {q} · {cd!} = {by_x}",
    "∂V/∂y = (1 − p) (C − A) + p (D − B)",
    "= {not_p} · {ac!} + {p} · {bd!} = {by_y}",
    "{kink}"],
  ["the same for normalised coordinates",
    "∂V/∂x_s = {by_x} · {step_x!} = {by_x_s}",
    "∂V/∂y_s = {by_y} · {step_y!} = {by_y_s}",
    "{held}"],
  ["the gradient for θ: ∂V/∂θ = (∂V/∂x_s, ∂V/∂y_s)ᵀ · (x_t, y_t, 1)",
    "matrix"],
];

class Arithmetic {
  // letters, colours: of the four neighbours. written(value): a pixel's value as text.
  constructor({ letters, colours }, written) {
    Object.assign(this, { letters, colours, written });
    this.fields = {}; // name -> the elements that show it
    const items = STEPS.map(([heading, ...lines]) =>
      make("li", {}, make("h4", {}, heading), ...lines.map((line) => this.line(line))));
    this.element = make("div", { className: "se-steps" },
      make("ol", {}, ...items.slice(0, 4)), make("ol", { start: 5 }, ...items.slice(4)));
  }

  field(name) {
    const element = make("output", { dataset: { name: name.replace("!", "") } });
    (this.fields[name] ??= []).push(element);
    return element;
  }

  line(text) {
    if (text === "table") return this.table();
    if (text === "matrix") {
      const cells = [0, 1].flatMap((row) => [0, 1, 2].map((column) => this.field(`by_theta${row}${column}`)));
      return make("div", { className: "se-matrix" }, ...cells);
    }
    const pieces = text.split(/(\{[^}]+\})/);
    return make("div", {}, ...pieces.map((one) => (one.startsWith("{") ? this.field(one.slice(1, -1)) : one)));
  }

  table() {
    const headings = ["", "", "row, column", "value", "weight", "", "weight · value"];
    const cell = (content) => make("td", {}, content);
    const chip = (k) => make("span", { className: "se-chip", style: { "--colour": this.colours[k] } }, this.letters[k]);
    return make("table", {},
      make("tr", {}, ...headings.map((text) => make("th", {}, text))),
      ...CORNERS.map((corner, k) => make("tr", {}, cell(chip(k)), cell(corner), cell(this.field(`at${k}`)),
        cell(this.field(`value${k}`)), cell(`${SHARES[k]} =`), cell(this.field(`weight${k}`)),
        cell(this.field(`share${k}`)))));
  }

  // step: what stepThrough made of the others, see there.
  write(step, image, theta, { row, column }, size, looking) {
    const numbers = numbersOf(step, image, theta, { row, column }, size, looking, this.written);
    for (const [name, elements] of Object.entries(this.fields)) {
      const plain = numbers[name.replace("!", "")];
      const text = name.endsWith("!") && plain.startsWith("−") ? `(${plain})` : plain;
      for (const element of elements) if (element.textContent !== text) element.textContent = text;
    }
  }
}

// Every number of STEPS as text, by its name.
function numbersOf(step, image, theta, { row, column }, size, looking, written) {
  const text = (value) => signed(value, 3);
  const { align } = looking, [p, q] = step.shares;
  const [a, b, c, d] = step.neighbours.map((one) => one.value);
  const ownPlace = (k, n) =>
    (!align ? `(2 · ${k} + 1) / ${n} − 1` : n > 1 ? `2 · ${k} / (${n} − 1) − 1` : "the middle");
  const inPixels = (value, n) =>
    (align ? `(${text(value)} + 1) / 2 · (${n} − 1)` : `((${text(value)} + 1) · ${n} − 1) / 2`);
  const numbers = {
    rule_x_t: ownPlace(column, size.width), rule_y_t: ownPlace(row, size.height),
    x_t: text(step.target[0]), y_t: text(step.target[1]), x_s: text(step.source[0]), y_s: text(step.source[1]),
    rule_x: inPixels(step.source[0], image.width), rule_y: inPixels(step.source[1], image.height),
    x: text(step.pixel[0]), y: text(step.pixel[1]), padded: sayPadded(step, looking),
    p: text(p), q: text(q), not_p: text(1 - p), not_q: text(1 - q), value: text(step.value),
    ab: written(b - a), cd: written(d - c), ac: written(c - a), bd: written(d - b),
    by_x: text(step.by_x), by_y: text(step.by_y), kink: sayKink(step, image),
    step_x: text(step.steps[0]), step_y: text(step.steps[1]),
    by_x_s: text(step.by_source[0]), by_y_s: text(step.by_source[1]), held: sayHeld(step),
  };
  theta.forEach((line, r) => line.forEach((value, k) => { numbers[`t${r}${k}`] = text(value); }));
  step.by_theta.forEach((line, r) => line.forEach((value, k) => { numbers[`by_theta${r}${k}`] = text(value); }));
  step.neighbours.forEach((one, k) => {
    numbers[`at${k}`] = one.inside ? `${one.row}, ${one.column}` : "outside";
    numbers[`value${k}`] = written(one.value);
    numbers[`weight${k}`] = text(one.weight);
    numbers[`share${k}`] = text(one.weight * one.value);
  });
  return numbers;
}

function sayPadded({ pixel, looked_up, neighbours }, { padding }) {
  const within = "inside the picture: nothing to pad";
  if (padding === "zeros") {
    return neighbours.every((one) => one.inside) ? within : "zeros: what lies outside counts as 0";
  }
  if (pixel.every((place, axis) => place === looked_up[axis])) return within;
  return `${padding}: looked up at x = ${signed(looked_up[0], 3)}, y = ${signed(looked_up[1], 3)} instead`;
}

function sayHeld({ steps }) {
  const said = ["x", "y"].flatMap((name, axis) => {
    if (steps[axis] === 0) return [`${name} is held fast by the padding: its slope is 0`];
    return steps[axis] < 0 ? [`${name} is mirrored: it runs the other way`] : [];
  });
  return said.join("; ") || `one unit of x_s is ${signed(steps[0], 1)} pixels, one of y_s ${signed(steps[1], 1)}`;
}

// At a pixel centre the slopes on both sides differ.
function sayKink({ looked_up: [x, y], steps }, image) {
  const whole = (value) => Math.abs(value - Math.round(value)) < 1e-6;
  const U = (row, column) => readPixel(image, row, column);
  const between = (value) => (whole(value) ? [Math.round(value), 0] : [Math.floor(value), value - Math.floor(value)]);
  const [r, q] = between(y), [c, p] = between(x);
  const acrossAt = (k) => (1 - q) * (U(r, k + 1) - U(r, k)) + q * (U(r + 1, k + 1) - U(r + 1, k));
  const downAt = (k) => (1 - p) * (U(k + 1, c) - U(k, c)) + p * (U(k + 1, c + 1) - U(k, c + 1));
  const say = (name, before, after, words) => `${name} is on a pixel centre, where V can have a kink: `
    + `∂V/∂${name} is ${signed(before, 3)} ${words[0]} it, ${signed(after, 3)} ${words[1]} it`;
  const said = [];
  if (whole(x) && steps[0]) said.push(say("x", acrossAt(c - 1), acrossAt(c), ["left of", "right of"]));
  if (whole(y) && steps[1]) said.push(say("y", downAt(r - 1), downAt(r), ["above", "below"]));
  if (said.length) return said.join("; ");
  return whole(x) || whole(y) ? "" : "between pixel centres V is smooth: one slope along each axis";
}
