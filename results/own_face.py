"""Measure what notebook 12 stands on, with the shipped network of photographs: python results/own_face.py fer2013:ROOT

Writes fer_edu/records/own_face.json; with `sizes` behind it, prints the detector's recall by the face's size alone. All
on PublicTest, of which the network's making also saw the score:

finder     recall of OpenCV's detector on enlarged faces, upright and turned, and its false boxes on what is no face
framing    the side and the place of FER-2013's frame, in boxes of the detector
judging    temperature and threshold fitted on one half of the pictures (by lot, seed 0), scored on the other
shifts     answers that change when 1,000 faces move by up to two pixels
guard      whether the network's energy tells a face from what is none
sizes      recall by the side of FER-2013's frame in the photo, and by that of drawn scenes; printed, not recorded
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.nn import functional as F

from fer_edu import __version__, data, evaluation, models, photos
from fer_edu.files import write_json
from fer_edu.photos.finding import TILTS
from fer_edu.photos.framing import FRAME
from fer_edu.photos.judging import DEFAULT
from fer_edu.photos.photo import Photo

TARGET = 0.8
"""The share of right answers that the threshold asks for among those that are given."""

SIZE = 144
"""Pixels to which a face of 48 is enlarged; the border around it is half as wide."""

SIZES = (36, 40, 44, 48, 52, 56, 64, 80, 96, SIZE)
"""Pixels of the frame around the face, for the recall by size; the record's is SIZE."""

FACES, SHIFTED, SCENES = 500, 1000, 100


