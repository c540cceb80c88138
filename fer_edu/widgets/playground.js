// The FACS playground. `SPEC` (what to lay out) and `drawFace` (the renderer) stand above this script; both are written
// by Python. A model holds `values`, name -> number; everything else is worked out here.

const index = Object.fromEntries(SPEC.names.map((name, k) => [name, k]));
const pixels = SPEC.size * SPEC.size;
const grain = normals(pixels);

// Standard normal numbers, the same at each start: a slider must not make the noise flicker.
function normals(count) {
  let seed = 1;
  const uniform = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return (seed + 0.5) / 4294967296;
  };
  return Float32Array.from({ length: count }, () =>
    Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()));
}

// One face as drawFace leaves it, and after the camera: contrast, brightness and noise.
class Face {
  constructor() {
    this.params = new Float64Array(SPEC.names.length);
    this.image = new Float32Array(pixels);
    this.masks = new Uint8Array(SPEC.parts.length * pixels);
  }

  draw(values) {
    for (const name in index) this.params[index[name]] = values[name];
    drawFace(this.params, SPEC.size, this.image, this.masks);
    const { contrast, brightness, noise } = values;
    for (let k = 0; k < pixels; k++) {
      const grey = (this.image[k] - 0.5) * contrast + 0.5 + brightness + grain[k] * noise;
      this.image[k] = Math.min(Math.max(grey, 0), 1);
    }
  }
}

// The browser compiles drawFace for the kinds of numbers that it has seen, and starts anew when it meets others, a
// fraction where there were only whole numbers: half a second, in the middle of a drag. So show it all kinds first.
function warmUp() {
  const face = new Face(), ends = [...SPEC.person, ...SPEC.picture].flatMap((group) => group.sliders);
  for (let k = 0; k < 40; k++) {
    for (const { name } of SPEC.units) face.params[index[name]] = Math.random();
    for (const { name, low, high } of ends) {
      if (name in index) face.params[index[name]] = low + (high - low) * Math.random();
    }
    drawFace(face.params, 12, face.image, face.masks);
  }
}
warmUp();

const rgb = (colour) => [1, 3, 5].map((k) => parseInt(colour.slice(k, k + 2), 16));

// What the face does, in words. The nearest prototypes are those whose direction in the space of units is nearest.
function describe(values) {
  const active = SPEC.units.filter((unit) => values[unit.name]);
  if (!active.length) return ["no action unit is active: the neutral face", ""];
  const said = active.map((unit) => `${unit.name} ${unit.label} ${values[unit.name].toFixed(2)}`).join(", ");
  const length = Math.hypot(...active.map((unit) => values[unit.name]));
  const nearest = SPEC.emotions
    .filter((emotion) => emotion.units.length)
    .map(({ name, units }) => [name, units.reduce((sum, u) => sum + values[u], 0) / (length * Math.sqrt(units.length))])
    .sort((one, other) => other[1] - one[1]);
  return [said, `nearest prototypes (cosine): ${nearest.slice(0, 2).map(([n, c]) => `${n} ${c.toFixed(2)}`).join(", ")}`];
}

