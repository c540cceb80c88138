"""Which layer follows which: a network of this course, or an nn.Sequential, as a list of steps with a way back."""

import copy
from dataclasses import dataclass, replace

import torch
from torch import nn

from ..errors import ModelError
from ..models import STCNN, SDLNetwork, SpatialTransformer
from .adjoints import (
    AveragePool,
    Convolution,
    Flatten,
    Join,
    Look,
    Matrix,
    MaxPool,
    Normalise,
    Rectify,
    fold,
)

PICTURE, LOGITS = "picture", "logits"
_PASSED = (nn.Dropout, nn.Dropout2d, nn.Identity)  # in evaluation mode they do nothing


@dataclass(frozen=True)
class Node:
    """One step of the network. name: of the node; step: see `adjoints`; sources: names of the nodes it reads."""

    name: str
    step: object
    sources: tuple


class Wiring:
    """nodes: dict name -> Node, each after its sources. tops: dict layer -> name of the node that gives its map.

    The last of `tops` is "logits". Weights are copied: what happens to the model afterwards changes nothing here.
    """

    def __init__(self, rule):
        self.rule = rule
        self.nodes, self.tops = {}, {}

    def add(self, name, step, *sources):
        """Append a node and return its name."""
        self.nodes[name] = Node(name, step, sources)
        return name

    def chain(self, source, modules, prefix):
        """Append nn modules one after the other, each named "prefix kind"; return the last node's name."""
        for _, step in steps_of(enumerate(modules), self.rule, prefix):
            source = self.add(f"{prefix} {step.kind}", step, source)
        return source

    def way(self, layer):
        """Return the nodes between the picture and a layer, in order; ModelError for a layer that is not there."""
        if layer not in self.tops:
            raise ModelError(f"expected a layer out of {', '.join(self.tops)}, found {layer!r}: name one of those.")
        wanted, found = {self.tops[layer]}, []
        for node in reversed(self.nodes.values()):
            if node.name in wanted:
                wanted.update(node.sources)
                found.append(node)
        return tuple(reversed(found))


def wire(model, rule="deconvnet"):
    """Return the `Wiring` of an SDL network, an ST-CNN or an nn.Sequential of known layers, with a ReLU's rule.

    Raises ModelError for any other network, and for a layer whose way back is not known.
    """
    wiring = Wiring(rule)
    if isinstance(model, SDLNetwork):
        _wire_sdl(wiring, model)
    elif isinstance(model, STCNN):
        _wire_stcnn(wiring, model)
    elif isinstance(model, nn.Sequential):
        _wire_sequential(wiring, model)
    else:
        raise ModelError(
            f"expected an SDL network, an ST-CNN or an nn.Sequential, found {type(model).__name__}, of which it is not "
            "known which layer follows which: write it as an nn.Sequential."
        )
    return wiring


def _wire_sdl(wiring, model):
    o = model.options
    normal = wiring.add("normalise", Normalise(o.normalisation), PICTURE)
    blocks = [("SDL-1", model.sdl1), ("SDL-2", model.sdl2)] if model.sdl1 is not None else []
    source = normal
    for name, block in blocks:
        if block.transformer is not None:
            source = wiring.add(f"{name} look", look(block.transformer), source)
        source = wiring.tops[name] = wiring.chain(source, block.extract, name)
    source, parts = normal, []
    for layer in model.baseline:
        parts.append(layer)
        if isinstance(layer, nn.ReLU):
            name = f"baseline {sum(top.startswith('baseline') for top in wiring.tops) + 1}"
            source = wiring.tops[name] = wiring.chain(source, parts, name)
            parts = []
    joined = [source]
    if blocks:
        joined += [wiring.tops["SDL-2"]] + ([wiring.tops["SDL-1"]] if o.join == "both" else [])
    source = wiring.add("join", Join(), *joined)
    wiring.tops[LOGITS] = _classifier(wiring, model.classifier, source)


def _wire_stcnn(wiring, model):
    o = model.options
    source, centre = PICTURE, Normalise("fixed")
    if o.transformer == "input" and o.normalise == "after":
        # The localisation network is shown the centred picture, and the picture itself is what is looked at.
        source = wiring.add("look", look(model.transformer, before=centre), source)
    source = wiring.add("normalise", centre, source)
    if o.transformer == "input" and o.normalise == "before":
        source = wiring.add("look", look(model.transformer), source)
    for number, part in enumerate(model.parts, start=1):
        source = wiring.tops[f"part {number}"] = wiring.chain(source, part, f"part {number}")
        if o.transformer == "features" and number == 1:
            source = wiring.add("look", look(model.transformer), source)
    wiring.tops[LOGITS] = _classifier(wiring, model.classifier, source)


