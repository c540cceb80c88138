"""The solutions run as tests: what they answer is nobody's progress."""

import os

os.environ["FER_EDU_PROGRESS"] = "off"
