"""Chapter 10: the paper as data, its claims and their verdicts.

PAPER                 the nine tables and the numbers in the text, as printed; PAPER.table(8), PAPER.number(key, name)
ledger()              every claim with the computation that tests it, the numbers and the verdict: computed when called
side_by_side(3)       our runs beside the paper's tables
counts_behind, possible_hits, possible_cells, lowest_cross_entropy, ...
                      what a referee computes with
"""

from .claim import VERDICTS, Claim
from .counts import Counts, counts_behind, possible_hits, possible_wholes
from .dependencies import Consequence, Dependencies
from .document import PAPER, Paper
from .equations import EQUATIONS
from .ledger import ledger, ledger_table, verdict_counts
from .loss_floor import lowest_cross_entropy, smallest_batch
from .margins import possible_cells
from .planted import Planted, planted_table
from .printed import Printed
from .rivals import REPORTED, Reported
from .side_by_side import SideBySide, side_by_side
from .spread import (
    chance_of_one_figure,
    farthest_from_mean,
    fitting_sets,
    half_width,
    possible_totals,
    smallest_deviation,
    z_coverage,
)
from .table import Table

__all__ = [
    "Claim",
    "Consequence",
    "Counts",
    "Dependencies",
    "EQUATIONS",
    "PAPER",
    "Paper",
    "Planted",
    "Printed",
    "REPORTED",
    "Reported",
    "SideBySide",
    "Table",
    "VERDICTS",
    "chance_of_one_figure",
    "counts_behind",
    "farthest_from_mean",
    "fitting_sets",
    "half_width",
    "ledger",
    "ledger_table",
    "lowest_cross_entropy",
    "planted_table",
    "possible_cells",
    "possible_hits",
    "possible_totals",
    "possible_wholes",
    "side_by_side",
    "smallest_batch",
    "smallest_deviation",
    "verdict_counts",
    "z_coverage",
]
