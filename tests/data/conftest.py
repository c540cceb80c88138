"""Tiny copies of FER-2013 in every form, and the real rows where they are at hand."""

import csv
import importlib.util
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

REAL = Path(__file__).resolve().parents[2].parent / "shared" / "fer2013"
CLASSES = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
PARTS = ("Training", "PublicTest", "PrivateTest")


@pytest.fixture(autouse=True)
def cache_folder(tmp_path_factory, monkeypatch):
    """Give each test its own empty cache, and no data set from the environment."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("FER_EDU_CACHE", str(folder))
    monkeypatch.delenv("FER2013_ROOT", raising=False)
    return folder


class Copy:
    """21 pictures, three a class: images uint8 [21, 48, 48], labels [21], parts [21] (12 Training, 5 + 4 test)."""

    def __init__(self):
        generator = np.random.default_rng(7)
        self.images = generator.integers(0, 256, (21, 48, 48), dtype=np.uint8)
        self.images[0, 0, :6] = (0, 9, 10, 99, 100, 255)  # one, two and three digits, and their ends
        self.labels = np.arange(21) % 7
        self.parts = np.repeat([0, 1, 2], (12, 5, 4))

    def of(self, part):
        """Return images [n, 1, 48, 48] and labels of one part, in row order."""
        return self.images[self.parts == part][:, None], self.labels[self.parts == part]

    def text(self, row):
        return " ".join(str(value) for value in self.images[row].ravel())

    def csv(self, path, header="emotion,pixels,Usage", parts=(0, 1, 2), quote=csv.QUOTE_MINIMAL, end="\n"):
        """Write the rows of the parts with the header's columns, and return the folder."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "w", newline="") as handle:
            handle.write(header + end)
            writer = csv.writer(handle, quoting=quote, lineterminator=end)
            for row in np.flatnonzero(np.isin(self.parts, parts)):
                values = {
                    "emotion": int(self.labels[row]),
                    "pixels": self.text(row),
                    "usage": PARTS[self.parts[row]],
                }
                writer.writerow([values[name.strip().lower()] for name in header.split(",")])
        return path.parent

    def npz(self, path, usage=None, **changed):
        """Write images, labels, usage, with what is changed; None leaves an array out."""
        arrays = {"images": self.images, "labels": self.labels, "usage": self.parts if usage is None else usage}
        arrays |= changed
        np.savez(path, **{name: array for name, array in arrays.items() if array is not None})
        return path.parent

    def folder(self, root, folders=("train", "test", "test"), marked=True, suffix=".png", classes=CLASSES):
        """Write root/<folder of the part>/<class>/<name>, lossless unless the suffix says otherwise."""
        for row, (image, label, part) in enumerate(zip(self.images, self.labels, self.parts, strict=True)):
            place = root / folders[part] / classes[label]
            place.mkdir(parents=True, exist_ok=True)
            Image.fromarray(image).save(place / f"{PARTS[part] + '_' if marked else 'im'}{row}{suffix}", quality=95)
        return root


@pytest.fixture
def copy():
    return Copy()


@pytest.fixture(scope="session")
def real():
    """The module that unpacks the real rows, or a skip."""
    if not (REAL / "unpack.py").is_file():
        pytest.skip("the real FER-2013 rows are not beside the repository (../shared/fer2013)")
    spec = importlib.util.spec_from_file_location("unpack_fer2013", REAL / "unpack.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def real_csv(real, tmp_path_factory):
    folder = tmp_path_factory.mktemp("fer2013")
    real.main("csv", folder)
    return folder
