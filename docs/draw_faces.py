"""Draw the two sheets of faces into docs/images: python docs/draw_faces.py"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from matplotlib import colors
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

import fer_edu as fe
from fer_edu import plots

HERE = Path(__file__).parent / "images"
TINTS = {
    "brows": "#E69F00",
    "eyes": "#56B4E9",
    "nose": "#009E73",
    "mouth": "#D55E00",
    "cheeks": "#CC79A7",
    "occluder": "#0072B2",
}


def save(figure, name):
    """Write the figure with 256 colours: a third of the size."""
    figure.canvas.draw()
    picture = Image.fromarray(np.asarray(figure.canvas.buffer_rgba())).convert("RGB")
    picture.quantize(256, dither=Image.Dither.NONE).save(HERE / name, optimize=True)


def tint(ax, colour, strength):
    """Lay a colour over a picture, as far as strength, float [S, S] in 0..1, says."""
    tone = torch.tensor(colors.to_rgb(colour)).expand(*strength.shape, 3)
    ax.imshow(torch.cat([tone, strength[..., None]], 2))


def show(ax, picture):
    ax.imshow(picture, cmap="gray", vmin=0, vmax=255)
    ax.set_axis_off()


def by_class_and_preset(size=144, seed=16):
    """One row a preset, one column a class: the same poses and cameras as in the sets, at three times their pixels."""
    presets = list(fe.faces.PRESETS)
    figure, axes = plots.figure(11.2, 6.9, len(presets), 7)
    FigureCanvasAgg(figure)
    for row, preset in zip(axes, presets, strict=True):
        faces = fe.faces.sample(200, seed=seed, difficulty=preset)
        first = [int((faces.truth.clean_labels == label).nonzero()[0]) for label in range(7)]
        pictures, _ = fe.faces.photograph(faces.truth.scene[torch.tensor(first)], size=size)
        for ax, picture in zip(row, pictures, strict=True):
            show(ax, picture[0])
        row[0].text(-0.08, 0.5, preset, transform=row[0].transAxes, rotation=90, ha="center", va="center")
    for ax, name in zip(axes[0], faces.classes, strict=True):
        ax.set_title(name)
    save(figure, "faces.png")


def with_truth(size=192, seed=23):
    """Faces with their pose and parts, and below them the pixels that each of their action units changes."""
    wild = replace(fe.faces.PRESETS["wild"], drop=0.0, occlusion=0.6, blur=(0.0, 0.3), low_resolution=0.0)
    faces = fe.faces.sample(60, seed=seed, difficulty=wild)
    chosen = torch.tensor([int((faces.truth.clean_labels == label).nonzero()[0]) for label in range(6)])
    scene = faces.truth.scene[chosen]
    figure, axes = plots.figure(11.2, 5.9, 3, 6)
    FigureCanvasAgg(figure)
    pictures, masks = fe.faces.photograph(scene, size=size)
    bare, _ = fe.faces.photograph(scene.replace(action_units=torch.zeros_like(scene.action_units)), size=size)
    for k, column in enumerate(axes.T):
        name = faces.classes[faces.truth.clean_labels[chosen[k]]]
        units = [f"{u}" for u, on in zip(fe.faces.ACTION_UNITS, scene.action_units[k] > 0, strict=True) if on]
        show(column[0], pictures[k, 0])
        column[0].set_title(name)
        show(column[1], pictures[k, 0])
        for part, colour in TINTS.items():
            tint(column[1], colour, 0.55 * masks[k, fe.faces.PARTS.index(part)].float())
        corners = plots.corners(fe.geometry.invert(scene.theta[k : k + 1])[0], size, size)
        column[1].plot(*torch.cat([corners, corners[:1]]).T, color=plots.LOOK, linewidth=1.5)
        column[1].set(xlim=(-0.5, size - 0.5), ylim=(size - 0.5, -0.5))
        show(column[2], bare[k, 0])
        changed = (pictures[k, 0].int() - bare[k, 0].int()).abs().float() / 90
        tint(column[2], plots.ORANGE, changed.clamp(0, 0.9))
        column[2].set_title(f"AU {', '.join(units)}", fontsize=9)
    save(figure, "faces-truth.png")


if __name__ == "__main__":
    with plots.in_style():
        by_class_and_preset()
        with_truth()
