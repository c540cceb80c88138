"""From a set of uint8 pictures to logits."""

import torch


@torch.inference_mode()
def predict(model, images, batch_size=512):
    """Return the logits float32 [N, classes], on the CPU, of uint8 pictures [N, 1, 48, 48].

    The model is put into evaluation mode (dropout off, batch normalisation by its running statistics) and back.
    It runs in float32 on the device on which its weights lie, so that a score does not hang on the precision.
    """
    device = next(model.parameters()).device
    was_training = model.training
    model.eval()
    try:
        parts = [model(batch.to(device).float() / 255).cpu() for batch in images.split(batch_size)]
    finally:
        model.train(was_training)
    return torch.cat(parts)
