"""What is missed when it is hidden? The occlusion study of Zeiler and Fergus (2014), section 4.2 and figure 7.

A square slides over the picture, and at each place three things are noted: the probability of the true class, the class
that is now the most probable, and how strongly the map that was strongest without the square still fires. A low
probability says that hiding this place with *this* filling hurts. It does not say that the network uses the place as a
person would: the square itself is a thing that can be seen.
"""

import copy
from contextlib import nullcontext
from dataclasses import dataclass

import torch
from torch.nn import functional as F

from ..errors import ModelError
from .deconvnet import Deconvnet
from .inputs import checked
from .layer_maps import layer_of, layers
from .where import looking, thetas_of

FILLS = ("grey", "mean", "black", "noise", "blur")
"""What a window is filled with. grey: 0.5, as in the paper. mean: the picture's own mean. black: 0. noise: uniform in
0..1, drawn anew from the seed each call. blur: the picture itself out of focus (a Gaussian of 6 pixels)."""
GREY = 0.5
THETAS = ("live", "frozen")
BATCH = 32  # with the layout below, on a CPU, twice as fast as 128 in torch's own


@dataclass(frozen=True)
class Occluded:
    """What the network says of one picture with a window at each place; all on the CPU.

    tops, lefts: int64 [h] and [w], where the window's upper left corner stood; window: its side in pixels.
    probability: float32 [h, w], of `target`. answer: int64 [h, w], the most probable class.
    activation: float32 [h, w], the sum over the map `channel` of `layer`, the one with the strongest response without a
    window. projection: float32 [H, W], that response taken back to the pixels of the whole picture.
    plain_probability, plain_answer, plain_activation: the same three without a window.
    """

    probability: torch.Tensor
    answer: torch.Tensor
    activation: torch.Tensor
    projection: torch.Tensor
    channel: int
    layer: str
    tops: torch.Tensor
    lefts: torch.Tensor
    window: int
    target: int
    plain_probability: float
    plain_answer: int
    plain_activation: float

    def image(self, values=None):
        """Return values [h, w] (None: the probability) at the picture's size, float32 [H, W].

        A pixel gets the mean over the windows that hid it, NaN where none did. The paper shows one value a place of the
        window; this is for laying it over the face.
        """
        values = (self.probability if values is None else values).float()
        total, count = torch.zeros_like(self.projection), torch.zeros_like(self.projection)
        for row, top in enumerate(self.tops.tolist()):
            for column, left in enumerate(self.lefts.tolist()):
                total[top : top + self.window, left : left + self.window] += values[row, column]
                count[top : top + self.window, left : left + self.window] += 1
        return total / count


def occlude(model, image, target=None, window=10, stride=2, fill="grey", theta="live", layer=None, seed=0):
    """Slide a window over one picture and return what changes, an `Occluded`.

    image: uint8 or float in 0..1, [1, 48, 48] or [1, 1, 48, 48]. target: the class, or None for the model's answer;
    the true class is what the paper follows. window, stride: in pixels. fill: one of FILLS.
    theta: "live": the transformers look at the covered picture and may look elsewhere. "frozen": they look through
    the θ of the uncovered one, so that only what is seen changes.
    layer: whose strongest map is followed, None for the last one with a map. seed: of the noise.
    Raises ModelError for a window that does not fit, an unknown fill, theta or layer, and as `explain` does.
    """
    image = image[None] if image.dim() == 3 else image
    if len(image) != 1:
        raise ModelError(f"expected one picture, found {len(image)}: choose one, such as faces.images[:1].")
    if theta not in THETAS:
        raise ModelError(f"expected theta out of {', '.join(THETAS)}, found {theta!r}: name one of those.")
    x, target, logits = checked(model, image, target)
    target = int(target)
    height, width = x.shape[2:]
    if not (isinstance(window, int) and isinstance(stride, int) and 1 <= window <= min(height, width) and stride >= 1):
        raise ModelError(
            f"expected a window of 1 to {min(height, width)} pixels and a stride of 1 or more, found {window} and "
            f"{stride}: give two whole numbers."
        )
    size = tuple(x.shape[1:])
    layer = next(reversed(layers(model, size)), "") if layer is None else layer
    layer_of(model, layer, size)  # refuses what has no map
    network = Deconvnet(model)
    features = network.features(x, layer)[0]
    channel = int(features.flatten(1).amax(dim=1).argmax())

    tops = torch.arange(0, height - window + 1, stride)
    lefts = torch.arange(0, width - window + 1, stride)
    top, left = torch.meshgrid(tops, lefts, indexing="ij")
    covered = place_occluder(x, top.flatten(), left.flatten(), window, fill, seed)
    probability, answer, activation = _ask(model, covered, target, layer, channel, x, theta)
    return Occluded(
        probability=probability.view(top.shape),
        answer=answer.view(top.shape),
        activation=activation.view(top.shape),
        projection=network.project(x, layer, channel).maps[0],
        channel=channel,
        layer=layer,
        tops=tops,
        lefts=lefts,
        window=window,
        target=target,
        plain_probability=logits.softmax(1)[0, target].item(),
        plain_answer=int(logits.argmax()),
        plain_activation=features[channel].sum().item(),
    )


