"""One epoch of training, step by step.

Epoch e draws all its randomness (order, augmentation, mixing, dropout) from (seed, e) alone, so a run that was stopped
and resumed takes the same steps as one that was not.
"""

import copy

import numpy
import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from ..data.augmentation import Augmentation, augment
from ..data.mixing import draw_mix, mix_pictures
from ..data.sampling import class_weights, epoch_indices
from ..errors import DeviceError, TrainingError
from .distributed import ALONE
from .objective import Objective
from .recipes import learning_rate


def parameter_groups(model, recipe, stacked=False):
    """AdamW's groups: localisation networks apart from the rest, biases and normalisation without decay.

    stacked: whether each parameter is a stack of several networks' and so has a dimension more.
    """
    matrix = 3 if stacked else 2
    localisation = {id(p) for p in model.localisation_parameters()}
    groups = []
    for is_localisation in (False, True):
        for decays in (False, True):
            chosen = [
                p
                for p in model.parameters()
                if (id(p) in localisation) == is_localisation and (p.dim() >= matrix) == decays
            ]
            groups.append(
                {
                    "params": chosen,
                    "weight_decay": recipe.weight_decay if decays else 0.0,
                    "share": recipe.localisation_rate if is_localisation else 1.0,  # of the recipe's learning rate
                }
            )
    return groups


def state_of(seed, epoch):
    """Return the number from which all randomness of an epoch comes."""
    return seed * 1_000_003 + epoch


