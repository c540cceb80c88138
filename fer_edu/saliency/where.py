"""What, and where to look: the two ways in which a pixel moves a network that has spatial transformers.

A pixel is seen through θ, and it has a part in choosing θ. With f(x, θ) a logit and θ = h(x) the localisation network,

    d f / d x   =   ∂f/∂x, θ held        +   ∂f/∂θ · dh/dx
                    what was seen there      what it did to where the network looks

The first is what a map through the sampler's adjoint shows, the second goes through θ alone: six numbers a picture and
transformer. A network that samples a part of the picture is blind outside of it, but its θ is not.
"""

from contextlib import contextmanager
from dataclasses import dataclass

import torch

from ..errors import ModelError
from ..models import SpatialTransformer
from .deconvnet import channels_of
from .inputs import checked, evaluating, pictures
from .layer_maps import layer_of

BATCH = 16  # each keeps what two passes of the whole network need, some MiB a picture


def transformers(model):
    """Return the spatial transformers of a network, in order; an empty list where it has none."""
    return [module for module in model.modules() if isinstance(module, SpatialTransformer)]


@contextmanager
def looking(model, choose):
    """For a while, every transformer looks through θ that choose(number, θ) makes of its own; number counts from 0.

    choose = lambda number, theta: theta.detach() holds θ: it takes no part in gradients.
    """
    hooks = [
        transformer.localisation.register_forward_hook(lambda _, __, theta, number=number: choose(number, theta))
        for number, transformer in enumerate(transformers(model))
    ]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


@torch.no_grad()
def thetas_of(model, x):
    """Return the θ through which each transformer looks at the pictures x, a list of float32 [N, 2, 3]."""
    found = {}

    def note(number, theta):
        found[number] = theta
        return theta

    with evaluating(model), looking(model, note):
        model(x)
    return [found[number] for number in sorted(found)]


@dataclass(frozen=True)
class WhereToLook:
    """The gradient of one number of the network, in two parts that add up to the whole; float32, on the CPU.

    what: [N, H, W], ∂/∂pixel with every θ held. where: [N, H, W], through the θs alone; 0 without transformers.
    where_each: [T, N, H, W], the share of each of the T transformers in `where`.
    theta: [N, T, 2, 3] that the network chose. theta_gradient: [N, T, 2, 3], ∂/∂θ of each transformer with the other's
    θ and the pixels held: which way the network would look to raise the number.
    target: int64 [N], the class or the map asked about. value: [N], the number itself, a logit or an activation.
    """

    what: torch.Tensor
    where: torch.Tensor
    where_each: torch.Tensor
    theta: torch.Tensor
    theta_gradient: torch.Tensor
    target: torch.Tensor
    value: torch.Tensor

    @property
    def whole(self):
        """what + where: the gradient as `explain` gives it."""
        return self.what + self.where


def where_to_look(model, images, target=None, layer=None):
    """Split the gradient of a logit into what was seen and what it did to where the network looks.

    images: uint8 [N, 1, 48, 48] or float in 0..1. target: int64 [N], a class for all, or None for the model's answer.
    layer: None for logits, or one of `saliency.layers(model)`: then target is a feature map's number, and its strongest
    activation is asked about. A picture of one even grey has maps of zeros.
    Returns `WhereToLook`. Raises ModelError as `explain` does.
    """
    if layer is None:
        module, (x, chosen, _) = None, checked(model, images, target)
    else:
        x = pictures(model, images)
        module = layer_of(model, layer, tuple(x.shape[1:]))
        if target is None:
            raise ModelError(f"expected a feature map's number as target with layer {layer!r}, found None: name one.")
        chosen = channels_of(target, _maps(model, x[:1], module).shape[1], layer, len(x)).to(x.device)
    with evaluating(model):
        parts = [
            _split(model, x[start : start + BATCH], chosen[start : start + BATCH], module)
            for start in range(0, len(x), BATCH)
        ]
    what, where_each, theta, theta_gradient, value = zip(*parts, strict=True)
    what, where_each = torch.cat(what), torch.cat(where_each, dim=1)
    # Dividing by the deviation has no slope at a picture of one even grey: nothing to point at, as in `explain`.
    even = (x.flatten(1).amax(dim=1) == x.flatten(1).amin(dim=1)).cpu()
    what[even], where_each[:, even] = 0, 0
    return WhereToLook(
        what,
        where_each.sum(dim=0),
        where_each,
        torch.cat(theta),
        torch.cat(theta_gradient),
        chosen.cpu(),
        torch.cat(value),
    )


def _split(model, x, target, module):
    """Return (what, where_each, theta, theta_gradient, value) of one batch."""
    x = x.detach().requires_grad_()
    live, held = {}, {}

    def note(number, theta):
        live[number] = theta
        return theta

    def hold(number, _):
        held[number] = live[number].detach().requires_grad_()
        return held[number]

    with torch.enable_grad():
        with looking(model, note):
            _number(model, x, target, module)
        with looking(model, hold):
            value = _number(model, x, target, module)
        live, held = ([found[number] for number in sorted(found)] for found in (live, held))
        # A layer before the transformer does not hang on its θ: that gradient is 0.
        what, *by_theta = torch.autograd.grad(value.sum(), [x, *held], materialize_grads=True, allow_unused=True)
        each = [_through(theta, gradient, x) for theta, gradient in zip(live, by_theta, strict=True)]

    n, _, height, width = x.shape
    none = torch.zeros(0, n, height, width)
    return (
        what.sum(dim=1).float().cpu(),
        torch.stack(each).sum(dim=2).float().cpu() if each else none,
        torch.stack(live, dim=1).detach().float().cpu() if live else torch.zeros(n, 0, 2, 3),
        torch.stack(by_theta, dim=1).float().cpu() if live else torch.zeros(n, 0, 2, 3),
        value.detach().float().cpu(),
    )


def _through(theta, gradient, x):
    """Return gradient · dθ/dx [N, C, H, W], the network before θ being live."""
    if not theta.requires_grad:
        return torch.zeros_like(x)
    return torch.autograd.grad((theta * gradient).sum(), x, retain_graph=True)[0]


def _number(model, x, target, module):
    """Return the number that is asked about, [N]: a logit, or the strongest activation of a map of `module`."""
    rows = torch.arange(len(x), device=x.device)
    if module is None:
        return model(x)[rows, target]
    return _maps(model, x, module)[rows, target].flatten(1).amax(dim=1)


def _maps(model, x, module):
    """Return what a module of the network gives for the pictures x, [N, C, h, w]."""
    seen = []
    hook = module.register_forward_hook(lambda _, __, output: seen.append(output))
    try:
        model(x)
    finally:
        hook.remove()
    return seen[-1]
