"""Chapter 1: data sets as they really are. `load()` gives a `FaceSet`."""

from .faceset import FaceSet, Truth

__all__ = ["FaceSet", "Truth"]
