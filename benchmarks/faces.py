"""Faces drawn a second: 48 x 48 pixels with theta, action units and masks, on the CPU.

    python benchmarks/faces.py [FACES] [ROUNDS]

Prints the load of the machine with every figure, since other people's work lowers the rate on the wall clock; the
seconds of processor time a face are less affected. Floor: 1,500 faces a second on two idle cores, without compiling.
"""

import os
import sys
import time

import torch

import fer_edu as fe


def main(faces=4000, rounds=3):
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads, {os.cpu_count()} processors")
    fe.faces.sample(256)  # memory and code are warm
    for _ in range(rounds):
        wall, processor = time.perf_counter(), time.process_time()
        fe.faces.sample(faces)
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
        print(
            f"{faces / wall:6.0f} faces/s on the wall clock, {1000 * processor / faces:.2f} ms of processor a face "
            f"({faces / processor:.0f} faces/s on each core that is free), load {load:.1f}"
        )


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
