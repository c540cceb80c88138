"""What the network's first transformer makes of a crop: where it looks, and what it sees there."""

import torch

from ..geometry import affine_grid, bilinear_sample
from ..saliency.where import thetas_of, transformers
from .judging import network


def unwarp(crops, model=None):
    """Return (theta float32 [N, 2, 3], pictures float32 [N, 1, 48, 48] in 0..1) of the first transformer, or None.

    crops: uint8 [N, 1, 48, 48]. model: as for `judge`. None where the network has no transformer.
    """
    net, _ = network(model)
    device = next(net.parameters()).device
    x = crops.float() / 255
    thetas = thetas_of(net, x.to(device))
    if not thetas:
        return None
    theta = thetas[0].detach().float().cpu()
    with torch.no_grad():
        outside = transformers(net)[0].padding_mode
        return theta, bilinear_sample(x, affine_grid(theta, x.shape), padding_mode=outside)
