"""Eleven methods as Captum has them, each a few lines: what is asked of Captum, and with which numbers.

A method is called with a batch, `Asked`, and its options by keyword, and returns float [n, C, H, W], or [n, 1, h, w] of
a layer. The model is in evaluation mode; `explaining.explain` sees to that, to batches and to notes.
"""

from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import nn

from .parts import sizes
from .refusals import RULES

KINDS = {"mean": "smoothgrad", "squared": "smoothgrad_sq"}
"""What SmoothGrad averages, and Captum's names for it."""


@dataclass(frozen=True, eq=False)
class Asked:
    """A batch that waits for its maps.

    model: in evaluation mode. x: float [n, C, H, W] in 0..1. target: int64 [n]. start: what stands for "nothing there",
    of the shape of x. parts: int64 [n, H, W], numbers of parts. layer: the module of a layer, or None. room: how many
    pictures fit into memory at once; a method that makes many pictures of one makes no more at a time.
    """

    model: nn.Module
    x: torch.Tensor
    target: torch.Tensor
    start: torch.Tensor
    parts: torch.Tensor | None
    layer: nn.Module | None
    room: int

    @property
    def changed(self):
        """How many changed copies of each picture are looked at together."""
        return max(1, self.room // len(self.x))


@contextmanager
def as_seen(asked, held):
    """Yield the batch's pictures and start as they are or, held, as the network sees them, with its normalising done.

    A network that divides a picture by its own deviation hardly changes its answer when all pixels grow: on the way
    through `normalise` nearly all that adds up is lost. Held, each pixel keeps what its normalised value has earned,
    which is DeepLift's rule, difference over difference, for that step too. Measured on sdl-faces, 100 test faces:
    DeepLift's gap falls from 6.3 to 0.015, where a logit rises by 7.1 (medians), and its order of a face's parts stays
    as good (0.60); that of gradient x input rises from 0.05 to 0.53.
    """
    if not held:
        yield asked.x, asked.start
        return
    with torch.no_grad():
        x, start = asked.model.normalise(asked.x), asked.model.normalise(asked.start)
    vars(asked.model)["normalise"] = lambda picture: picture
    try:
        yield x.requires_grad_(), start
    finally:
        del vars(asked.model)["normalise"]


def gradient(asked):
    """∂ logit / ∂ pixel, with its sign (Simonyan et al. 2014, who took the absolute value)."""
    from captum.attr import Saliency

    return Saliency(asked.model).attribute(asked.x, target=asked.target, abs=False)


def gradient_x_input(asked, held):
    """Pixel times gradient (Shrikumar et al. 2017): what is 0 gets nothing, black pixels or, held, middle ones."""
    from captum.attr import InputXGradient

    with as_seen(asked, held) as (x, _):
        return InputXGradient(asked.model).attribute(x, target=asked.target)


def smoothgrad(asked, samples, noise, seed, kind):
    """The mean gradient over noisy copies (Smilkov et al. 2017), or the mean of its squares, which has no sign.

    Every picture meets the same noise, drawn from the seed, so its map does not hang on its neighbours in the set.
    """
    from captum.attr import NoiseTunnel, Saliency

    tunnel, maps = NoiseTunnel(Saliency(asked.model)), []
    devices = [asked.x.device] if asked.x.device.type == "cuda" else []
    for picture, label in zip(asked.x.split(1), asked.target.split(1), strict=True):
        with torch.random.fork_rng(devices=devices):
            torch.manual_seed(seed)
            maps.append(
                tunnel.attribute(
                    picture,
                    target=label,
                    nt_type=KINDS[kind],
                    nt_samples=samples,
                    nt_samples_batch_size=min(samples, asked.room),
                    stdevs=float(noise),
                    abs=False,
                )
            )
    return torch.cat(maps)


def integrated_gradients(asked, steps):
    """(x - x') times the mean gradient on the straight way from x' to x (Sundararajan et al. 2017, Eq. 1)."""
    from captum.attr import IntegratedGradients

    return IntegratedGradients(asked.model).attribute(
        asked.x, asked.start, target=asked.target, n_steps=steps, internal_batch_size=max(asked.room, len(asked.x))
    )


def deeplift(asked, held):
    """Differences instead of gradients at each ReLU and max-pool, the rescale rule (Shrikumar et al. 2017).

    Where one such layer follows another at once, Captum 0.9.0 hangs both of its hooks on the one tensor between them,
    and the first layer's rule is given a gradient that the second's has not changed: the map does not add up. A copy
    between the two keeps the hooks apart.
    """
    from captum.attr import DeepLift

    ruled = [module for module in asked.model.modules() if type(module) in RULES]
    before = {module: set(vars(module)) for module in ruled}
    copies = [module.register_forward_pre_hook(lambda module, inputs: (inputs[0].clone(),)) for module in ruled]
    try:
        with as_seen(asked, held) as (x, start):
            return DeepLift(asked.model).attribute(x, start, target=asked.target)
    finally:
        for copy in copies:
            copy.remove()
        for module, names in before.items():  # what Captum leaves where the way back did not come through
            for name in {"input", "output", "input_ref"} & (set(vars(module)) - names):
                delattr(module, name)


def guided_backprop(asked):
    """The gradient, of which each ReLU lets only positive values back (Springenberg et al. 2015)."""
    from captum.attr import GuidedBackprop

    return GuidedBackprop(asked.model).attribute(asked.x, target=asked.target)


def deconvolution(asked):
    """As the gradient, but a ReLU on the way back asks the gradient's sign alone (Zeiler and Fergus 2014)."""
    from captum.attr import Deconvolution

    return Deconvolution(asked.model).attribute(asked.x, target=asked.target)


def gradcam(asked, relu):
    """A layer's maps, each weighted by the mean of its gradient (Selvaraju et al. 2017); negative values stay."""
    from captum.attr import LayerGradCam

    return LayerGradCam(asked.model, asked.layer).attribute(asked.x, target=asked.target, relu_attributions=relu)


def hirescam(asked, relu):
    """A layer's maps times their gradients, place by place, added up (Draelos and Carin 2020)."""
    from captum.attr import LayerGradientXActivation

    maps = LayerGradientXActivation(asked.model, asked.layer).attribute(asked.x, target=asked.target)
    maps = maps.sum(1, keepdim=True)
    return maps.relu() if relu else maps


def occlusion(asked, window, stride):
    """How far the logit falls when a window is covered: at each pixel the mean over the windows that cover it."""
    from captum.attr import Occlusion

    channels = asked.x.shape[1]
    return Occlusion(asked.model).attribute(
        asked.x,
        sliding_window_shapes=(channels, window, window),
        strides=(channels, stride, stride),
        baselines=asked.start,
        target=asked.target,
        perturbations_per_eval=asked.changed,
    )


def feature_ablation(asked, spread):
    """How far the logit falls when a part is taken away: the fall on each of its pixels, or spread over them."""
    from captum.attr import FeatureAblation

    maps = FeatureAblation(asked.model).attribute(
        asked.x,
        baselines=asked.start,
        target=asked.target,
        feature_mask=asked.parts[:, None],
        perturbations_per_eval=asked.changed,
    )
    return maps / sizes(asked.parts)[:, None] if spread else maps
