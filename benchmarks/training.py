"""Pictures a second of training, against a plain loop and against what the machine could do at best; and its price.

    python benchmarks/training.py [MODEL] [--device cpu|cuda] [--accuracy SEEDS] [--data fer2013:ROOT] [--json FILE]

MODEL: sdl (default) or another name. Compares, on the same network and batch, a plain loop (DataLoader and torchvision
transforms, float32) with what fer_edu.training adds, one thing after the other; the last row is what `fit` runs. The
order is drawn anew in each round and the median of the rounds is printed, since other work disturbs all of them.

The ceilings are the rate of a large matrix product and of a large copy in memory. `share` is the arithmetic of the
network, as torch counts it, done in a second, over the first of them.

--accuracy SEEDS: also train the network with both, SEEDS times, and compare the accuracies on val seed by seed.
"""

import argparse
import json
import platform
import random
import statistics
import time
from pathlib import Path

import torch
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

import fer_edu as fe
from fer_edu.data.augmentation import Augmentation, augment
from fer_edu.files import write_json
from fer_edu.training import learning_rate
from fer_edu.training.device import describe
from fer_edu.training.steps import Steps, parameter_groups

BATCH, STEPS, ROUNDS = 128, 4, 5
PLAIN = "DataLoader + transforms, float32"


def wait(device):
    """Let a GPU finish: it works on while Python has long gone ahead."""
    if device.type == "cuda":
        torch.cuda.synchronize()


def matrix_rate(dtype, device):
    """Return the device's rate in GFLOP/s on a product of two n x n matrices: the best of some rounds."""
    n = 2048 if device.type == "cpu" else 8192
    a, b = torch.randn(2, n, n, device=device).to(dtype).unbind()
    a @ b
    seconds = []
    for _ in range(10):
        wait(device)
        start = time.perf_counter()
        a @ b
        wait(device)
        seconds.append(time.perf_counter() - start)
    return 2 * n**3 / min(seconds) / 1e9


def memory_rate(device):
    """Return the rate in GB/s at which the device reads and writes memory in a copy of 256 MB."""
    a = torch.zeros(2**26, device=device)
    b = torch.empty_like(a)
    seconds = []
    for _ in range(10):
        wait(device)
        start = time.perf_counter()
        b.copy_(a)
        wait(device)
        seconds.append(time.perf_counter() - start)
    return 2 * a.numel() * 4 / min(seconds) / 1e9


def work_of(name):
    """Return the operations (two a multiply-add) of one picture's way forward and back, as torch counts them."""
    model = fe.models.create(name, seed=0).train()
    x = torch.rand(BATCH, 1, 48, 48)
    with FlopCounterMode(display=False) as counter:
        F.cross_entropy(model(x), torch.zeros(BATCH, dtype=torch.long)).backward()
    return counter.get_total_flops() / BATCH


class Pictures(torch.utils.data.Dataset):
    """A FaceSet as most public code has one: a transform a picture."""

    def __init__(self, faces):
        from torchvision.transforms import v2

        self.faces = faces
        self.transform = v2.Compose(
            [
                v2.ToDtype(torch.float32, scale=True),
                v2.RandomHorizontalFlip(),
                v2.RandomAffine(10, (0.05, 0.05), (0.9, 1.1), 5),
            ]
        )

    def __len__(self):
        return len(self.faces)

    def __getitem__(self, index):
        return self.transform(self.faces.images[index]), self.faces.labels[index]


def plain(name, faces, device):
    """The plain loop. On a CPU without worker processes: its cores are busy with the network."""
    model = fe.models.create(name, seed=0).to(device).train()
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3)
    workers = 0 if device.type == "cpu" else 8
    loader = torch.utils.data.DataLoader(
        Pictures(faces), BATCH, True, num_workers=workers, persistent_workers=workers > 0
    )

    def run():
        for x, labels in loader:
            optimizer.zero_grad()
            F.cross_entropy(model(x.to(device)), labels.to(device)).backward()
            optimizer.step()

    return run


def resident(name, faces, device):
    """The data as one tensor on the device, one warp a batch; everything else as in the plain loop."""
    model = fe.models.create(name, seed=0).to(device).train()
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3)
    images, labels = faces.images.to(device), faces.labels.to(device)

    def run():
        for batch in torch.randperm(len(faces), device=device).split(BATCH):
            optimizer.zero_grad()
            x = augment(images[batch].float() / 255, Augmentation())
            F.cross_entropy(model(x), labels[batch]).backward()
            optimizer.step()

    return run


def ours(name, faces, device, precision, compiled=False):
    """The steps of `fit`: channels last, the optimiser in one kernel, the precision given."""
    model = fe.models.create(name, seed=0).to(device, memory_format=torch.channels_last)
    forward = torch.compile(model, mode="reduce-overhead" if device.type == "cuda" else None) if compiled else None
    recipe = fe.training.recipe("classroom", batch_size=BATCH)
    steps = Steps(model, faces, recipe, device, precision, 0, forward)
    return lambda: steps.epoch(1)


