"""Time and memory of reading the data sets: first from the copy, then from the cache.

    python benchmarks/data.py [ROOT [SPLIT]]               FER-2013
    python benchmarks/data.py --generated [PICTURES]       CK+, CK+48, JAFFE and FERG as trees made for the purpose

ROOT: a copy in any form that `fe.data.load("fer2013")` reads; else the environment variable FER2013_ROOT.
The generated trees have the layout, format and picture size of the real sets, but hold drawn faces with added grain,
enlarged; a file has about the size of a real one. CK+, CK+48 and JAFFE are whole; of FERG's 55,767 pictures PICTURES
are made (5,000 unless told), and the time for all is worked out. They lie in a temporary folder (0.6 GB).

Each reading runs in its own process, with an empty cache first; memory is the peak of resident memory above what the
imports alone take. The system's file cache is warm from the second run on. Needs a Unix system (resource).
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
from PIL import Image

MIB = 2**20 if sys.platform == "darwin" else 2**10  # ru_maxrss counts bytes on macOS, KiB elsewhere
FERG = 55_767  # pictures of the real set


def measure(name, root, **options):
    """Load the set once and print one line."""
    import fer_edu as fe

    fe.data.names()  # imports the subpackage, and torch with it
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, busy = time.perf_counter(), time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", fe.data.DataWarning)
        faces = fe.data.load(name, root=root, **options)
    seconds, busy = time.perf_counter() - start, time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    each = f"{1e3 * seconds / len(faces):.2f} ms a picture"
    memory = f"peak {peak / MIB:4.0f} MiB, {(peak - before) / MIB:4.0f} MiB of them for reading"
    print(f"{seconds:6.2f} s ({busy:.2f} s of a core)   {each}   {memory}   {faces!r}")
    if name == "ferg":
        print(f"         {FERG:,} pictures at that rate: {seconds / len(faces) * FERG:.0f} s")


def time_readings(name, root, *options):
    """Read the set three times, each in a new process, the first time with an empty cache."""
    with tempfile.TemporaryDirectory() as cache:
        for source in ("from the copy", "from the cache", "from the cache"):
            print(f"{name:8} {source:15}", end="", flush=True)
            command = [sys.executable, __file__, "--once", name, str(root), *options]
            done = subprocess.run(
                command, env={**os.environ, "FER_EDU_CACHE": cache}, stderr=subprocess.PIPE, text=True
            )  # stderr holds the progress bar
            if done.returncode:
                sys.exit(done.stderr)


def generated(n):
    """Make the trees and time their readings."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        for layout, name, *options in (
            ("ckplus", "ckplus", "split=all", "frames=last three"),
            ("ck48", "ckplus", "split=all", "frames=last three"),
            ("jaffe", "jaffe", "split=all"),
            ("ferg", "ferg", "split=all"),
        ):
            # In a process of its own: a child's peak of memory begins at its parent's.
            subprocess.run([sys.executable, __file__, "--write", layout, str(folder / layout), str(n)], check=True)
            time_readings(name, folder / layout, *options)


def drawn(n, side, grain):
    """Yield n grey float pictures [side, side] and their classes: drawn faces, enlarged, with grain."""
    import fer_edu as fe

    faces = fe.faces.sample(n, seed=0)
    noise = [np.random.default_rng(seed).normal(0, grain, (side, side)) for seed in range(8)]
    for row, (image, label) in enumerate(zip(faces.images[:, 0].numpy(), faces.labels.tolist(), strict=True)):
        large = np.asarray(Image.fromarray(image).resize((side, side), Image.BICUBIC), float)
        yield large + noise[row % 8], faces.classes[label]


def saved(picture, path, **options):
    """Write the picture, rounded, and return the size of its file in bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)).save(path, **options)
    return path.stat().st_size


def sequences():
    """Yield (subject, sequence, emotion) with CK+'s counts, three sequences a subject."""
    import fer_edu as fe

    emotions = [emotion for emotion, count in fe.data.about("ckplus").counts.items() for _ in range(count)]
    for row, emotion in enumerate(emotions):
        yield f"S{row // 3 + 1:03d}", f"{row % 3 + 1:03d}", emotion


def ckplus(root, n):
    """Write the last three frames of each labelled sequence, 640 x 490, and the labels."""
    from fer_edu.data.ckplus import EMOTIONS

    sizes, faces = [], drawn(981, 490, 2.5)
    for subject, sequence, emotion in sequences():
        for frame in (10, 11, 12):
            name = f"{subject}_{sequence}_{frame:08d}"
            picture = np.pad(next(faces)[0], ((0, 0), (75, 75)), mode="edge")
            sizes.append(saved(picture, root / "cohn-kanade-images" / subject / sequence / f"{name}.png"))
        label = root / "Emotion" / subject / sequence / f"{name}_emotion.txt"
        label.parent.mkdir(parents=True)
        label.write_text(f"   {EMOTIONS.index(emotion):.7e}\n")
    return sizes


def ck48(root, n):
    faces = drawn(981, 48, 2.5)
    return [
        saved(next(faces)[0], root / "CK+48" / emotion / f"{subject}_{sequence}_{frame:08d}.png")
        for subject, sequence, emotion in sequences()
        for frame in (10, 11, 12)
    ]


def jaffe(root, n):
    from fer_edu.data.jaffe import CODES, POSERS

    codes = {emotion: code for code, emotion in CODES.items()}
    return [
        saved(picture, root / f"{POSERS[row % 10]}.{codes[emotion]}1.{row + 1}.tiff")
        for row, (picture, emotion) in enumerate(drawn(213, 256, 2.5))
    ]


def ferg(root, n):
    from fer_edu.data.ferg import CHARACTERS

    words = {"angry": "anger", "happy": "joy", "sad": "sadness"}
    y, x = np.mgrid[-1:1:256j, -1:1:256j]
    alpha = np.where((x / 0.86) ** 2 + y**2 < 1, 255, 0)
    sizes = []
    for row, (picture, emotion) in enumerate(drawn(n, 256, 0.4)):
        character = CHARACTERS[row % 6]
        folder = f"{character}_{words.get(emotion, emotion)}"
        rgba = np.dstack([picture * 0.9, picture * 0.8, picture * 0.7, alpha])
        path = root / "FERG_DB_256" / character / folder / f"{folder}_{row + 1}.png"
        sizes.append(saved(rgba, path, compress_level=4))
    return sizes


if __name__ == "__main__":
    arguments = sys.argv[1:] or [os.environ.get("FER2013_ROOT")]
    if arguments[0] is None:
        print("nothing to measure: give the folder of a FER-2013 copy, set FER2013_ROOT, or ask for --generated trees")
    elif arguments[0] == "--once":
        measure(*arguments[1:3], **dict(option.split("=") for option in arguments[3:]))
    elif arguments[0] == "--write":
        layout, root, n = arguments[1:]
        sizes = {"ckplus": ckplus, "ck48": ck48, "jaffe": jaffe, "ferg": ferg}[layout](Path(root), int(n))
        print(f"\n{layout}: {len(sizes):,} generated pictures of {np.mean(sizes) / 1000:.0f} kB", flush=True)
    elif arguments[0] == "--generated":
        generated(int(arguments[1]) if arguments[1:] else 5000)
    else:
        time_readings("fer2013", arguments[0], f"split={arguments[1] if arguments[1:] else 'train'}")
