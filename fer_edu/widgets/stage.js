// The two pictures of chapters 2 and 3: on the left the source, with the look's outline and the points where the output
// pixels look; on the right what the look sees. An arrow leads from one output pixel to its place in the source.
// Needs page.js and geometry.js above it.

const drawing = (tag, attributes = {}, ...children) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", tag), { attributes }, children);

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}

const CELLS = 12; // the longest side, in pixels, of a picture whose values are written into its cells

// Lengths are in pixels of the source. image: see geometry.js. size: {height, width} of the output. high: the value
// that is white. written(value): how a value is written into its cell, or undefined for cells without text.
class Stage {
  constructor(image, size, high, written) {
    Object.assign(this, { image, size, high, written });
    const { height, width } = image, longest = Math.max(height, width);
    this.small = Math.max(longest, size.height, size.width) <= CELLS; // there is room for a value in a cell
    this.every = Math.ceil(Math.max(size.height, size.width) / CELLS); // a grid point for each n-th pixel
    this.margin = Math.ceil(longest / (longest > CELLS ? 5 : 6));
    this.left = { height: height + 2 * this.margin, width: width + 2 * this.margin };
    const gap = Math.max(1, Math.round(longest / 16));
    this.height = Math.max(this.left.height, size.height);
    this.width = this.left.width + gap + size.width;
    this.leftTop = Math.floor((this.height - this.left.height) / 2);
    this.right = { x: this.left.width + gap, y: Math.floor((this.height - size.height) / 2) };
    const { x, y } = this.right;
    this.canvas = make("canvas", { width: this.width, height: this.height, dataset: { x, y } }); // where the output is
    this.context = this.canvas.getContext("2d");
    this.data = this.context.createImageData(this.width, this.height);
    this.unit = longest / 48; // the size of marks: one pixel of a face
    this.element = make("div", { className: "fe-stage", style: { "--ratio": `${this.width} / ${this.height}` } },
      this.canvas, this.overlay());
  }

  // The two pictures below their titles.
  titled(left, right) {
    const share = `${(100 * this.right.x) / this.width}%`;
    return make("div", {}, make("div", { className: "fe-titles", style: { "--share": share } },
      make("span", {}, left), make("span", {}, right)), this.element);
  }

  // Where the centre of a source pixel, by its index, or of an output pixel lies on the stage.
  ofSource([x, y]) { return [x + this.margin + 0.5, y + this.margin + this.leftTop + 0.5]; }
  ofOutput([column, row]) { return [this.right.x + column + 0.5, this.right.y + row + 0.5]; }

  // The same the other way round, for the mouse: where on the stage, in source pixels, and over which output pixel.
  at(event) {
    const box = this.svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * this.width;
    const y = ((event.clientY - box.top) / box.height) * this.height;
    const column = Math.floor(x - this.right.x), row = Math.floor(y - this.right.y);
    const inside = row >= 0 && row < this.size.height && column >= 0 && column < this.size.width;
    return {
      source: [x - this.margin - 0.5, y - this.margin - this.leftTop - 0.5],
      onLeft: x < this.left.width,
      output: inside ? { row, column } : null,
      near: (12 / box.width) * this.width, // twelve pixels of the screen
    };
  }

