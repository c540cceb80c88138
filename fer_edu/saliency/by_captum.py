def gradient(model, x, target):
    from captum.attr import Saliency

    return Saliency(model).attribute(x, target=target, abs=False)

METHODS = {"gradient": gradient}
