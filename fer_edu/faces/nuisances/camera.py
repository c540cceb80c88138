"""From the ideal picture to the one on file: blur, few pixels, contrast, brightness and noise.

The noise of a pixel is a hash of the picture's seed and the pixel's index. So it needs no generator, and a picture that
is drawn again, alone or in another batch, has the same noise.
"""

from dataclasses import dataclass

import torch

from ..rows import Rows

FULL = 48
"""Pixels across that a picture has: blur is measured in these, and a resolution of so many leaves it as it is."""

STEP = -1640531527  # 2^32 / golden ratio, as a signed int32
FIRST_MIX, SECOND_MIX = 0x7FEB352D, 0x846CA68B - 2**32  # multipliers of Wellons's lowbias32
BYTES_STD = ((256**2 - 1) / 3) ** 0.5  # of the sum of four independent bytes, each (256^2 - 1) / 12


@dataclass(frozen=True, eq=False)
class Camera(Rows):
    """How n pictures are taken. float32 [n], but for two int64 [n].

    contrast: factor on the distance from mid grey. brightness: added afterwards. noise: standard deviation, grey levels
    in 0..1. blur: standard deviation of the Gaussian, pixels of a picture 48 across. resolution: int64, pixels across
    that are left, 48 all. seed: int64, of the noise.
    """

    contrast: torch.Tensor
    brightness: torch.Tensor
    noise: torch.Tensor
    blur: torch.Tensor
    resolution: torch.Tensor
    seed: torch.Tensor


def plain(n):
    """Return n cameras that leave a picture as it is."""
    zero, one = torch.zeros(n), torch.ones(n)
    return Camera(one, zero, zero, zero, torch.full((n,), FULL), torch.zeros(n, dtype=torch.int64))


def draw_cameras(n, dials, generator):
    """Draw n cameras within the dials contrast, brightness, noise, blur, low_resolution and resolutions."""
    share = torch.rand(n, 8, generator=generator, dtype=torch.float64)
    drawn = {
        name: (low + (high - low) * share[:, k]).float()
        for k, name in enumerate(("contrast", "brightness", "noise", "blur"))
        for low, high in [getattr(dials, name)]
    }
    sides = torch.tensor(dials.resolutions or (FULL,))
    some = sides[(share[:, 5] * len(sides)).long()]
    resolution = torch.where(share[:, 4] < dials.low_resolution, some, FULL)
    seed = (share[:, 6] * 2**31).long() * 2**32 + (share[:, 7] * 2**32).long()
    return Camera(**drawn, resolution=resolution, seed=seed)


def expose(images, camera):
    """Take pictures: float32 [n, 1, S, S] in 0..1 -> the same, in a new tensor.

    Blur, reduction and enlargement, contrast, brightness, noise, and a clamp, in this order. A step that leaves a
    picture as it is changes no bit of it, and a step that no picture needs is left out.
    """
    size = images.shape[-1]
    values = images
    if bool((camera.blur > 0).any()):
        values = blurred(values, camera.blur)
    for side in camera.resolution.unique().tolist():
        if side < FULL and side < size:
            rows = camera.resolution == side
            values = values.clone() if values is images else values
            values[rows] = reduced(values[rows], side)
    # c (v - 1/2) + 1/2 + b as one line of v, which for c = 1 and b = 0 is v to the bit.
    offset = camera.brightness + (0.5 - 0.5 * camera.contrast)
    values = (values * camera.contrast.view(-1, 1, 1, 1)).add_(offset.view(-1, 1, 1, 1))
    if bool((camera.noise > 0).any()):
        values += grain(camera.seed, size).mul_(camera.noise[:, None]).view_as(values)
    return values.clamp_(0, 1)


def grain(seed, size):
    """Return noise of mean 0 and variance 1 for each pixel, float32 [n, size * size]; seed: int64 [n].

    The sum of a hash's four bytes: nearly Gaussian, but never beyond 3.45 standard deviations and a little flatter
    (excess kurtosis -0.3).
    """
    low, high = seed.contiguous()[:, None].view(torch.int32).unbind(1)
    index = torch.arange(size * size, dtype=torch.int32, device=seed.device) * STEP
    bits = index ^ low[:, None]
    # int32 wraps round, and its >> copies the sign, which the masks take away again.
    bits ^= (bits >> 16) & 0xFFFF
    bits *= FIRST_MIX
    bits += high[:, None]  # a second key: no two pictures' noise is the same sequence shifted
    bits ^= (bits >> 15) & 0x1FFFF
    bits *= SECOND_MIX
    bits ^= (bits >> 16) & 0xFFFF
    pairs = (bits & 0x00FF00FF) + ((bits >> 8) & 0x00FF00FF)
    total = (pairs & 0xFFFF).add_(pairs >> 16)
    return total.float().sub_(510).mul_(1 / BYTES_STD)


def blurred(images, blur):
    """Blur each picture with its own Gaussian, cut off at three standard deviations; the edge repeats outwards."""
    n, _, size, _ = images.shape
    sigma = blur.double() * (size / FULL)
    reach = (3 * sigma).ceil()
    taps = range(1, int(reach.max()) + 1)
    # A tap beyond a picture's own reach weighs 0 and adds 0, so the company it is in changes no bit.
    spread = 2 * sigma.square().clamp(min=1e-12)
    weights = [torch.ones_like(sigma)] + [torch.exp(-(k * k) / spread).where(k <= reach, 0.0) for k in taps]
    whole = torch.ones_like(sigma)
    for weight in weights[1:]:
        whole = whole + 2 * weight
    weights = [(weight / whole).float()[:, None] for weight in weights]
    values = images.view(n, size, size)
    for _ in range(2):  # down the columns, then, transposed, along the rows
        r = len(taps)
        values = torch.cat([values[:, :1].expand(-1, r, -1), values, values[:, -1:].expand(-1, r, -1)], 1).flatten(1)
        shifted = [values[:, k * size : (k + size) * size] for k in range(2 * r + 1)]
        total = shifted[r] * weights[0]
        for k in taps:
            total += (shifted[r - k] + shifted[r + k]).mul_(weights[k])
        values = total.view(n, size, size).transpose(1, 2)
    return values.contiguous().view(n, 1, size, size)


def reduced(images, side):
    """Average pictures [n, 1, S, S] down to side x side, side < S, and enlarge them again, bilinearly."""
    n, _, size, _ = images.shape
    places = torch.arange(side, dtype=torch.float64, device=images.device)
    start, stop = places * size / side, (places + 1) * size / side
    rows = (torch.arange(size, dtype=torch.float64, device=images.device) + 0.5) * side / size - 0.5
    rows = rows.clamp(0, side - 1)
    above = rows.long().clamp(max=max(side - 2, 0))
    share = (rows - above).float()
    values = images.view(n, size, size)
    for _ in range(2):
        small = 0
        for k in range(size // side + 2):
            source = start.long() + k
            # The length of this pixel that lies within the small one's.
            length = (torch.minimum(source + 1.0, stop) - torch.maximum(source.double(), start)).clamp(min=0)
            weight = (length * side / size).float()
            small = small + values[:, :, source.clamp(max=size - 1)] * weight
        left, right = small[:, :, above], small[:, :, (above + 1).clamp(max=side - 1)]
        values = (left + (right - left).mul_(share)).transpose(1, 2)
    return values.contiguous().view(n, 1, size, size)
