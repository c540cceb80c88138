"""Gradient play: be the optimiser, and un-warp a face one step of θ at a time."""

import math
import time

import ipywidgets
import torch
from torch.nn import functional

from .. import plots
from ..errors import DataError
from ..geometry import affine_grid, bilinear_sample, build_theta, decompose_theta, identity_theta, invert
from .descent_picture import draw
from .view import View, one_thread, slider

STEPS = 30  # of one "descend"
SAME = (0.1 / 255) ** 2  # a loss of a tenth of a grey level: below it the gradient is rounding, and no step is made

# Over the output, (x, y, 1) have the mean squares 1/3, 1/3 and 1: see DescentState.
EVEN = torch.tensor([3.0, 3.0, 1.0])


class DescentState:
    """A picture, a target, and a look θ that descends to where it sees the target.

    image: float [1, H, W], 0..1. target: float [1, H, W] of the same size: what θ should see. theta: float [2, 3],
    where the descent starts; None is the identity. rate: length of a step in pixels. blur: in pixels, the standard
    deviation of a Gaussian that is laid over both pictures. truth: the θ [2, 3] to arrive at, or None; `error`
    measures against it.

    The loss L is the mean squared difference between what θ sees and the target; ∂L/∂θ comes from autograd through
    `fe.geometry`. The six numbers of θ have different effects: the shift moves every point of the look, the other four
    move a point in proportion to its distance from the middle, by a mean square of 1/3. So the step is not -∂L/∂θ
    itself but -(3, 3, 1) · ∂L/∂θ, column by column: of all small changes that move the points equally far, in root mean
    square, it lowers the loss the most. Its length is set to `rate`, halved after each step that raised the loss, and
    grows by a tenth after each that did not, up to `rate`.

    steps: how many were made. history: the losses since the last start or change of the blur, the present one last.
    """

    def __init__(self, image, target, theta=None, rate=1.5, blur=0.0, truth=None):
        for picture in (image, target):
            if not picture.is_floating_point() or picture.dim() != 3 or picture.shape != (1, *target.shape[1:]):
                raise DataError(
                    f"expected image and target as float [1, H, W], found {image.dtype} {list(image.shape)} and "
                    f"{target.dtype} {list(target.shape)}: divide uint8 by 255."
                )
        self.image, self.target = image, target
        self.start = (identity_theta()[0] if theta is None else theta.detach().float()).reshape(2, 3)
        self.rate, self._blur = rate, blur
        self.truth = None if truth is None else truth.reshape(2, 3)
        self.start_over()

    @classmethod
    def turned(cls, face, rotation=20.0, shift=(0.1, -0.05), **keywords):
        """Return the state for a face that was turned and shifted: the descent is to find it as it was.

        face: [1, H, W], uint8 or float in 0..1; it is the target. rotation (degrees) and shift: of the look that sees
        it upright again. keywords: as for the class.
        """
        target = face.float() / 255 if face.dtype == torch.uint8 else face
        truth = build_theta(rotation, shift=shift)
        grid = affine_grid(invert(truth), (1, *target.shape))
        return cls(bilinear_sample(target[None], grid, padding_mode="border")[0], target, truth=truth, **keywords)

    def start_over(self, theta=None):
        """Go back to the start, or to another one, θ [2, 3]."""
        self.start = self.start if theta is None else theta.reshape(2, 3)
        self.theta, self.steps = self.start.clone(), 0
        self._look_again()

    def _look_again(self):
        """Blur both pictures and begin a new history: losses under two blurs do not compare."""
        self.pictures = blurred(torch.stack([self.image, self.target]), self._blur)
        self.damping = 1.0
        self._measure()
        self.history = [self.loss]

    @property
    def blur(self):
        return self._blur

    @blur.setter
    def blur(self, pixels):
        self._blur = pixels
        self._look_again()

    def _measure(self):
        """See what θ sees, [1, H, W], and measure the loss and ∂L/∂θ, [2, 3], there."""
        image, target = self.pictures
        theta = self.theta.clone().requires_grad_()
        grid = affine_grid(theta[None], (1, *target.shape))
        seen = bilinear_sample(image[None], grid, padding_mode="border")[0]
        loss = ((seen - target) ** 2).mean()
        (self.gradient,) = torch.autograd.grad(loss, theta)
        self.seen, self.loss = seen.detach(), loss.item()

    @property
    def length(self):
        """How far the next step moves the look's points, in pixels, root mean square; 0 where nothing differs."""
        return self.rate * self.damping if self.loss > SAME else 0.0

    @property
    def change(self):
        """What the next step adds to θ, [2, 3]; zeros where the gradient is zero."""
        direction = -EVEN * self.gradient
        moved = (direction**2 / EVEN).sum().sqrt().item()  # of the points, normalised, root mean square
        if moved == 0:
            return torch.zeros(2, 3)
        return direction * (self.length / (max(self.target.shape) / 2) / moved)

    def step(self):
        """Make one step of θ downhill."""
        before = self.loss
        self.theta = self.theta + self.change
        self._measure()
        self.damping = self.damping / 2 if self.loss > before else min(self.damping * 1.1, 1.0)
        self.steps += 1
        self.history.append(self.loss)

    @property
    def error(self):
        """Mean distance, in pixels, of the look's four corners from where the truth has them; None without a truth."""
        if self.truth is None:
            return None
        size = self.target.shape[-2:]
        return (plots.corners(self.theta, *size) - plots.corners(self.truth, *size)).norm(dim=1).mean().item()

    def describe(self):
        steps = f"{self.steps} step{'' if self.steps == 1 else 's'}"
        off = "" if self.error is None else f"; the corners are {self.error:.1f} pixels from where they should be"
        (a, b, x), (c, d, y) = [[round(value, 2) + 0.0 for value in row] for row in self.theta.tolist()]
        return (
            f"After {steps}: loss {self.loss:.5f}, θ = [[{a:.2f}, {b:.2f}, {x:.2f}], [{c:.2f}, {d:.2f}, {y:.2f}]]; "
            f"the next step is {self.length:.2f} pixels long{off}."
        )

    def png(self):
        """Return the look and its next step, what it sees, the target, the difference and the loss, as PNG bytes."""
        return draw(self)