  overlay() {
    const { margin, left, leftTop, right, size, image } = this;
    const mark = stageCount++; // names in a page's SVGs are the page's, not the SVG's
    const panel = { x: 0, y: leftTop, width: left.width, height: left.height };
    const hatch = drawing("pattern", { id: `fe-hatch-${mark}`, width: 1.5 * this.unit, height: 1.5 * this.unit,
      patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    ...["fe-bright", "fe-dim"].map((name, k) =>
      drawing("rect", { class: name, x: 0.4 * k * this.unit, width: 0.4 * this.unit, height: 1.5 * this.unit })));
    const clip = drawing("clipPath", { id: `fe-clip-${mark}` }, drawing("rect", panel));
    const outside = drawing("path", { "fill-rule": "evenodd", style: `fill: url(#fe-hatch-${mark})`,
      d: `M0 ${leftTop}h${left.width}v${left.height}h${-left.width}z`
        + `M${margin} ${leftTop + margin}h${image.width}v${image.height}h${-image.width}z` });
    const line = (name, tag = "path") => drawing(tag, { class: name, "vector-effect": "non-scaling-stroke" });
    this.values = drawing("g", { class: "fe-values" });
    this.points = [line("fe-shade"), line("fe-points")];
    this.outline = [line("fe-halo", "polygon"), line("fe-look", "polygon")];
    this.handles = [0, 1, 2, 3].map((k) => drawing("circle", { class: k ? "fe-handle" : "fe-handle fe-first",
      r: (k ? 1.1 : 1.7) * this.unit, "vector-effect": "non-scaling-stroke" }));
    this.arrow = [line("fe-halo"), line("fe-arrow")];
    this.head = drawing("polygon", { class: "fe-head" });
    this.place = [line("fe-halo"), line("fe-place")];
    this.cell = drawing("rect", { class: "fe-cell", width: 1, height: 1, "vector-effect": "non-scaling-stroke" });
    this.own = drawing("g"); // what only one explorer draws
    this.inLeft = drawing("g", { "clip-path": `url(#fe-clip-${mark})` },
      ...this.outline, ...this.points, ...this.handles, this.own);
    const frame = (box) => drawing("rect", { class: "fe-frame", "vector-effect": "non-scaling-stroke", ...box });
    this.svg = drawing("svg", { viewBox: `0 0 ${this.width} ${this.height}`, tabindex: 0, role: "application" },
      drawing("defs", {}, hatch, clip), outside,
      frame({ x: margin, y: leftTop + margin, width: image.width, height: image.height }),
      frame({ x: right.x, y: right.y, width: size.width, height: size.height }),
      this.values, this.inLeft, this.cell, ...this.arrow, this.head, ...this.place);
    this.svg.dataset.lmSuppressShortcuts = "true";
    if (this.written && this.small) this.label();
    return this.svg;
  }

  label() {
    const texts = (box, place) => Array.from({ length: box.height * box.width }, (_, k) => {
      const [x, y] = place([k % box.width, Math.floor(k / box.width)]);
      const text = drawing("text", { x, y: y + 0.13 });
      this.values.append(text);
      return text;
    });
    this.sourceTexts = texts(this.left, ([x, y]) => this.ofSource([x - this.margin, y - this.margin]));
    this.outputTexts = texts(this.size, (place) => this.ofOutput(place));
  }

  // Colours one pixel of the stage, and writes its value where there is room.
  paint(x, y, value, text) {
    const level = Math.round((255 * Math.min(Math.max(value, 0), this.high)) / this.high);
    const at = 4 * (y * this.width + x);
    this.data.data[at] = this.data.data[at + 1] = this.data.data[at + 2] = level;
    this.data.data[at + 3] = 255;
    if (!text) return;
    const said = this.written(value);
    if (text.textContent !== said) text.textContent = said;
    const name = level > 120 ? "fe-dark" : "fe-light";
    if (text.getAttribute("class") !== name) text.setAttribute("class", name);
  }

  // theta, looking: see geometry.js. points: whether to show where the output pixels look. picked: {row, column} or
  // null. Returns what the look sees.
  draw(theta, looking, { points = false, picked = null } = {}) {
    const { image, size, margin } = this;
    const key = `${looking.align} ${looking.padding}`;
    if (key !== this.around) {
      // The margin shows what the sampler finds there; it depends on the padding alone.
      const lookedUp = (n) => Array.from({ length: n + 2 * margin }, (_, k) => padded(k - margin, n, looking)[0]);
      const [xs, ys] = [lookedUp(image.width), lookedUp(image.height)];
      ys.forEach((y, row) => xs.forEach((x, column) => {
        const text = this.sourceTexts && this.sourceTexts[row * xs.length + column];
        this.paint(column, row + this.leftTop, bilinear(image, x, y), text);
      }));
      this.around = key;
    }
    const seen = sampleThrough(image, theta, size, looking);
    seen.forEach((value, k) => {
      const column = k % size.width, row = Math.floor(k / size.width);
      this.paint(this.right.x + column, this.right.y + row, value, this.outputTexts && this.outputTexts[k]);
    });
    this.context.putImageData(this.data, 0, 0);

    const corners = cornersOf(theta, image, looking.align).map((corner) => this.ofSource(corner));
    const around = corners.map((corner) => corner.map((value) => value.toFixed(3)).join(",")).join(" ");
    for (const outline of this.outline) outline.setAttribute("points", around);
    this.handles.forEach((handle, k) => set(handle, { cx: corners[k][0], cy: corners[k][1] }));
    const path = points ? this.grid(theta, looking) : "";
    for (const one of this.points) one.setAttribute("d", path);
    this.pick(theta, looking, picked);
    return seen;
  }

  grid(theta, { align }) {
    const { image, size, every } = this, first = Math.floor((every - 1) / 2);
    let path = "";
    for (let row = first; row < size.height; row += every) {
      for (let column = first; column < size.width; column += every) {
        const [x, y] = this.ofSource(placeOf(theta, row, column, image, size, align));
        path += `M${x.toFixed(3)} ${y.toFixed(3)}h0`;
      }
    }
    return path;
  }

  // The arrow from the picked output pixel to its place; it ends at the panel's edge where the place lies outside.
  pick(theta, looking, picked) {
    const marks = [this.cell, ...this.arrow, this.head, ...this.place];
    for (const one of marks) one.style.display = picked ? "" : "none";
    if (!picked) return;
    const { row, column } = picked, { image, size, unit } = this;
    const place = this.ofSource(placeOf(theta, row, column, image, size, looking.align));
    const from = this.ofOutput([column, row]);
    const shown = [Math.min(Math.max(place[0], 0), this.left.width),
      Math.min(Math.max(place[1], this.leftTop), this.leftTop + this.left.height)];
    const away = Math.hypot(from[0] - shown[0], from[1] - shown[1]) || 1;
    const [ux, uy] = [(shown[0] - from[0]) / away, (shown[1] - from[1]) / away], length = 2.2 * unit;
    const tip = [shown[0] - 0.9 * unit * ux, shown[1] - 0.9 * unit * uy];
    const back = [tip[0] - length * ux, tip[1] - length * uy], wide = 0.8 * unit;
    set(this.cell, { x: from[0] - 0.5, y: from[1] - 0.5 });
    const edge = 0.5 / Math.max(Math.abs(ux), Math.abs(uy), 0.5); // the arrow leaves the cell's middle free
    const start = `${from[0] + edge * ux} ${from[1] + edge * uy}`;
    for (const one of this.arrow) one.setAttribute("d", `M${start}L${back[0]} ${back[1]}`);
    this.head.setAttribute("points", `${tip[0]},${tip[1]} ${back[0] - wide * uy},${back[1] + wide * ux} `
      + `${back[0] + wide * uy},${back[1] - wide * ux}`);
    const outside = place[0] !== shown[0] || place[1] !== shown[1], arm = 0.9 * unit;
    for (const one of this.place) {
      one.setAttribute("d", outside ? ""
        : `M${place[0] - arm} ${place[1]}h${2 * arm}M${place[0]} ${place[1] - arm}v${2 * arm}`);
    }
  }

  // Calls picked(row, column) when an output pixel is chosen, by the mouse (over it, or by a click) or the arrow keys.
  onPick(now, picked, { hover = false } = {}) {
    const byMouse = (event) => {
      const { output } = this.at(event);
      if (output) picked(output.row, output.column);
    };
    this.svg.addEventListener("pointerdown", byMouse);
    if (hover) this.svg.addEventListener("pointermove", (event) => { if (!event.buttons) byMouse(event); });
    const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    this.svg.addEventListener("keydown", (event) => {
      const move = MOVES[event.key];
      if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      const { height, width } = this.size;
      const { row, column } = now() ?? { row: Math.floor(height / 2), column: Math.floor(width / 2) };
      const within = (value, n) => Math.min(Math.max(value, 0), n - 1);
      picked(within(row + move[0], height), within(column + move[1], width));
    });
  }
}

let stageCount = Math.floor(Math.random() * 1e9);

// ---- what both explorers' panels hold

const signed = (value, digits) => shown(value, 1, digits);

// A switch for the grid points, and what it is called.
function gridSwitch(checked, redraw) {
  const box = make("input", { type: "checkbox", checked, dataset: KEYS }), name = make("span");
  box.addEventListener("change", redraw);
  return {
    box,
    element: make("label", { className: "fe-choice", dataset: { name: "grid" } }, box, name),
    show({ every }) { name.textContent = every > 1 ? `grid points (one in ${every})` : "grid points"; },
  };
}

const IDENTITY = [[1, 0, 0], [0, 1, 0]];
const PADDINGS = ["zeros", "border", "reflection"];

// The selectors of the two conventions. changed(values) gets what was chosen.
function conventions(changed) {
  const padding = make("select", { dataset: KEYS, title: "what the sampler finds outside the picture" },
    ...PADDINGS.map((name) => make("option", { value: name }, name)));
  padding.addEventListener("change", () => changed({ padding_mode: padding.value }));
  const align = make("input", { type: "checkbox", dataset: KEYS });
  align.addEventListener("change", () => changed({ align_corners: align.checked }));
  return {
    elements: [
      make("label", { className: "fe-choice", dataset: { name: "padding_mode" } }, "padding", padding),
      make("label", { className: "fe-choice", dataset: { name: "align_corners" },
        title: "off: −1 and 1 are the picture's edges; on: they are the centres of its outermost pixels" },
      align, "align_corners"),
    ],
    show(values) {
      padding.value = values.padding_mode;
      align.checked = values.align_corners;
    },
  };
}

const lookingOf = (values) => ({ align: values.align_corners, padding: values.padding_mode });

const imageOf = ({ image }) => ({
  height: image.length, width: image[0].length, pixels: Float64Array.from(image.flat()),
});
