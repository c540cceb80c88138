// What every explorer has that the browser draws: elements, controls, and values in step with Python. It stands above
// the explorer's own script in one module.

const SOFTLY = 150; // milliseconds of rest after which the values go to Python

function fill(element, properties, children) {
  const { dataset = {}, style = {}, attributes = {}, ...rest } = properties;
  Object.assign(element, rest);
  Object.assign(element.dataset, dataset);
  for (const [name, value] of Object.entries(style)) element.style.setProperty(name, value);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const make = (tag, properties = {}, ...children) => fill(document.createElement(tag), properties, children);

// A number with as many digits as a slider's step needs, or as many as are asked for; no zero has a sign.
function shown(value, step, digits = step >= 1 ? 0 : step < 0.01 ? 3 : 2) {
  const text = value.toFixed(digits);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
}

// Calls `draw` at most once a frame, however often it is asked.
function onceAFrame(draw) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      draw();
    });
  };
}

// Keeps `values` in step with the model: send() after a change here, receive() is called after one in Python.
function connect(model, values, receive) {
  let rest = 0;
  model.on("change:values", receive);
  model.on("change:content", receive);
  return {
    send() {
      clearTimeout(rest);
      rest = setTimeout(() => {
        model.set("values", values());
        model.save_changes();
      }, SOFTLY);
    },
    close() {
      clearTimeout(rest);
      model.off("change:values", receive);
      model.off("change:content", receive);
    },
  };
}

// ---- controls

const KEYS = { lmSuppressShortcuts: "true" }; // JupyterLab takes the arrow keys for itself otherwise

const range = (properties) => make("input", { type: "range", ...properties, dataset: KEYS });

// How far along its track a range is coloured.
function colourTrack(input) {
  input.style.setProperty("--fill", `${(100 * (input.value - input.min)) / (input.max - input.min)}%`);
}

function button(text, title, act, style = {}) {
  const made = make("button", { type: "button", title, style }, text);
  made.addEventListener("click", act);
  return made;
}

// A labelled slider. moved(value): while it moves; rested(): once it is let go; back(): on a double-click.
// `mark` is a short text before the label, `words` say what each number means where it is one of few, `digits` are
// shown after the point.
function slider({ name, low, high, step, words, digits }, { label = name, mark = "", moved, rested, back }) {
  const input = range({ min: low, max: high, step, title: "double-click: back to the start" });
  const output = make("output");
  const row = make("label", { className: "fe-row", dataset: { name } },
    ...(mark ? [make("span", { className: "fe-mark" }, mark)] : []),
    make("span", { className: "fe-name" }, label), input, output);
  function show(value) {
    if (Number(input.value) !== value) input.value = value;
    colourTrack(input);
    output.textContent = words ? words[value] : shown(value, step, digits);
    row.classList.toggle("fe-active", Boolean(mark) && value > 0);
  }
  input.addEventListener("input", () => {
    show(Number(input.value));
    moved(Number(input.value));
  });
  input.addEventListener("change", rested);
  input.addEventListener("dblclick", back);
  return { row, input, show };
}
