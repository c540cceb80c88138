"""Chapter 6: the paper's objective, recipes, and the loop that trains."""

from .device import choose_device, choose_precision
from .loop import History, fit
from .objective import Objective
from .recipes import Recipe, learning_rate, recipe, recipe_names

__all__ = [
    "History",
    "Objective",
    "Recipe",
    "choose_device",
    "choose_precision",
    "fit",
    "learning_rate",
    "recipe",
    "recipe_names",
]
