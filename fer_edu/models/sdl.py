"""The Spatial Deep Learning (SDL) network of Khan, Singh and Agrawal 2023, section 3.

         +- SDL-1: transformer, convolution, ReLU, average pool -> SDL-2: the same again -+
    x ---|                                                                                +- join - FC - FC - logits
         +- baseline: 4 x (convolution, max-pool, ReLU) ---------------------------------+

What the paper does not say is an option of `SDLOptions`, with our choice as its default.
"""

from dataclasses import dataclass, fields

import torch
from torch import nn

from ..errors import ModelError
from ..geometry import PADDINGS, identity_theta
from .choice import check_choice
from .transformer import SAMPLERS, SpatialTransformer


@dataclass(frozen=True)
class SDLOptions:
    """The network's open choices. "Not said" means that the paper leaves it open.

    classes: number of classes. in_channels, image_size: grey 48 x 48 (said).
    baseline_channels: the four convolutions' widths; their number is said, the widths are not.
    sdl_channels: widths of the convolutions in SDL-1 and SDL-2. Not said.
    kernel: side of the baseline's and the SDL blocks' convolutions, odd, stride 1. Not said.
    sdl_pools: side of the average pools in SDL-1 and SDL-2. Not said; the pool after SDL-2 is larger, so that the
        joined vector stays small.
    order: "conv-relu-pool", or "relu-conv-pool" as the other reading of the paper's sentence has it.
    branches: "both" (said), or "baseline", the four convolutions alone: a control.
    transformers: which SDL blocks have one: "both" (said), or "sdl1", "sdl2", "none". A block without one
        is convolution, ReLU and average pool: controls.
    frozen: the transformers are there and stay at the identity: a control that has their parameters, not their effect.
    join: "sdl2" (only SDL-2's output reaches the classifier, as figure 4's chain suggests) or "both". Not said.
    localisation_channels, localisation_hidden: of the localisation networks. Not said.
    hidden: width of the first fully connected layer. Not said.
    batch_norm: after each convolution of the baseline and the SDL blocks. Never mentioned; without it the network
        trains far more slowly.
    dropout: before each of the two fully connected layers. Never mentioned; without it FER-2013 is learnt by heart.
    normalisation: "picture" (each picture to mean 0, deviation 1, which undoes contrast), "fixed" ((x - 0.5) / 0.25)
        or "none". Not said. With border padding, normalising and warping can be done in either order.
    padding_mode: "border", "zeros" or "reflection", what a transformer sees outside the picture. Not said.
    sampler: "fused" (torch's) or "written out" (fer_edu.geometry); the same function.
    """

    classes: int = 7
    in_channels: int = 1
    image_size: int = 48
    baseline_channels: tuple = (32, 64, 96, 128)
    sdl_channels: tuple = (16, 32)
    kernel: int = 3
    sdl_pools: tuple = (2, 4)
    branches: str = "both"
    transformers: str = "both"
    frozen: bool = False
    order: str = "conv-relu-pool"
    join: str = "sdl2"
    localisation_channels: tuple = (8, 16, 16)
    localisation_hidden: int = 32
    hidden: int = 128
    batch_norm: bool = True
    dropout: float = 0.4
    normalisation: str = "picture"
    padding_mode: str = "border"
    sampler: str = "fused"

    def __post_init__(self):
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, list):  # as JSON gives it
                object.__setattr__(self, field.name, tuple(value))
            elif field.type is bool and not isinstance(value, bool):
                raise ModelError(f"expected {field.name} to be true or false, found {value!r}: give a truth value.")
        for name, allowed in {
            "branches": ("both", "baseline"),
            "transformers": ("both", "sdl1", "sdl2", "none"),
            "order": ("conv-relu-pool", "relu-conv-pool"),
            "join": ("sdl2", "both"),
            "normalisation": ("picture", "fixed", "none"),
            "padding_mode": PADDINGS,
            "sampler": SAMPLERS,
        }.items():
            check_choice(name, getattr(self, name), allowed)
        for name, length in {
            "baseline_channels": 4,
            "sdl_channels": 2,
            "sdl_pools": 2,
            "localisation_channels": 3,
        }.items():
            value = getattr(self, name)
            if not isinstance(value, tuple) or len(value) != length:
                raise ModelError(f"expected {length} numbers for {name}, found {value!r}: give {length}.")
        if self.classes < 2:
            raise ModelError(f"expected at least 2 classes, found {self.classes}: a choice needs two.")
        if not 0 <= self.dropout < 1:
            raise ModelError(f"expected dropout in 0..1, found {self.dropout}: give a share.")


@dataclass(frozen=True)
class Observation:
    """What the two transformers did with a batch: theta float32 [N, 2, 3] each; what SDL-1 saw, [N, 1, 48, 48].

    A transformer that is not there looks straight ahead: its theta is the identity.
    """

    theta1: torch.Tensor
    theta2: torch.Tensor
    warped: torch.Tensor


