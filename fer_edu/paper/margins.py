"""What the sums of a confusion matrix say about its cells: which values are possible, and does any matrix fit?"""

import numpy as np
from scipy.optimize import linprog

from ..errors import DataError


def possible_cells(hits, rows, columns):
    """Return (lowest, highest), int64 [C, C] each: between which values each cell of a confusion matrix must lie.

    hits: the diagonal. rows: pictures of each class. columns: how often each class was named. All int [C].

    Each bound is a linear programme over the cells beside the diagonal. Its corners are whole numbers, since only sums
    of rows and columns are prescribed (a transportation problem), so no further condition is needed.
    DataError where no matrix of whole numbers from 0 has these sums.
    """
    hits, rows, columns = (np.asarray(a, dtype=np.int64) for a in (hits, rows, columns))
    size = len(hits)
    cells = [(i, j) for i in range(size) for j in range(size) if i != j]
    sums = np.zeros((2 * size, len(cells)))
    for k, (i, j) in enumerate(cells):
        sums[i, k] = sums[size + j, k] = 1
    wanted = np.concatenate([rows - hits, columns - hits])
    if wanted.min() < 0 or rows.sum() != columns.sum():
        raise DataError(
            f"expected rows and columns with one sum, none below its diagonal, found {rows.tolist()}, "
            f"{columns.tolist()} and {hits.tolist()}: check the counts."
        )
    every = {"A_eq": sums, "b_eq": wanted, "bounds": (0, None)}
    if linprog(np.zeros(len(cells)), **every).status == 2:
        raise DataError(
            f"expected sums that some matrix has, found none for rows {rows.tolist()}, columns {columns.tolist()} and "
            "the "
            f"diagonal {hits.tolist()}: check the counts."
        )
    lowest, highest = np.diag(hits), np.diag(hits)
    for k, (i, j) in enumerate(cells):
        for bound, sign in ((lowest, 1), (highest, -1)):
            if min(wanted[i], wanted[size + j]) == 0:
                continue  # a sum of 0: every cell in it is 0
            objective = np.zeros(len(cells))
            objective[k] = sign
            bound[i, j] = round(sign * linprog(objective, **every).fun)
    return lowest, highest
