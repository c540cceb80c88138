"""What the network says about a crop: probabilities that were calibrated, and an answer or "I don't know"."""

from dataclasses import dataclass
from functools import cache

import torch
from torch import nn

from .. import models, records
from ..emotions import CLASSES
from ..errors import ModelError, PhotoError

DEFAULT = "sdl-fer2013"
UNKNOWN = "I don't know"


@dataclass(frozen=True, eq=False)
class Judgement:
    """What a network says about N crops.

    probabilities: float32 [N, C], softmax(logits / temperature). raw: the same without a temperature. threshold: the
    confidence below which it does not answer. classes: the names. calibrated: whether temperature and threshold were
    fitted for this network, or are 1 and 0.5 for want of better ones.
    """

    probabilities: torch.Tensor
    raw: torch.Tensor
    temperature: float
    threshold: float
    classes: tuple
    calibrated: bool

    @property
    def confidence(self):
        """The largest probability of each crop, float32 [N]."""
        return self.probabilities.max(1).values

    @property
    def answers(self):
        """The name of the likeliest class for each crop, or None, which is "I don't know"."""
        best = zip(self.probabilities.argmax(1).tolist(), self.confidence.tolist(), strict=True)
        return tuple(self.classes[k] if p >= self.threshold else None for k, p in best)

    def best(self, crop=0, k=2):
        """Return the k likeliest (name, probability) of one crop."""
        top = self.probabilities[crop].topk(k)
        return tuple((self.classes[i], p) for p, i in zip(top.values.tolist(), top.indices.tolist(), strict=True))

    def sentence(self, crop=0):
        """Return the answer for one crop in words."""
        (first, p), (second, q) = self.best(crop)
        guess = f"{first} {p:.0%}, {second} {q:.0%}"
        if self.answers[crop] is None:
            return f"{UNKNOWN}: {guess}; it answers from {self.threshold:.0%}."
        return f"It says {first} ({guess})."


def judge(crops, model=None):
    """Return the `Judgement` of crops.

    crops: uint8 [N, 1, 48, 48], as `crop` gives them. model: a network of seven classes, a shipped network's name, or
    None for `sdl-fer2013`, which was fitted on photographs. Its temperature and threshold were fitted on PublicTest,
    on found photographs in the frame of FER-2013: they promise nothing for a webcam. Raises PhotoError, ModelError.
    """
    if not isinstance(crops, torch.Tensor) or crops.dtype != torch.uint8 or crops.shape[1:] != (1, 48, 48):
        found = f"{crops.dtype} {list(crops.shape)}" if isinstance(crops, torch.Tensor) else type(crops).__name__
        raise PhotoError(f"expected crops as uint8 [N, 1, 48, 48], found {found}: make them with photos.crop.")
    if len(crops) == 0:
        raise PhotoError("expected one crop or more, found none: was a face found?")
    net, classes = network(model)
    fitted = model is None or model == DEFAULT
    known = records.read("own_face")["judging"] if fitted else {"temperature": 1.0, "threshold": 0.5}
    logits = models.predict(net, crops)
    return Judgement(
        (logits / known["temperature"]).softmax(1),
        logits.softmax(1),
        known["temperature"],
        known["threshold"],
        classes,
        fitted,
    )


def network(model):
    """Return (network, names of its classes) for a network, a shipped one's name, or None for the default."""
    if model is None or isinstance(model, str):
        return _shipped(model or DEFAULT), CLASSES
    if not isinstance(model, nn.Module):
        raise ModelError(f"expected a network, a shipped one's name or None, found {model!r}: give one of those.")
    probe = models.predict(model, torch.zeros(1, 1, 48, 48, dtype=torch.uint8))
    if probe.shape[1] != len(CLASSES):
        raise ModelError(f"expected a network of {len(CLASSES)} classes, found {probe.shape[1]}: give another one.")
    return model, CLASSES


@cache
def _shipped(name):
    return models.pretrained(name)
