"""The layers of a network that have maps, by the names that the course gives them."""

from collections import Counter

import torch
from torch import nn
from torch.nn import functional as F

from ..errors import ModelError
from ..geometry import affine_grid, compose, invert
from ..models import STCNN, SDLNetwork
from .inputs import evaluating

FINEST = 6
NO_MAPS = "expected a network with a layer that gives maps [N, C, h, w], found none: choose a method that needs none."


def layers(model, size=None):
    """Return name -> module, whose output [N, C, h, w] is that layer's map after its ReLU, in the picture's way.

    model: an SDL network ("SDL-1", "SDL-2", after the average pool; "baseline 1" to "baseline 4", after pool and ReLU),
    an `STCNN` ("part 1" to "part 3"), or any other, of which every ReLU, max-pool and average pool that gives a map is
    a layer, under its module path. size: (channels, height, width) of a picture, which only an unknown network needs;
    (1, 48, 48) where it is not given. Raises ModelError where the network does not take a picture of that size.
    """
    if isinstance(model, SDLNetwork):
        blocks = {"SDL-1": model.sdl1, "SDL-2": model.sdl2}
        found = {name: block for name, block in blocks.items() if block is not None}
        relus = [layer for layer in model.baseline if isinstance(layer, nn.ReLU)]
        return found | {f"baseline {number}": relu for number, relu in enumerate(relus, 1)}
    if isinstance(model, STCNN):
        return {f"part {number}": part for number, part in enumerate(model.parts, 1)}
    return _found(model, size or (1, 48, 48))


def layer_of(model, name, size=None):
    """Return one layer's module by its name; ModelError for another name, or where there is none."""
    known = layers(model, size)
    if not known:
        raise ModelError(NO_MAPS)
    if name not in known:
        raise ModelError(f"expected a layer out of {', '.join(known)}, found {name!r}: use one of those names.")
    return known[name]


def default_layer(model, size=(1, 48, 48)):
    """Return the name of the layer that GradCAM and HiResCAM ask where none is named; ModelError where none has maps.

    It is the last one with at least FINEST places a side: late enough to know classes, early enough to know places.
    Measured on sdl-faces, 150 test faces: of all its layers "baseline 3", with 6 x 6 places, gives GradCAM the best
    scores against the truth, and HiResCAM the best or as good as the best; 3 x 3 places give worse ones to both.
    """
    known = layers(model, size)
    shapes = {}
    hooks = [
        module.register_forward_hook(lambda module, inputs, output, name=name: shapes.update({name: output.shape[2:]}))
        for name, module in known.items()
    ]
    _pass(model, size, hooks)
    fine = [name for name in known if min(shapes[name]) >= FINEST]
    if not known:
        raise ModelError(NO_MAPS)
    return (fine or list(known))[-1]


def transformers_before(model, name):
    """Return the transformers through which a layer of an SDL network or an `STCNN` sees the picture, in order."""
    if isinstance(model, SDLNetwork):
        blocks = {"SDL-1": [model.sdl1], "SDL-2": [model.sdl1, model.sdl2]}.get(name, [])
        return [block.transformer for block in blocks if block.transformer is not None]
    if isinstance(model, STCNN) and model.transformer is not None:
        return [] if model.options.transformer == "features" and name == "part 1" else [model.transformer]
    return []


def enlarged(model, x, name, maps):
    """Return maps [N, 1, h, w] of a layer at the size of the pictures x and in their frame: [N, H, W].

    They are enlarged bilinearly, signs kept. Behind a transformer, a map's place p shows the picture's place θ p (Eq.
    2), so the map is looked at through θ's inverse; what no place of the map shows is 0. Where θ flattens the picture,
    no inverse is, and the map stays as it is.
    """
    maps = F.interpolate(maps, size=x.shape[2:], mode="bilinear", align_corners=False)
    looks = _looks(model, x, transformers_before(model, name))
    if looks:
        theta = looks[0]
        for then in looks[1:]:
            theta = compose(theta, then)
        try:
            grid = affine_grid(invert(theta), maps.shape).to(maps.dtype)
        except ValueError:
            return maps[:, 0]
        maps = F.grid_sample(maps, grid, "bilinear", padding_mode="zeros", align_corners=False)
    return maps[:, 0]


def _looks(model, x, transformers):
    """Return the θ [N, 2, 3] that each of some transformers chooses for the pictures x."""
    if not transformers:
        return []
    found = {}
    hooks = [
        transformer.localisation.register_forward_hook(lambda module, inputs, output: found.update({module: output}))
        for transformer in transformers
    ]
    try:
        with torch.no_grad():
            model(x)
    finally:
        for hook in hooks:
            hook.remove()
    return [found[transformer.localisation] for transformer in transformers]


def _found(model, size):
    """Pass one picture through a network and return its ReLUs and pools that gave a map, in the order of their use."""
    kinds = (nn.ReLU, nn.MaxPool2d, nn.AvgPool2d)
    found, names = {}, {module: name for name, module in model.named_modules() if isinstance(module, kinds)}
    uses = Counter()

    def keep(module, inputs, output):
        uses[module] += 1
        if output.dim() == 4:
            found.setdefault(names[module] or type(module).__name__, module)

    hooks = [module.register_forward_hook(keep) for module in names]
    _pass(model, size, hooks)
    # A layer that is used twice has two maps under one name.
    return {name: module for name, module in found.items() if uses[module] == 1}


def _pass(model, size, hooks):
    """Send one grey picture through a network that some hooks watch, and take the hooks away."""
    parameter = next(model.parameters(), torch.empty(0))
    try:
        with evaluating(model), torch.no_grad():
            model(torch.full((1, *size), 0.5, device=parameter.device, dtype=parameter.dtype))
    except RuntimeError as error:
        raise ModelError(
            f"expected a network that takes a picture {list(size)}, found one that stops at it "
            f"({str(error).splitlines()[0]}): give the size of its pictures."
        ) from error
    finally:
        for hook in hooks:
            hook.remove()
