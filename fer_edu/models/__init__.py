"""Chapters 4 and 5: the spatial transformer and the SDL network. `names()` lists what `create()` makes."""

from .checkpoint import load_checkpoint, pretrained, pretrained_names, save_checkpoint
from .predict import predict
from .registry import create, names
from .sdl import SDLNetwork, SDLOptions, gaussian_start
from .transformer import Localisation, SpatialTransformer

__all__ = [
    "Localisation",
    "SDLNetwork",
    "SDLOptions",
    "SpatialTransformer",
    "create",
    "gaussian_start",
    "load_checkpoint",
    "names",
    "predict",
    "pretrained",
    "pretrained_names",
    "save_checkpoint",
]
