"""Where the parts of a face lie: a person's proportions, moved by action units.

The units act as the Facial Action Coding System describes them (Ekman and Friesen 1978), simplified to the plane.
Two rules join units: brows that are raised and drawn together at once (1 + 4) slant instead of cancelling out, and
where the one-sided dimpler (14) acts, the corner of the mouth on the other side follows 12 less: a smirk.
"""

from types import SimpleNamespace

from ..emotions import ACTION_UNITS as UNIT_NAMES

ACTION_UNITS = tuple(UNIT_NAMES)
"""The numbers of the action units, in the order of the columns of every `action_units` tensor."""

UNIT_PARTS = {
    1: ("brows",),
    2: ("brows",),
    4: ("brows",),
    5: ("eyes",),
    6: ("eyes", "cheeks"),
    7: ("eyes",),
    9: ("brows", "nose", "mouth"),
    12: ("mouth", "cheeks"),
    14: ("mouth",),
    15: ("mouth",),
    16: ("mouth",),
    17: ("mouth",),
    20: ("mouth",),
    23: ("mouth",),
    26: ("mouth", "face"),
}
"""Action unit -> the parts whose outline it moves (their masks change; those of all other parts do not)."""


def anatomy(who, action_units):
    """Return the positions and sizes of the parts of n faces, as a namespace of float32 [n, 1].

    who: an `Identity` of n people. action_units: float32 [n, A], intensities in 0..1.
    Coordinates as in `identity`: x right, y down. `au` maps a unit's number to its intensity [n, 1].
    """
    au = {unit: action_units[:, k, None] for k, unit in enumerate(ACTION_UNITS)}
    person = {name: value[:, None] for name, value in vars(who).items()}
    body = SimpleNamespace(au=au, **person)
    toon = body.cartoon
    body.eye_width = body.eye_width * (1 + 0.22 * toon)
    body.eye_opening = body.eye_opening * (1 + 0.60 * toon)
    body.brow_thickness = body.brow_thickness * (1 + 0.35 * toon)
    body.nose_width = body.nose_width * (1 - 0.30 * toon)
    _age(body)
    _brows(body, au)
    _eyes(body, au)
    _nose(body, au)
    _mouth(body, au)
    body.jaw_width = body.jaw_width * body.head_width
    body.chin_y = body.chin_y + 0.07 * au[26]
    body.cheek_x = body.eye_x + 0.09 + 0.01 * au[12]
    body.cheek_y = body.eye_y + 0.33 - 0.035 * au[6] - 0.03 * au[12]
    return body


def _age(body):
    """Let creases deepen and hair grey with the years; `lines` says how early."""
    old = ((body.age - 30) * (1 / 50) + 0.35 * (body.lines - 0.5)).clamp(0, 1)
    body.creased = old * (1 - body.cartoon)
    grey = ((old - 0.45) * 2.2).clamp(0, 1)
    body.hair_tone = body.hair_tone + (0.72 - body.hair_tone) * grey * 0.85
    body.lip_thickness = body.lip_thickness * (1 - 0.22 * old)
    body.eye_opening = body.eye_opening * (1 - 0.10 * old)


def _brows(body, au):
    base = body.eye_y - body.brow_gap
    # Under 1 the frown draws the brows together, but no longer pulls their inner ends down.
    frown = au[4] * (1 - 0.9 * au[1])
    body.brow_inner_x = 0.115 - 0.035 * au[4]
    body.brow_outer_x = body.eye_x + 1.25 * body.eye_width
    body.brow_inner_y = base + 0.02 - 0.155 * au[1] + 0.145 * frown - 0.02 * au[2] + 0.035 * au[9]
    body.brow_outer_y = base + 0.035 - 0.105 * au[2] + 0.03 * au[1] - 0.03 * frown + 0.03 * au[1] * au[4]
    # The middle is the control point of a quadratic Bezier curve: the brow gets half as high as it.
    body.brow_middle_y = base - body.brow_arch - 0.20 * au[2] - 0.02 * au[1] + 0.06 * frown + 0.015 * au[9]


def _eyes(body, au):
    body.upper_lid = (0.090 * body.eye_opening + 0.062 * au[5] - 0.036 * au[7] - 0.010 * au[6]).clamp(min=0.018)
    body.lower_lid = (0.056 * body.eye_opening + 0.008 * au[5] - 0.036 * au[7] - 0.052 * au[6]).clamp(min=-0.012)
    body.iris_radius = 0.50 * body.eye_width


def _nose(body, au):
    body.nose_top = body.eye_y + 0.02
    body.nose_y = body.eye_y + body.nose_length - 0.045 * au[9]
    body.nose_width = body.nose_width + 0.018 * au[9]


def _mouth(body, au):
    smile = (1.6 * au[12] - 0.5).clamp(0, 1)  # a faint smile keeps the lips together
    press = (1 - 0.75 * au[17]) * (1 - 0.85 * au[23])
    rest_y = body.eye_y + body.nose_length + body.mouth_gap
    body.mouth_y = rest_y + 0.015 * au[12] + 0.035 * au[26] - 0.025 * au[17] - 0.02 * au[15] * (1 - au[26])
    stretch = 1 + 0.25 * au[12] + 0.32 * au[20] - 0.28 * au[23] - 0.06 * au[15]
    body.mouth_width = body.mouth_width * stretch - 0.075 * au[26] * (1 - au[20])
    thin = (1 - 0.55 * au[23]) * (1 - 0.30 * au[20]) * (1 - 0.15 * au[12])
    body.upper_lip = 0.052 * body.lip_thickness * thin * (1 - 0.15 * au[9])
    body.lower_lip = 0.074 * body.lip_thickness * thin + 0.018 * au[17]
    body.open_up = press * (0.030 * smile + 0.060 * au[26] * (1 - 0.4 * au[20]) + 0.035 * au[9] + 0.008 * au[20])
    body.open_down = press * (0.070 * smile + 0.070 * au[16] + 0.022 * au[20] + 0.005 * au[9])
    body.open_down = body.open_down + press * 0.205 * au[26] * (1 - 0.35 * au[20])
    body.mouth_round = 0.9 * au[26] * (1 - 0.5 * au[20]) + 0.5 * au[16] + 0.7 * au[20]
    body.upper_teeth = 0.012 + 0.075 * smile + 0.020 * au[20] + 0.018 * au[9]
    body.lower_teeth = 0.045 * au[16]
    # How far the corners lie below the middle of the line between the lips: drop + tilt right, drop - tilt left.
    lift, drop = 0.165 * au[12], 0.145 * au[15] + 0.035 * au[17] + 0.045 * au[20] - 0.012
    body.corner_drop = drop - lift * (1 - 0.45 * au[14]) - 0.0225 * au[14]
    body.corner_tilt = -0.45 * lift * au[14] - 0.0225 * au[14]
    body.corner_shift = 0.03 * au[14]
