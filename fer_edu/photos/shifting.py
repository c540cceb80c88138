"""How often does the network change its mind when the box moves by a pixel or two?"""

from dataclasses import dataclass

import torch

from ..errors import PhotoError
from ..models import predict
from .framing import FRAME, crop
from .judging import network


@dataclass(frozen=True, eq=False)
class Shifts:
    """The answers for all shifts of a box: answers int64 [S, S] (row: down, column: right), the middle one unmoved.

    pixels: the largest shift, in pixels of the 48 x 48 picture. classes: the names.
    """

    answers: torch.Tensor
    pixels: int
    classes: tuple

    @property
    def middle(self):
        """The answer of the box as it is, a class's number."""
        return self.answers[self.pixels, self.pixels].item()

    @property
    def others(self):
        """How many of the shifted boxes get another answer."""
        return int((self.answers != self.middle).sum())

    @property
    def share(self):
        """The share of the shifted boxes that get another answer, 0..1."""
        return self.others / (self.answers.numel() - 1)


def changes_of_mind(photo, box, model=None, pixels=2, margin=FRAME):
    """Return the `Shifts` of a box by up to `pixels` pixels of the network's picture: 24 shifts for 2.

    photo, box, margin: as for `crop`. model: as for `judge`. Each look is cut from the photo anew, so that it shows at
    the edge what the photo has there. Raises PhotoError, ModelError.
    """
    if isinstance(pixels, bool) or not isinstance(pixels, int) or not 1 <= pixels <= 8:
        raise PhotoError(f"expected 1 to 8 pixels, found {pixels!r}: 2 is what was measured on PublicTest.")
    net, classes = network(model)
    steps = range(-pixels, pixels + 1)
    crops = torch.cat([crop(photo, box, margin, (right, down)) for down in steps for right in steps])
    answers = predict(net, crops).argmax(1)
    return Shifts(answers.reshape(len(steps), len(steps)), pixels, classes)
