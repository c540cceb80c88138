"""Every test of exercises starts in a session of its own, and not in strict mode."""

import pytest

from fer_edu import exercises
from fer_edu.exercises.record import Record


@pytest.fixture(autouse=True)
def fresh(monkeypatch, tmp_path):
    for name in exercises.STRICT:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("FER_EDU_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.setattr(exercises, "_session", Record())
