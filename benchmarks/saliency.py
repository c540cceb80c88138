"""Milliseconds a map takes and the memory at its peak, for each method, beside Captum called directly with its numbers.

python benchmarks/saliency.py [--model sdl-faces] [--pictures 128] [--threads 2] [--memory 256]
                                [--clock cpu] [--only METHOD ...]

Each row is a fresh process: `first` is its first map, after the imports and the checkpoint; `one` the median of five
more of one picture; `of a set` the time of a set divided by its pictures; `peak` how far the process's largest resident
memory (getrusage) rose above what it was before that set, in MiB. Captum has no bound of its own: it is given the set
whole where one pass of it fits, and one change or one step of the whole set at a time where there are many.
With --clock cpu the processor's time is counted instead of the wall's: with one thread, what a machine that others do
not use would take.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
import warnings

import torch

import fer_edu as fe
from fer_edu.saliency.explaining import METHODS, explain
from fer_edu.saliency.layer_maps import default_layer, layer_of
from fer_edu.saliency.parts import parts_of

OURS_ALONE = ("deconvnet",)


def directly(method, model, x, target, parts, pictures):
    """Ask Captum itself, with the numbers that `explain` has for its defaults."""
    import captum.attr as captum

    grey = x.mean(dim=(1, 2, 3), keepdim=True).expand_as(x)
    layer = layer_of(model, default_layer(model))
    asks = {
        "gradient": lambda: captum.Saliency(model).attribute(x, target=target, abs=False),
        "gradient x input": lambda: captum.InputXGradient(model).attribute(x, target=target),
        "smoothgrad": lambda: captum.NoiseTunnel(captum.Saliency(model)).attribute(
            x,
            target=target,
            nt_samples=24,
            nt_samples_batch_size=24 if pictures == 1 else 1,
            stdevs=0.1,
            abs=False,
        ),
        "integrated gradients": lambda: captum.IntegratedGradients(model).attribute(
            x, grey, target=target, n_steps=32, internal_batch_size=max(32, pictures)
        ),
        "deeplift": lambda: captum.DeepLift(model).attribute(x, grey, target=target),
        "guided backprop": lambda: captum.GuidedBackprop(model).attribute(x, target=target),
        "deconvolution": lambda: captum.Deconvolution(model).attribute(x, target=target),
        "gradcam": lambda: captum.LayerGradCam(model, layer).attribute(x, target=target),
        "hirescam": lambda: captum.LayerGradientXActivation(model, layer).attribute(x, target=target),
        "occlusion": lambda: captum.Occlusion(model).attribute(x, (1, 8, 8), (1, 4, 4), grey, target=target),
        "feature ablation": lambda: captum.FeatureAblation(model).attribute(
            x, grey, target=target, feature_mask=parts[:, None]
        ),
    }
    return asks[method]()


def measure(method, direct, name, pictures, memory, clock):
    """Return what one process finds out about one method, as a dict."""
    warnings.simplefilter("ignore")
    import captum.attr  # noqa: F401  (its import is not the map's time)

    model = fe.models.pretrained(name)
    faces = fe.faces.sample(pictures, seed=0)
    parts, asks = parts_of(faces), METHODS.get(method)
    target = fe.models.predict(model, faces.images).argmax(1)

    def run(n):
        start = clock()
        if direct:
            x = (faces.images[:n].float() / 255).requires_grad_()
            directly(method, model, x, target[:n], parts[:n], n).detach()
        elif method in OURS_ALONE:
            fe.saliency.Deconvnet(model).project(faces.images[:n], "logits", target[:n])
        else:
            own = parts[:n] if asks.asks_parts else None
            explain(model, faces.images[:n], target[:n], method, parts=own, memory=memory)
        return 1000 * (clock() - start)

    first = run(1)
    one = statistics.median(run(1) for _ in range(5))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    whole = run(pictures)
    peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return {"first": first, "one": one, "each": whole / pictures, "peak": peak}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default="sdl-faces")
    parser.add_argument("--pictures", type=int, default=128)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory", type=float, default=256)
    parser.add_argument("--clock", choices=("wall", "cpu"), default="wall")
    parser.add_argument("--only", nargs="*", default=[*METHODS, *OURS_ALONE])
    parser.add_argument("--one", nargs=2, metavar=("METHOD", "BY"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    if asked.one:
        method, by = asked.one
        clock = time.process_time if asked.clock == "cpu" else time.perf_counter
        print(json.dumps(measure(method, by == "captum", asked.model, asked.pictures, asked.memory, clock)))
        return
    print(f"{asked.model}, {asked.threads} threads, sets of {asked.pictures}, memory={asked.memory:g} MiB, ", end="")
    print(f"{asked.clock} clock")
    columns = f"{'one':>7} {'of a set':>9} {'peak':>6}"
    print(f"{'milliseconds, MiB':22} {'first':>7} {columns}   Captum: {columns}")
    for method in asked.only:
        rows = [in_process(method, "ours", asked)]
        if method not in ("shapley", *OURS_ALONE):  # Captum's Shapley values ask 7! orders of seven parts
            rows.append(in_process(method, "captum", asked))
        line = f"{method:22} {rows[0]['first']:7.0f}"
        for space, row in zip((" ", " " * 11), rows, strict=False):
            line += f"{space}{row['one']:7.1f} {row['each']:9.2f} {row['peak']:6.0f}"
        print(line, flush=True)


def in_process(method, by, asked):
    """Measure one method in a process of its own, since memory that was once taken stays with a process."""
    command = [sys.executable, __file__, "--one", method, by, "--model", asked.model, "--pictures", str(asked.pictures)]
    command += ["--threads", str(asked.threads), "--memory", str(asked.memory), "--clock", asked.clock]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


if __name__ == "__main__":
    main()
