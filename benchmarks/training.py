"""Pictures a second of one training step, and what the machine could do at best.

    python benchmarks/training.py [MODEL]         MODEL: sdl (default), sdl-wide, sdl-plain

Compares, on the same network and batch, a plain loop (DataLoader and torchvision transforms, float32) with the ways in
which fer_edu.training can run it. The order is drawn anew in each round, and the median of the rounds is printed, since
other work on the machine disturbs all of them. The ceiling is the rate of a large matrix product in the same precision.
"""

import random
import statistics
import sys
import time

import torch
from torch.nn import functional as F

import fer_edu as fe
from fer_edu.data.augmentation import Augmentation, augment
from fer_edu.training.device import describe

BATCH, STEPS, ROUNDS = 128, 4, 5


def matrix_rate(dtype, n=2048):
    """Return the machine's rate in GFLOP/s on a product of two n x n matrices."""
    a, b = torch.randn(2, n, n).to(dtype).unbind()
    a @ b
    start = time.perf_counter()
    for _ in range(5):
        a @ b
    return 5 * 2 * n**3 / (time.perf_counter() - start) / 1e9


def step(model, optimizer, x, labels, bfloat16=False):
    with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
        logits = model(x)
    optimizer.zero_grad(set_to_none=True)
    F.cross_entropy(logits.float(), labels).backward()
    optimizer.step()


def plain(name, faces):
    """A loader and a transform a picture, as most public code has it; without worker processes, the cores are busy."""
    from torchvision.transforms import v2

    transform = v2.Compose(
        [
            v2.ToDtype(torch.float32, scale=True),
            v2.RandomHorizontalFlip(),
            v2.RandomAffine(10, (0.05, 0.05), (0.9, 1.1), 5),
        ]
    )

    class Pictures(torch.utils.data.Dataset):
        def __len__(self):
            return len(faces)

        def __getitem__(self, index):
            return transform(faces.images[index]), faces.labels[index]

    model = fe.models.create(name, seed=0)
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3)
    loader = torch.utils.data.DataLoader(Pictures(), BATCH, shuffle=True)

    def run():
        for x, labels in loader:
            step(model, optimizer, x, labels)

    return run


def resident(name, faces, channels_last, bfloat16):
    """The data as one tensor, one warp a batch."""
    layout = torch.channels_last if channels_last else torch.contiguous_format
    model = fe.models.create(name, seed=0).to(memory_format=layout)
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3, fused=True)

    def run():
        for batch in torch.randperm(len(faces)).split(BATCH):
            x = augment(faces.images[batch].float() / 255, Augmentation())
            step(model, optimizer, x.contiguous(memory_format=layout), faces.labels[batch], bfloat16)

    return run


def main(name="sdl"):
    faces = fe.data.load("faces", size=BATCH * STEPS)
    ways = {
        "DataLoader + transforms, float32": plain(name, faces),
        "resident, float32": resident(name, faces, False, False),
        "resident, float32, channels_last": resident(name, faces, True, False),
        "resident, bfloat16, channels_last": resident(name, faces, True, True),
    }
    for run in ways.values():
        run()
    seconds = {way: [] for way in ways}
    for _ in range(ROUNDS):
        for way in random.sample(list(ways), len(ways)):
            start = time.perf_counter()
            ways[way]()
            seconds[way].append(time.perf_counter() - start)
    rates = {way: len(faces) / statistics.median(times) for way, times in seconds.items()}
    first = next(iter(rates.values()))
    chosen = fe.training.choose_precision("auto", torch.device("cpu"))
    print(f"{name} on {describe(torch.device('cpu'))}, torch {torch.__version__}; fit() would train in {chosen}")
    for way, rate in rates.items():
        print(f"  {way:36}{rate:7.0f} pictures/s  x{rate / first:.2f}")
    for dtype in (torch.float32, torch.bfloat16):
        print(f"  ceiling: {matrix_rate(dtype):6.0f} GFLOP/s in {str(dtype).removeprefix('torch.')} matrix products")


if __name__ == "__main__":
    main(*sys.argv[1:])
