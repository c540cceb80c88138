"""Faces drawn a second: 48 x 48 pixels with theta, action units and masks; and where the time goes.

    python benchmarks/faces.py [--faces 4000] [--rounds 3] [--preset classroom] [--device cpu]

Prints the load of the machine with every figure, since other people's work lowers the rate on the wall clock; the
seconds of processor time a face are less affected. Floor: 1,500 faces a second on two idle cores, without compiling;
goal: 5,000.
"""

import argparse
import cProfile
import os
import pstats
import time
from pathlib import Path

import torch

import fer_edu as fe


def rate(faces, preset, device):
    wall, processor = time.perf_counter(), time.process_time()
    fe.faces.sample(faces, difficulty=preset, device=device)
    if device != "cpu":
        torch.cuda.synchronize()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(
        f"{preset:10s} {faces / wall:6.0f} faces/s on the wall clock, {1000 * processor / faces:.2f} ms of processor a "
        f"face, load {load:.1f}"
    )


def shares(faces, preset):
    """Print which functions of the generator the time of one thread goes to, most first."""
    scene = fe.faces.sample(faces, difficulty=preset).truth.scene
    profile, threads = cProfile.Profile(), torch.get_num_threads()
    torch.set_num_threads(1)
    with torch.no_grad():
        for start in range(0, faces, 112):
            part = scene[start : start + 112]
            some = (part.identity, part.action_units, part.theta, part.light, part.occluder, part.clutter, 48)
            ideal, _ = profile.runcall(fe.faces.render_chunk, *some)
            profile.runcall(fe.faces.expose, ideal, part.camera)
    torch.set_num_threads(threads)
    stats = pstats.Stats(profile).stats
    home = Path(fe.faces.__file__).parent
    total = sum(values[2] for values in stats.values())
    rows = []
    for (file, _, name), (_, calls, _, cumulative, _) in stats.items():
        where = Path(file)
        of_a_part = where.parent in (home / "parts", home / "nuisances")
        if of_a_part or (where.parent == home and name in ("anatomy", "__init__")):
            rows.append((cumulative, f"{where.stem}.{name}", calls))
    print(f"one thread: {1e6 * total / faces:.0f} microseconds a face, of which (a line includes what it calls)")
    for seconds, name, calls in sorted(rows, reverse=True)[:16]:
        print(f"  {1e6 * seconds / faces:5.0f}  {name:24s} {calls} calls")


def main():
    ask = argparse.ArgumentParser()
    ask.add_argument("--faces", type=int, default=4000)
    ask.add_argument("--rounds", type=int, default=3)
    ask.add_argument("--preset", default="classroom")
    ask.add_argument("--device", default="cpu")
    ask = ask.parse_args()
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads, {os.cpu_count()} processors, {ask.device}")
    fe.faces.sample(256, device=ask.device)  # memory and code are warm
    for _ in range(ask.rounds):
        rate(ask.faces, ask.preset, ask.device)
    if ask.device == "cpu":
        shares(1120, ask.preset)


if __name__ == "__main__":
    main()
