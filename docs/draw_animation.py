"""Draw the animation at the README's top: python docs/draw_animation.py. Needs chromium and playwright.

The θ explorer of notebook 00, as a page of its own: four sliders are moved one after the other until the look sees a
tilted face upright. Every frame is what the browser shows; the hand is drawn on it.
"""

import io
import os
import shutil
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from fer_edu import data, geometry, widgets

PATH = Path(__file__).parent / "images" / "first-minute.gif"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
WIDTH, LARGER = 640, 700 / 640  # of the page, and how much larger its picture is
TICK = 80  # milliseconds a frame
GREYS, TINTS = 48, 4
"""How many greys the animation has, and how many steps from each colour of the explorer to white and to black."""

HAND = """() => {
  const hand = document.createElement('div');
  hand.id = 'hand';
  hand.innerHTML = '<svg width="20" height="26"><path d="M1 1v19l5-4 4 9 4-2-4-8h7z" fill="#fff" stroke="#000" '
    + 'stroke-width="1.5"/></svg>';
  Object.assign(hand.style, { position: 'absolute', pointerEvents: 'none', zIndex: 9 });
  document.body.append(hand);
}"""

MOVE = """([name, value, x, y]) => {
  const input = document.querySelector(`.fe-row[data-name=${name}] input`);
  if (value !== null) { input.value = value; input.dispatchEvent(new Event('input', { bubbles: true })); }
  const hand = document.getElementById('hand');
  hand.style.left = `${x}px`;
  hand.style.top = `${y}px`;
  return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""

THUMB = """([name, value]) => {
  const input = document.querySelector(`.fe-row[data-name=${name}] input`), box = input.getBoundingClientRect();
  const share = (value - input.min) / (input.max - input.min);
  return [box.left + 6 + share * (box.width - 12), box.top + box.height / 2];
}"""


def goals(state):
    """Return slider -> where it stands once the look sees the face upright; the two scales share one slider."""
    parts = geometry.decompose_theta(state.truth[None].double())
    (scale_x, scale_y), (shift_x, shift_y) = parts.scale[0].abs().tolist(), parts.shift[0].tolist()
    found = {"rotation": parts.rotation.item(), "scale": (scale_x + scale_y) / 2}
    return found | {"shift_x": shift_x, "shift_y": shift_y}


def eased(steps):
    """Yield `steps` shares of a way, slow at both of its ends, the last one 1."""
    for k in range(1, steps + 1):
        share = k / steps
        yield share * share * (3 - 2 * share)


def film(page, targets):
    """Yield (picture, milliseconds) for each frame."""
    start = {"rotation": 0.0, "scale": 1.0, "shift_x": 0.0, "shift_y": 0.0}
    seconds = {"rotation": 2.4, "scale": 1.0, "shift_x": 1.0, "shift_y": 1.0}
    height = page.evaluate("() => Math.ceil(document.querySelector('.fe-page').getBoundingClientRect().bottom) + 4")

    def frame(milliseconds):
        shot = page.screenshot(clip={"x": 0, "y": 0, "width": WIDTH, "height": height})
        return Image.open(io.BytesIO(shot)).convert("RGB"), milliseconds

    at = (WIDTH * 0.6, height * 0.55)
    page.evaluate(MOVE, ["rotation", None, *at])
    yield frame(900)
    for name, goal in targets.items():
        thumb = page.evaluate(THUMB, [name, start[name]])
        for share in eased(5):
            place = [old + share * (new - old) for old, new in zip(at, thumb, strict=True)]
            page.evaluate(MOVE, [name, None, *place])
            yield frame(TICK)
        for share in eased(round(1000 * seconds[name] / TICK)):
            value = start[name] + share * (goal - start[name])
            at = page.evaluate(THUMB, [name, value])
            page.evaluate(MOVE, [name, value, *at])
            yield frame(TICK)
    yield frame(2400)


def palette():
    """Return a picture whose palette all frames share, so that what does not move does not change."""
    # The page's white stands apart, since Pillow takes a near colour for the nearest.
    colours = [[255] * 3, *([235 * k // (GREYS - 1)] * 3 for k in range(GREYS))]
    for accent in ((0, 114, 178), (86, 180, 233)):
        for end in (0, 255):
            shares = [k / TINTS for k in range(TINTS)]
            colours += [[round(tone + share * (end - tone)) for tone in accent] for share in shares]
    picture = Image.new("P", (1, 1))
    picture.putpalette([tone for colour in colours for tone in colour])
    return picture


def main():
    faces = data.load("faces", split="test", size=200)
    happy = faces[(faces.labels == faces.classes.index("happy")).nonzero()[:, 0]]
    state = widgets.ThetaState.of_face(happy, happy.truth.theta[:, 0, 1].abs().argmax().item())
    with sync_playwright() as p, tempfile.TemporaryDirectory() as folder:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": 900}, device_scale_factor=LARGER)
        file = Path(folder) / "page.html"
        file.write_text(widgets.ThetaExplorer(state, numbers=False).html(), encoding="utf-8")
        page.goto(file.as_uri())
        page.locator("[data-draws]").wait_for()
        page.evaluate(HAND)
        frames, durations = zip(*film(page, goals(state)), strict=True)
        browser.close()
    frames = [frame.quantize(palette=palette(), dither=Image.Dither.NONE) for frame in frames]
    frames[0].save(PATH, save_all=True, append_images=frames[1:], duration=list(durations), loop=0, optimize=True)
    print(f"{PATH.name}: {len(frames)} frames, {sum(durations) / 1000:.1f} s, {PATH.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