class Steps:
    """A network on its device with its optimiser, its data and, where the recipe asks for one, its running average.

    model: on `device` already. train: a FaceSet. precision: "float32" or "bfloat16". forward: what is called for the
    logits where it is not the model itself, such as a compiled form of it. world: the ranks that share each batch.
    """

    stacked = False

    def __init__(self, model, train, recipe, device, precision, seed, forward=None, world=ALONE):
        self.model, self.recipe, self.device, self.precision, self.seed = model, recipe, device, precision, seed
        self.world, self.forward = world, (world.shared(model) if forward is None else forward)
        self.images, self.labels = train.images.to(device), train.labels.to(device)  # a whole data set: a small tensor
        weights = class_weights(self.labels, len(train.classes), recipe.oversample)
        self.objective = Objective(recipe.lambda1, recipe.lambda2, recipe.label_smoothing, weights)
        self.augmentation = Augmentation.of(recipe)
        self.optimizer = torch.optim.AdamW(
            parameter_groups(model, recipe, self.stacked), lr=recipe.learning_rate, fused=device.type != "mps"
        )
        self.average = None
        if recipe.ema:
            self.average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(recipe.ema), use_buffers=True)
        self.generator = torch.Generator(device)
        self.batch_size = min(recipe.batch_size, len(train))
        self.count = self.order(0).shape[-1] // self.batch_size  # an incomplete last batch is dropped

    @property
    def scored(self):
        """The network that is scored and kept: the running average, or the one that is trained."""
        return self.model if self.average is None else self.average.module

    def order(self, epoch):
        """Return the order in which an epoch shows the pictures, int64 [M], on the labels' device."""
        return epoch_indices(
            self.labels, self.recipe.oversample, torch.Generator().manual_seed(state_of(self.seed, epoch))
        )

    def epoch(self, epoch, after_step=lambda epoch, step, loss: None):
        """Take the steps of an epoch, from 1; return (mean cross-entropy, last learning rate).

        after_step: called after each step with (epoch, step from 0, cross-entropy as a tensor []).
        Raises TrainingError where the loss is no finite number, DeviceError where the device has too little memory.
        """
        self.generator.manual_seed(state_of(self.seed, epoch))
        mixing = numpy.random.default_rng(state_of(self.seed, epoch))
        order = self.order(epoch)
        # Both stay on the device: reading them at each step would make a GPU wait.
        total, first_bad = torch.zeros((), device=self.device), torch.full((), self.count, device=self.device)
        self.model.train()
        with torch.random.fork_rng(devices=[self.device] if self.device.type == "cuda" else []):
            torch.manual_seed(state_of(self.seed, epoch))  # dropout draws from torch's global state
            for step in range(self.count):
                rate = self.set_rate(epoch, step)
                entropy = self.attempt(order[step * self.batch_size : (step + 1) * self.batch_size], mixing)
                total += entropy
                first_bad = torch.where(entropy.isfinite(), first_bad, first_bad.clamp(max=step))
                if self.device.type == "cpu" and self.world.size == 1 and int(first_bad) < self.count:
                    break
                after_step(epoch, step, entropy)
        total, first_bad = self.world.mean(total), self.world.lowest(first_bad)
        if (bad := int(first_bad)) < self.count:
            raise TrainingError(self.not_finite(epoch, bad))
        return total.item() / self.count, rate

    def set_rate(self, epoch, step):
        """Set the learning rate of a step of an epoch in all groups; return the recipe's."""
        rate = learning_rate(self.recipe, epoch - 1 + step / self.count)
        for group in self.optimizer.param_groups:
            group["lr"] = rate * group["share"]
        return rate

    def attempt(self, batch, mixing):
        """Take a `step`; DeviceError, with the batch that fits, where the device has too little memory for it."""
        try:
            return self.step(batch, mixing)
        except torch.OutOfMemoryError:
            pass  # the error has to go first: it holds on to all that the step had in memory
        raise DeviceError(self.too_large())

    def step(self, batch, mixing):
        """Take one step on the pictures of the indices `batch`; return their cross-entropy, a tensor []."""
        labels, others, share = self.labels[batch], None, 1.0
        x = augment(self.images[batch].float() / 255, self.augmentation, self.generator)
        if mix := draw_mix(self.recipe.mixup, self.recipe.cutmix, *x.shape[2:], mixing):
            partners = torch.randperm(len(x), generator=self.generator, device=self.device)
            x, others, share = mix_pictures(x, partners, mix), labels[partners], mix.share
        mine = self.world.rows(len(x))  # the others' rows are drawn too, so that all ranks draw the same
        x, labels, others = x[mine], labels[mine], None if others is None else others[mine]
        x = x.contiguous(memory_format=torch.channels_last)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.precision == "bfloat16"):
            logits = self.forward(x)
        loss, entropy = self.objective(self.model, logits, labels, others, share)
        self.descend(loss)
        return entropy.detach()

    def descend(self, loss):
        """Change the weights along the gradient of `loss`, and let the running average follow."""
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        if self.average is not None:
            self.average.update_parameters(self.model)

    def not_finite(self, epoch, step):
        """Return the sentence for a loss that is no finite number since that step, from 0, of an epoch."""
        rate = learning_rate(self.recipe, epoch - 1 + step / self.count)
        return (
            f"expected a finite loss, found none in epoch {epoch} at step {step + 1} of {self.count}, at learning "
            f"rate {rate:.3g}: lower the learning rate."
        )

    def too_large(self):
        """Return the sentence for a device out of memory, with the largest batch, by halving, that fits."""
        self.optimizer.zero_grad(set_to_none=True)
        # With several ranks a copy, which is no part of them: they would not answer.
        forward = self.forward if self.world.size == 1 else copy.deepcopy(self.model)
        fits = self.batch_size // self.world.size
        while fits > 1:
            fits //= 2
            try:
                x = torch.rand(fits, *self.images.shape[1:], device=self.device)
                with torch.autocast(self.device.type, torch.bfloat16, enabled=self.precision == "bfloat16"):
                    forward(x).float().square().mean().backward()
                break
            except torch.OutOfMemoryError:
                continue
            finally:
                self.optimizer.zero_grad(set_to_none=True)
        else:
            return (
                f"expected memory for a batch of {self.batch_size} on {self.device}, found too little for even one "
                "picture: free the device, or use --device cpu."
            )
        fits *= self.world.size
        return (
            f"expected memory for a batch of {self.batch_size} on {self.device}, found too little: a batch of {fits} "
            f"fits (batch_size={fits}; the best learning rate then is another)."
        )

    def state(self):
        """Return everything that is needed to go on after an epoch."""
        average = None if self.average is None else self.average.state_dict()
        return {"model": self.model.state_dict(), "optimizer": self.optimizer.state_dict(), "average": average}

    def load_state(self, state):
        """Go on from what `state` returned."""
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        if self.average is not None:
            self.average.load_state_dict(state["average"])
