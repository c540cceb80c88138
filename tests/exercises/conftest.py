"""Every test of exercises starts in a session of its own, and not in strict mode."""

import pytest

from fer_edu import exercises
from fer_edu.exercises.record import Record


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    for name in exercises.STRICT:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(exercises, "_session", Record())
