"""Does a map depend on what the network has learned? Randomise the weights and look again (Adebayo et al. 2018).

A method whose maps stay as they were when the weights are thrown away shows the picture, not the network.
"""

import copy
from dataclasses import dataclass

import torch
from scipy.stats import rankdata
from torch import nn

from ..errors import DataError
from .inputs import checked, evaluating, pictures
from .scores import checked_maps

NORMALISATIONS = (nn.BatchNorm1d, nn.BatchNorm2d)


@dataclass(frozen=True)
class Step:
    """One step down the cascade: `layer`, the layer randomised last (None: none yet).

    signed, absolute: float32 [N], `similarity` of each map to the trained network's, with and without the signs.
    maps: float32 [N, H, W], what the method draws of the network as it now is.
    """

    layer: str | None
    signed: torch.Tensor
    absolute: torch.Tensor
    maps: torch.Tensor


def similarity(a, b, absolute=False):
    """Return Spearman's rank correlation of the pixels of two sets of maps, float32 [N] in -1..1.

    a, b: float [N, H, W]. absolute: compare how strong pixels are, whatever their sign: this is how maps are mostly
    drawn. An even map has no order, and gives NaN. Raises DataError.
    """
    a, b = checked_maps(a), checked_maps(b)
    if a.shape != b.shape:
        raise DataError(
            f"expected two maps for each picture, found {list(a.shape)} and {list(b.shape)}: give both for the same."
        )
    if absolute:
        a, b = a.abs(), b.abs()
    a, b = (_ranks(maps) for maps in (a, b))
    size = a.norm(dim=1) * b.norm(dim=1)
    return ((a * b).sum(dim=1) / size).masked_fill(size == 0, torch.nan).float()


def cascade(model, images, target=None, method="gradient", seed=0, **options):
    """Randomise the network's layers from the top down, one more at each step, and compare the maps.

    model, images, target: as for `explain`; target None: the trained network's answers, which all steps then explain.
    method: a name of `methods()`, or a function (model, images, target) -> maps float [N, H, W]. options: of `explain`.
    Returns a list of `Step`, the untouched network first. The model itself is left as it is. Raises ModelError.
    """
    _, target, _ = checked(model, images, target)
    draw = _drawing(method, options)
    untouched = draw(model, images, target)
    steps = [_step(None, untouched, untouched)]
    for layer, network in _falling(model, images, seed):
        steps.append(_step(layer, untouched, draw(network, images, target)))
    return steps


def randomised(model, images, seed=0):
    """Return a copy of the model of which every layer has fresh start weights, in evaluation mode.

    images: pictures as for `explain`, from which batch normalisation learns its statistics anew, as it would at the
    start of training: without them the fresh network's numbers could run out of any range.
    """
    return list(_falling(model, images, seed))[-1][1]


def learned_layers(model, images):
    """Return name -> modules with weights, one entry a layer, in the order in which a picture meets them.

    A normalisation goes with the layer before it, and a whole localisation network is one layer.
    """
    owner = {
        inner: (name, module)
        for name, module in model.named_modules()
        if hasattr(module, "start_at_identity")
        for inner in module.modules()
    }
    names = {module: name for name, module in model.named_modules() if hasattr(module, "reset_parameters")}
    met = []
    hooks = [module.register_forward_hook(lambda module, *_: met.append(module)) for module in names]
    try:
        with evaluating(model), torch.no_grad():
            model(pictures(model, images[:1]))
    finally:
        for hook in hooks:
            hook.remove()
    layers = {}
    for module in dict.fromkeys(met):
        if module in owner:
            name, whole = owner[module]
            layers[name] = [whole]
        elif isinstance(module, NORMALISATIONS) and layers:
            layers[next(reversed(layers))].append(module)
        elif any(True for _ in module.parameters(recurse=False)):
            layers[names[module]] = [module]
    return layers


def _falling(model, images, seed):
    """Yield (layer, copy of the model) from the top layer down; it is one copy, randomised further each time."""
    network = copy.deepcopy(model).eval()
    x = pictures(network, images)
    layers = learned_layers(network, images)
    with torch.random.fork_rng():
        for k, (name, modules) in enumerate(reversed(layers.items())):
            torch.manual_seed(seed + k)
            for module in modules:
                for inner in module.modules():
                    if hasattr(inner, "reset_parameters"):
                        inner.reset_parameters()
                if hasattr(module, "start_at_identity"):
                    module.start_at_identity()
            _settle(network, x)
            yield name, network


def _settle(network, x):
    """Let batch normalisation take its statistics from the pictures, layer by layer in one pass."""
    fresh = [m for m in network.modules() if isinstance(m, NORMALISATIONS) and m.num_batches_tracked == 0]
    kept = [m.momentum for m in fresh]
    for module in fresh:
        module.train()
        module.momentum = 1.0
    if fresh:
        with torch.no_grad():
            network(x[:512])
    for module, momentum in zip(fresh, kept, strict=True):
        module.eval()
        module.momentum = momentum
        module.num_batches_tracked.zero_()


def _drawing(method, options):
    if callable(method):
        return lambda network, images, target: checked_maps(method(network, images, target))
    from .explaining import explain

    return lambda network, images, target: explain(network, images, target, method=method, **options).maps


def _step(layer, untouched, maps):
    return Step(layer, similarity(untouched, maps), similarity(untouched, maps, absolute=True), maps)


def _ranks(maps):
    """Return the ranks of each map's pixels about their mean, ties sharing theirs: float64 [N, H * W]."""
    ranks = torch.from_numpy(rankdata(maps.flatten(1).numpy(), axis=1))
    return ranks - ranks.mean(dim=1, keepdim=True)
