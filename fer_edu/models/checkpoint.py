"""Models on disk: weights with what is needed to build the network again, written whole or not at all."""

import json
from dataclasses import asdict
from importlib import resources
from pathlib import Path

import torch

from ..errors import CheckpointError, ModelError
from ..files import write_atomically
from .registry import create

FORMAT = "fer-edu checkpoint 1"


def save_checkpoint(path, model, classes, half=False, **record):
    """Write the model's weights, its name and options, its classes' names and a JSON-able record to `path` (.pt).

    half: keep kernels and matrices as float16, in half the space: rounded by at most one part in 2048. Biases and
    batch normalisation's numbers stay as they are. Loading gives float32 again.
    """
    content = {
        "format": FORMAT,
        "model": model.name,
        "options": asdict(model.options),
        "classes": list(classes),
        "weights": {
            name: value.detach().cpu().to(torch.float16 if half and value.dim() > 1 else value.dtype)
            for name, value in model.state_dict().items()
        },
        "record": json.loads(json.dumps(record)),
    }
    write_atomically(path, lambda temporary: torch.save(content, temporary))


def read(path, wanted):
    """Return the dictionary that torch.save wrote to `path`; CheckpointError unless its format is `wanted`."""
    path = Path(path)
    if not path.is_file():
        raise CheckpointError(f"expected a checkpoint at {path}, found no file: check the path.")
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises many kinds for damaged files; each means the same to the user
        raise CheckpointError(
            f"expected a checkpoint in {path}, found a damaged or foreign file ({type(error).__name__}): "
            "train again or copy the file again."
        ) from error
    found = content.get("format") if isinstance(content, dict) else type(content).__name__
    if found != wanted:
        raise CheckpointError(f"expected {path} to hold a {wanted!r}, found {found!r}: give a file that fer-edu wrote.")
    return content


def load_checkpoint(path, into=None):
    """Return the model saved at `path`, in evaluation mode, with `.classes` (names) and `.record`.

    into: a model to load the weights into instead of a new one; CheckpointError where it is another network.
    """
    content = read(path, FORMAT)
    try:
        model = into if into is not None else create(content["model"], **content["options"])
        shapes = {name: value.shape for name, value in model.state_dict().items()}
        if shapes != {name: value.shape for name, value in content["weights"].items()}:
            raise ModelError("other weights")  # before load_state_dict, which copies those that fit before it complains
        model.load_state_dict(content["weights"])
    except (ModelError, RuntimeError, KeyError, TypeError, AttributeError) as error:
        wanted = f"{into.name!r} with {into.options}" if into is not None else "a network this version knows"
        raise CheckpointError(
            f"expected {path} to hold {wanted}, found {content.get('model')!r} with {content.get('options')}: "
            "create the model with the checkpoint's options, or let load_checkpoint create it."
        ) from error
    model.classes, model.record = tuple(content["classes"]), content["record"]
    return model.eval()


def pretrained_names():
    """Return the names of the checkpoints that ship with the package."""
    return tuple(
        sorted(
            f.name.removesuffix(".pt") for f in resources.files("fer_edu.weights").iterdir() if f.name.endswith(".pt")
        )
    )


def pretrained(name):
    """Return a shipped, trained model in evaluation mode. Its `.record` says how it was made and how good it is."""
    if name not in pretrained_names():
        known = ", ".join(pretrained_names()) or "none in this installation"
        raise CheckpointError(f"expected a shipped checkpoint ({known}), found {name!r}: use one of those names.")
    with resources.as_file(resources.files("fer_edu.weights") / f"{name}.pt") as path:
        return load_checkpoint(path)
