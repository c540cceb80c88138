"""The steps of several networks of one kind at once, by stacked weights: each parameter is [seeds, ...].

torch's `vmap` runs the network once over the stack, so that a GPU starts as many kernels as for one network, each with
more to do; `vmap` answers for a seed what the network alone would, batch normalisation's running values included.
"""

import copy
from functools import partial

import numpy
import torch
from torch import nn
from torch.func import functional_call, stack_module_state, vmap
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from ..data.augmentation import augment
from ..data.mixing import draw_mix, mix_pictures
from ..data.sampling import epoch_indices
from ..geometry import theta_gradient
from .steps import Steps, state_of


def stack(models):
    """Return a network whose parameters and buffers are those of the models, stacked. Only `each` can call it."""
    stacked = copy.deepcopy(models[0])
    parameters, buffers = stack_module_state(models)
    for name, value in (parameters | buffers).items():
        module, _, leaf = name.rpartition(".")
        if name in parameters:
            value = nn.Parameter(value.detach().contiguous(), requires_grad=value.requires_grad)
        setattr(stacked.get_submodule(module), leaf, value)
    return stacked


def each(network, x):
    """Return the logits [seeds, N, classes] of each of a stack of networks.

    x: float [seeds, N, 1, 48, 48], of each its own pictures, or [N, 1, 48, 48], the same for all.
    """

    def one(parameters, buffers, x):
        return functional_call(network, (parameters, buffers), (x,))

    weights = dict(network.named_parameters()), dict(network.named_buffers())
    with StackedGrid():
        return vmap(one, in_dims=(0, 0, None if x.dim() == 4 else 0), randomness="different")(*weights, x)


@torch.no_grad()
def score_each(network, faces, device, batch_size=512):
    """Return (cross-entropies, accuracies) of each of a stack of networks on a FaceSet, lists of floats, in float32."""
    network.eval()
    parts = [each(network, batch.to(device).float() / 255).cpu() for batch in faces.images.split(batch_size)]
    logits = torch.cat(parts, dim=1)
    right = (logits.argmax(2) == faces.labels).float().mean(1)
    return [F.cross_entropy(one, faces.labels).item() for one in logits], right.tolist()


class StackedGrid(TorchFunctionMode):
    """Inside, F.affine_grid takes a whole stack at once; by itself `vmap` would call it for one seed after another."""

    def __torch_function__(self, function, types, args=(), kwargs=None):
        return (_affine_grid if function is F.affine_grid else function)(*args, **(kwargs or {}))


def _affine_grid(theta, size, align_corners=None):
    return _AffineGrid.apply(theta, tuple(size), align_corners)


class _AffineGrid(torch.autograd.Function):
    """F.affine_grid with a rule for `vmap`, to the last bit the same.

    Sampling has a kink at every pixel's centre, and there the identity looks: the last bit decides which of two
    gradients θ gets. A grid that differs by rounding trains to other weights.
    """

    @staticmethod
    def forward(theta, size, align_corners):
        return F.affine_grid(theta, size, align_corners)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.align_corners = inputs[2]

    @staticmethod
    def backward(ctx, gradient):
        return theta_gradient(gradient, ctx.align_corners), None, None

    @staticmethod
    def vmap(info, in_dims, theta, size, align_corners):
        theta = theta.movedim(in_dims[0], 0)
        whole = F.affine_grid(theta.flatten(0, 1), (len(theta) * size[0], *size[1:]), align_corners)
        return whole.unflatten(0, theta.shape[:2]), 0


