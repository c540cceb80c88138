"""Figures that several chapters draw. Each function returns a matplotlib Figure, shown where it ends a cell.

Figures are made without pyplot: nothing is kept open, and nothing is shown twice.
"""

import numpy as np
import torch

from .emotions import COLOURS
from .errors import DataError

STYLE = {
    "figure.dpi": 100,
    "savefig.dpi": 100,
    "figure.constrained_layout.use": True,
    "font.size": 11,
    "axes.titlesize": 11,
    "axes.labelsize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#DDDDDD",
    "lines.linewidth": 2,
    "legend.framealpha": 0.9,
    "legend.edgecolor": "none",
    "image.cmap": "gray",
    "image.interpolation": "nearest",
}
BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#666666"  # after Okabe and Ito
LOOK = "#56B4E9"
"""The colour of the quadrilateral that θ looks at: light enough for dark faces, unlike any grey."""


def style():
    """Set the course's figure style for this session, and have a notebook show figures as PNG."""
    import matplotlib

    matplotlib.rcParams.update(STYLE)
    try:
        from IPython import get_ipython
        from matplotlib_inline.backend_inline import set_matplotlib_formats
    except ImportError:
        return
    if get_ipython() is not None:
        set_matplotlib_formats("png")


def in_style():
    """Return a context in which what is drawn has the course's style, whatever this session's is."""
    import matplotlib

    return matplotlib.rc_context(STYLE)


def figure(width, height, rows=1, columns=1, **keywords):
    """Return (Figure, axes) in the course's style; sizes in inches, keywords as for Figure.subplots."""
    from matplotlib.figure import Figure

    with in_style():
        made = Figure(figsize=(width, height), layout="constrained")
        return made, made.subplots(rows, columns, **keywords)


def picture(axes, image, title=""):
    """Draw one grey picture, uint8 or float in 0..1, [H, W] or [1, H, W], without axes."""
    pixels = torch.as_tensor(image).detach().cpu().squeeze().numpy()
    if pixels.ndim != 2:
        raise DataError(f"expected one grey picture [H, W], found {list(pixels.shape)}: pick one out of the batch.")
    axes.imshow(pixels, cmap="gray", vmin=0, vmax=255 if pixels.dtype == np.uint8 else 1)
    axes.set_title(title)
    axes.set_axis_off()


