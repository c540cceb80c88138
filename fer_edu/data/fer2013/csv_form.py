"""FER-2013 as CSV: one row a picture, its 2,304 pixels as decimal numbers with spaces between.

fer2013.csv has the columns emotion,pixels,Usage; icml_face_data.csv has `emotion, Usage, pixels`; the challenge's
train.csv has emotion,pixels and its test.csv only pixels.
"""

import numpy as np

from ...errors import DataError
from .official import PARTS, UNDIVIDED, UNLABELLED, Rows

PIXELS = 48 * 48
CHUNK = 2**18  # bytes of rows parsed at once: the working arrays stay in the processor's cache (4 MiB: half as fast)
HEADER_LIMIT = 4096  # bytes: a file that is no CSV may have no line end at all
AGAIN = "copy or download the file again"


def read(path, part=None):
    """Return the Rows of one CSV, in the file's order.

    part: code of the part that all rows belong to, where the file has no Usage column (train.csv, test.csv).
    Raises DataError, naming the line, on a row that is not a label 0..6, 2,304 numbers 0..255 and a known Usage.
    """
    images, labels, parts = [], [], []
    with open(path, "rb") as handle:
        columns = _columns(handle.readline(HEADER_LIMIT), path, part)
        first = 2  # line number of the first row of the chunk
        while lines := handle.readlines(CHUNK):
            at_end = first + len(lines) - 1 if not handle.peek(1) else None
            rows = []
            for number, line in enumerate(lines, first):
                fields = line.replace(b'"', b"").strip().split(b",")
                if fields == [b""]:
                    continue
                row = _Row(path, number, number == at_end, columns, fields)
                labels.append(row.label())
                parts.append(row.part(part))
                rows.append(row)
            if rows:
                images.append(_pixels(rows))
            first += len(lines)
    if not images:
        raise DataError(f"expected rows of pictures, found nothing under the header of {path}: {AGAIN}.")
    return Rows(np.concatenate(images), np.array(labels, np.uint8), np.array(parts, np.uint8))


def _columns(header, path, part):
    """Return {column name in lower case: position}; icml_face_data.csv has spaces before its names."""
    names = [name.strip(' "\r\n').lower() for name in header.decode("utf-8-sig", "replace").split(",")]
    needed = {"pixels"}
    if part != UNDIVIDED:
        needed.add("emotion")
    if part is None:
        needed.add("usage")
    if needed <= set(names):
        return {name: position for position, name in enumerate(names)}
    found = repr(header[:60].decode("utf-8", "replace").strip()) if header else "an empty file"
    advice = "check that it is FER-2013's"
    if part is None and {"emotion", "pixels"} <= set(names):
        advice = (
            "without Usage it does not say which rows are for testing; the challenge's pair without it is read "
            "under the names train.csv and test.csv"
        )
    wanted = ", ".join(name for name in ("emotion", "pixels", "usage") if name in needed)
    raise DataError(f"expected a CSV with the columns {wanted}, found {found} as the first line of {path}: {advice}.")


class _Row:
    """One line of the file, which knows where it stands so that its errors can say so."""

    def __init__(self, path, number, last, columns, fields):
        self.path, self.number, self.last, self.columns, self.fields = path, number, last, columns, fields
        if len(fields) != len(columns):
            self.fail(f"{len(columns)} fields ({', '.join(columns)})", f"{len(fields)}")

    def __getitem__(self, column):
        return self.fields[self.columns[column]].strip()

    def fail(self, expected, found):
        where = f"line {self.number:,} of {self.path}"
        advice = f"the last line is cut short, so {AGAIN}" if self.last else f"mend the line, or {AGAIN}"
        raise DataError(f"expected {expected}, found {found} in {where}: {advice}.")

    def label(self):
        if "emotion" not in self.columns:
            return UNLABELLED
        word = self["emotion"]
        if word not in LABELS:
            self.fail("an emotion 0..6", _shown(word))
        return LABELS[word]

    def part(self, given):
        if "usage" not in self.columns:
            return given
        word = self["usage"]
        if word not in USAGES:
            self.fail(f"a Usage out of {', '.join(PARTS)}", _shown(word))
        return USAGES[word]

    def pixels(self):
        """Return uint8 [2304], number by number: slow, lenient about the spaces, and exact about what is wrong."""
        words = self["pixels"].split()
        if len(words) != PIXELS:
            self.fail(f"{PIXELS:,} pixels (48 x 48)", f"{len(words):,}")
        for word in words:
            if not word.isdigit() or len(word) > 3 or int(word) > 255:
                self.fail("pixels that are whole numbers 0..255", _shown(word))
        return np.array([int(word) for word in words], np.uint8)


LABELS = {b"%d" % label: label for label in range(7)}
USAGES = {name.encode(): part for part, name in enumerate(PARTS)}


def _shown(word):
    return repr(word[:20].decode("utf-8", "replace"))


def _pixels(rows):
    """Return uint8 [rows, 48, 48]; all rows at once where they are clean, else one by one."""
    texts = [row["pixels"] for row in rows]
    values = None
    if all(text.count(b" ") == PIXELS - 1 for text in texts):
        values = _numbers(b" ".join(texts))
    if values is None:
        values = np.stack([row.pixels() for row in rows])
    return values.reshape(-1, 48, 48)


def _numbers(text):
    """Return the decimal numbers 0..255 in `text`, one space between two, as uint8; None where it holds anything else.

    Every number ends before a space, so its ones, tens and hundreds stand one, two and three bytes before that space,
    in as far as those bytes are digits. Three gathers thus read all numbers, 15 times as fast as int() on each.
    """
    padded = np.frombuffer(b"    " + text + b" ", np.uint8)
    spaces = np.flatnonzero(padded == ord(" "))
    digits = padded - np.uint8(ord("0"))  # wraps around, so that 0..9 means a digit and nothing else
    if np.count_nonzero(digits < 10) + len(spaces) != len(padded):
        return None
    ends = spaces[4:]
    ones, tens, hundreds, more = (digits[ends - back] for back in (1, 2, 3, 4))
    has_tens = tens < 10
    has_hundreds = has_tens & (hundreds < 10)
    if (ones >= 10).any() or (has_hundreds & (more < 10)).any():  # two spaces in a row, or four digits
        return None
    values = ones + np.uint16(10) * (tens * has_tens) + np.uint16(100) * (hundreds * has_hundreds)
    return values.astype(np.uint8) if values.max() <= 255 else None
