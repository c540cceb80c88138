"""Claims about the network: its layers, its parameters, its equations and how it starts."""

import torch

from .. import models
from ..geometry import affine_grid, bilinear_sample, build_theta, identity_theta, to_pixels
from . import ours
from .claim import CONTRADICTS, HOLDS, NOT_REPRODUCED, OPEN, REPRODUCED, RESERVED, question

TOPIC = "the network"


def picture():
    """Return the same two small pictures of noise each time, float32 [2, 1, 9, 8] in 0..1."""
    return torch.rand(2, 1, 9, 8, generator=torch.Generator().manual_seed(10))


@question(
    "Only 4 convolutional layers",
    "section 6; sections 2.1 and 3.1",
    "only 4 convolutional layers instead of others' equal to or more than 10",
    TOPIC,
)
def convolutions(paper):
    """Add the convolutions that section 3 describes; count those of the network that we build from it."""
    baseline = int(paper.number("baseline", "convolutions"))
    localisation = int(paper.number("localisation", "convolutions"))
    described = baseline + 2 * (localisation + 1)  # each SDL part: its localisation network and one of its own
    built = sum(isinstance(m, torch.nn.Conv2d) for m in models.create("sdl-small").modules())
    claimed = int(paper.number("size", "convolutions"))
    return (
        HOLDS if described == claimed else CONTRADICTS,
        {"claimed": claimed, "described": described, "built": built},
        f"{baseline} in the baseline, one in each of the two SDL parts and {localisation} in each of their "
        f"localisation networks make {described}; {claimed} are those of the baseline alone, and section 2.1 says that "
        f"[17] has less than {paper.number('attentional', 'layers')} layers, too.",
    )


@question(
    "Smaller than most, computationally simpler",
    "section 6",
    "Our model is smaller in size than most other CNN models",
    TOPIC,
)
def size(paper):
    """Look for a number of parameters or operations in the text; count three networks that fit the description."""
    counts = {
        name: sum(p.numel() for p in models.create(name).parameters()) for name in ("sdl-small", "sdl", "sdl-wide")
    }
    return (
        OPEN,
        counts,
        "No number of parameters or operations and no width of any layer is printed; networks that fit the text have "
        f"{counts['sdl-small']:,} to {counts['sdl-wide']:,} parameters, all far fewer than AlexNet's 61 million.",
    )


@question(
    "AlexNet's first layer: 105,705,600 parameters",
    "section 2.7",
    "a total of 105705600 (=290400x364) parameters",
    TOPIC,
)
def alexnet(paper):
    """Check the arithmetic; build the layer and count its parameters."""
    n = {name: int(paper.number("alexnet", name)) for name in paper.statement("alexnet").numbers}
    sound = n["side"] ** 2 * n["kernels"] == n["neurons"] and n["neurons"] * (n["weights"] + 1) == n["parameters"]
    layer = torch.nn.Conv2d(n["colours"], n["kernels"], n["kernel"], stride=4)
    counted = sum(p.numel() for p in layer.parameters())
    return (
        REPRODUCED if counted == n["parameters"] else NOT_REPRODUCED,
        {"printed": n["parameters"], "counted": counted, "ratio": round(n["parameters"] / counted)},
        f"The product is {'right' if sound else 'wrong'}, but a convolution shares its weights over all {n['side']} x "
        f"{n['side']} places: the layer has {counted:,}; none of the paper's own results hangs on it.",
    )


@question(
    "Eq. 1: the identity changes nothing",
    "section 3.1, Eq. 1",
    "the output of the same data using the identity matrix",
    TOPIC,
)
def identity(paper):
    """Look through the identity θ at two pictures; compare with the pictures."""
    image = picture()
    seen = bilinear_sample(image, affine_grid(identity_theta(2), image.shape))
    error = (seen - image).abs().max().item()
    return (
        REPRODUCED if error < 1e-5 else NOT_REPRODUCED,
        {"largest error": error},
        "The pictures come back to within rounding, if grid and sampler read the coordinates alike (notebook 02).",
    )


