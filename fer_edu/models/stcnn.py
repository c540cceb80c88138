"""A small convolutional network with or without a spatial transformer: the pair that chapter 4 compares."""

from dataclasses import dataclass

from torch import nn

from ..errors import ModelError
from ..geometry import PADDINGS, identity_theta
from .choice import check_choice
from .transformer import SAMPLERS, SpatialTransformer


@dataclass(frozen=True)
class STCNNOptions:
    """What an `STCNN` is made of.

    classes: number of classes. in_channels, image_size: of the pictures. channels: widths of the three convolutions.
    hidden: width of the layer before the last. dropout: before both linear layers.
    transformer: where it stands: "input", before the first convolution; "features", before the second; "none".
    frozen: the transformer is there and θ stays the identity: the control that has its parameters and not its effect.
    identity_start: the localisation network starts at the identity; False leaves torch's random start.
    normalise: pictures become (x - 0.5) / 0.25 "after" the input transformer or "before" it. With zero padding, what
        comes in from outside is black in the first case and grey in the second.
    padding_mode, sampler, localisation_channels, localisation_hidden: of the `SpatialTransformer`.
    """

    classes: int = 7
    in_channels: int = 1
    image_size: int = 48
    channels: tuple = (8, 16, 32)
    hidden: int = 64
    dropout: float = 0.2
    transformer: str = "input"
    frozen: bool = False
    identity_start: bool = True
    normalise: str = "after"
    padding_mode: str = "border"
    sampler: str = "fused"
    localisation_channels: tuple = (8, 16, 16)
    localisation_hidden: int = 32

    def __post_init__(self):
        for name, allowed in {
            "transformer": ("input", "features", "none"),
            "normalise": ("after", "before"),
            "padding_mode": PADDINGS,
            "sampler": SAMPLERS,
        }.items():
            check_choice(name, getattr(self, name), allowed)
        for name in ("channels", "localisation_channels"):
            object.__setattr__(self, name, tuple(getattr(self, name)))  # a list, as JSON gives it
            if len(getattr(self, name)) != 3:
                raise ModelError(f"expected 3 numbers for {name}, found {getattr(self, name)!r}: give 3.")
        if self.classes < 2 or self.image_size < 16:
            raise ModelError(
                f"expected at least 2 classes and pictures of at least 16 pixels, found {self.classes} and "
                f"{self.image_size}: a choice needs two, three halvings need 16."
            )


class STCNN(nn.Module):
    """Three parts of convolution, batch normalisation, ReLU and max-pooling, two linear layers; a transformer or none.

    x float32 [N, C, S, S] in 0..1 -> logits float [N, classes]. Raises ModelError for another shape.
    """

    def __init__(self, options=None):
        super().__init__()
        self.options = o = options or STCNNOptions()
        inputs = (o.in_channels, *o.channels)
        # Drawn before the transformer, so that one seed gives the same convolutions with and without it.
        self.parts = nn.ModuleList(
            nn.Sequential(nn.Conv2d(inner, outer, 3, padding=1), nn.BatchNorm2d(outer), nn.ReLU(), nn.MaxPool2d(2))
            for inner, outer in zip(inputs, o.channels, strict=False)
        )
        left = o.image_size // 8
        self.classifier = nn.Sequential(
            nn.Flatten(),
            nn.Dropout(o.dropout),
            nn.Linear(o.channels[-1] * left * left, o.hidden),
            nn.ReLU(),
            nn.Dropout(o.dropout),
            nn.Linear(o.hidden, o.classes),
        )
        self.transformer = None
        if o.transformer != "none":
            place = 0 if o.transformer == "input" else 1
            self.transformer = SpatialTransformer(
                inputs[place],
                o.image_size // 2**place,
                o.localisation_channels,
                o.localisation_hidden,
                o.sampler,
                o.padding_mode,
            )
            if not o.identity_start:
                self.transformer.localisation.head[-1].reset_parameters()
            if o.frozen:
                self.transformer.localisation.start_at_identity()
                self.transformer.localisation.requires_grad_(False)

    @property
    def final_layers(self):
        """The two linear layers whose weights Eq. 5 penalises."""
        return self.classifier[2], self.classifier[5]

    def localisation_parameters(self):
        """Return the localisation network's parameters, which want a smaller learning rate than the rest."""
        return [] if self.transformer is None else list(self.transformer.localisation.parameters())

    def theta(self, x):
        """Return the θ float32 [N, 2, 3] that the network chooses for x; the identity where it has no transformer."""
        if self.transformer is None:
            return identity_theta(len(x), x.device)
        x = self._centred(x)
        return self.transformer.theta(self.parts[0](x) if self.options.transformer == "features" else x)

    def forward(self, x):
        o = self.options
        centred = self._centred(x)
        if o.transformer == "input":
            theta = self.transformer.theta(centred)
            # The localisation network is given the same either way; what is warped, and with it the padding, differs.
            warped = self.transformer.transform(centred if o.normalise == "before" else x, theta)
            centred = warped if o.normalise == "before" else self._centred(warped)
        for place, part in enumerate(self.parts):
            centred = part(centred)
            if o.transformer == "features" and place == 0:
                centred = self.transformer(centred)
        return self.classifier(centred)

    def _centred(self, x):
        """Check pictures in 0..1 and bring them to about -2..2."""
        o = self.options
        if tuple(x.shape[1:]) != (o.in_channels, o.image_size, o.image_size) or not x.is_floating_point():
            raise ModelError(
                f"expected pictures as float [N, {o.in_channels}, {o.image_size}, {o.image_size}] in 0..1, found "
                f"{str(x.dtype).removeprefix('torch.')} {list(x.shape)}: resize them, make them grey, divide by 255."
            )
        return (x - 0.5) / 0.25
