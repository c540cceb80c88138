"""What a map is asked for, checked once at the door; and a model held still while it is asked."""

from contextlib import contextmanager

import numpy as np
import torch
from torch import nn

from ..errors import ModelError

FORWARD = 128
"""Pictures that pass forward at once."""


def checked(model, images, target=None):
    """Return (x, target, logits): pictures and classes as a map's method wants them, and the model's answer.

    model: an `nn.Module` from float [N, C, H, W] in 0..1 to logits [N, classes]. images: uint8 [N, 1, H, W] as a
    `FaceSet` holds them, or float of that shape in 0..1. target: an int for all, one class a picture (int64 [N]), or
    None for the model's own answers.
    Returns x float32 [N, 1, H, W] in 0..1 (float64 for a float64 model) and target int64 [N], both on the model's
    device, and logits float32 [N, classes] on the CPU, in evaluation mode. Raises ModelError.
    """
    if not isinstance(model, nn.Module):
        raise ModelError(f"expected a torch network, found {type(model).__name__}: give an nn.Module.")
    x = pictures(model, images)
    with evaluating(model):
        try:
            logits = forward(model, x)
        except RuntimeError as error:
            raise ModelError(
                f"expected pictures that the network takes, found {list(x.shape)}, at which it stops "
                f"({str(error).splitlines()[0]}): give them the size for which it was built."
            ) from error
    if logits.dim() != 2 or len(logits) != len(x):
        raise ModelError(
            f"expected logits [{len(x)}, classes], found {list(logits.shape)}: give a network that ends in one number "
            "a class."
        )
    bad = int((~logits.isfinite().all(dim=1)).sum())
    if bad:
        raise ModelError(
            f"expected logits that are numbers, found NaN or infinity for {bad} of {len(x)} pictures: look at the "
            "network's weights, its training may have failed."
        )
    if target is None:
        return x, logits.argmax(1).to(x.device), logits
    return x, classes_of(target, len(x), logits.shape[1]).to(x.device), logits


@torch.no_grad()
def forward(model, x):
    """Return the logits float32 [N, classes], on the CPU, of pictures x [N, C, H, W], some at a time."""
    return torch.cat([model(batch).float().cpu() for batch in x.split(FORWARD)])


def pictures(model, images):
    """Return pictures as float [N, C, H, W] in 0..1 on the model's device, a tensor of their own; ModelError."""
    if isinstance(images, np.ndarray):
        images = torch.from_numpy(images)
    if not isinstance(images, torch.Tensor):
        hint = "give its .images" if hasattr(images, "images") else "give a tensor [N, 1, 48, 48]"
        raise ModelError(f"expected pictures as a tensor, found {type(images).__name__}: {hint}.")
    options = getattr(model, "options", None)
    channels, side = getattr(options, "in_channels", None), getattr(options, "image_size", None)
    wanted = f"[N, {channels}, {side}, {side}]" if side else "[N, 1, H, W]"
    if images.dim() != 4 or (side and tuple(images.shape[1:]) != (channels, side, side)):
        hint = "index with a slice, as in images[3:4]" if 2 <= images.dim() < 4 else "resize them and make them grey"
        raise ModelError(f"expected pictures as {wanted}, found {list(images.shape)}: {hint}.")
    if images.numel() == 0:
        raise ModelError(f"expected at least one picture, found {list(images.shape)}: the selection is empty.")
    parameter = next(model.parameters(), torch.empty(0))
    dtype = parameter.dtype if parameter.dtype == torch.float64 else torch.float32
    if images.dtype == torch.uint8:
        return images.to(parameter.device, dtype) / 255
    if not images.is_floating_point():
        raise ModelError(
            f"expected pictures as uint8, or as float in 0..1, found {str(images.dtype).removeprefix('torch.')}: "
            "convert them with .to(torch.uint8)."
        )
    low, high = images.min().item(), images.max().item()  # NaN passes on, and is in no range
    if not (low >= -1e-6 and high <= 1 + 1e-6):
        raise ModelError(f"expected float pictures in 0..1, found {low:.3g}..{high:.3g}: divide 0..255 by 255.")
    return images.detach().to(parameter.device, dtype, copy=True).clamp_(0, 1)


def classes_of(target, n, classes):
    """Return a target, an int or n of them, as int64 [n] in 0..classes - 1; ModelError otherwise."""
    try:
        given = torch.as_tensor(target)
    except (TypeError, ValueError, RuntimeError):
        raise ModelError(f"expected a class as a whole number, found {target!r}: give its index.") from None
    if given.is_floating_point() or given.is_complex() or given.dtype == torch.bool:
        kind = str(given.dtype).removeprefix("torch.")
        raise ModelError(f"expected classes as whole numbers, found {kind}: give the index of a class.")
    if given.dim() > 0 and tuple(given.shape) != (n,):
        raise ModelError(
            f"expected one class for each of {n} pictures, found {list(given.shape)}: give {n} numbers, or one for all."
        )
    given = given.to(torch.int64).expand(n).clone()
    if given.min() < 0 or given.max() >= classes:
        wrong = int(given[(given < 0) | (given >= classes)][0])
        raise ModelError(f"expected a class in 0..{classes - 1}, found {wrong}: give the index of one of them.")
    return given


@contextmanager
def evaluating(model):
    """Put a model into evaluation mode, its weights without gradients, and everything back at the end.

    Each module's own mode comes back, not that of the whole; so does each weight's `requires_grad`, after an error too.
    """
    modes = [(module, module.training) for module in model.modules()]
    wanting = [(weight, weight.requires_grad) for weight in model.parameters()]
    try:
        model.eval().requires_grad_(False)
        yield model
    finally:
        for module, mode in modes:
            module.training = mode
        for weight, wants in wanting:
            weight.requires_grad_(wants)
