"""The vocabulary that every chapter shares: classes and their order, colours, prototype action units.

The order of the first seven is that of FER-2013's labels 0..6 (Goodfellow et al. 2013), so a label means the same
thing on every data set; contempt, which only CK+ has, comes last.

The prototypes are EMFACS's (Friesen and Ekman 1983). They say how an expression is *posed*, not what the person
feels: Barrett et al. 2019 review how loose that link is.
"""

CLASSES = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
"""The seven classes of FER-2013, in the order of its labels."""

CLASSES_8 = (*CLASSES, "contempt")
"""The seven classes and contempt, as in CK+."""

COLOURS = {
    "angry": "#D55E00",
    "disgust": "#009E73",
    "fear": "#7F3C8D",
    "happy": "#E69F00",
    "sad": "#0072B2",
    "surprise": "#CC79A7",
    "neutral": "#666666",
    "contempt": "#56B4E9",
}
"""One colour a class, after Okabe and Ito's palette, which colour-blind readers can tell apart."""

ACTION_UNITS = {
    1: "inner brow raiser",
    2: "outer brow raiser",
    4: "brow lowerer",
    5: "upper lid raiser",
    6: "cheek raiser",
    7: "lid tightener",
    9: "nose wrinkler",
    12: "lip corner puller",
    14: "dimpler (one side)",
    15: "lip corner depressor",
    16: "lower lip depressor",
    17: "chin raiser",
    20: "lip stretcher",
    23: "lip tightener",
    26: "jaw drop",
}
"""The action units of the Facial Action Coding System that the generator draws: number -> name."""

PROTOTYPES = {
    "angry": (4, 5, 7, 23),
    "disgust": (9, 15, 16),
    "fear": (1, 2, 4, 5, 7, 20, 26),
    "happy": (6, 12),
    "sad": (1, 4, 15),
    "surprise": (1, 2, 5, 26),
    "neutral": (),
    "contempt": (12, 14),
}
"""Emotion -> action units of its EMFACS prototype. Contempt's two are one-sided (R12 + R14)."""

COMPANIONS = {
    "angry": (9, 16, 17),
    "disgust": (4, 7, 17),
    "fear": (),
    "happy": (26,),
    "sad": (6, 17),
    "surprise": (4, 20),
    "neutral": (4, 12, 17),
    "contempt": (),
}
"""Emotion -> action units outside its prototype that often come along.

EMFACS's variants (9, 16 and 17 with anger; 4, 7 and 17 with disgust; 6 and 17 with sadness; 26 with a laugh), what fear
lends to surprise, and faces whose rest looks stern or amused. They are why anger is taken for disgust.
"""

SPELLINGS = {
    "angry": ("angry", "anger", "an"),
    "disgust": ("disgust", "disgusted", "di"),
    "fear": ("fear", "fearful", "afraid", "scared", "fe"),
    "happy": ("happy", "happiness", "joy", "ha"),
    "sad": ("sad", "sadness", "sa"),
    "surprise": ("surprise", "surprised", "su"),
    "neutral": ("neutral", "neutrality", "ne"),
    "contempt": ("contempt", "contemptuous"),
}
"""Emotion -> the spellings under which copies of the data sets name it."""


def canonical(name):
    """Return the class that `name` spells (any case), or None where it spells none."""
    word = str(name).strip().lower()
    for emotion, spellings in SPELLINGS.items():
        if word in spellings:
            return emotion
    return None
