"""One call for every map: `explain(model, images, target, method=...)`."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field

import torch

from ..errors import ModelError
from . import by_captum as captum
from .by_captum import Asked
from .inputs import checked, evaluating, forward
from .layer_maps import default_layer, enlarged, layer_of
from .memory import pictures_at_once
from .options import filled, start_of
from .parts import checked_parts, upright_parts
from .refusals import refuse_without_normalise, refuse_without_relus, refuse_without_rules, uncovered
from .shapley import shapley


@dataclass(frozen=True)
class Method:
    """How a method is asked.

    run: from `Asked` and options to maps. defaults: its options. copies: by the options, how many copies of a picture
    pass at once, 0 where the method takes one picture at a time. refuse: called first, with the model, a picture and
    the method's name. asks_layer, asks_parts: what it needs to be told. adds_up: to the logit's difference from what
    its map should add up, "start" (its baseline) or "black", or None where a map has no sum to speak of.
    """

    run: Callable
    defaults: dict = field(default_factory=dict)
    copies: Callable = lambda options: 1
    refuse: Callable | None = None
    asks_layer: bool = False
    asks_parts: bool = False
    adds_up: str | None = None


MEAN = {"baseline": "mean"}
METHODS = {
    "gradient": Method(captum.gradient),
    "gradient x input": Method(captum.gradient_x_input, {"held": False}, adds_up="black"),
    "smoothgrad": Method(
        captum.smoothgrad, {"samples": 24, "noise": 0.1, "seed": 0, "kind": "mean"}, copies=lambda options: 0
    ),
    "integrated gradients": Method(
        captum.integrated_gradients, {"steps": 32} | MEAN, copies=lambda options: options["steps"], adds_up="start"
    ),
    "deeplift": Method(
        captum.deeplift,
        {"held": False} | MEAN,
        # The picture and its baseline, and as much again of what DeepLift keeps of each layer (measured: 1.8 to 3.1).
        copies=lambda options: 4,
        refuse=refuse_without_rules,
        adds_up="start",
    ),
    "guided backprop": Method(captum.guided_backprop, refuse=refuse_without_relus),
    "deconvolution": Method(captum.deconvolution, refuse=refuse_without_relus),
    "gradcam": Method(captum.gradcam, {"relu": False}, asks_layer=True),
    "hirescam": Method(captum.hirescam, {"relu": False}, asks_layer=True),
    "occlusion": Method(captum.occlusion, {"window": 8, "stride": 4} | MEAN),
    "feature ablation": Method(captum.feature_ablation, {"spread": False} | MEAN, asks_parts=True),
    "shapley": Method(shapley, {"spread": True} | MEAN, asks_parts=True, adds_up="start"),
}


@dataclass(frozen=True, eq=False)
class Explanation:
    """Maps, and how they came about.

    maps: float32 [N, H, W] on the CPU; positive pixels speak for the class. method: its name. target: int64 [N], the
    class that was asked about. logits: float32 [N, classes], the model's answers. layer: the layer that was asked, of
    GradCAM and HiResCAM. gap: float32 [N], sum of the map - (logit(picture) - logit(baseline)), for methods whose map
    should add up. notes: sentences on what to know about these maps. options: the options that were used.
    """

    maps: torch.Tensor
    method: str
    target: torch.Tensor
    logits: torch.Tensor
    layer: str | None
    gap: torch.Tensor | None
    notes: tuple
    options: dict


def methods():
    """Return the names of the methods that `explain` knows."""
    return tuple(METHODS)


def explain(model, images, target=None, method="gradient", layer=None, parts=None, memory=256, **options):
    """Which pixels speak for a class? One signed map a picture, by one of twelve methods.

    model: a network from float [N, C, H, W] in 0..1 to logits; it comes back as it was. images: uint8 [N, 1, 48, 48],
    or float of that shape in 0..1. target: the class, an int or one a picture, or None for the model's own answers.
    layer: for GradCAM and HiResCAM, a name out of `layers(model)`; None for `default_layer`. parts: for feature
    ablation and Shapley values, int64 [N, H, W], as `parts_of(faces)` gives them; None for the template
    `upright_parts`. memory: MiB that the batches may take, beside the pictures and the maps. Options, with defaults:

        gradient                                              logits per unit of brightness, 0 black to 1 white
        gradient x input        held=False                    logits; its gap is against a black picture
        smoothgrad              samples=24, noise=0.1, seed=0, kind="mean"    as the gradient; kind="squared": no sign
        integrated gradients    steps=32, baseline="mean"     logits, which add up
        deeplift                baseline="mean", held=False   logits, which add up where its rules cover the network
        guided backprop, deconvolution                        no unit of their own
        gradcam, hirescam       relu=False                    True cuts off what is negative, as GradCAM was published
        occlusion               window=8, stride=4, baseline="mean"   logits: mean fall over a pixel's windows
        feature ablation        baseline="mean", spread=False         logits: the fall without the pixel's part
        shapley                 baseline="mean", spread=True          logits, which add up

    baseline is what stands for nothing there: "mean" (each picture's own mean grey), "black", "grey", "white", a number
    in 0..1, or pictures. noise is a deviation in units of brightness. spread divides a part's value by its number of
    pixels. held=True asks a network that normalises its pictures about the normalised ones, with mean and deviation
    held: see `by_captum.as_seen`. Maps of layers are enlarged bilinearly and, behind a transformer, turned back into
    the picture's frame.
    A picture of one even grey has a map of zeros. Returns an `Explanation`. Raises ModelError for what does not fit,
    and for a network that the method cannot explain.
    """
    if method not in METHODS:
        raise ModelError(f"expected a method out of {', '.join(METHODS)}, found {method!r}: use one of those.")
    how = METHODS[method]
    for name, value, asked in (("layer", layer, how.asks_layer), ("parts", parts, how.asks_parts)):
        if value is not None and not asked:
            others = " and ".join(other for other in METHODS if getattr(METHODS[other], f"asks_{name}"))
            raise ModelError(f"expected no {name} for {method}, found some: only {others} ask about {name}.")
    # Maps need gradients, also where the caller has switched them off.
    with torch.inference_mode(False), torch.enable_grad(), evaluating(model):
        x, target, logits = checked(model, images, target)
        size = tuple(x.shape[1:])
        chosen = filled(how.defaults, options, method, size)
        if chosen.get("held"):
            refuse_without_normalise(model)
        start = start_of(model, x, chosen.get("baseline", "mean"))
        if how.refuse is not None:
            how.refuse(model, x[:1], method)
        if how.asks_layer:
            layer = default_layer(model, size) if layer is None else layer
        template = how.asks_parts and parts is None
        if how.asks_parts:
            parts = checked_parts(upright_parts(len(x)) if template else parts, x).to(x.device)
        module = layer_of(model, layer, size) if how.asks_layer else None
        room = pictures_at_once(model, size, memory)
        copies = how.copies(chosen)
        batch = max(1, room // copies) if copies else 1
        passed = {name: value for name, value in chosen.items() if name != "baseline"}
        maps = []
        for some in (slice(at, at + batch) for at in range(0, len(x), batch)):
            own = x[some].clone().requires_grad_()  # with weights held, a layer's gradient needs one that wants it
            asked = Asked(model, own, target[some], start[some], None if parts is None else parts[some], module, room)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # Captum says that it sets hooks
                found = how.run(asked, **passed).detach()
            maps.append(enlarged(model, x[some], layer, found) if how.asks_layer else found.sum(1))
        small = tuple(found.shape[2:])
        maps = torch.cat(maps)
        even = x.flatten(1).amax(1) == x.flatten(1).amin(1)
        maps[even] = 0
        _refuse_nan(maps)
        gap = None
        if how.adds_up is not None:
            nothing = start if how.adds_up == "start" else torch.zeros_like(x)
            rise = (logits - forward(model, nothing)).gather(1, target.cpu()[:, None])[:, 0]
            gap = (maps.double().sum((1, 2)).cpu() - rise).float()
    notes = tuple(_notes(model, method, layer, small, template, chosen, int(even.sum()), len(x)))
    return Explanation(maps.float().cpu(), method, target.cpu(), logits, layer, gap, notes, chosen)


def _notes(model, method, layer, small, template, options, even, n):
    """Yield what a reader of these maps has to know."""
    if even:
        yield f"{even} of {n} pictures are of one even grey: there is nothing to point at, and their maps are zeros."
    if layer is not None:
        yield f"The maps of {layer} are {small[0]} x {small[1]}, enlarged: finer detail is not in them."
        if not options["relu"]:
            yield "Negative values are kept: those places speak against the class."
    if method == "gradient x input":
        yield (
            "The map adds up to logit(picture) - logit(black) only in a network of straight pieces without biases; the "
            "gap says how far from it this one is."
        )
    if method == "deeplift" and uncovered(model, options["held"]):
        missing = " and ".join(uncovered(model, options["held"]))
        yield f"DeepLift has no rule for {missing}: see the gap for what is missing."
    if template:
        yield "The parts are those of an upright drawn face: give parts=parts_of(faces) where the true ones are known."
    if options.get("kind") == "squared":
        yield "Squares have no sign: the map does not say whether a pixel speaks for the class or against it."


def _refuse_nan(maps):
    wrong = int((~maps.flatten(1).isfinite().all(1)).sum())
    if wrong:
        raise ModelError(
            f"expected maps of numbers, found NaN or infinity in {wrong} of {len(maps)}: the network's gradient is not "
            "defined there, take occlusion, which needs none."
        )
