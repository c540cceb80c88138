"""What a transformer does while its network learns: the same pictures looked at after every epoch."""

from dataclasses import dataclass

import torch

from ..geometry import affine_grid, bilinear_sample, identity_theta


@dataclass(frozen=True)
class Glance:
    """One look at the watched pictures. epoch: 0 is before training. theta: float32 [n, 2, 3], on the CPU.

    distance: mean over the pictures of |θ - I|, the Euclidean norm of the six differences; 0 looks straight ahead.
    outside: share of all sampled points that lie outside the picture, 0..1.
    """

    epoch: int
    theta: torch.Tensor
    distance: float
    outside: float


class Watch:
    """Keep θ of some pictures, before training and after each epoch: give it to `fit` as `on_epoch`.

    model: a network with `theta(x)`. images: uint8 [n, 1, S, S], the pictures to watch. also: another function to call
    with each epoch's line, such as a live view, or None. `glances` holds a `Glance` an epoch, from epoch 0 on.
    """

    def __init__(self, model, images, also=None):
        self.model, self.images, self.also = model, images, also
        self.glances = [self.glance(0)]

    def __call__(self, row):
        self.glances = [g for g in self.glances if g.epoch < row["epoch"]]  # a resumed run tells an epoch anew
        self.glances.append(self.glance(row["epoch"]))
        if self.also is not None:
            self.also(row)

    @torch.inference_mode()
    def glance(self, epoch):
        """Return what the transformer does now with the watched pictures."""
        training, device = self.model.training, next(self.model.parameters()).device
        self.model.eval()
        theta = self.model.theta(self.images.to(device).float() / 255).float().cpu()
        self.model.train(training)
        return Glance(
            epoch, theta, (theta - identity_theta()).flatten(1).norm(dim=1).mean().item(), share_outside(theta)
        )

    def seen(self, glance, some=slice(None)):
        """Return what a `Glance` sees of the watched pictures, uint8, of their shape; the border repeats outside.

        some: which of the pictures, a slice or a list of indices.
        """
        images = self.images[some]
        grid = affine_grid(glance.theta[some], images.shape)
        return bilinear_sample(images.float(), grid, padding_mode="border").round().to(torch.uint8)

    def column(self, name):
        """Return "epoch", "distance" or "outside" of every glance, as a list."""
        return [getattr(glance, name) for glance in self.glances]


def share_outside(theta, size=48):
    """Return the share, 0..1, of the points that looks θ [n, 2, 3] sample, at size x size, outside the picture."""
    grid = affine_grid(theta, (len(theta), 1, size, size))
    # What is no number lies nowhere, which is not inside.
    return 1 - ((grid.abs() <= 1).all(dim=-1)).float().mean().item()
