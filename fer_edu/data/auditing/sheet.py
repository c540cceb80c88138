"""A contact sheet of what an audit found, for the eyes of whoever has the copy."""

from ...errors import DataError

COLUMNS = 10
SIDE = 1.0  # inches a picture


def contact_sheet(audit, sets, kind=None, limit=12):
    """Draw the groups of pictures that an audit found, one group after the other, as a matplotlib Figure.

    sets: what was audited, as it was given to `audit`. kind: of the findings to draw; None: every kind that has any.
    limit: groups a kind; they are taken evenly from all of them, the weakest resemblance first where there is one.
    Under each picture stand its set, its index and its label, and in front of a group its number and value.

    Photographs without a licence are not for sharing: do not save the sheet where others see it, nor in a notebook.
    """
    from ... import plots
    from .pool import pool

    gathered = pool(sets)
    named = dict(zip(gathered.names, gathered.sets, strict=True))
    _check(named, audit)
    findings = audit.findings if kind is None else audit.found(kind)
    cells = [cell for finding in findings for cell in _cells(finding, named, limit)]
    if not cells:
        raise DataError(
            f"expected pictures to show, found none of the kind {kind or 'any'}: there is nothing to look at."
        )
    rows = -(-len(cells) // COLUMNS)
    sheet, axes = plots.figure(COLUMNS * SIDE * 1.15, rows * (SIDE + 0.55), rows, COLUMNS, squeeze=False)
    for ax in axes.flat:
        ax.set_axis_off()
    for ax, (image, above, below) in zip(axes.flat, cells, strict=False):
        if image is not None:
            plots.picture(ax, image)
            ax.text(0.5, -0.04, below, transform=ax.transAxes, ha="center", va="top", fontsize=6.5)
        ax.set_title(above, fontsize=6.5, loc="left", pad=2)
    return sheet


def _check(named, audit):
    for name, faces in named.items():
        if name not in audit.sets or audit.sets[name]["fingerprint"] != faces.fingerprint():
            raise DataError(f"expected the sets that were audited, found another as {name!r}: give the same sets.")


def _cells(finding, named, limit):
    """Return (image or None, text above, text below) for the pictures of a finding, in whole rows.

    A gap follows each group; one that is longer than a row is cut, and says how many there are.
    """
    order = sorted(range(len(finding.groups)), key=lambda k: finding.values[k] if finding.values else k)
    step = max(len(order) / limit, 1)
    chosen = [order[int(k * step)] for k in range(min(limit, len(order)))]
    cells = []
    for place, k in enumerate(chosen, 1):
        group = finding.groups[k]
        shown = group[:COLUMNS]
        if len(cells) % COLUMNS + len(shown) > COLUMNS:
            _fill(cells)
        value = f" {finding.values[k]:.4g}" if finding.values else ""
        more = f" ({len(group)} in all)" if len(group) > len(shown) else ""
        above = f"{finding.kind if place == 1 else f'#{place}'}{value}{more}"
        for name, index in shown:
            faces = named[name]
            cells.append((faces.images[index], above, f"{name} {index}\n{faces.classes[int(faces.labels[index])]}"))
            above = ""
        if len(group) > 1 and len(cells) % COLUMNS:
            cells.append((None, "", ""))
    _fill(cells)
    return cells


def _fill(cells):
    """Leave the rest of the row empty."""
    cells += [(None, "", "")] * (-len(cells) % COLUMNS)