class OwnNumbers(TorchFunctionMode):
    """Inside, one batch holds those of several seeds, in their order, and each draws from its own generator.

    generators: one a seed. What torch.rand and torch.randn would draw for all rows from the generator that they are
    given is drawn in equal parts from these.
    """

    def __init__(self, generators):
        super().__init__()
        self.generators = generators

    def __torch_function__(self, function, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if function not in (torch.rand, torch.randn) or kwargs.get("generator") is None:
            return function(*args, **kwargs)
        n, *rest = args[0] if len(args) == 1 else args
        size = n // len(self.generators), *rest
        return torch.cat([function(size, **(kwargs | {"generator": own})) for own in self.generators])


class StackedSteps(Steps):
    """As `Steps`, for a stack of networks. model: of `stack`, on `device` already. seeds: theirs, in their order."""

    stacked = True

    def __init__(self, model, train, recipe, device, precision, seeds):
        self.seeds = seeds
        super().__init__(model, train, recipe, device, precision, seeds[0], partial(each, model))
        self.generators = [torch.Generator(device) for _ in seeds]

    def order(self, epoch):
        """Return the order in which an epoch shows the pictures to each seed, int64 [seeds, M]."""
        generators = [torch.Generator().manual_seed(state_of(seed, epoch)) for seed in self.seeds]
        return torch.stack([epoch_indices(self.labels, self.recipe.oversample, own) for own in generators])

    def epoch(self, epoch, after_step=lambda epoch, step, loss: None):
        """Take the steps of an epoch; return (mean cross-entropies, last learning rate, why each stopped or None).

        after_step: called after each step with (epoch, step from 0, mean cross-entropy of the seeds as a tensor []).
        A seed whose loss is no finite number spoils only itself. DeviceError where the device has too little memory.
        """
        states = [state_of(seed, epoch) for seed in self.seeds]
        for generator, state in zip(self.generators, states, strict=True):
            generator.manual_seed(state)
        mixing = [numpy.random.default_rng(state) for state in states]
        order = self.order(epoch)
        total = torch.zeros(len(states), device=self.device)
        first_bad = torch.full((len(states),), self.count, device=self.device)
        self.model.train()
        with torch.random.fork_rng(devices=[self.device] if self.device.type == "cuda" else []):
            torch.manual_seed(states[0])  # dropout draws all seeds' masks from torch's global state
            for step in range(self.count):
                rate = self.set_rate(epoch, step)
                entropies = self.attempt(order[:, step * self.batch_size : (step + 1) * self.batch_size], mixing)
                total += entropies
                first_bad = torch.where(entropies.isfinite(), first_bad, first_bad.clamp(max=step))
                after_step(epoch, step, entropies.mean())
        why = [self.not_finite(epoch, bad) if bad < self.count else None for bad in first_bad.tolist()]
        return (total / self.count).tolist(), rate, why

    def step(self, batch, mixing):
        """Take one step of each seed on its pictures, batch int64 [seeds, N]; return the cross-entropies [seeds]."""
        labels, others = self.labels[batch], None
        x = self.images[batch].float() / 255
        with OwnNumbers(self.generators):
            x = augment(x.flatten(0, 1), self.augmentation, self.generators[0]).view_as(x)
        mixes = [draw_mix(self.recipe.mixup, self.recipe.cutmix, *x.shape[3:], own) for own in mixing]
        if mixes[0]:
            n = x.shape[1]
            partners = torch.stack([torch.randperm(n, generator=own, device=self.device) for own in self.generators])
            x = torch.stack([mix_pictures(*one) for one in zip(x, partners, mixes, strict=True)])
            others, share = labels.gather(1, partners), torch.tensor([mix.share for mix in mixes], device=self.device)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.precision == "bfloat16"):
            logits = self.forward(x)
        entropy = vmap(self.objective.entropy)
        entropies = entropy(logits, labels)
        if others is not None:
            entropies = share * entropies + (1 - share) * entropy(logits, others)
        # A sum over the seeds, of which each has no say in the others' weights.
        penalised = self.objective.lambda1 or self.objective.lambda2
        self.descend(entropies.sum() + (self.objective.penalty(self.model) if penalised else 0))
        return entropies.detach()

    def states(self):
        """Return what `Steps.state` would return for each seed alone, a list."""
        whole = self.state()
        return [_cut(whole, place) for place in range(len(self.seeds))]

    def load_states(self, states):
        """Go on from what `states` returned, or from what `Steps.state` did for each alone."""
        self.load_state(_join([{name: state[name] for name in ("model", "optimizer", "average")} for state in states]))


SHARED = ("step", "n_averaged")
"""Entries of a state that are the same for all seeds and are not stacked: how many steps were taken."""


def _cut(value, place, name=None):
    """Return the part of a stacked state that is one seed's, in memory of its own."""
    if isinstance(value, dict):
        return {key: _cut(inner, place, key) for key, inner in value.items()}
    if not isinstance(value, torch.Tensor) or name in SHARED:
        return value
    own = value[place].clone()
    # AdamW's fused step reads moments in the order in which the weights lie, and a network alone is channels_last.
    return own.contiguous(memory_format=torch.channels_last) if own.dim() == 4 else own


def _join(values, name=None):
    """Return the stacked state of the seeds' states; of seeds at several epochs the lowest count of steps."""
    first = values[0]
    if isinstance(first, dict):
        return {key: _join([value[key] for value in values], key) for key in first}
    if not isinstance(first, torch.Tensor):
        return first
    return min(values) if name in SHARED else torch.stack([value.contiguous() for value in values])
