"""Figures of chapter 6: a training while it runs, weights under two kinds of decay, a recipe changed step by step."""

from .geometry import identity_theta
from .plots import GREEN, LOOK, draw_learning_curves, in_style, quadrilateral
from .plots import picture as draw_picture


def live_axes(with_face):
    """Return (Figure with an Agg canvas, its axes by name) for `draw_live`; with_face: whether θ of a face is drawn."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    names = ("loss", "accuracy", "face", "rate", "distance", "seen") if with_face else ("loss", "accuracy", "rate")
    with in_style():
        # Fixed places: a layout that is worked out again takes as long as all the rest of the drawing.
        sheet = Figure(figsize=(10.5, 5.2 if with_face else 2.9), layout="none")
        FigureCanvasAgg(sheet)
        ratios = (4, 4, 2.6) if with_face else (1, 1, 1)
        axes = sheet.subplots(2 if with_face else 1, 3, width_ratios=ratios)
        edge = 0.1 if with_face else 0.19
        sheet.subplots_adjust(left=0.085, right=0.985, bottom=edge, top=0.94, wspace=0.34, hspace=0.36)
        return sheet, dict(zip(names, axes.flat, strict=True))


def draw_live(axes, rows, epochs, chance=None, watch=None, private=False):
    """Draw a training so far on `live_axes`.

    rows: lines of a History, maybe none yet. epochs: how many there will be. chance: the accuracy of guessing, or None.
    watch: a `Watch`, whose first face is drawn, with the look on it and what is seen there, or None.
    private: whether to leave the face itself out.
    """
    from matplotlib.ticker import MaxNLocator

    for ax in axes.values():
        for artist in (*ax.lines, *ax.images):  # not clear(): it makes new ticks, and they take longest to draw
            artist.remove()
        ax.relim()
        ax.autoscale()
    if rows:
        draw_learning_curves((axes["loss"], axes["accuracy"]), rows, chance, epochs)
        axes["rate"].plot([row["epoch"] for row in rows], [row["learning_rate"] for row in rows], color=GREEN)
    axes["rate"].set(xlabel="epoch", ylabel="learning rate", xlim=(0.5, epochs + 0.5), ylim=(0, None))
    axes["rate"].xaxis.set_major_locator(MaxNLocator(integer=True))
    if watch is None:
        return
    axes["distance"].plot(watch.column("epoch"), distances(watch), color=LOOK, marker="o" if epochs < 20 else "")
    axes["distance"].set(xlabel="epoch", ylabel="|θ − I| of the face", xlim=(-0.5, epochs + 0.5), ylim=(0, None))
    axes["distance"].xaxis.set_major_locator(MaxNLocator(integer=True))
    glance = watch.glances[-1]
    face, seen = watch.images[0], watch.seen(glance, slice(1))[0]
    if private:
        face, seen = face.new_full(face.shape, 128), seen.new_full(seen.shape, 128)
    draw_picture(axes["face"], face, f"θ after epoch {glance.epoch}")
    draw_picture(axes["seen"], seen, "not shown: a photograph" if private else "what it sees there")
    height, width = face.shape[-2:]
    quadrilateral(axes["face"], glance.theta[0], height, width)
    axes["face"].set(xlim=(-0.3 * width, 1.3 * width), ylim=(1.3 * height, -0.3 * height))


def distances(watch):
    """Return |θ - I| of the first watched face in every glance, as a list."""
    return [(glance.theta[0] - identity_theta()[0]).norm().item() for glance in watch.glances]
