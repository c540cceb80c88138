"""Time and memory of the audit on as many pictures as FER-2013 has, and of finding near copies in other ways.

    python benchmarks/audit.py [ROOT] [--threads 2]

ROOT: a copy of FER-2013 as `fe.data.load` reads it, else $FER2013_ROOT, else drawn faces take its place. Splits that a
copy lacks are made up of mirrored pictures of its train, so that 35,887 are audited. Memory is the peak of resident
memory above what the loaded sets take. Needs a Unix system (resource).
"""

import argparse
import os
import resource
import sys
import time
from dataclasses import replace

import torch

import fer_edu as fe
from fer_edu.data.auditing import near
from fer_edu.data.auditing.jpeg import jpeg_scores
from fer_edu.data.auditing.pixels import grey_levels
from fer_edu.data.auditing.pool import pool
from fer_edu.data.auditing.resolution import sharpness
from fer_edu.errors import DataError

SIZES = {"train": 28_709, "val": 3_589, "test": 3_589}


def sets_of(root):
    """Return {split: FaceSet} with the sizes of FER-2013's."""
    if root is None:
        return {name: fe.faces.load_split(name, size=size) for name, size in SIZES.items()}
    sets = {"train": fe.data.load("fer2013", split="train", root=root)}
    for place, name in enumerate(("val", "test")):
        try:
            sets[name] = fe.data.load("fer2013", split=name, root=root)
        except DataError:
            part = sets["train"][place * SIZES[name] : (place + 1) * SIZES[name]]
            sets[name] = replace(part, images=part.images.flip(3), split=name)
            print(f"{name}: mirrored pictures of train, for this copy has no {name}")
    return sets


def timed(what, function):
    start = time.perf_counter()
    answer = function()
    print(f"{time.perf_counter() - start:7.2f} s  {what}", flush=True)
    return answer


def peak():
    """Return the peak of resident memory in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def principal_components(pixels):
    """Return a function k -> the k first principal components of 4,000 normalised pictures, float32 [k, 2304]."""
    some = torch.from_numpy(pixels)[torch.randperm(len(pixels))[:4000]].float()
    some -= some.mean(1, keepdim=True)
    some /= some.norm(dim=1, keepdim=True).clamp(min=1e-6)
    vectors = torch.linalg.eigh(some.T @ some)[1].flip(1)
    return lambda k: vectors[:, :k].T.contiguous().numpy()


def brute_force(pixels, blocks=4, side=2048):
    """Print how long the products of all pairs would take, from a few blocks of them."""
    x = torch.from_numpy(pixels[:side]).float()
    start = time.perf_counter()
    for _ in range(blocks):
        ((x @ x.T) > 0.97).nonzero()
    each = (time.perf_counter() - start) / blocks
    print(f"{each * (len(pixels) / side) ** 2 / 2:7.2f} s  all pairs by their whole product (from {blocks} blocks)")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("root", nargs="?", default=os.environ.get("FER2013_ROOT"))
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    sets = sets_of(arguments.root)
    before = peak()
    report = timed(f"audit of {sum(map(len, sets.values())):,} pictures", lambda: fe.data.audit(sets))
    print(f"{peak() - before:7.0f} MiB above the {before:.0f} of the loaded sets")
    timed("audit with mirror images", lambda: fe.data.audit(sets, mirrored=True))
    timed("one set without what was found", lambda: fe.data.exclude(sets["train"], report))

    pixels = pool(sets).pixels
    timed("grey levels", lambda: grey_levels(pixels))
    timed("sharpness", lambda: sharpness(pixels))
    timed("JPEG", lambda: jpeg_scores(pixels))
    brute_force(pixels)
    bases = {"cosine": near._low_frequencies, "principal": principal_components(pixels)}
    for block in (512, 1024, 2048, 4096):
        near.BLOCK = block
        timed(f"near copies, blocks of {block}", lambda: near.near_pairs(pixels))
    near.BLOCK = 2048
    for name, basis in bases.items():
        near._low_frequencies = basis
        for k in (16, 32, 64, 128):
            near.FREQUENCIES = k
            timed(f"near copies, {k} {name} components", lambda: near.near_pairs(pixels))


if __name__ == "__main__":
    main()
