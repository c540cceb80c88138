"""Seconds and peak memory of each notebook, alone in a kernel with two threads and a limit on its memory.

python benchmarks/notebooks.py                        the notebooks that a student opens
python benchmarks/notebooks.py --solutions 07 09      those with solutions, two of them
python benchmarks/notebooks.py --python ENV/bin/python --limit 1500

The kernel runs in the environment of --python (default: this one), which needs ipykernel and fer_edu; nothing that it
answers is kept. `peak MB` is the most that it ever held in memory at once (the system's high-water mark, VmHWM), with
the pages of the libraries that it loaded. Below the limit stays whoever stays below it in this measure, and the kernel
is also held to it while it runs: the system refuses it more private memory (RLIMIT_DATA), as Binder and a JupyterHub
stop one that asks for more. The whole address space would be no fair measure: libraries reserve much of it and never
touch it. Linux only. Exit code 1 where a notebook failed or went above the limit.
"""

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = {"student": ROOT / "notebooks", "solution": ROOT / "notebooks" / "solutions"}
MB = 1024 * 1024
THREADS = {"OMP_NUM_THREADS": "2", "MKL_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2", "OMP_WAIT_POLICY": "PASSIVE"}
THREADS |= {"MALLOC_ARENA_MAX": "1"}
"""As in binder/start."""
ABOUT = "import platform, torch; print('torch', torch.__version__, 'Python', platform.python_version())"


def peak_mb(pid):
    """Return the most memory in MB that the living process `pid` has held at once."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024


def kernel_specs(python, folder):
    """Write into `folder` how `python` (a path) starts the kernel "measured"; return the specs that `measure` needs."""
    quiet = "--IPKernelApp.log_level=40"  # errors: its warnings about transport are not ours to mend
    launch = [python, "-m", "ipykernel_launcher", "-f", "{connection_file}", quiet]
    spec = Path(folder) / "measured" / "kernel.json"
    spec.parent.mkdir()
    spec.write_text(json.dumps({"argv": launch, "display_name": "measured", "language": "python"}), encoding="utf-8")
    return KernelSpecManager(kernel_dirs=[str(folder)])


def measure(notebook, folder, specs, environment):
    """Run a notebook in place as if it lay in `folder`; return its seconds, peak MB and what went wrong, or "".

    notebook: an nbformat notebook. The seconds count from before the kernel starts; the peak is None where it died.
    specs: of `kernel_specs`. environment: the kernel's variables.
    """
    kernel = AsyncKernelManager(kernel_name="measured", kernel_spec_manager=specs)
    client = NotebookClient(notebook, km=kernel, timeout=3600, resources={"metadata": {"path": str(folder)}})
    start = time.perf_counter()
    try:
        client.execute(env=environment)
        wrong = ""
    except (DeadKernelError, AssertionError):  # nbclient's own clean-up asserts when the kernel is gone
        wrong = "the kernel was stopped"
    except CellExecutionError as error:
        wrong = f"{error.ename}: {error.evalue[:80]}"
    seconds = time.perf_counter() - start
    peak = peak_mb(kernel.provisioner.pid) if run_sync(kernel.is_alive)() else None
    run_sync(kernel.shutdown_kernel)(now=True)
    return seconds, peak, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("numbers", nargs="*", metavar="NN", help="the notebooks of these numbers, else all")
    parser.add_argument("--solutions", action="store_true", help="run the notebooks that hold the solutions")
    parser.add_argument("--python", default=sys.executable, help="the interpreter of the environment to measure")
    parser.add_argument("--limit", type=int, default=1500, metavar="MB", help="memory of a kernel (default 1500)")
    args = parser.parse_args()

    found = sorted(FOLDERS["solution" if args.solutions else "student"].glob("[0-9][0-9]_*.ipynb"))
    paths = [path for path in found if not args.numbers or path.name[:2] in args.numbers]
    # photographs that this machine happens to have are no part of the measurement
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_ROOT")}
    environment |= THREADS | {"FER_EDU_PROGRESS": "off"}
    about = subprocess.check_output([args.python, "-c", ABOUT], env=environment, text=True)
    print(f"{about.strip()}, {os.cpu_count()} cores, 2 threads, limit {args.limit} MB\n")

    resource.setrlimit(resource.RLIMIT_DATA, (args.limit * MB, args.limit * MB))  # a kernel inherits it
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        specs = kernel_specs(args.python, folder)
        print("| notebook | seconds | peak MB | ok |\n| --- | --- | --- | --- |")
        for path in paths:
            notebook = nbformat.read(path, as_version=4)
            seconds, peak, wrong = measure(notebook, path.parent, specs, environment)
            if not wrong and peak >= args.limit:
                wrong = "above the limit"
            failures += bool(wrong)
            print(f"| {path.stem} | {seconds:.0f} | {peak or 0:,.0f} | {wrong or 'yes'} |", flush=True)
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
