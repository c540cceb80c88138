"""What a network costs, block by block: parameters, multiply-adds, memory, counted while one picture passes through.

Counted by formula, for one picture on its way forward:
    convolution         a multiply-add for each output value, input channel and kernel weight; its bias is not counted
    linear layer        inputs times outputs
    spatial transformer 6 for each grid point (Eq. 2: a 2 x 3 matrix times x, y, 1), 4 for each sampled value (Eq. 3)
Nothing else is: batch normalisation, ReLU, pools and the normalisation of the picture need one or two operations a
value, a convolution hundreds. A backward pass takes about twice the forward one.
"""

from dataclasses import dataclass

import torch
from torch import nn

from .registry import create
from .sdl import SDLNetwork
from .transformer import SpatialTransformer

FLOAT = 4  # bytes of a float32


@dataclass(frozen=True)
class Cost:
    """What one block costs. block: its name. shape: of its output for one picture, such as (32, 24, 24).

    parameters: how many it has. multiply_adds: forward, for one picture.
    memory: bytes of activations that training keeps of it for one picture until the backward pass: every tensor that
    a layer newly writes, in float32, and the transformers' grids. What torch really keeps is within 15 % of that. The
    weights, their gradients and AdamW's two averages of each come once on top, four times 4 bytes a parameter.
    """

    block: str
    shape: tuple
    parameters: int
    multiply_adds: int
    memory: int


def blocks(model):
    """Return name -> list of modules, in the order of the picture's way: which part of a network is counted as what.

    An SDL network's blocks are those of the paper: "SDL-1 localisation", "SDL-1 sampler", "SDL-1 convolution", the same
    for SDL-2, "baseline 1" to "baseline 4", "FC 1", "FC 2". Of any other network they are its children.
    """
    if not isinstance(model, SDLNetwork):
        return {name: list(child.modules()) for name, child in model.named_children()}
    found = {}
    for name, block in (("SDL-1", model.sdl1), ("SDL-2", model.sdl2)):
        if block is None:
            continue
        if block.transformer is not None:
            found[f"{name} localisation"] = list(block.transformer.localisation.modules())
            found[f"{name} sampler"] = [block.transformer]
        found[f"{name} convolution"] = list(block.extract.modules())
    number = 0
    for layer in model.baseline:
        number += isinstance(layer, nn.Conv2d)
        found.setdefault(f"baseline {number}", []).append(layer)
    number = 1
    for layer in model.classifier:  # a dropout belongs to the linear layer after it, a ReLU to the one before
        if isinstance(layer, nn.Dropout) and "FC 1" in found:
            number = 2
        found.setdefault(f"FC {number}", []).append(layer)
    return found


def costs(model, size=None):
    """Return the `Cost` of each block of a network, in order; `total` adds them up.

    model: any network of pictures; see `blocks`. It stays as it was. size: (channels, height, width) of the picture, or
    None for the size that the model's options name.
    """
    if size is None:
        size = (model.options.in_channels, model.options.image_size, model.options.image_size)
    parts = blocks(model)
    counted = {name: [(), 0, 0] for name in parts}  # shape, multiply-adds, bytes
    seen = []  # the storages that were counted, kept alive: an address of one that is freed may come back

    def hook_of(name):
        def count(module, inputs, output):
            if not isinstance(output, torch.Tensor):
                return
            entry = counted[name]
            entry[0] = tuple(output.shape[1:])
            entry[1] += multiply_adds(module, output)
            storage = output.untyped_storage()
            written = all(storage._cdata != other._cdata for other in seen)
            # In evaluation mode dropout hands on what it is given; in training it writes a tensor of its own.
            if written or (isinstance(module, nn.Dropout) and module.p > 0):
                entry[2] += FLOAT * output.numel()
                seen.append(storage)
            if isinstance(module, SpatialTransformer):
                entry[2] += FLOAT * 2 * output[0, 0].numel()

        return count

    hooks = [module.register_forward_hook(hook_of(name)) for name, part in parts.items() for module in part]
    training = model.training
    parameter = next(model.parameters())
    try:
        model.eval()
        with torch.no_grad():
            model(torch.zeros(1, *size, device=parameter.device, dtype=parameter.dtype))
    finally:
        model.train(training)
        for hook in hooks:
            hook.remove()
    return tuple(
        Cost(name, shape, sum(p.numel() for m in parts[name] for p in m.parameters(recurse=False)), *numbers)
        for name, (shape, *numbers) in counted.items()
    )


def multiply_adds(module, output):
    """Return the multiply-adds of one module's own work, given its output for one picture."""
    if isinstance(module, nn.Conv2d):
        return output.numel() * module.in_channels // module.groups * module.kernel_size[0] * module.kernel_size[1]
    if isinstance(module, nn.Linear):
        return output.numel() * module.in_features
    if isinstance(module, SpatialTransformer):
        return 6 * output[0, 0].numel() + 4 * output.numel()
    return 0


def total(rows, name="total"):
    """Return one `Cost` that adds up some; its shape is that of the last one."""
    rows = tuple(rows)
    return Cost(
        name,
        rows[-1].shape,
        *(sum(getattr(row, what) for row in rows) for what in ("parameters", "multiply_adds", "memory")),
    )


@dataclass(frozen=True)
class Compared:
    """One row of `comparison`. size: (channels, height, width) of the picture that the cost is for; classes: how many.

    published: whether size and classes are those of the network's own paper; cost: a `Cost`, its totals.
    """

    size: tuple
    classes: int
    published: bool
    cost: Cost


def comparison(ours=("sdl", "sdl-wide")):
    """Return the totals of our networks beside AlexNet's and GoogLeNet's, a tuple of `Compared`.

    ours: names of models. Theirs are torchvision's, without weights, each twice: as published (224 x 224 pixels in
    colour, 1000 classes), and on small pictures with 7 classes: GoogLeNet at 48, AlexNet at 64 pixels a side, since its
    strides and pools leave nothing of 48. torchvision's AlexNet is the one of Krizhevsky 2014, 61.1 million parameters;
    GoogLeNet, 6.6 million, is counted without the two auxiliary classifiers that only training uses (with: 13.0).
    """
    from torchvision.models import alexnet, googlenet

    rows = []
    for name in ours:
        model = create(name)
        o = model.options
        size = (o.in_channels, o.image_size, o.image_size)
        rows.append(Compared(size, o.classes, True, total(costs(model, size), name)))
    for name, make, small in (
        ("AlexNet", alexnet, 64),
        ("GoogLeNet", lambda **keywords: googlenet(aux_logits=False, init_weights=False, **keywords), 48),
    ):
        for side, classes in ((224, 1000), (small, 7)):
            with torch.device("meta"):  # shapes without numbers: nothing is stored or computed
                model = make(num_classes=classes)
            size = (3, side, side)
            rows.append(Compared(size, classes, side == 224, total(costs(model, size), name)))
    return tuple(rows)