def _classifier(wiring, modules, source):
    number = 0
    for _, step in steps_of(enumerate(modules), wiring.rule, "classifier"):
        number += isinstance(step, Matrix)
        source = wiring.add("flatten" if isinstance(step, Flatten) else f"FC {number} {step.kind}", step, source)
    return source


def _wire_sequential(wiring, model):
    source, flat = PICTURE, False
    for path, step in steps_of(_leaves(model), wiring.rule, "the network"):
        source = wiring.add(path, step, source)
        flat = flat or isinstance(step, Flatten | Matrix)
        if isinstance(step, Rectify | MaxPool | AveragePool) and not flat:
            wiring.tops[path] = source
    wiring.tops[LOGITS] = source


def _leaves(module, prefix=""):
    """Yield (path, module) of the layers of nested nn.Sequentials, in order."""
    for name, child in module._modules.items():  # named_children leaves out a module that is used a second time
        if isinstance(child, nn.Sequential):
            yield from _leaves(child, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", child


def steps_of(modules, rule, where):
    """Return [(name, step)] of a row of (name, nn module); dropout vanishes, batch normalisation is folded.

    where: what to call the row in a message. Raises ModelError for a layer without a known way back.
    """
    steps = []
    for name, module in modules:
        if isinstance(module, _PASSED):
            continue
        if isinstance(module, nn.BatchNorm2d | nn.BatchNorm1d):
            before = steps[-1][1] if steps else None
            if not isinstance(before, Convolution | Matrix) or module.running_mean is None:
                raise ModelError(
                    f"expected batch normalisation with running statistics right after a convolution or linear layer, "
                    f"found another place or none at {name!r} of {where}: only there it can be folded."
                )
            weight, bias = fold(before.weight, before.bias, module)
            steps[-1] = (steps[-1][0], replace(before, weight=weight.detach(), bias=bias.detach()))
        else:
            steps.append((name, _step(module, rule, f"{name!r} of {where}")))
    return steps


def _step(module, rule, at):
    """Return the step of one nn module."""
    if isinstance(module, nn.Conv2d) and module.padding_mode == "zeros" and not isinstance(module.padding, str):
        return Convolution(*_copies(module), module.stride, module.padding, module.dilation, module.groups)
    if isinstance(module, nn.ReLU):
        return Rectify(rule)
    if isinstance(module, nn.MaxPool2d):
        pairs = (_pair(n) for n in (module.kernel_size, module.stride, module.padding, module.dilation))
        return MaxPool(*pairs, module.ceil_mode)
    if isinstance(module, nn.AvgPool2d) and not module.ceil_mode and module.divisor_override is None:
        pairs = (_pair(n) for n in (module.kernel_size, module.stride, module.padding))
        return AveragePool(*pairs, module.count_include_pad)
    if isinstance(module, nn.Linear):
        return Matrix(*_copies(module))
    if isinstance(module, nn.Flatten) and (module.start_dim, module.end_dim) == (1, -1):
        return Flatten()
    if isinstance(module, SpatialTransformer):
        return look(module)
    raise ModelError(
        "expected convolutions (zero padding, given in numbers), batch normalisations, ReLUs, max- and average pools, "
        f"linear layers, nn.Flatten, dropout and spatial transformers, found {module} as layer {at}: its way back is "
        "not written."
    )


def look(transformer, before=None):
    """Return the `Look` of a `SpatialTransformer`. before: a step that its localisation network's picture takes."""
    own = copy.deepcopy(transformer).eval().requires_grad_(False)

    def localise(x):
        return own.theta(x if before is None else before.forward(x)[0])

    return Look(localise, transformer.padding_mode)


def _copies(module):
    """Return (weight, bias or None), cut off from the model's own; filters in a CPU's quickest layout."""
    layout = torch.channels_last if module.weight.dim() == 4 else torch.contiguous_format
    weight = module.weight.detach().clone(memory_format=layout)
    return weight, None if module.bias is None else module.bias.detach().clone()


def _pair(n):
    return (n, n) if isinstance(n, int) else tuple(torch.Size(n))
