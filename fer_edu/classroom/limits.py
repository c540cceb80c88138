"""What a submission may use before it is stopped."""

from dataclasses import dataclass

LOADED = 10
"""By so much a busy machine may slow a submission down, and no more."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use. seconds: all of it; cell: one cell, in seconds; memory, output of a cell: in MB.

    A second is one in which it worked or slept. Queueing for a processor is not counted, up to `LOADED` times as long.
    """

    seconds: float = 600
    cell: float = 120
    memory: float = 3000
    output: float = 20