@question(
    "Eq. 3 is bilinear sampling",
    "section 3.1, Eq. 3",
    "the differentiable interpolation function (e.g. bilinear)",
    TOPIC,
)
def sampling(paper):
    """Compute Eq. 3's sum over all pixels as it is printed; compare with torch.nn.functional.grid_sample."""
    image, theta = picture(), build_theta(25.0, 0.9, 0.0, (0.1, -0.2)).expand(2, 2, 3)
    grid = affine_grid(theta, image.shape)
    x, y = to_pixels(grid[..., 0], 8, False), to_pixels(grid[..., 1], 9, False)
    across = (1 - (x[..., None] - torch.arange(8)).abs()).clamp(min=0)
    down = (1 - (y[..., None] - torch.arange(9)).abs()).clamp(min=0)
    summed = torch.einsum("bcnm,bijn,bijm->bcij", image, down, across)
    error = (summed - torch.nn.functional.grid_sample(image, grid, align_corners=False)).abs().max().item()
    return (
        REPRODUCED if error < 1e-5 else NOT_REPRODUCED,
        {"largest error": error},
        "The printed sum gives torch's bilinear sampler to within rounding.",
    )


@question(
    "Gaussian weights and a θ that starts at the identity",
    "section 3.1, Eq. 1; section 5",
    "starting weights were random Gaussian numbers ... standard deviation of 0.05",
    TOPIC,
)
def start(paper):
    """Draw all weights from N(0, 0.05²), biases 0; measure how far θ is from Eq. 1."""
    deviation = float(paper.number("recipe", "deviation"))
    generator = torch.Generator().manual_seed(10)
    model = models.gaussian_start(models.create("sdl-small"), deviation, generator)
    last = model.sdl1.transformer.localisation.head[-1]
    x = torch.rand(16, 1, 48, 48, generator=generator)
    with torch.no_grad():
        last.weight.normal_(0, deviation, generator=generator)
        last.bias.zero_()
        theta = model.sdl1.transformer.theta(model.normalise(x))
    far = (theta - identity_theta(16)).flatten(1).norm(dim=1).mean().item()
    return (
        HOLDS if far < 0.1 else OPEN,
        {"|θ - I|": round(far, 2), "|I|": round(2**0.5, 2)},
        f"To the letter, θ starts near zero (|θ - I| = {far:.2f}), a look at one point in the middle; to start at the "
        "identity, as Eq. 1 wants, the last layer must be an exception, which the text does not mention.",
    )


@question(
    "Eq. 6 is AdamW's weight decay",
    "section 3.1, Eqs. 5 and 6",
    "the weight decay (in eq. (6)) changed according to the equation 5",
    TOPIC,
)
def weight_decay(paper):
    """Differentiate Eq. 5 by autograd; add up the gradient; compare with Eq. 6."""
    strengths = [float(paper.number("recipe", name)) for name in ("lambda1", "lambda2")]
    generator = torch.Generator().manual_seed(10)
    weights = [torch.randn(4, 5, generator=generator, requires_grad=True) for _ in strengths]
    sum(0.5 * s * (w**2).sum() for s, w in zip(strengths, weights, strict=True)).backward()
    added = sum(w.grad.sum().item() for w in weights)
    printed = sum(s * w.sum().item() for s, w in zip(strengths, weights, strict=True))
    apart = abs(added - printed)
    return (
        RESERVED if apart < 1e-5 else CONTRADICTS,
        {"Eq. 5's gradient, added up": round(added, 4), "Eq. 6": round(printed, 4)},
        "Eq. 6 is Eq. 5's gradient added up to one number; what shrinks each weight is its own λw, and AdamW's decay "
        "is a third thing, apart from the loss (notebook 06); 'constant' (section 5) and 'changed' (section 3) do not "
        "fit either.",
    )


@question(
    "Two transformers make a small network accurate",
    "section 1",
    "by employing STN, even a simple network with a few layers can achieve a very high accuracy",
    TOPIC,
)
def transformers(paper):
    """Read our ablation: with both transformers against none, paired over five seeds."""
    gain, half = ours.difference("ablation", "both transformers", "no transformer")
    row = ours.sweep("ablation", "both transformers")
    return (
        REPRODUCED if gain - half > 0 else NOT_REPRODUCED,
        {"gain, points": round(gain, 2), "±": round(half, 2), "accuracy, %": round(row.mean, 1)},
        f"With both transformers against none: {gain:+.1f} ± {half:.1f} points, {row.what}; a longer training of a "
        "larger network may say otherwise, and the paper prints no run without them.",
    )


QUESTIONS = (convolutions, size, alexnet, identity, sampling, start, weight_decay, transformers)