def photo_of(image, turn=0.0, size=SIZE):
    """Return a Photo of one 48 x 48 face, `size` pixels wide, turned by so many degrees, with its edge going on."""
    smaller = size < image.shape[-1]
    big = F.interpolate(image[None].float(), size=(size, size), mode="bicubic", align_corners=False, antialias=smaller)
    pixels = F.pad(big.clamp(0, 255), (size // 2,) * 4, mode="replicate")[0, 0].round().byte().numpy()
    if turn:
        import cv2

        middle = (pixels.shape[1] / 2 - 0.5, pixels.shape[0] / 2 - 0.5)
        matrix = cv2.getRotationMatrix2D(middle, turn, 1.0)
        pixels = cv2.warpAffine(pixels, matrix, pixels.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
    return Photo(np.repeat(pixels[..., None], 3, axis=2), pixels.shape[::-1])


def hit(box, photo, size=SIZE):
    """Say whether a box is on the face in the middle of the photo, whose frame has `size` pixels."""
    x, y = box.centre
    height, width = photo.pixels.shape[:2]
    off = max(abs(x - width / 2), abs(y - height / 2)) / size
    return off < 0.25 and 0.4 < box.size / size < 1.4


def sizes(faces):
    """Print, for each size of a face's frame, of how many photographs and drawn scenes the face is found."""
    scenes = [Image.fromarray(photos.example(seed=seed).pixels) for seed in range(SCENES)]
    boxes = [box for scene in scenes for box in photos.find_faces(photos.read(scene))]
    frame = FRAME * np.median([box.size for box in boxes])  # of a drawn face, as photographs are framed

    def reduced(scene, size):
        return photos.read(scene.resize([round(side * size / frame) for side in scene.size], Image.Resampling.BICUBIC))

    print(
        f"a drawn face's frame before the scene is reduced: {frame:.0f} pixels, {len(boxes)} boxes in {SCENES} scenes"
    )
    print(f"{'frame, pixels':>13} {f'of {len(faces)} photographs':>20} {f'of {SCENES} drawn scenes':>20}")
    for size in SIZES:
        found = []
        for pictures in ((photo_of(face, 0, size) for face in faces), (reduced(scene, size) for scene in scenes)):
            found.append(sum(any(hit(b, each, size) for b in photos.find_faces(each)) for each in pictures))
        print(f"{size:13} {found[0]:20} {found[1]:20}", flush=True)


def finder(faces):
    """Return recall by turn, with the tilts and without, and the boxes of those found upright."""
    rows, boxes = {}, []
    for turn in (0, 10, 20, 30):
        found = {"upright only": 0, "three tilts": 0}
        for image in faces:
            photo = photo_of(image, turn)
            for name, tilts in (("upright only", (0,)), ("three tilts", TILTS)):
                seen = [box for box in photos.find_faces(photo, tilts) if hit(box, photo)]
                found[name] += bool(seen)
                if turn == 0 and name == "upright only" and seen:
                    boxes.append(seen[0])
        rows[str(turn)] = {name: [count, len(faces)] for name, count in found.items()}
    return rows, boxes


def framing(boxes):
    """Return how FER-2013's frame lies around the detector's boxes: medians and quartiles."""
    centre = SIZE  # half of it is the border
    sides = np.array([SIZE / box.size for box in boxes])
    down = np.array([(centre - box.centre[1]) / box.size for box in boxes])
    return {
        "side": round(float(np.median(sides)), 3),
        "side_quartiles": np.quantile(sides, [0.25, 0.75]).round(3).tolist(),
        "down": round(float(np.median(down)), 3),
        "down_quartiles": np.quantile(down, [0.25, 0.75]).round(3).tolist(),
        "boxes": len(boxes),
    }


def not_faces(n, seed=0):
    """Return name -> uint8 [n, 1, 48, 48] of what is no face."""
    generator = torch.Generator().manual_seed(seed)
    noise = torch.rand(n, 1, 48, 48, generator=generator)
    coarse = F.interpolate(torch.rand(n, 1, 6, 6, generator=generator), size=48, mode="bicubic").clamp(0, 1)
    phase = torch.rand(n, 1, 1, 1, generator=generator) * 6.28
    period = 3 + 12 * torch.rand(n, 1, 1, 1, generator=generator)
    angle = torch.rand(n, 1, 1, 1, generator=generator) * 3.14
    y, x = torch.meshgrid(torch.arange(48.0), torch.arange(48.0), indexing="ij")
    stripes = 0.5 + 0.5 * torch.sin((x * angle.cos() + y * angle.sin()) * 6.28 / period + phase)
    plain = torch.rand(n, 1, 1, 1, generator=generator).expand(n, 1, 48, 48)
    found = {"noise": noise, "clouds": coarse, "stripes": stripes, "one grey": plain}
    return {name: (255 * images).round().byte() for name, images in found.items()}


def false_boxes(pictures):
    """Return name -> [pictures in which a face was found, pictures], each enlarged as the faces were."""
    return {
        name: [sum(bool(photos.find_faces(photo_of(image))) for image in images), len(images)]
        for name, images in pictures.items()
    }


def judging(logits, labels):
    """Return temperature and threshold from one half, and what they are worth on the other."""
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(0))
    fit, check = order[: len(order) // 2], order[len(order) // 2 :]
    temperature = evaluation.fit_temperature(logits[fit], labels[fit])
    p = (logits / temperature).softmax(1)
    confidence, answer = p.max(1)
    right = answer == labels
    curve = evaluation.risk_coverage(confidence[fit], right[fit])
    enough = np.flatnonzero(1 - curve.risk >= TARGET)
    threshold = float(curve.thresholds[enough[-1]])
    answered = confidence[check] >= threshold
    hits, given = int(right[check][answered].sum()), int(answered.sum())
    whole = evaluation.risk_coverage(confidence[check], right[check])
    places = np.unique(np.linspace(0, len(whole.coverage) - 1, 60).astype(int))
    by_class = {}
    for k, name in enumerate(data.load("faces", split="val", size=7).classes):
        mine = labels[check] == k
        said = answered & (answer[check] == k)
        by_class[name] = {
            "answered": [int((answered & mine).sum()), int(mine.sum())],
            "right_when_said": [int((said & right[check]).sum()), int(said.sum())],
        }
    return {
        "temperature": round(temperature, 4),
        "threshold": round(threshold, 4),
        "target": TARGET,
        "fitted_on": len(fit),
        "right": [hits, given],
        "right_interval": [round(v, 4) for v in evaluation.wilson(hits, given)],
        "answered": [given, len(check)],
        "ece": [round(evaluation.reliability(q[check], labels[check]).ece, 4) for q in (logits.softmax(1), p)],
        "by_class": by_class,
        "coverage": [round(float(v), 4) for v in whole.coverage[places]],
        "accuracy": [round(float(1 - v), 4) for v in whole.risk[places]],
        "thresholds": [round(float(v), 4) for v in whole.thresholds[places]],
    }


def shifts(model, images, logits, threshold, temperature):
    """Return what happens to the answers when faces move by up to two pixels, their edge repeated."""
    padded = F.pad(images.float(), (2, 2, 2, 2), mode="replicate").byte()
    moved = [padded[:, :, r : r + 48, c : c + 48] for r in range(5) for c in range(5)]
    middle = logits.argmax(1)
    changed = torch.stack([models.predict(model, each).argmax(1) != middle for each in moved]).sum(0)
    sure = (logits / temperature).softmax(1).max(1).values >= threshold

    def summary(some):
        counts = changed[some].double()
        share = counts / 24
        half = 1.96 * share.std().item() / len(share) ** 0.5
        return {
            "any": [int((counts > 0).sum()), len(counts)],
            "any_interval": [round(v, 4) for v in evaluation.wilson(int((counts > 0).sum()), len(counts))],
            "share": round(share.mean().item(), 4),
            "share_half_width95": round(half, 4),
        }

    everybody = torch.ones_like(sure)
    return {
        "pixels": 2,
        "all": summary(everybody),
        "answered": summary(sure),
        "not_answered": summary(~sure),
        "histogram": torch.bincount(changed, minlength=25).tolist(),
    }


def guard(model, logits, pictures):
    """Return what the energy, -log sum exp(logits), lets pass at 5 % false alarms on faces."""
    energy = -logits.logsumexp(1)
    limit = energy.quantile(0.95).item()
    passed = {}
    for name, images in pictures.items():
        passed[name] = [int((-models.predict(model, images).logsumexp(1) <= limit).sum()), len(images)]
    return {"limit": round(limit, 4), "passed": passed}


def main(spec, only=None):
    name, root, _ = data.parse(spec)
    faces = data.load(name, split="val", root=root)
    images, labels = faces.images, faces.labels
    some = torch.randperm(len(labels), generator=torch.Generator().manual_seed(1))
    sizes(images[some[:FACES]])
    if only == "sizes":
        return
    model = models.pretrained(DEFAULT)
    logits = models.predict(model, images)
    judged = judging(logits, labels)
    print(json.dumps({k: v for k, v in judged.items() if not isinstance(v, list) or len(v) < 3}, indent=1), flush=True)
    recall, boxes = finder(images[some[:FACES]])
    framed = framing(boxes)
    print(recall, framed, flush=True)
    drawn = data.load("faces", split="test", size=200, seed=0).images
    others = not_faces(200)
    moved = some[:SHIFTED]
    content = {
        "kind": "own face",
        "command": "python results/own_face.py fer2013:ROOT",
        "fer_edu": __version__,
        "network": DEFAULT,
        "data": "FER-2013, PublicTest",
        "finder": {"faces": recall, "no_faces": false_boxes({k: v[:100] for k, v in others.items()})},
        "framing": framed,
        "judging": judged,
        "shifts": shifts(model, images[moved], logits[moved], judged["threshold"], judged["temperature"]),
        "guard": guard(model, logits, {**others, "drawn faces": drawn}),
    }
    print({key: content[key] for key in ("finder", "shifts", "guard")}, flush=True)
    write_json(Path(__file__).resolve().parents[1] / "fer_edu" / "records" / "own_face.json", content)


if __name__ == "__main__":
    main(*sys.argv[1:])