function render({ model, el }) {
  let values = { ...SPEC.start, ...model.get("values") };
  const face = new Face();
  const rows = {}; // name of a number -> what shows it
  let moved = null; // the unit whose pixels are lit up
  let only = null; // the one part to show, or null for all
  let held = false; // a slider is being dragged
  let emotion = null; // the prototype that the intensity scales

  // ---- drawing

  const canvas = () => make("canvas", { width: SPEC.size, height: SPEC.size });
  const left = canvas(), right = canvas();
  const [paint, tint] = [left, right].map((one) => one.getContext("2d"));
  const [grey, colours] = [paint, tint].map((one) => one.createImageData(SPEC.size, SPEC.size));
  const saidUnits = make("div"), saidNearest = make("div", { className: "fp-nearest" });
  const other = new Face(); // the same face without the unit under the mouse, or with it where it is at rest
  let otherOf = "";

  function draw() {
    const start = performance.now();
    face.draw(values);
    const lit = moved && !held ? difference(moved) : null;
    for (let k = 0, at = 0; k < pixels; k++, at += 4) {
      const level = face.image[k] * 255;
      const glow = lit ? Math.min(1, 6 * Math.abs(face.image[k] - lit[k])) * 0.55 : 0;
      grey.data[at] = level + (255 - level) * glow;
      grey.data[at + 1] = level + (120 - level) * glow;
      grey.data[at + 2] = level + (0 - level) * glow;
      grey.data[at + 3] = 255;
      colours.data[at] = colours.data[at + 1] = colours.data[at + 2] = 64 + 0.6 * level;
      colours.data[at + 3] = 255;
    }
    for (const { name, colour, opaque, index: part } of SPEC.parts) {
      if (only && only !== name) continue;
      const [r, g, b] = rgb(colour), keep = 1 - opaque;
      for (let k = 0, at = 0; k < pixels; k++, at += 4) {
        if (!face.masks[part * pixels + k]) continue;
        colours.data[at] = keep * colours.data[at] + opaque * r;
        colours.data[at + 1] = keep * colours.data[at + 1] + opaque * g;
        colours.data[at + 2] = keep * colours.data[at + 2] + opaque * b;
      }
    }
    paint.putImageData(grey, 0, 0);
    tint.putImageData(colours, 0, 0);
    [saidUnits.textContent, saidNearest.textContent] = describe(values);
    root.dataset.draws = Number(root.dataset.draws || 0) + 1;
    root.dataset.milliseconds = (performance.now() - start).toFixed(2);
  }

  // The picture with one unit the other way: at rest where it acts, in full where it does not.
  function difference(unit) {
    const turned = { ...values, [unit]: values[unit] ? 0 : 1 };
    const key = JSON.stringify(turned);
    if (key !== otherOf) other.draw(turned);
    otherOf = key;
    return other.image;
  }

  const redraw = onceAFrame(draw);

  // ---- values: from the sliders, from Python, to Python

  const link = connect(model, () => ({ ...values }), receive);

  function show() {
    for (const [name, row] of Object.entries(rows)) row.show(values[name]);
    redraw();
  }

  function change(some) {
    values = { ...values, ...some };
    show();
    link.send();
  }

  function receive() {
    values = { ...SPEC.start, ...model.get("values") };
    show();
  }

  // ---- controls

  function dial(spec, label, number = "") {
    const { name } = spec;
    const made = rows[name] = slider(spec, {
      label,
      mark: number,
      moved(value) {
        values = { ...values, [name]: value };
        if (number) emotion = null;
        redraw();
      },
      rested: link.send,
      back: () => change({ [name]: SPEC.start[name] }),
    });
    made.input.addEventListener("pointerdown", () => { held = true; });
    if (number) {
      const light = (unit) => () => { moved = unit; redraw(); };
      made.row.addEventListener("mouseenter", light(name));
      made.row.addEventListener("mouseleave", light(null));
      made.input.addEventListener("focus", () => { if (made.input.matches(":focus-visible")) light(name)(); });
      made.input.addEventListener("blur", light(null));
    }
    return made.row;
  }
  const release = () => {
    if (held) { held = false; redraw(); }
  };
  window.addEventListener("pointerup", release);
  window.addEventListener("pointercancel", release);

  const spaced = (name) => name.replaceAll("_", " ");
  const groups = (list) => list.map(({ heading, sliders }) => make("section", {},
    make("h4", {}, heading), ...sliders.map((spec) => dial(spec, spaced(spec.name)))));

  const intensity = range({ min: 0, max: 1, step: 0.01, value: 1, title: "how strongly an emotion's units act" });
  const level = make("output", {}, "1.00");
  function pose() {
    const units = Object.fromEntries(SPEC.units.map(({ name }) => [name, 0]));
    for (const unit of emotion.units) units[unit] = Number(intensity.value);
    change(units);
  }
  intensity.addEventListener("input", () => {
    level.textContent = shown(Number(intensity.value), 0.01);
    colourTrack(intensity);
    if (emotion) pose();
  });
  colourTrack(intensity);

  const emotions = SPEC.emotions.map((one) => button(one.name, one.units.join(" + ") || "no action unit",
    () => { emotion = one; pose(); }, { "--colour": one.colour }));
  const random = button("random person", "somebody else with the same expression", () => {
    const person = SPEC.people[Math.floor(Math.random() * SPEC.people.length)];
    change(Object.fromEntries(SPEC.fields.map((name, k) => [name, person[k]])));
  });
  const reset = button("reset", "the average person, at rest, in the middle of the picture", () => {
    emotion = null;
    change(SPEC.start);
  });

  const pages = [
    ["action units", SPEC.units.map(({ name, label }) =>
      dial({ name, low: 0, high: 1, step: 0.01 }, label, name))],
    ["person", groups(SPEC.person)],
    ["picture", groups(SPEC.picture)],
  ].map(([title, content]) => [title, make("div", { className: "fp-page", role: "tabpanel" }, ...content)]);
  const tabs = pages.map(([title], k) => button(title, "", () => open(k)));
  tabs.forEach((tab) => tab.setAttribute("role", "tab"));
  function open(k) {
    pages.forEach(([, page], other) => { page.hidden = other !== k; });
    tabs.forEach((tab, other) => tab.setAttribute("aria-selected", other === k));
  }
  open(0);

  const legend = SPEC.parts.map(({ name, colour }) => {
    const item = make("span", { className: "fp-part", style: { "--colour": colour } }, name);
    const light = (part) => () => { only = part; redraw(); };
    item.addEventListener("mouseenter", light(name));
    item.addEventListener("mouseleave", light(null));
    return item;
  });

  const root = make("div", { className: "fe-page fp" },
    make("div", { className: "fp-bar" },
      make("div", { className: "fp-emotions" }, ...emotions),
      make("label", { className: "fp-intensity" }, "intensity", intensity, level),
      make("div", { className: "fp-actions" }, random, reset)),
    make("div", { className: "fp-main" },
      make("div", { className: "fp-view" },
        make("div", { className: "fp-pictures" }, left, right),
        make("div", { className: "fp-below" },
          make("span", { className: "fp-hint" }, "orange: what the unit under the mouse moves"),
          make("div", { className: "fp-legend" }, ...legend)),
        make("div", { className: "fp-words" }, saidUnits, saidNearest)),
      make("div", { className: "fp-panel" },
        make("div", { className: "fp-tabs", role: "tablist" }, ...tabs), ...pages.map(([, page]) => page))));
  el.append(root);
  show();
  return () => {
    link.close();
    window.removeEventListener("pointerup", release);
    window.removeEventListener("pointercancel", release);
  };
}

export default { render };
