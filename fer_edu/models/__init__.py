"""Chapters 4 and 5: the spatial transformer and the SDL network. `names()` lists what `create()` makes."""

from .checkpoint import load_checkpoint, pretrained, pretrained_names, save_checkpoint
from .predict import VIEWS, predict
from .registry import create, names, options_of
from .sdl import SDLBlock, SDLNetwork, SDLOptions, gaussian_start
from .stcnn import STCNN, STCNNOptions
from .transformer import Localisation, SpatialTransformer
from .watch import Glance, Watch, share_outside

__all__ = [
    "STCNN",
    "VIEWS",
    "Glance",
    "Localisation",
    "SDLBlock",
    "SDLNetwork",
    "SDLOptions",
    "STCNNOptions",
    "SpatialTransformer",
    "Watch",
    "create",
    "gaussian_start",
    "load_checkpoint",
    "names",
    "options_of",
    "predict",
    "pretrained",
    "pretrained_names",
    "save_checkpoint",
    "share_outside",
]
