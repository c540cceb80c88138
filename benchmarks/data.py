"""Time and memory of reading FER-2013: first from the copy, then from the cache.

    python benchmarks/data.py [ROOT [SPLIT]]

ROOT: a copy in any form that `fe.data.load("fer2013")` reads; else the environment variable FER2013_ROOT. Each reading
runs in its own process, with an empty cache first; memory is the peak of resident memory above what the imports alone
take. The system's file cache is warm from the second run on. Needs a Unix system (resource).
"""

import os
import resource
import subprocess
import sys
import tempfile
import time

MIB = 2**20 if sys.platform == "darwin" else 2**10  # ru_maxrss counts bytes on macOS, KiB elsewhere


def measure(root, split):
    """Load the split once and print one line."""
    import fer_edu as fe

    fe.data.names()  # imports the subpackage, and torch with it
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    faces = fe.data.load("fer2013", split=split, root=root)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    extra = (peak - before) / MIB
    print(f"{seconds:6.2f} s   peak {peak / MIB:4.0f} MiB, {extra:4.0f} MiB of them for reading   {faces!r}")


def main(root, split="train"):
    with tempfile.TemporaryDirectory() as cache:
        for name in ("from the copy", "from the cache", "from the cache"):
            print(f"{name:15}", end="", flush=True)
            command = [sys.executable, __file__, "--once", root, split]
            subprocess.run(command, check=True, env={**os.environ, "FER_EDU_CACHE": cache})


if __name__ == "__main__":
    arguments = sys.argv[1:] or [os.environ.get("FER2013_ROOT")]
    if arguments[0] is None:
        print("nothing to measure: give the folder of a FER-2013 copy, or set FER2013_ROOT")
    elif arguments[0] == "--once":
        measure(*arguments[1:])
    else:
        main(*arguments)
