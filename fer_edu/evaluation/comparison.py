"""Several ways of doing one thing, compared seed by seed."""

from ..errors import DataError
from .intervals import student_t


def paired_differences(rows, base):
    """Return, for each row, the mean of its differences from the row `base` and half of the 95 % interval.

    rows: name -> a score for each seed, the same seeds in the same order in every row; at least two seeds. Returns
    name -> (mean, half-width), (0, 0) for the base. Differences are taken before they are averaged: what a seed does to
    all rows alike does not widen the interval. DataError where the rows cannot be paired.
    """
    if base not in rows or len({len(scores) for scores in rows.values()}) != 1 or len(rows[base]) < 2:
        found = {name: len(scores) for name, scores in rows.items()}
        raise DataError(f"expected a row {base!r} and the same seeds, at least two, in every row, found {found}.")
    pairs = {name: [a - b for a, b in zip(scores, rows[base], strict=True)] for name, scores in rows.items()}
    return {name: (0.0, 0.0) if name == base else student_t(differences) for name, differences in pairs.items()}


def paired_table(rows, base):
    """Return a table as text: each row's mean score in percent, and its difference from `base` in points.

    rows: name -> a score in 0..1 for each seed. With one seed there is no interval, and none is given.
    """
    width = max(map(len, rows))
    seeds = len(rows[base])
    lines = [f"{'':{width}}  percent, {seeds} seed{'s' * (seeds > 1)}"]
    differences = paired_differences(rows, base) if seeds > 1 else None
    for name, scores in rows.items():
        if differences is None:
            lines.append(f"{name:{width}}  {scores[0]:.1%}")
            continue
        mean, half = student_t(scores)
        line = f"{name:{width}}  {100 * mean:5.1f} ± {100 * half:4.1f}"
        if name != base:
            gap, gap_half = differences[name]
            line += f"   against {base}: {100 * gap:+5.1f} ± {100 * gap_half:.1f}"
        lines.append(line)
    return "\n".join(lines)
