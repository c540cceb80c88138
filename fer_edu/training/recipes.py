"""Recipes: everything that decides how a network is trained, but for the network, the data and the seed."""

import math
from dataclasses import asdict, dataclass, fields, replace

from ..data.augmentation import Augmentation
from ..data.sampling import OVERSAMPLING
from ..errors import RecipeError

SCHEDULES = ("constant", "steps", "one-cycle")
PRECISIONS = ("auto", "float32", "bfloat16")


@dataclass(frozen=True)
class Recipe:
    """How to train.

    epochs, batch_size: an epoch is one pass over the (over)sampled training set; an incomplete last batch is dropped.
    learning_rate: AdamW's, at its highest. schedule: "constant"; "steps", × step_factor every step_epochs; "one-cycle",
        up over the first `warm_up` share of the steps and down to 0 along a cosine.
    localisation_rate: the localisation networks' learning rate as a share of the others'.
    weight_decay: AdamW's decoupled decay, on matrices and kernels only.
    lambda1, lambda2, label_smoothing: of the `Objective`.
    oversample: "none", "balanced", "sqrt" or "weights", see fer_edu.data.epoch_indices.
    flip, rotation, scale, shear, shift, distortion, contrast, brightness, noise, erase: of the `Augmentation`.
    mixup, cutmix: α of fer_edu.data.mixing; 0 is off.
    ema: decay a step of a running average of the weights, which is then what is scored and kept; 0 is off, 0.999 looks
        back about a thousand steps.
    start_deviation: Gaussian start weights of this standard deviation, or None for torch's own start.
    precision: "auto" (bfloat16 where the device multiplies it in hardware), "float32" or "bfloat16".
    """

    name: str
    epochs: int
    batch_size: int = 128
    learning_rate: float = 0.003
    schedule: str = "one-cycle"
    warm_up: float = 0.2
    step_epochs: int = 10
    step_factor: float = 0.9
    localisation_rate: float = 0.1
    weight_decay: float = 0.01
    lambda1: float = 0.0
    lambda2: float = 0.0
    label_smoothing: float = 0.0
    oversample: str = "none"
    flip: bool = True
    rotation: float = 10.0
    scale: float = 0.1
    shear: float = 0.05
    shift: float = 0.05
    distortion: float = 0.0
    contrast: float = 0.0
    brightness: float = 0.0
    noise: float = 0.0
    erase: float = 0.0
    mixup: float = 0.0
    cutmix: float = 0.0
    ema: float = 0.0
    start_deviation: float | None = None
    precision: str = "auto"

    def __post_init__(self):
        for name, allowed in {"schedule": SCHEDULES, "oversample": OVERSAMPLING, "precision": PRECISIONS}.items():
            if getattr(self, name) not in allowed:
                raise RecipeError(
                    f"expected {name} out of {', '.join(allowed)}, found {getattr(self, name)!r}: use one of those."
                )
        for name in ("epochs", "batch_size", "step_epochs"):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise RecipeError(f"expected a whole number of at least 1 for {name}, found {value!r}: give one.")
        for name in ("learning_rate", "step_factor"):
            if not (isinstance(getattr(self, name), int | float) and 0 < getattr(self, name) < math.inf):
                raise RecipeError(f"expected a number above 0 for {name}, found {getattr(self, name)!r}: give one.")
        for name, highest in {"mixup": 100.0, "cutmix": 100.0, "ema": 0.99999}.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= highest:
                raise RecipeError(f"expected {name} from 0 to {highest:g}, found {value!r}: give a number in between.")
        Augmentation.of(self)  # refuses what makes no sense

    def as_dict(self):
        return asdict(self)


_RECIPES = (
    # A few minutes on a laptop's CPU.
    Recipe(name="classroom", epochs=14),
    # Section 5 to the letter. Not said, so ours: the batch, the amounts of augmentation, no decoupled decay beside the
    # L2 term (Eq. 6 gives AdamW's "weight decay" as that term's gradient), one rate for all parts, float32.
    Recipe(
        name="paper",
        epochs=300,
        learning_rate=0.03,
        schedule="steps",
        localisation_rate=1.0,
        weight_decay=0.0,
        lambda1=0.001,
        lambda2=0.01,
        oversample="balanced",
        start_deviation=0.05,
        precision="float32",
    ),
    # Chosen on FER-2013's PublicTest, see results/.
    Recipe(
        name="best",
        epochs=45,
        label_smoothing=0.1,
        weight_decay=0.02,
        rotation=12.0,
        scale=0.12,
        shear=0.06,
        shift=0.06,
    ),
)


def recipe_names():
    """Return the names that `recipe` knows."""
    return tuple(r.name for r in _RECIPES)


def recipe(name, **changes):
    """Return the recipe of that name, with some fields changed; RecipeError for an unknown name or field."""
    for known in _RECIPES:
        if known.name == name:
            unknown = sorted(set(changes) - {f.name for f in fields(Recipe)})
            if unknown:
                allowed = ", ".join(f.name for f in fields(Recipe))
                raise RecipeError(
                    f"expected recipe fields out of {allowed}, found {', '.join(unknown)}: check the spelling."
                )
            return replace(known, **changes)
    raise RecipeError(f"expected a recipe out of {', '.join(recipe_names())}, found {name!r}: use one of those names.")


def learning_rate(recipe, epoch):
    """Return the learning rate at `epoch`, a float from 0 (the start) to recipe.epochs (the end)."""
    if recipe.schedule == "constant":
        return recipe.learning_rate
    if recipe.schedule == "steps":
        return recipe.learning_rate * recipe.step_factor ** (int(epoch) // recipe.step_epochs)
    share = epoch / recipe.epochs
    if share < recipe.warm_up:
        return recipe.learning_rate * (0.04 + 0.96 * share / recipe.warm_up)
    return recipe.learning_rate * 0.5 * (1 + math.cos(math.pi * (share - recipe.warm_up) / (1 - recipe.warm_up)))
