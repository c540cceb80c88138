"""Where does each output pixel look? θ and the grid that it makes (Eqs. 1 and 2)."""

import torch

HALF = (torch.float16, torch.bfloat16)
"""Too coarse for coordinates, which are raised to float32: below 1 a bfloat16 step is a tenth of a pixel of 48."""


def identity_theta(n=1, device=None, dtype=torch.float32):
    """Return n identity transforms [n, 2, 3] (Eq. 1): every output pixel looks at its own place."""
    return torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], device=device, dtype=dtype).repeat(n, 1, 1)


def pixel_centres(n, align_corners=False, device=None, dtype=torch.float32):
    """Return the normalised coordinates [n] of the centres of a row of n pixels.

    With align_corners=False they run from -1 + 1/n to 1 - 1/n, with True from -1 to 1.
    A single pixel has its centre at 0 under both, as in torch.
    """
    if align_corners:
        return (
            torch.linspace(-1, 1, n, device=device, dtype=dtype)
            if n > 1
            else torch.zeros(1, device=device, dtype=dtype)
        )
    return (torch.arange(n, device=device, dtype=dtype) * 2 + 1) / n - 1


def to_pixels(coordinate, n, align_corners=False):
    """Turn normalised coordinates into pixel indices along a side of n pixels: 0.0 is the first pixel's centre."""
    if align_corners:
        return (coordinate + 1) / 2 * (n - 1)
    return ((coordinate + 1) * n - 1) / 2


def to_normalised(pixel, n, align_corners=False):
    """Turn pixel indices along a side of n pixels into normalised coordinates: the inverse of `to_pixels`.

    With align_corners=True a single pixel has no length to measure in, and every index of it is 0.
    """
    if align_corners:
        return pixel * 2 / (n - 1) - 1 if n > 1 else pixel * 0
    return (pixel * 2 + 1) / n - 1


def target_points(height, width, align_corners=False, device=None, dtype=torch.float32):
    """Return (x_t, y_t, 1) of every output pixel, [H, W, 3]: the right-hand side of Eq. 2."""
    x = pixel_centres(width, align_corners, device, dtype)
    y = pixel_centres(height, align_corners, device, dtype)
    target_y, target_x = torch.meshgrid(y, x, indexing="ij")
    return torch.stack([target_x, target_y, torch.ones_like(target_x)], dim=-1)


def affine_grid(theta, size, align_corners=False):
    """For each output pixel, the place in the input where it looks: (x_s, y_s) = θ · (x_t, y_t, 1), Eq. 2.

    theta: [N, 2, 3], output -> input in normalised coordinates; half precision is raised to float32, in which 1/48
        of a picture is still a pixel.
    size: (N, C, H, W) of the output; C is not used.
    align_corners: what -1 and 1 mean, see the package's convention.
    Returns the grid [N, H, W, 2] of (x, y), equal to torch.nn.functional.affine_grid.
    Raises ValueError where theta is not [N, 2, 3] with the N of `size`.
    """
    n, _, height, width = size
    if tuple(theta.shape) != (n, 2, 3):
        raise ValueError(
            f"expected theta of shape [{n}, 2, 3] for an output of {n} pictures, found {list(theta.shape)}: "
            "give one 2 x 3 matrix a picture."
        )
    if theta.dtype in HALF:
        theta = theta.float()
    target = target_points(height, width, align_corners, theta.device, theta.dtype)
    return torch.einsum("nij,hwj->nhwi", theta, target)


def theta_gradient(grid_gradient, align_corners=False):
    """Carry a gradient from the grid back to θ: ∂L/∂θ = Σ over output pixels of ∂L/∂(x_s, y_s) · (x_t, y_t, 1).

    grid_gradient: ∂L/∂grid, [N, H, W, 2]. Returns [N, 2, 3], what autograd gives through `affine_grid`: every pixel
    pulls at its point of the grid, and a pixel far from the middle has a long lever.
    """
    height, width = grid_gradient.shape[1:3]
    target = target_points(height, width, align_corners, grid_gradient.device, grid_gradient.dtype)
    return torch.einsum("nhwi,hwj->nij", grid_gradient, target)