class SDLBlock(nn.Module):
    """Spatial transformer, convolution, ReLU, average pool: [N, C_in, S, S] -> [N, C_out, S / pool, S / pool].

    transforms: whether the block has a transformer; without one `.transformer` is None.
    """

    def __init__(self, in_channels, out_channels, size, pool, options, transforms=True):
        super().__init__()
        # Made even where it is not wanted, so that one seed gives the same convolutions with and without it.
        transformer = SpatialTransformer(
            in_channels,
            size,
            options.localisation_channels,
            options.localisation_hidden,
            options.sampler,
            options.padding_mode,
        )
        if options.frozen:
            transformer.localisation.requires_grad_(False)
        self.transformer = transformer if transforms else None
        convolution = [nn.Conv2d(in_channels, out_channels, options.kernel, padding=options.kernel // 2)]
        if options.batch_norm:
            convolution.append(nn.BatchNorm2d(out_channels))
        relu = [nn.ReLU()]
        parts = convolution + relu if options.order == "conv-relu-pool" else relu + convolution
        self.extract = nn.Sequential(*parts, nn.AvgPool2d(pool))

    def theta(self, x):
        """Return the θ float32 [N, 2, 3] that the block chooses for x; the identity where it has no transformer."""
        return identity_theta(len(x), x.device) if self.transformer is None else self.transformer.theta(x)

    def forward(self, x):
        return self.extract(x if self.transformer is None else self.transformer(x))


class SDLNetwork(nn.Module):
    """x float32 [N, 1, 48, 48] in 0..1 -> logits float [N, classes].

    Raises ModelError for another shape or an integer picture (divide by 255 first).
    """

    def __init__(self, options=None):
        super().__init__()
        self.options = o = options or SDLOptions()
        side = o.image_size
        with_sdl = o.branches == "both"
        first, second = (o.transformers in ("both", name) for name in ("sdl1", "sdl2"))
        side1 = side // o.sdl_pools[0]
        side2 = side1 // o.sdl_pools[1]
        self.sdl1 = self.sdl2 = None
        if with_sdl:
            self.sdl1 = SDLBlock(o.in_channels, o.sdl_channels[0], side, o.sdl_pools[0], o, first)
            self.sdl2 = SDLBlock(o.sdl_channels[0], o.sdl_channels[1], side1, o.sdl_pools[1], o, second)

        parts = []
        for inner, outer in zip((o.in_channels, *o.baseline_channels), o.baseline_channels, strict=False):
            parts.append(nn.Conv2d(inner, outer, o.kernel, padding=o.kernel // 2))
            if o.batch_norm:
                parts.append(nn.BatchNorm2d(outer))
            parts += [nn.MaxPool2d(2), nn.ReLU()]
        self.baseline = nn.Sequential(*parts)

        joined = o.baseline_channels[-1] * (side // 16) ** 2
        if with_sdl:
            joined += o.sdl_channels[1] * side2**2
            if o.join == "both":
                joined += o.sdl_channels[0] * side1**2
        self.classifier = nn.Sequential(
            nn.Dropout(o.dropout),
            nn.Linear(joined, o.hidden),
            nn.ReLU(),
            nn.Dropout(o.dropout),
            nn.Linear(o.hidden, o.classes),
        )

    @property
    def final_layers(self):
        """The two fully connected layers whose weights Eq. 5 penalises: W1, W2."""
        return self.classifier[1], self.classifier[4]

    def localisation_parameters(self):
        """Return the parameters of both localisation networks, which want a smaller learning rate than the rest."""
        return [p for transformer in self.transformers for p in transformer.localisation.parameters()]

    @property
    def transformers(self):
        """The spatial transformers that the network has, in order: two, one or none."""
        blocks = [block for block in (self.sdl1, self.sdl2) if block is not None]
        return [block.transformer for block in blocks if block.transformer is not None]

    def normalise(self, x):
        """Check x [N, 1, 48, 48] and bring it to the scale that the network works on."""
        o = self.options
        if (
            x.dim() != 4
            or tuple(x.shape[1:]) != (o.in_channels, o.image_size, o.image_size)
            or not x.is_floating_point()
        ):
            raise ModelError(
                f"expected pictures as float [N, {o.in_channels}, {o.image_size}, {o.image_size}] in 0..1, found "
                f"{str(x.dtype).removeprefix('torch.')} {list(x.shape)}: resize them, make them grey, divide by 255."
            )
        if o.normalisation == "picture":
            mean = x.mean(dim=(1, 2, 3), keepdim=True)
            deviation = x.var(dim=(1, 2, 3), keepdim=True, correction=0).sqrt()
            return (x - mean) / (deviation + 0.02)  # 0.02 = 5 grey levels: an even picture stays even, not loud noise
        return (x - 0.5) / 0.25 if o.normalisation == "fixed" else x

    def forward(self, x):
        x = self.normalise(x)
        branches = [self.baseline(x)]
        if self.sdl1 is not None:
            first = self.sdl1(x)
            branches.append(self.sdl2(first))
            if self.options.join == "both":
                branches.append(first)
        return self.classifier(torch.cat([branch.flatten(1) for branch in branches], dim=1))

    def theta(self, x):
        """Return the θ float32 [N, 2, 3] through which SDL-1 looks at the pictures x."""
        x = self.normalise(x)
        return identity_theta(len(x), x.device) if self.sdl1 is None else self.sdl1.theta(x)

    def observe(self, x):
        """Return what both transformers do with x, an `Observation`."""
        normal = self.normalise(x)
        ahead = identity_theta(len(x), x.device)
        if self.sdl1 is None:
            return Observation(ahead, ahead, x)
        theta1 = self.sdl1.theta(normal)
        warped = x if self.sdl1.transformer is None else self.sdl1.transformer.transform(x, theta1)
        return Observation(theta1, self.sdl2.theta(self.sdl1(normal)), warped)


def gaussian_start(model, deviation=0.05, generator=None):
    """Draw the weights from N(0, deviation²) as section 5 of the paper says, biases 0, in place; return the model.

    The paper also starts θ from the identity, which Gaussian weights would not give: the last layer of each
    localisation network keeps its zero weights and identity bias.
    """
    for module in model.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.normal_(module.weight, 0.0, deviation, generator=generator)
            nn.init.zeros_(module.bias)
    for module in model.modules():
        if isinstance(module, SpatialTransformer):
            module.localisation.start_at_identity()
    return model
