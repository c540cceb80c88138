"""Two maps by Captum, for pictures as a FaceSet holds them."""

import torch

from ..models import predict


def gradient(model, images, target=None):
    """How strongly does each pixel move the score? |∂ logit / ∂ pixel| (Simonyan et al. 2014), by Captum.

    images: uint8 [N, 1, H, W]. target: int64 [N], whose logit is asked about, or None for the model's own answer.
    Returns float32 [N, H, W] >= 0, on the CPU, in logits per unit of brightness (0 black, 1 white). The model is put
    into evaluation mode and back.
    """
    from captum.attr import Saliency

    return _attribute(model, images, target, lambda x, labels: Saliency(model).attribute(x, target=labels, abs=True))


def integrated_gradients(model, images, target=None, baseline=None, steps=32):
    """How much did each pixel add to the score on the way from a baseline? (Sundararajan et al. 2017), by Captum.

    images, target: as for `gradient`. baseline: float [N, 1, H, W] in 0..1, or None for each picture's own mean grey.
    steps: points of the path at which the gradient is taken.
    Returns float32 [N, H, W], on the CPU: positive pixels speak for the class. A map adds up, but for the error of the
    sum over steps, to logit(picture) - logit(baseline).
    """
    from captum.attr import IntegratedGradients

    def attribute(x, labels):
        start = x.mean(dim=(1, 2, 3), keepdim=True).expand_as(x) if baseline is None else baseline.to(x)
        return IntegratedGradients(model).attribute(x, baselines=start, target=labels, n_steps=steps)

    return _attribute(model, images, target, attribute)


def _attribute(model, images, target, attribute):
    """Call attribute(x float [N, 1, H, W] in 0..1, labels) in evaluation mode and return its map [N, H, W]."""
    labels = predict(model, images).argmax(1) if target is None else torch.as_tensor(target)
    device = next(model.parameters()).device
    was_training = model.training
    model.eval()
    try:
        x = (images.to(device).float() / 255).requires_grad_()
        return attribute(x, labels.to(device)).detach().float().sum(dim=1).cpu()
    finally:
        model.train(was_training)
