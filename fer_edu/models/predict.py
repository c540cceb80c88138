"""From a set of uint8 pictures to logits."""

import math

import torch
from torch.nn import functional as F

from .choice import check_choice

VIEWS = ("plain", "flips", "shifts")
"""How often a picture is looked at when it is scored. plain: once, as it is. flips: as it is and mirrored. shifts:
both, each also moved by two pixels up, down, left and right: ten looks."""


@torch.inference_mode()
def predict(model, images, batch_size=None, views="plain"):
    """Return the logits float32 [N, classes], on the CPU, of uint8 pictures [N, 1, 48, 48].

    The model is put into evaluation mode (dropout off, batch normalisation by its running statistics) and back.
    It runs in float32 on the device on which its weights lie, so that a score does not hang on the precision.
    batch_size: None for 512 on a GPU and 128 elsewhere, which needs less memory and is as fast.
    views: one of VIEWS. With several looks, the logarithms of the mean of their probabilities are returned.
    """
    check_choice("views", views, VIEWS)
    device = next(model.parameters()).device
    batch_size = batch_size or (512 if device.type == "cuda" else 128)
    was_training = model.training
    model.eval()
    try:
        parts = [
            _mean_look([model(look) for look in _looks(batch.to(device).float() / 255, views)]).cpu()
            for batch in images.split(batch_size)
        ]
    finally:
        model.train(was_training)
    return torch.cat(parts)


def _looks(x, views):
    """Yield the pictures x [N, C, H, W] in all ways in which they are looked at; what comes in repeats the border."""
    yield x
    if views == "plain":
        return
    yield x.flip(3)
    if views == "shifts":
        height, width = x.shape[2:]
        wide = F.pad(x, (2, 2, 2, 2), mode="replicate")
        for down, right in ((0, 2), (4, 2), (2, 0), (2, 4)):
            moved = wide[:, :, down : down + height, right : right + width]
            yield moved
            yield moved.flip(3)


def _mean_look(logits):
    """Return one [N, classes] out of a list of them; a single one is returned as it is."""
    if len(logits) == 1:
        return logits[0]
    return torch.stack([look.log_softmax(1) for look in logits]).logsumexp(0) - math.log(len(logits))