def speeds(name, device):
    """Return {way: pictures a second}."""
    faces = fe.data.load("faces", size=BATCH * (STEPS if device.type == "cpu" else 16 * STEPS))
    ways = {
        PLAIN: plain(name, faces, device),
        "resident, float32": resident(name, faces, device),
        "and channels last, fused optimiser": ours(name, faces, device, "float32"),
        "and bfloat16": ours(name, faces, device, "bfloat16"),
    }
    if device.type == "cuda":
        ways["and compiled, CUDA graphs"] = ours(name, faces, device, "bfloat16", compiled=True)
    for run in ways.values():
        run()
    seconds = {way: [] for way in ways}
    for _ in range(ROUNDS):
        for way in random.sample(list(ways), len(ways)):
            wait(device)
            start = time.perf_counter()
            ways[way]()
            wait(device)
            seconds[way].append(time.perf_counter() - start)
    return {way: len(faces) / statistics.median(times) for way, times in seconds.items()}


def accuracies(name, spec, device, seeds, epochs):
    """Return {"plain": [...], "fit": [...]}: the accuracy on val after the last epoch, a number a seed."""
    source, root, options = fe.data.parse(spec)
    if source == "faces":
        options.setdefault("size", 4000)
    train = fe.data.load(source, "train", root, **options)
    val = fe.data.load(source, "val", root, **{key: value for key, value in options.items() if key != "size"})
    recipe = fe.training.recipe("classroom", epochs=epochs)
    found = {"plain": [], "fit": []}
    for seed in range(seeds):
        model = fe.models.create(name, seed=seed)
        history = fe.training.fit(model, train, val, recipe, device=device.type, seed=seed, progress="none")
        found["fit"].append(history["val_accuracy"][-1])
        found["plain"].append(plain_accuracy(name, train, val, recipe, device, seed))
        print(f"  seed {seed}: fit {found['fit'][-1]:.1%}, plain loop {found['plain'][-1]:.1%}", flush=True)
    return found


def plain_accuracy(name, train, val, recipe, device, seed):
    """Train with the plain loop under the same recipe; return the accuracy on val after the last epoch."""
    torch.manual_seed(seed)
    model = fe.models.create(name, seed=seed).to(device)
    optimizer = torch.optim.AdamW(parameter_groups(model, recipe))
    loader = torch.utils.data.DataLoader(Pictures(train), recipe.batch_size, shuffle=True, drop_last=True)
    for epoch in range(recipe.epochs):
        model.train()
        for step, (x, labels) in enumerate(loader):
            for group in optimizer.param_groups:
                group["lr"] = learning_rate(recipe, epoch + step / len(loader)) * group["share"]
            optimizer.zero_grad()
            F.cross_entropy(model(x.to(device)), labels.to(device)).backward()
            optimizer.step()
    return (fe.models.predict(model, val.images).argmax(1) == val.labels).double().mean().item()


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("model", nargs="?", default="sdl")
    ask.add_argument("--device", default="cpu")
    ask.add_argument("--accuracy", type=int, default=0, metavar="SEEDS")
    ask.add_argument("--epochs", type=int, default=6, help="of the trainings for --accuracy")
    ask.add_argument("--data", default="faces", help="what they train on, as for fer-edu train")
    ask.add_argument("--json", type=Path)
    ask = ask.parse_args()
    device = torch.device(ask.device)
    chosen = fe.training.choose_precision("auto", device)
    print(f"{ask.model} on {describe(device)}, torch {torch.__version__}; fit() trains in {chosen} here")
    rates, work = speeds(ask.model, device), work_of(ask.model)
    ceilings = {
        precision: matrix_rate(dtype, device)
        for precision, dtype in (("float32", torch.float32), ("bfloat16", torch.bfloat16))
    }
    print(f"  {work / 1e9:.2f} · 10⁹ operations a picture; memory copies at {memory_rate(device):.0f} GB/s")
    for precision, ceiling in ceilings.items():
        print(f"  ceiling: {ceiling:.0f} · 10⁹ operations a second in {precision} matrix products")
    for way, rate in rates.items():
        ceiling = ceilings["bfloat16" if "bfloat16" in way or "compiled" in way else "float32"]
        print(f"  {way:36}{rate:8.0f} pictures/s  x{rate / rates[PLAIN]:.2f}  share {rate * work / ceiling / 1e9:.0%}")
    result = {
        "model": ask.model,
        "device": describe(device),
        "fit": chosen,
        "versions": {"torch": torch.__version__, "python": platform.python_version()},
        "pictures_per_second": rates,
        "operations_per_picture": work,
        "gflops": ceilings,
    }
    if ask.accuracy:
        print(f"accuracy on val after {ask.epochs} epochs of {ask.data}, {ask.accuracy} seeds")
        found = accuracies(ask.model, ask.data, device, ask.accuracy, ask.epochs)
        print(fe.evaluation.paired_table(found, "plain"))
        result["accuracy"] = {**found, "data": ask.data, "epochs": ask.epochs}
    if ask.json:
        write_json(ask.json, json.loads(json.dumps(result)))


if __name__ == "__main__":
    main()
