"""What a diagnosis says."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One sentence: what is wrong and what to do. grave: whether the notebooks need it; else it is a note."""

    sentence: str
    grave: bool = True
