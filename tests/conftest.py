"""What holds for all tests."""

import random

import numpy as np
import pytest
import torch


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup():
    """Let each test, and the fixtures that it sets up, draw the same numbers, whichever tests ran before it.

    A hook, and no fixture: a fixture of a whole module would be set up before it.
    """
    random.seed(0)
    np.random.seed(0)
    torch.manual_seed(0)
