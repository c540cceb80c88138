"""The machine: memory, disk, GPU."""

import os
import shutil
from pathlib import Path

from .finding import Finding

MEMORY = 2 * 2**30  # bytes: what Binder gives one student, under which the notebooks are built to stay
ROOM = 300 * 2**20  # bytes: FER-2013 takes 83 MB in the cache, a training's checkpoints and figures as much
CGROUPS = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
)
"""(limit, use) of a container's memory, in the second and in the first version of Linux's control groups."""


def findings(probed):
    """Return what is wrong with memory, the disk under the current folder, and the GPU."""
    return [*_memory(), *disk(Path.cwd(), "where you work"), *_gpu(probed.get("torch", {}))]


def available():
    """Return the bytes of memory that are free for this process, or None where the system does not say."""
    free = []
    try:
        import psutil

        free.append(psutil.virtual_memory().available)
    except Exception:  # missing or broken
        try:
            lines = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
            free.append(int(lines["MemAvailable"].split()[0]) * 1024)
        except (OSError, KeyError, ValueError):
            pass
    for limit, use in CGROUPS:
        try:
            free.append(int(Path(limit).read_text()) - int(Path(use).read_text()))
        except (OSError, ValueError):  # no such file, or "max"
            continue
    return min(free) if free else None


def _memory():
    free = available()
    if free is not None and free < MEMORY:
        yield Finding(
            f"{free / 2**30:.1f} GB of memory are free, and a notebook may need up to {MEMORY / 2**30:.0f} GB, 06 "
            "(training), 08 and 09 (saliency) most: where a kernel dies, close other programs, and shut down the "
            "kernels of notebooks that you have left.",
            grave=False,
        )


def disk(folder, what):
    """Yield a finding where the disk that holds `folder`, or would, is full. what: the folder in words."""
    folder = Path(folder)
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return
    if free < ROOM:
        yield Finding(
            f"The disk {what} ({folder}) has {free / 2**20:.0f} MB left, too little to save notebooks and runs: make "
            "room."
        )


def _gpu(torch):
    """Yield what keeps torch from the GPU that the machine seems to have."""
    if torch.get("error") or "cuda" not in torch:
        return
    has_driver = os.path.exists("/proc/driver/nvidia/version") or shutil.which("nvidia-smi") is not None
    warning = torch.get("cuda_warning", "")
    if torch.get("cuda_error"):
        yield Finding(
            f"torch sees a GPU that it cannot use ({torch['cuda_error']}): set CUDA_VISIBLE_DEVICES to nothing to work "
            "on the CPU, or install a torch that is built for this GPU."
        )
    elif not torch["cuda"] and "driver" in warning.lower() and "too old" in warning.lower():
        yield Finding(
            f"The GPU is not used, since its driver is too old for torch's CUDA {torch['cuda_build']}: bring the "
            "driver up to date, or install a torch built for an older CUDA; all notebooks also run on the CPU.",
            grave=False,
        )
    elif not torch["cuda"] and has_driver and torch["cuda_build"]:
        yield Finding(
            f"An NVIDIA driver is here, but torch finds no GPU ({warning or 'it gives no reason'}): see whether "
            "`nvidia-smi` lists one and whether CUDA_VISIBLE_DEVICES is empty; all notebooks also run on the CPU.",
            grave=False,
        )
    elif has_driver and not torch["cuda_build"] and not torch.get("hip_build"):
        yield Finding(
            "An NVIDIA driver is here, but this torch is built for the CPU only: install torch's CUDA build to train "
            "on the GPU; all notebooks also run on the CPU.",
            grave=False,
        )
