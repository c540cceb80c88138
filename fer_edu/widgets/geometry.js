// Chapters 2 and 3 in the browser: what fer_edu.geometry computes, in double precision, with the same convention.
//   theta    [[a, b, c], [d, e, f]], maps output (target) to input (source) coordinates, normalised, Eq. 2
//   image    {height, width, pixels}, pixels row by row
//   looking  {align, padding}: align_corners, and "zeros", "border" or "reflection"
// Pixel indices: 0 is the first pixel's centre.

// The normalised coordinate of the centre of pixel k of n.
function pixelCentre(k, n, align) {
  if (align) return n > 1 ? (2 * k) / (n - 1) - 1 : 0;
  return (2 * k + 1) / n - 1;
}

function toPixels(coordinate, n, align) {
  return align ? ((coordinate + 1) / 2) * (n - 1) : ((coordinate + 1) * n - 1) / 2;
}

// How many pixels one unit of a normalised coordinate is.
const perUnit = (n, align) => (align ? (n - 1) / 2 : n / 2);

const lookAt = (theta, x, y) => theta.map(([a, b, c]) => a * x + b * y + c);

function buildTheta({ rotation, scale_x, scale_y, shear, shift_x, shift_y }) {
  const cos = Math.cos((rotation * Math.PI) / 180), sin = Math.sin((rotation * Math.PI) / 180);
  return [
    [cos * scale_x, (cos * shear - sin) * scale_y, shift_x],
    [sin * scale_x, (sin * shear + cos) * scale_y, shift_y],
  ];
}

// The parts that build theta, or null where it flattens the picture and no parts do.
function decomposeTheta([[a, b, shift_x], [c, d, shift_y]]) {
  const determinant = a * d - b * c;
  if (!(Math.abs(determinant) >= 1e-12)) return null;
  const scale_x = Math.hypot(a, c), scale_y = determinant / scale_x;
  const rotation = (Math.atan2(c, a) * 180) / Math.PI;
  return { rotation, scale_x, scale_y, shear: (a * b + c * d) / scale_x / scale_y, shift_x, shift_y };
}

// Where a pixel index along a side of n is looked up, and the derivative of that: 1, -1 (mirrored) or 0 (held fast).
function padded(pixel, n, { align, padding }) {
  if (padding === "zeros") return [pixel, 1];
  let at = pixel, direction = 1;
  if (padding === "reflection") {
    const low = align ? 0 : -0.5, span = align ? n - 1 : n;
    if (span === 0) return [0, 0];
    const along = Math.abs(pixel - low), flips = Math.floor(along / span), there = along % span;
    at = (flips % 2 ? span - there : there) + low;
    direction = (flips + (pixel < low ? 1 : 0)) % 2 ? -1 : 1;
  }
  if (at > 0 && at < n - 1) return [at, direction];
  return [Math.min(Math.max(at, 0), n - 1), 0];
}

// The value of one pixel, 0 where the picture has none.
function readPixel({ height, width, pixels }, row, column) {
  return row >= 0 && row < height && column >= 0 && column < width ? pixels[row * width + column] : 0;
}

// Eq. 3 for the four neighbours of a place in pixels.
function bilinear(image, x, y) {
  const left = Math.floor(x), top = Math.floor(y), p = x - left, q = y - top;
  return (1 - p) * (1 - q) * readPixel(image, top, left) + p * (1 - q) * readPixel(image, top, left + 1)
    + (1 - p) * q * readPixel(image, top + 1, left) + p * q * readPixel(image, top + 1, left + 1);
}

// What theta sees, row by row; size: {height, width} of the output.
function sampleThrough(image, theta, size, looking) {
  const seen = new Float64Array(size.height * size.width);
  for (let row = 0, k = 0; row < size.height; row++) {
    const y_t = pixelCentre(row, size.height, looking.align);
    for (let column = 0; column < size.width; column++, k++) {
      const [x_s, y_s] = lookAt(theta, pixelCentre(column, size.width, looking.align), y_t);
      const [x] = padded(toPixels(x_s, image.width, looking.align), image.width, looking);
      const [y] = padded(toPixels(y_s, image.height, looking.align), image.height, looking);
      seen[k] = bilinear(image, x, y);
    }
  }
  return seen;
}

// One output pixel, step by step; the fields are those of fer_edu.geometry.Step.
function stepThrough(image, theta, row, column, size, looking) {
  const target = [pixelCentre(column, size.width, looking.align), pixelCentre(row, size.height, looking.align)];
  const source = lookAt(theta, ...target);
  const sides = [image.width, image.height];
  const pixel = sides.map((n, axis) => toPixels(source[axis], n, looking.align));
  const back = sides.map((n, axis) => padded(pixel[axis], n, looking));
  const [x, y] = back.map(([at]) => at);
  const left = Math.floor(x), top = Math.floor(y), p = x - left, q = y - top;
  const neighbours = [[0, 0], [0, 1], [1, 0], [1, 1]].map(([down, right]) => ({
    row: top + down,
    column: left + right,
    value: readPixel(image, top + down, left + right),
    weight: (right ? p : 1 - p) * (down ? q : 1 - q),
    inside: top + down >= 0 && top + down < image.height && left + right >= 0 && left + right < image.width,
  }));
  const [a, b, c, d] = neighbours.map((one) => one.value);
  const by_x = (1 - q) * (b - a) + q * (d - c), by_y = (1 - p) * (c - a) + p * (d - b);
  const steps = sides.map((n, axis) => back[axis][1] * perUnit(n, looking.align));
  const by_source = [by_x * steps[0], by_y * steps[1]];
  return {
    target, source, pixel, looked_up: [x, y], neighbours,
    value: neighbours.reduce((sum, one) => sum + one.weight * one.value, 0),
    by_x, by_y, by_source,
    by_theta: by_source.map((by) => [by * target[0], by * target[1], by]),
    shares: [p, q], // how far the place is from its upper left neighbour
    steps, // pixels a unit, as the padding leaves them
  };
}

// Where an output pixel looks, in input pixels.
function placeOf(theta, row, column, image, size, align) {
  const [x_s, y_s] = lookAt(theta, pixelCentre(column, size.width, align), pixelCentre(row, size.height, align));
  return [toPixels(x_s, image.width, align), toPixels(y_s, image.height, align)];
}

// Where theta looks, in pixels, at the four corners of what `reach` names: upper left, upper right, lower right, lower
// left. reach: [x, y], how far they lie from the output's middle, normalised.
function cornersOf(theta, { height, width }, align, reach = [1, 1]) {
  return [[-1, -1], [1, -1], [1, 1], [-1, 1]].map(([x, y]) => {
    const [x_s, y_s] = lookAt(theta, x * reach[0], y * reach[1]);
    return [toPixels(x_s, width, align), toPixels(y_s, height, align)];
  });
}
