"""Models by name."""

from dataclasses import fields, replace

import torch

from ..errors import ModelError
from .sdl import SDLNetwork, SDLOptions
from .stcnn import STCNN, STCNNOptions

_PRESETS = {
    # Small enough for a laptop and Binder.
    "sdl": SDLOptions(),
    # The same topology with wider layers, for real faces; 4.6 MB of float32.
    "sdl-wide": SDLOptions(baseline_channels=(48, 96, 160, 224), sdl_channels=(32, 64)),
    # For experiments on a CPU that need many runs: the same topology, a quarter of the parameters, twice as fast.
    "sdl-small": SDLOptions(
        baseline_channels=(16, 32, 48, 64), sdl_channels=(8, 16), localisation_channels=(4, 8, 8), hidden=64
    ),
    # Nothing that the paper does not mention: no batch normalisation, no dropout.
    "sdl-plain": SDLOptions(batch_norm=False, dropout=0.0),
    # Chapter 4's pair: a small network that looks where it chooses, and the same one that looks straight ahead.
    "st-cnn": STCNNOptions(),
    "cnn": STCNNOptions(transformer="none"),
}
_NETWORKS = {SDLOptions: SDLNetwork, STCNNOptions: STCNN}


def names():
    """Return the names that `create` knows."""
    return tuple(_PRESETS)


def options_of(name):
    """Return the options, an `SDLOptions` or `STCNNOptions`, that a model of that name starts from."""
    if name not in _PRESETS:
        raise ModelError(f"expected a model out of {', '.join(names())}, found {name!r}: use one of those names.")
    return _PRESETS[name]


def create(name, classes=7, seed=None, **options):
    """Return a new, untrained model.

    name: one of `names()`. classes: number of classes. options: fields of the network's options (`options_of`) that
    replace the preset's.
    seed: where given, the start weights depend on it alone and the global random state is left as it was.
    Raises ModelError for an unknown name or option. The model carries `.name` and `.options`.
    """
    preset = options_of(name)
    known = {field.name for field in fields(preset)}
    unknown = sorted(set(options) - known)
    if unknown:
        raise ModelError(
            f"expected options out of {', '.join(sorted(known))}, found {', '.join(unknown)}: check the spelling."
        )
    chosen = replace(preset, classes=classes, **options)
    with torch.random.fork_rng(devices=[], enabled=seed is not None):
        if seed is not None:
            torch.manual_seed(seed)
        model = _NETWORKS[type(chosen)](chosen)
    model.name = name
    return model
