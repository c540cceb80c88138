// The mouse on the left picture of a stage: a corner of the look turns and scales it, anything else moves it.
// Needs geometry.js and stage.js above it.

const FARTHEST = 2; // how far the look's centre may be moved, normalised

// now(): {theta, align}; moved(theta) while the mouse drags; dropped() once it is let go.
function letDrag(stage, now, moved, dropped) {
  const { svg, image } = stage;
  let held = null;

  function overCorner({ source, near }) {
    const { theta, align } = now();
    return cornersOf(theta, image, align).some(([x, y]) => Math.hypot(x - source[0], y - source[1]) < near);
  }

  svg.addEventListener("pointerdown", (event) => {
    const at = stage.at(event), { theta, align } = now();
    if (!at.onLeft || event.button) return;
    const sides = [image.width, image.height].map((n) => perUnit(n, align) || 1);
    const middle = cornersOf(theta, image, align, [0, 0])[0];
    held = { from: at.source, sides, middle, theta, carry: overCorner(at) ? turned : shifted };
    svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener("pointermove", (event) => {
    const at = stage.at(event);
    if (held) {
      const theta = held.carry(held, at.source);
      if (theta) moved(theta);
    } else {
      svg.style.cursor = !at.onLeft ? "crosshair" : overCorner(at) ? "grab" : "move";
    }
  });
  const drop = () => {
    if (held) dropped();
    held = null;
  };
  svg.addEventListener("pointerup", drop);
  svg.addEventListener("pointercancel", drop);
}

function shifted({ theta: [[a, b, x], [c, d, y]], from, sides }, to) {
  const move = (start, k) => Math.min(Math.max(start + (to[k] - from[k]) / sides[k], -FARTHEST), FARTHEST);
  return [[a, b, move(x, 0)], [c, d, move(y, 1)]];
}

// The turn and the scale that carry the corner with the mouse, found in pixels, since θ is normalised; null where the
// mouse is on the middle.
function turned({ theta: [[a, b, x], [c, d, y]], from, middle, sides: [sx, sy] }, to) {
  const [u, v] = [from[0] - middle[0], from[1] - middle[1]];
  const [p, q] = [to[0] - middle[0], to[1] - middle[1]], square = u * u + v * v;
  if (!square || Math.hypot(p, q) < 1) return null;
  const cos = (u * p + v * q) / square, sin = (u * q - v * p) / square;
  return [
    [cos * a - (sin * sy * c) / sx, cos * b - (sin * sy * d) / sx, x],
    [(sin * sx * a) / sy + cos * c, (sin * sx * b) / sy + cos * d, y],
  ];
}
