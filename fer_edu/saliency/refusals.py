"""What a method cannot explain, found out before it runs: one picture passes, and what it meets is written down."""

from collections import Counter

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from ..errors import ModelError
from ..models import SpatialTransformer

RULES = (nn.ReLU, nn.ELU, nn.LeakyReLU, nn.Sigmoid, nn.Tanh, nn.Softplus, nn.MaxPool1d, nn.MaxPool2d, nn.Softmax)
"""The layers for which Captum's DeepLift has a rule; all else passes as the gradient has it."""

BENDS = {
    "relu",
    "relu6",
    "elu",
    "selu",
    "celu",
    "leaky_relu",
    "prelu",
    "rrelu",
    "gelu",
    "silu",
    "mish",
    "hardtanh",
    "hardswish",
    "hardsigmoid",
    "sigmoid",
    "logsigmoid",
    "tanh",
    "softplus",
    "softmax",
    "max_pool2d",
    "max_pool2d_with_indices",
    "adaptive_max_pool2d",
}
"""Names of torch's functions that are no straight line, and which a method sees only where a module calls them."""


class Passage(TorchFunctionMode):
    """What one picture meets. uses: module -> how often; loose: operations of BENDS that no module of RULES makes."""

    def __init__(self, model):
        super().__init__()
        self.uses, self.loose, self.inside = Counter(), Counter(), 0
        self.modules = [module for module in model.modules() if type(module) in RULES]

    def __torch_function__(self, function, types, args=(), kwargs=None):
        name = getattr(function, "__name__", "").strip("_")
        if name in BENDS and not self.inside:
            self.loose[name] += 1
        return function(*args, **(kwargs or {}))

    def enter(self, module, inputs):
        self.uses[module] += 1
        self.inside += 1

    def leave(self, module, inputs, output):
        self.inside -= 1


def passage(model, picture):
    """Pass one picture [1, C, H, W] through a model in evaluation mode and return its `Passage`."""
    seen = Passage(model)
    hooks = [module.register_forward_pre_hook(seen.enter) for module in seen.modules]
    hooks += [module.register_forward_hook(seen.leave) for module in seen.modules]
    try:
        with torch.no_grad(), seen:
            model(picture)
    finally:
        for hook in hooks:
            hook.remove()
    return seen


def refuse_without_relus(model, picture, method):
    """Raise ModelError unless the model has ReLUs and each is an `nn.ReLU`, of which alone Captum can take hold.

    One that is used several times is explained as if it were several: tried, and kept by a test.
    """
    seen = passage(model, picture)
    relus = sum(isinstance(module, nn.ReLU) for module in seen.uses)
    functions = seen.loose["relu"]
    if functions or not relus:
        found = f"{functions} ReLUs that are calls of a function" if functions else "none"
        raise ModelError(
            f"expected nn.ReLU modules, whose way back {method} changes, found {found}: write each as a module, or it "
            "would be left as the plain gradient has it."
        )


def refuse_without_rules(model, picture, method):
    """Raise ModelError where a bend is called as a function, or its module is used twice: DeepLift would miss it."""
    seen = passage(model, picture)
    for name, module in model.named_modules():
        if seen.uses[module] > 1:
            raise ModelError(
                f"expected modules that are used once in a pass, found {name} ({type(module).__name__}) used "
                f"{seen.uses[module]} times, while {method} keeps what it was given once: make one module for each use."
            )
    if seen.loose:
        names = ", ".join(f"{count} x {name}" for name, count in sorted(seen.loose.items()))
        raise ModelError(
            f"expected every bend in a module for which {method} has a rule, found {names} outside of one: write ReLUs "
            "and max-pools as modules, or take integrated gradients, which need none."
        )


def refuse_without_normalise(model):
    """Raise ModelError unless the model has a method `normalise` through which its pictures go first."""
    if not callable(getattr(model, "normalise", None)):
        raise ModelError(
            f"expected a network with a method normalise, as SDL networks have, found {type(model).__name__} without "
            "one: leave held as it is."
        )


def uncovered(model, held):
    """Return what of a model DeepLift's rules do not cover, in words: () or ("the transformer's sampler", ...).

    held: whether its normalisation has been done before.
    """
    found = []
    if any(isinstance(module, SpatialTransformer) for module in model.modules()):
        found.append("the transformer's sampler, where picture and θ are multiplied")
    if not held and getattr(getattr(model, "options", None), "normalisation", None) == "picture":
        found.append("the normalisation, which divides a picture by its own deviation")
    return tuple(found)
