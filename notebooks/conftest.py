"""How nbval runs the solutions: strictly, and on drawn faces whatever data the machine holds."""

import os

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item):
    """A notebook's kernel starts in the set-up of its first cell: give it the environment of the build."""
    kept = {name: os.environ.pop(name, None) for name in ("FER2013_ROOT", "FER_EDU_STRICT")}
    os.environ["FER_EDU_STRICT"] = "1"
    try:
        return (yield)
    finally:
        for name, value in kept.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