class GradientPlay(View):
    """Buttons for one step, for a descent and for starting over; sliders for step, blur and start; and the picture."""

    def __init__(self, state):
        parts = decompose_theta(state.start[None])
        self.starts = {
            "rotation": slider("start: rotation (°)", -90, 90, 1, round(parts.rotation.item())),
            "shift_x": slider("start: shift x", -0.8, 0.8, 0.01, round(parts.shift[0, 0].item(), 2), ".2f"),
            "shift_y": slider("start: shift y", -0.8, 0.8, 0.01, round(parts.shift[0, 1].item(), 2), ".2f"),
        }
        controls = {
            "rate": slider("step (pixels)", 0.1, 6, 0.1, state.rate, ".1f"),
            "blur": slider("blur (pixels)", 0, 6, 0.5, state.blur, ".1f"),
            **self.starts,
        }
        super().__init__(state, controls)
        self.pause = 0.05  # seconds a step of a descent takes at least, so that it can be watched
        self.buttons = {
            "one step": self.step,
            "descend": self.descend,
            "start over": self.start_over,
        }
        row = []
        for name, action in self.buttons.items():
            button = ipywidgets.Button(description=name, button_style="primary" if name == "one step" else "")
            button.on_click(lambda _, action=action: action())
            row.append(button)
        sliders, *rest = self.children
        self.children = (sliders, ipywidgets.HBox(row), *rest)

    def _moved(self, name, value):
        if name in self.starts:
            shift = self.starts["shift_x"].value, self.starts["shift_y"].value
            self.state.start_over(build_theta(self.starts["rotation"].value, shift=shift))
            self.redraw()
        else:
            super()._moved(name, value)

    def step(self):
        """Make one step and draw it."""
        with one_thread():
            self.state.step()
            self.redraw()

    def descend(self):
        """Make 30 steps, fewer where they have become too short to see, and draw each."""
        for _ in range(STEPS):
            began = time.perf_counter()
            self.step()
            if self.state.length < 0.01:
                break
            time.sleep(max(0.0, self.pause - (time.perf_counter() - began)))

    def start_over(self):
        """Go back to the start and draw it."""
        self.state.start_over()
        self.redraw()

    def walk(self):
        """Move every slider and press every button; return how many pictures that drew. It ends at the start."""
        kept, self.pause = self.pause, 0.0
        start = self.state.start
        drawn = super().walk()
        self.state.start_over(start)  # the sliders know its rotation and shift, not its scale
        for action in self.buttons.values():
            before = self.state.steps
            action()
            drawn += max(self.state.steps - before, 1)
        self.pause = kept
        return drawn


def blurred(pictures, pixels):
    """Return pictures [N, 1, H, W] under a Gaussian with a standard deviation of `pixels`, the border repeated."""
    if pixels == 0:
        return pictures
    reach = math.ceil(3 * pixels)
    kernel = torch.exp(-0.5 * (torch.arange(-reach, reach + 1) / pixels) ** 2)
    kernel = (kernel / kernel.sum()).to(pictures.dtype)
    wide = functional.pad(pictures, (reach, reach, reach, reach), mode="replicate")
    return functional.conv2d(functional.conv2d(wide, kernel.view(1, 1, 1, -1)), kernel.view(1, 1, -1, 1))
