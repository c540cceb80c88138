"""One training on several devices: torchrun starts a process (a rank) for each, and together they take the same steps.

    torchrun --nproc-per-node 2 -m fer_edu.cli train sdl --recipe classroom --out runs/x

Without torchrun there is one rank, and every function here hands back what it was given. With it, each rank

- draws the order, the augmentation and the mixing of the whole batch from (seed, epoch), as one process would, and
  then takes its own share of the rows; recipe.batch_size stays the batch of all ranks together;
- normalises by the statistics of the whole batch and drops out by its share of the whole batch's mask (`WholeBatch`);
- averages its gradients with the others' (torch's DistributedDataParallel), so that all take the same step.

In float32 the weights are those of one process up to rounding; in bfloat16 up to its coarser rounding.

What happens where one rank fails: an error of reading or writing the run folder is raised on all ranks. Any other
failure, out of memory for instance, ends that rank alone; the others then end too, by an error of their own or by
torchrun. A rank that hangs without ending is given up after TIMEOUT. The run folder holds whole epochs in any case.
"""

import atexit
import os
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import torch
from torch import distributed
from torch.nn import functional as F
from torch.nn.parallel import DistributedDataParallel
from torch.overrides import TorchFunctionMode

from ..errors import DeviceError, FerEduError, RecipeError, TrainingError
from .device import choose_device

TIMEOUT = timedelta(minutes=10)
"""How long a rank waits for the others before it gives up."""


