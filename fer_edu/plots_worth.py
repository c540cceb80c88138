"""What each part of a network costs, and what it is worth: figures of chapters 5 and 6."""

from .evaluation import student_t
from .models.cost import costs, total
from .plots import BLUE, GREEN, GREY, ORANGE, figure
from .plots_network import short
from .plots_transformer import differences


def cost_bars(model, title=""):
    """Draw each block's share of the parameters, the multiply-adds and the memory of a network."""
    rows = costs(model)
    whole = total(rows)
    sheet, axes = figure(11, 0.3 * len(rows) + 1.2, 1, 3, sharey=True)
    names = [row.block for row in rows]
    for ax, what, colour, label in (
        (axes[0], "parameters", BLUE, f"parameters: {whole.parameters:,}"),
        (axes[1], "multiply_adds", ORANGE, f"multiply-adds a picture: {short(whole.multiply_adds)}"),
        (axes[2], "memory", GREEN, f"kept for training, a picture: {whole.memory / 1e6:.1f} MB"),
    ):
        shares = [100 * getattr(row, what) / getattr(whole, what) for row in rows]
        ax.barh(names, shares, color=colour)
        for place, share in enumerate(shares):
            ax.text(
                share + 1, place, f"{share:.0f} %" if share >= 1 or share == 0 else "< 1 %", va="center", fontsize=9
            )
        ax.set(title=label, xlabel="percent", xlim=(0, 1.18 * max(shares)))
        ax.grid(axis="y", visible=False)
    axes[0].invert_yaxis()
    if title:
        sheet.suptitle(title)
    return sheet


def ablation(record, reach=None):
    """Draw what each change does to the network, seed by seed, in points of accuracy; numbers stand on the right.

    record: of `fe.records.read("ablation")`: "rows" maps a name to its "group" and "accuracy", a share a seed; "base"
    names the row that all others are compared with. reach: points at which the axis ends, or None for all of it; a mean
    beyond it is drawn as an arrow at the edge.
    """
    base = record["base"]
    changes = {name: row for name, row in record["rows"].items() if name != base}
    groups = list(dict.fromkeys(row["group"] for row in record["rows"].values()))
    names = sorted(changes, key=lambda name: groups.index(changes[name]["group"]))
    points = {name: [100 * a for a in record["rows"][name]["accuracy"]] for name in (*names, base)}
    sheet = differences({name: points[name] for name in names}, points[base], "points of accuracy")
    sheet.set_size_inches(9.5, 0.42 * len(names) + 1.3)
    (ax,) = sheet.axes
    if reach is not None:
        ax.set_xlim(-reach, reach)
    low, high = ax.get_xlim()
    for place, name in enumerate(names):
        mean, half = student_t([a - b for a, b in zip(points[name], points[base], strict=True)])
        text = f"{mean:+.1f} ± {half:.1f}"
        ax.text(1.02, place, text, transform=ax.get_yaxis_transform(), va="center", fontsize=10)
        if not low <= mean <= high:
            edge = low if mean < low else high
            ax.plot(edge, place, "<" if mean < low else ">", color=BLUE, markersize=9, clip_on=False)
        if place and changes[name]["group"] != changes[names[place - 1]]["group"]:
            ax.axhline(place - 0.5, color=GREY, linewidth=1)
    ax.text(1.02, 1.0, "mean ± half of\nthe 95 % interval", transform=ax.transAxes, va="bottom", fontsize=9)
    ax.grid(axis="y", visible=False)
    return sheet
