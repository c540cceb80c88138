"""Chapter 6: the paper's objective, recipes, and the loop that trains."""

from .device import choose_device, choose_precision
from .distributed import is_first
from .loop import History, fit
from .objective import Objective
from .recipes import Recipe, learning_rate, recipe, recipe_names
from .side_by_side import fit_seeds
from .tensorboard import TensorBoard

__all__ = [
    "History",
    "Objective",
    "Recipe",
    "TensorBoard",
    "choose_device",
    "choose_precision",
    "fit",
    "fit_seeds",
    "is_first",
    "learning_rate",
    "recipe",
    "recipe_names",
]
