// A face with a square on it that hides a part: the mouse, a finger or the arrow keys move it, Python answers with the
// picture. Needs page.js above it.
//
// Never more than one question is on its way: while Python works, only the newest place is kept, and it is asked for
// once the answer is there. Questions that queue up would be answered long after the mouse has stopped.

const SCREEN = 288; // screen pixels a side
const PLACES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const SAID = "a face with a square on it: drag it, or move it by the arrow keys, with shift by five pixels";

function render({ model, el }) {
  const ratio = Math.max(window.devicePixelRatio || 1, 1);
  const canvas = make("canvas", {
    className: "oc-pad", width: SCREEN * ratio, height: SCREEN * ratio, tabIndex: 0, title: "drag the square",
    dataset: KEYS, attributes: { role: "application", "aria-label": SAID },
  });
  const context = canvas.getContext("2d"), small = document.createElement("canvas");
  let wanted = model.get("spot"), asked = wanted, held = false, waiting = false, number = 0, began = 0;

  const [height, width] = model.get("size");
  small.width = width;
  small.height = height;

  function outline(points, colour, wide, dash = []) {
    if (!points.length) return;
    const unit = SCREEN * ratio / width;
    const path = () => {
      context.beginPath();
      points.forEach(([x, y]) => context.lineTo(x * unit, y * unit));
      context.closePath();
      context.stroke();
    };
    context.setLineDash([]);
    context.strokeStyle = "rgba(0, 0, 0, 0.6)"; // a dark edge, so that the line stands out on light and dark
    context.lineWidth = (wide + 2) * ratio;
    path();
    context.setLineDash(dash.map((n) => n * ratio));
    context.strokeStyle = colour;
    context.lineWidth = wide * ratio;
    path();
  }

  const draw = onceAFrame(() => {
    const grey = model.get("pixels"), data = small.getContext("2d").createImageData(width, height);
    for (let k = 0; k < width * height; k++) {
      const level = grey.getUint8(k);
      data.data.set([level, level, level, 255], 4 * k);
    }
    small.getContext("2d").putImageData(data, 0, 0);
    context.imageSmoothingQuality = "high";
    context.drawImage(small, 0, 0, canvas.width, canvas.height);
    const [before, now] = model.get("looks");
    outline(before, "#ffffff", 1.5, [4, 4]);
    outline(now, "#56b4e9", 2.5);
    // The square is where the hand is; the pixels below it follow with the answer.
    const side = model.get("window"), half = Math.floor(side / 2);
    const [top, left] = [wanted.row - half, wanted.column - half];
    outline([[left, top], [left + side, top], [left + side, top + side], [left, top + side]], "#d55e00", 2.5);
    canvas.dataset.row = wanted.row;
    canvas.dataset.column = wanted.column;
  });

  const same = (one, other) => one.row === other.row && one.column === other.column;

  function send() {
    if (waiting || same(wanted, model.get("spot"))) return;
    waiting = true;
    number = Math.max(number, model.get("answered")) + 1;
    began = performance.now();
    asked = wanted;
    model.set("asked", { ...wanted, number });
    model.save_changes();
  }

  function moveTo(row, column) {
    const inside = (value, count) => Math.min(Math.max(value, 0), count - 1);
    wanted = { row: inside(row, height), column: inside(column, width) };
    draw();
    send();
  }

  function under(event) {
    const box = canvas.getBoundingClientRect();
    return [
      Math.floor(((event.clientY - box.top) / box.height) * height),
      Math.floor(((event.clientX - box.left) / box.width) * width),
    ];
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    held = true;
    canvas.setPointerCapture(event.pointerId);
    moveTo(...under(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (held) moveTo(...under(event));
  });
  for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => { held = false; });
  canvas.addEventListener("keydown", (event) => {
    const step = PLACES[event.key], far = event.shiftKey ? 5 : 1;
    if (!step) return;
    event.preventDefault(); // the page must not scroll
    event.stopPropagation();
    moveTo(wanted.row + far * step[0], wanted.column + far * step[1]);
  });

  function answered() {
    if (waiting && model.get("answered") >= number) {
      waiting = false;
      canvas.dataset.milliseconds = performance.now() - began;
      canvas.dataset.answers = Number(canvas.dataset.answers || 0) + 1;
      if (!same(wanted, asked)) send(); // a place that Python could not answer is not asked for again
    }
    if (!waiting && !held) wanted = model.get("spot");
    draw();
  }
  const watched = ["change:answered", "change:pixels", "change:looks", "change:window", "change:spot"];
  watched.forEach((name) => model.on(name, answered));
  el.append(canvas);
  draw();
  return () => watched.forEach((name) => model.off(name, answered));
}

export default { render };
