// The unit square between four pixel centres: each neighbour's weight is the area of the rectangle opposite to it.
// Needs page.js and stage.js above it.

class UnitSquare {
  // letters, colours: of the upper left, upper right, lower left and lower right neighbour. written(value): its text.
  constructor({ letters, colours }, written) {
    Object.assign(this, { letters, written });
    const ends = [[0, 0], [1, 0], [0, 1], [1, 1]];
    const text = (attributes, content = "") => {
      const made = drawing("text", attributes);
      made.textContent = content;
      return made;
    };
    const on = (k) => (k ? "se-on" : "se-on se-pale"); // the first colour is dark
    this.areas = colours.map((fill) => drawing("rect", { fill, class: "se-area" }));
    this.inside = colours.map((_, k) => text({ class: on(k) }));
    const dots = ends.map(([cx, cy], k) => drawing("circle", { cx, cy, r: 0.075, fill: colours[k], class: "se-dot" }));
    const names = ends.map(([x, y], k) => text({ x, y: y + 0.035, class: on(k) }, letters[k]));
    this.beside = ends.map(([x, y]) =>
      text({ x: x ? 1.11 : -0.11, y: y + 0.035, class: "se-corner", "text-anchor": x ? "start" : "end" }));
    this.sides = ["p", "1 − p", "q", "1 − q"].map((name) => text({ class: "se-side" }, name));
    this.place = drawing("path", { class: "se-point", "vector-effect": "non-scaling-stroke" });
    this.element = drawing("svg", { class: "se-square", viewBox: "-0.42 -0.2 1.84 1.4", role: "img" },
      ...this.areas, ...this.inside, ...dots, ...names, ...this.beside, ...this.sides, this.place);
  }

  // step: see stepThrough.
  draw({ shares: [p, q], neighbours }) {
    const weights = neighbours.map((one) => signed(one.weight, 3));
    const boxes = [[p, q, 1 - p, 1 - q], [0, q, p, 1 - q], [p, 0, 1 - p, q], [0, 0, p, q]];
    boxes.forEach(([x, y, width, height], k) => {
      set(this.areas[k], { x, y, width, height });
      set(this.inside[k], { x: x + width / 2, y: y + height / 2 + 0.035 });
      const room = height > 0.13 ? width : 0;
      this.inside[k].textContent =
        room > 0.42 ? `${this.letters[k]} ${weights[k]}` : room > 0.12 ? this.letters[k] : "";
      this.beside[k].textContent = this.written(neighbours[k].value);
    });
    this.place.setAttribute("d", `M${p - 0.05} ${q}h0.1M${p} ${q - 0.05}v0.1`);
    const along = [[p / 2, p], [(1 + p) / 2, 0.7 * (1 - p)], [q / 2, q], [(1 + q) / 2, 1 - q]];
    along.forEach(([middle, room], k) => {
      set(this.sides[k], k < 2 ? { x: middle, y: -0.06, "text-anchor": "middle" }
        : { x: -0.06, y: middle + 0.03, "text-anchor": "end" });
      this.sides[k].style.display = room > 0.2 ? "" : "none";
    });
    const said = weights.map((weight, k) => `${this.letters[k]} ${weight}`).join(", ");
    this.element.setAttribute("aria-label", `weights: ${said}`);
  }
}
