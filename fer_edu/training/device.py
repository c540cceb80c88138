"""Which device, and in which precision."""

import platform

import torch

from ..errors import DeviceError


def choose_device(name="auto"):
    """Return the torch.device for a name or "auto" (CUDA, MPS, CPU in this order); DeviceError if it is absent."""
    cuda, mps = torch.cuda.is_available(), torch.backends.mps.is_available()
    if name == "auto":
        return torch.device("cuda" if cuda else "mps" if mps else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise DeviceError(
            f"expected a device such as auto, cpu, cuda or mps, found {name!r}: use one of those."
        ) from error
    count = torch.cuda.device_count() if cuda else 0
    if device.type == "cuda" and (device.index or 0) >= count:
        raise DeviceError(f"expected the device {name}, found {count} CUDA devices here: use --device auto or cpu.")
    if device.type == "mps" and not mps:
        raise DeviceError("expected the device mps, found none here: use --device auto or cpu.")
    if device.type not in ("cpu", "cuda", "mps"):
        raise DeviceError(f"expected a device such as auto, cpu, cuda or mps, found {name!r}: use one of those.")
    return device


def has_fast_bfloat16(device):
    """Say whether the device multiplies bfloat16 in hardware; elsewhere it is emulated and slower than float32."""
    if device.type == "cuda":
        return torch.cuda.get_device_capability(device)[0] >= 8
    if device.type == "cpu" and platform.machine().lower() in ("x86_64", "amd64"):
        probes = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")  # not public yet, so they may go away
        return any(getattr(torch.cpu, probe, bool)() for probe in probes)
    return False


def choose_precision(name, device):
    """Return "float32" or "bfloat16" for "auto", or `name` itself."""
    if name == "auto":
        return "bfloat16" if has_fast_bfloat16(device) else "float32"
    return name


def describe(device):
    """Name the device for a record: the GPU's name, or the processor's kind and the number of threads."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{device.type} ({platform.machine()}, {torch.get_num_threads()} threads)"