@torch.no_grad()
def _ask(model, covered, target, layer, channel, x, theta):
    """Return (probability of target, most probable class, sum over the map) of all covered pictures, on the CPU."""
    model = copy.deepcopy(model).eval().to(memory_format=torch.channels_last)
    held = thetas_of(model, x) if theta == "frozen" else []
    module = layer_of(model, layer, tuple(x.shape[1:]))
    sums, logits = [], []
    hook = module.register_forward_hook(lambda _, __, maps: sums.append(maps[:, channel].flatten(1).sum(dim=1).cpu()))
    frozen = looking(model, lambda number, own: held[number].expand_as(own)) if held else nullcontext()
    try:
        with frozen:
            for batch in covered.split(BATCH):
                logits.append(model(batch).float().cpu())
    finally:
        hook.remove()
    logits = torch.cat(logits)
    return logits.softmax(1)[:, target], logits.argmax(1), torch.cat(sums).float()


def place_occluder(images, top, left, window=10, fill="grey", seed=0):
    """Return pictures with a square window filled, of the dtype given; the originals stay as they were.

    images: [N, C, H, W], uint8 or float in 0..1. top, left: of the window's upper left corner, ints or int64 [M]; with
    one picture all M places are covered in copies of it, else M is N. They may lie outside: what of the window is
    inside is filled. fill: one of FILLS; seed: of the noise.
    Raises ModelError for an unknown fill or a number of places that does not fit.
    """
    if fill not in FILLS:
        raise ModelError(f"expected a fill out of {', '.join(FILLS)}, found {fill!r}: name one of those.")
    top, left = (torch.as_tensor(place, device=images.device).reshape(-1, 1) for place in (top, left))
    many = max(len(top), len(left), len(images))
    if not {len(top), len(left), len(images)} <= {1, many}:
        raise ModelError(
            f"expected as many places as pictures, or one of either, found {len(top)} tops, {len(left)} lefts and "
            f"{len(images)} pictures: give one place a picture."
        )
    height, width = images.shape[2:]
    rows = torch.arange(height, device=images.device)
    columns = torch.arange(width, device=images.device)
    inside = ((rows >= top) & (rows < top + window))[:, :, None] & ((columns >= left) & (columns < left + window))[
        :, None
    ]
    return torch.where(inside[:, None], filling(images, fill, seed), images)


def filling(images, fill, seed=0):
    """Return what a window shows instead of the pictures [N, C, H, W]: of their dtype, of a shape that broadcasts."""
    whole = 255 if images.dtype == torch.uint8 else 1.0
    x = images.float() / whole
    if fill == "grey":
        filled = torch.full_like(x[:1, :1, :1, :1], GREY)
    elif fill == "black":
        filled = torch.zeros_like(x[:1, :1, :1, :1])
    elif fill == "mean":
        filled = x.mean(dim=(1, 2, 3), keepdim=True)
    elif fill == "noise":
        filled = torch.rand(x[:1].shape, generator=torch.Generator().manual_seed(seed)).to(x.device)
    else:
        filled = _blurred(x)
    return (filled * whole).round().to(images.dtype) if images.dtype == torch.uint8 else filled.to(images.dtype)


def _blurred(x, deviation=6.0):
    """Return pictures [N, C, H, W] through a Gaussian of that many pixels, the border repeated."""
    reach = int(3 * deviation)
    bell = torch.exp(-torch.arange(-reach, reach + 1, device=x.device).float().square() / (2 * deviation**2))
    bell = bell / bell.sum()
    n, channels, height, width = x.shape
    flat = F.pad(x.reshape(n * channels, 1, height, width), (reach,) * 4, mode="replicate")
    return F.conv2d(F.conv2d(flat, bell.view(1, 1, 1, -1)), bell.view(1, 1, -1, 1)).view(x.shape)
