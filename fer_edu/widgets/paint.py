"""Buttons of a colour, with the text on them in black or white, whichever reads better.

ipywidgets 8 could colour the text by itself; 7, which Colab ships, cannot. A class and a rule of style do, in both.
"""

import ipywidgets

INK = {"black": "fer-edu-black", "white": "fer-edu-white"}


def paint(button, colour):
    """Give a Button the colour "#rrggbb", and its text the one of black and white that reads better on it."""
    button.style.button_color = colour
    ink = INK[readable(colour)]
    if ink not in button._dom_classes:
        button._dom_classes = [*(name for name in button._dom_classes if name not in INK.values()), ink]


def ink_rules():
    """Return a widget that shows nothing; painted buttons need it beside them in their view."""
    rules = " ".join(f".{name} {{ color: {colour} !important; }}" for colour, name in INK.items())
    return ipywidgets.HTML(f"<style>{rules}</style>", layout={"display": "none"})


def readable(colour):
    """Return black or white, whichever has the higher contrast on `colour`, "#rrggbb" (WCAG's relative luminance)."""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "black" if (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) else "white"