def faces(images, titles=None, columns=7, side=1.3):
    """Draw a sheet of faces.

    images: [N, 1, H, W], uint8 or float in 0..1, or a FaceSet, whose classes become the titles. side: inches a face.
    """
    if titles is None and hasattr(images, "classes"):
        titles = [images.classes[label] for label in images.labels.tolist()]
    images = getattr(images, "images", images)
    rows = -(-len(images) // columns)
    sheet, axes = figure(columns * side, rows * (side + (0.25 if titles else 0)), rows, columns, squeeze=False)
    for k, ax in enumerate(axes.flat):
        ax.set_axis_off()
        if k < len(images):
            picture(ax, images[k], titles[k] if titles else "")
    return sheet


def corners(theta, height=48, width=48):
    """Return the four corners, float [4, 2] of (x, y) in pixels, of the quadrilateral that theta [2, 3] looks at.

    In order: upper left, upper right, lower right, lower left of the *output*. A corner is the outer corner of the
    outermost pixel (align_corners=False), and the first pixel's centre is (0, 0), as matplotlib draws a picture.
    """
    target = torch.tensor([[-1.0, -1, 1], [1, -1, 1], [1, 1, 1], [-1, 1, 1]])
    source = target @ theta.detach().cpu().float().reshape(2, 3).T
    return ((source + 1) * torch.tensor([width, height]) - 1) / 2


def quadrilateral(axes, theta, height=48, width=48, colour=LOOK):
    """Draw on `axes`, which show a picture, where theta [2, 3] looks: its outline, and a dot at its upper left."""
    points = corners(theta, height, width).numpy()
    closed = np.concatenate([points, points[:1]])
    axes.plot(closed[:, 0], closed[:, 1], color=colour, linewidth=2.5)
    axes.plot(*points[0], "o", color=colour, markersize=8)


def unwarp(image, theta, unwarped, titles=("the picture, and where θ looks", "what it sees there")):
    """Draw a picture with the quadrilateral of theta [2, 3] on it, and beside it what is seen there."""
    sheet, axes = figure(7, 3.7, 1, 2)
    picture(axes[0], image, titles[0])
    quadrilateral(axes[0], theta, *image.shape[-2:])
    side = image.shape[-1]
    axes[0].set_xlim(-0.15 * side, 1.15 * side)  # a look may leave the picture: show that it does
    axes[0].set_ylim(1.15 * side, -0.15 * side)
    picture(axes[1], unwarped, titles[1])
    return sheet


def maps(images, values, masks=None, titles=None, columns=4, side=2.1):
    """Draw faces above their saliency maps, all maps on one scale.

    images: [N, 1, H, W]. values: float [N, H, W]; where all are at least 0 the scale runs from white to dark, else from
    orange (against) through white to purple (for). masks: bool [N, H, W], outlined on the faces, or None.
    titles: N, or None. The scale ends at the 99.5th percentile; what is stronger is drawn as dark as that.
    """
    count = len(images)
    columns = min(columns, count)
    blocks = -(-count // columns)
    sheet, axes = figure(columns * side + 0.9, blocks * (2 * side + 0.3), 2 * blocks, columns, squeeze=False)
    # The 99.5th percentile and not the largest value: one loud pixel would make all the others pale.
    largest = max(float(values.abs().float().flatten().quantile(0.995)), 1e-12)
    signed = bool((values < 0).any())
    drawn = None
    for ax in axes.flat:
        ax.set_axis_off()
    for k in range(count):
        row, column = divmod(k, columns)
        picture(axes[2 * row, column], images[k], titles[k] if titles else "")
        ax = axes[2 * row + 1, column]
        limits = {"cmap": "PuOr", "vmin": -largest} if signed else {"cmap": "Purples", "vmin": 0}
        drawn = ax.imshow(values[k].detach().cpu().numpy(), vmax=largest, **limits)
        if masks is not None:
            for which in (axes[2 * row, column], ax):
                which.contour(masks[k].cpu().numpy().astype(float), levels=[0.5], colors=[GREEN], linewidths=1)
    bar = sheet.colorbar(drawn, ax=axes[1::2].ravel().tolist(), shrink=0.8, extend="both" if signed else "max")
    bar.set_label("saliency")
    return sheet


def epochs_of(history):
    """Return the list of epochs of a History, of a JSON record with a "history", or of a list of epochs."""
    rows = history["history"] if isinstance(history, dict) else getattr(history, "epochs", history)
    if not rows:
        raise DataError("expected at least one epoch to draw, found none: train first.")
    return list(rows)


def learning_curves(history, title="", chance=None):
    """Draw loss and accuracy, on train and on val, over the epochs.

    history: a History, a JSON record with "history", or a list of epochs. chance: the accuracy of guessing, drawn as
    a line, or None.
    """
    sheet, axes = figure(9, 3.4, 1, 2)
    draw_learning_curves(axes, epochs_of(history), chance)
    if title:
        sheet.suptitle(title)
    return sheet


def draw_learning_curves(axes, rows, chance=None, epochs=None):
    """Draw the curves of `learning_curves` on two axes; epochs: where the axis ends, or None for the last one."""
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    numbers = [row["epoch"] for row in rows]
    mark = "o" if len(rows) < 20 else ""
    loss, accuracy = axes
    loss.plot(numbers, [row["train_loss"] for row in rows], color=ORANGE, marker=mark, label="train, augmented")
    loss.plot(numbers, [row["val_loss"] for row in rows], color=BLUE, marker=mark, linestyle="--", label="val")
    loss.set(xlabel="epoch", ylabel="cross-entropy", ylim=(0, None))
    loss.legend()
    accuracy.plot(numbers, [row["val_accuracy"] for row in rows], color=BLUE, marker=mark, linestyle="--", label="val")
    best = max(rows, key=lambda row: row["val_accuracy"])
    accuracy.plot(best["epoch"], best["val_accuracy"], "*", color=ORANGE, markersize=14, label="best epoch on val")
    if chance is not None:
        accuracy.axhline(chance, color=GREY, linestyle=":", label="guessing")
    accuracy.set(xlabel="epoch", ylabel="val accuracy", ylim=(0, 1))
    accuracy.yaxis.set_major_formatter(PercentFormatter(1))
    accuracy.legend(loc="best")
    for ax in axes:
        ax.set_xlim(0.5, (epochs or numbers[-1]) + 0.5)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))


def confusion(report, classes=None, normalised=True, title=""):
    """Draw a confusion matrix as scikit-learn does: a row for each true class, a column for each answer.

    report: of fe.evaluation.evaluate, or counts int64 [true, predicted] with `classes`.
    normalised: rows as shares of their class, in whole percent; else counts.
    """
    from sklearn.metrics import ConfusionMatrixDisplay

    counts = torch.as_tensor(getattr(report, "confusion", report)).cpu()
    classes = classes or report.classes
    shown = counts.numpy()
    if normalised:
        shown = (100 * counts / counts.sum(1, keepdim=True).clamp(min=1)).numpy()
    sheet, ax = figure(6.2, 5.4)
    display = ConfusionMatrixDisplay(shown, display_labels=list(classes))
    display.plot(ax=ax, cmap="Blues", values_format=".0f" if normalised else "d", xticks_rotation=45, colorbar=False)
    ax.grid(False)
    ax.set(xlabel="answer", ylabel="true class")
    ax.set_title(title or ("percent of each true class" if normalised else "pictures"))
    return sheet


def bars_by_class(values, ylabel, title=""):
    """Draw one bar a class, in the class's colour; values: class name -> number."""
    sheet, ax = figure(7, 3)
    ax.bar(list(values), list(values.values()), color=[COLOURS.get(name, GREY) for name in values])
    ax.grid(axis="x", visible=False)
    ax.set(ylabel=ylabel, title=title)
    return sheet
