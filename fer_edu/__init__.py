"""Facial-expression recognition with spatial transformers, taught: where does a network look when it reads a face?

`import fer_edu as fe` is cheap: a subpackage is imported when its name is first used.
"""

import importlib

__version__ = "0.1.0"

_SUBPACKAGES = (
    "data",
    "emotions",
    "errors",
    "evaluation",
    "exercises",
    "faces",
    "geometry",
    "models",
    "paper",
    "photos",
    "plots",
    "records",
    "saliency",
    "training",
    "widgets",
)

__all__ = [*_SUBPACKAGES, "__version__"]


def __getattr__(name):
    if name in _SUBPACKAGES:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted(__all__)