@dataclass(frozen=True)
class World:
    """Who trains together: `size` ranks, of which this process is `rank`, from 0; one process alone is 0 of 1."""

    rank: int = 0
    size: int = 1

    def check_batch(self, batch):
        """RecipeError where the ranks cannot share a batch evenly: the mean of their means would not be the batch's."""
        if batch % self.size:
            fits = max(batch - batch % self.size, self.size)
            raise RecipeError(
                f"expected a batch that {self.size} ranks can share evenly, found {batch} pictures: use another number "
                f"of ranks, or --set batch_size={fits}."
            )

    def rows(self, n):
        """Return the slice of n rows that is this rank's; the shares differ by one row at most."""
        return slice(self.rank * n // self.size, (self.rank + 1) * n // self.size)

    def first(self, function, *arguments):
        """Call function(*arguments) on rank 0; return what it returned, or raise its FerEduError, on every rank."""
        if self.size == 1:
            return function(*arguments)
        outcome = [None, None]
        if self.rank == 0:
            try:
                outcome = [function(*arguments), None]
            except FerEduError as error:
                outcome = [None, error]
        distributed.broadcast_object_list(outcome, src=0)
        result, error = outcome
        if error is not None:
            raise error
        return result

    def mean(self, tensor):
        """Return the mean over the ranks of a float tensor."""
        return self._reduce(tensor, distributed.ReduceOp.SUM) / self.size if self.size > 1 else tensor

    def lowest(self, tensor):
        """Return the lowest over the ranks of a tensor."""
        return self._reduce(tensor, distributed.ReduceOp.MIN) if self.size > 1 else tensor

    def gather(self, n, part):
        """Return the n rows of which each rank has `rows(n)`, here `part`, a float tensor [rows, C] on any device."""
        if self.size == 1:
            return part
        device = f"cuda:{torch.cuda.current_device()}" if distributed.get_backend() == "nccl" else "cpu"
        whole = torch.zeros(n, *part.shape[1:], dtype=part.dtype, device=device)
        whole[self.rows(n)] = part.to(device)
        return self._reduce(whole, distributed.ReduceOp.SUM).to(part.device)

    def shared(self, model):
        """Return what is called for the logits so that backward averages the gradients over the ranks."""
        if self.size == 1:
            return model
        devices = [next(model.parameters()).device] if next(model.parameters()).is_cuda else None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # the newer name of broadcast_buffers is not in torch 2.6
            return WholeBatch(self).around(DistributedDataParallel(model, devices, broadcast_buffers=False))

    @contextmanager
    def together(self):
        """Say in one sentence, a TrainingError, what torch raises here where another rank has ended."""
        try:
            yield
        except RuntimeError as error:
            if self.size == 1 or not (isinstance(error, distributed.DistError) or "gloo" in str(error)):
                raise
            raise TrainingError(
                f"expected all {self.size} ranks to go on, found that another one has ended: its own message says why; "
                "run the same command again to go on."
            ) from error

    def _reduce(self, tensor, operation):
        tensor = tensor.clone()
        distributed.all_reduce(tensor, operation)
        return tensor


ALONE = World()


def launched():
    """Say whether torchrun started this process as one of several."""
    return "TORCHELASTIC_RUN_ID" in os.environ and int(os.environ.get("WORLD_SIZE", 1)) > 1


def is_first():
    """Say whether this process is the one that speaks and writes: rank 0, or the only one."""
    return not launched() or int(os.environ["RANK"]) == 0


def join(device):
    """Return (World, torch.device) of this process, and meet the other ranks where torchrun started several.

    device: as for `choose_device`; "auto" and "cuda" mean a CUDA device for each rank of a machine.
    Errors: DeviceError where there is no such device, or fewer than ranks, or this torch cannot train on several.
    """
    if not launched():
        return ALONE, choose_device(device)
    here, local = int(os.environ["LOCAL_RANK"]), int(os.environ["LOCAL_WORLD_SIZE"])
    if not distributed.is_available():
        raise DeviceError(
            f"expected a torch that trains on several devices, found {torch.__version__}: use one process."
        )
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"  # MPS has no means to talk to others
    chosen = choose_device(device)
    if chosen.type == "mps" or chosen.index is not None:
        raise DeviceError(f"expected auto, cpu or cuda with several ranks, found {device}: use one of those.")
    if chosen.type == "cuda":
        if (found := torch.cuda.device_count()) < local:
            raise DeviceError(
                f"expected a CUDA device for each of {local} ranks, found {found}: use --nproc-per-node {found}."
            )
        chosen = torch.device("cuda", here)
        torch.cuda.set_device(chosen)
    if not distributed.is_initialized():
        on_cuda = {"device_id": chosen} if chosen.type == "cuda" else {}
        distributed.init_process_group("nccl" if on_cuda else "gloo", timeout=TIMEOUT, **on_cuda)
        atexit.register(distributed.destroy_process_group)
    return World(distributed.get_rank(), distributed.get_world_size()), chosen


class WholeBatch(TorchFunctionMode):
    """While a network runs on a rank's rows, let batch normalisation and dropout act as on the whole batch.

    Two functions of torch are answered differently, so that the network itself, its state_dict and what is saved of it
    stay as they are: F.batch_norm (torch's SyncBatchNorm does the same, but refuses a CPU) and F.dropout. On a CPU the
    masks are the very ones of one process. On CUDA they are not: there torch's own dropout draws otherwise.
    """

    def __init__(self, world):
        super().__init__()
        self.world = world

    def around(self, forward):
        def inside(x):
            with self:
                return forward(x)

        return inside

    def __torch_function__(self, function, types, args=(), kwargs=None):
        if function is F.batch_norm:
            function = self.batch_norm
        elif function is F.dropout:
            function = self.dropout
        return function(*args, **(kwargs or {}))

    def batch_norm(self, x, running_mean, running_var, weight, bias, training=False, momentum=0.1, eps=1e-5):
        """As F.batch_norm, with the mean and the variance of all ranks' rows; all ranks have equally many."""
        if not training:
            return F.batch_norm(x, running_mean, running_var, weight, bias, training, momentum, eps)
        others = [d for d in range(x.dim()) if d != 1]
        shape = [-1 if d == 1 else 1 for d in range(x.dim())]
        exact = x.to(torch.promote_types(x.dtype, torch.float32))
        mean = Mean.apply(exact.mean(others), self.world)
        centred = exact - mean.view(shape)
        variance = Mean.apply(centred.square().mean(others), self.world)
        if running_mean is not None:
            n = self.world.size * x.numel() // x.shape[1]
            running_mean.lerp_(mean.detach(), momentum)
            running_var.lerp_(variance.detach() * n / (n - 1), momentum)
        y = centred * (variance + eps).rsqrt().view(shape)
        return (y if weight is None else y * weight.view(shape) + bias.view(shape)).to(x.dtype)

    def dropout(self, x, p=0.5, training=True, inplace=False):
        """As F.dropout: every rank draws the mask of the whole batch and takes its own rows of it."""
        if not training or p == 0:
            return x
        n = self.world.size * len(x)
        mask = x.new_empty(n, *x.shape[1:]).bernoulli_(1 - p).div_(1 - p)[self.world.rows(n)]
        return x.mul_(mask) if inplace else x * mask


class Mean(torch.autograd.Function):
    """The mean of a tensor over the ranks; its gradient is the mean of the ranks' gradients, as each had a share."""

    @staticmethod
    def forward(ctx, x, world):
        ctx.world = world
        return world.mean(x)

    @staticmethod
    def backward(ctx, gradient):
        return ctx.world.mean(gradient), None
