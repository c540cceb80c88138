"""The face renderer as a JavaScript function, written by the Python renderer itself.

`fer_edu.faces.render.draw` computes every pixel from its own position alone, so it is run once on one pixel, and
`translate` writes down what it did: whatever changes there changes here.
"""

import functools
from dataclasses import fields

import torch

from ..faces import ACTION_UNITS, PARTS, Identity, theta_from
from ..faces.anatomy import anatomy
from ..faces.canvas import Canvas
from ..faces.nuisances import background, occluders
from ..faces.render import draw
from .javascript import translate

UNITS = tuple(f"AU{number}" for number in ACTION_UNITS)
PERSON = tuple(field.name for field in fields(Identity))
POSE = ("rotation", "scale", "shift_x", "shift_y", "shear")
LIGHT = ("light_x", "light_y", "strength")
SCENE = ("occluder", "clutter")
PARAMETERS = UNITS + PERSON + POSE + LIGHT + SCENE
"""The names of the numbers that a picture is drawn from, in the order of drawFace's `params`."""

PIXEL = ("across", "down")
"""Where a pixel lies in the picture, in normalised coordinates."""

FUNCTION = """\
// Draws one face. params: Float64Array, the numbers named in SPEC.names. size: S, pixels a side. image: Float32Array
// [S * S], takes grey levels in 0..1. masks: Uint8Array [{parts} * S * S], takes 0 or 1 for each of SPEC.parts in turn.
// Generated from the Python renderer: to change it, change fer_edu/faces.
function drawFace(params, size, image, masks) {{
const [{names}] = params;
const pixels = size * size;
{once}
for (let row = 0, at = 0; row < size; row++) {{
const down = (2 * row + 1) / size - 1;
for (let column = 0; column < size; column++, at++) {{
const across = (2 * column + 1) / size - 1;
{each}
}}
}}
}}
"""


@functools.cache
def drawing():
    """Return the source of `drawFace(params, size, image, masks)`; made once a process, in about a second."""
    program = translate(_draw_pixel, (*PARAMETERS, "size"), PIXEL)
    (image,) = program.outputs["image"]
    stores = [f"image[at] = {image};"]
    stores += [f"masks[{k} * pixels + at] = {mask};" for k, mask in enumerate(program.outputs["masks"])]
    return FUNCTION.format(
        parts=len(PARTS),
        names=", ".join(PARAMETERS),
        once="\n".join(program.once),
        each="\n".join((*program.each, *stores)),
    )


def _draw_pixel(number):
    """Draw one pixel of one face. number: name of a parameter, of PIXEL or "size" -> float32 [1, 1]."""
    single = {name: value[:, 0] for name, value in number.items()}
    shift = torch.cat([number["shift_x"], number["shift_y"]], 1)
    theta = theta_from(single["rotation"], single["scale"], shift, single["shear"])
    light = torch.cat([number[name] for name in LIGHT], 1)
    canvas = Canvas(theta, light, 1, PARTS, whole=True)
    # A canvas of one pixel, moved to where the pixel is and shrunk to what it is in a picture of `size`.
    (a, b, tx), (c, d, ty) = canvas.rows
    canvas.x = a * number["across"] + b * number["down"] + tx
    canvas.y = c * number["across"] + d * number["down"] + ty
    canvas.a, canvas.side = canvas.x.abs(), canvas.x.sign()
    canvas.pixel = canvas.pixel / number["size"]
    canvas.minus_per_pixel = -1 / canvas.pixel
    units = torch.cat([number[name] for name in UNITS], 1)
    person = Identity(**{name: single[name] for name in PERSON})
    draw(canvas, anatomy(person, units), occluders.usual(single["occluder"]), background.usual(single["clutter"]))
    return {"image": canvas.image, "masks": canvas.masks}
