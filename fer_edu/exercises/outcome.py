"""What a check answers, and how a notebook shows it."""

import html
from dataclasses import dataclass

CORRECT, INCORRECT, NOT_ATTEMPTED = "correct", "incorrect", "not attempted"

# After Okabe and Ito. The word stands beside the colour, so that nobody needs the colour.
_LOOKS = {CORRECT: ("✔", "#009E73"), INCORRECT: ("✘", "#D55E00"), NOT_ATTEMPTED: ("○", "#666666")}


@dataclass(frozen=True)
class Note:
    """A line of text that a notebook shows beside a coloured bar: a hint, a solution, the state of an exercise."""

    head: str
    message: str
    colour: str = "#0072B2"
    code: str = ""

    def __repr__(self):
        parts = [f"{self.head} {self.message}", self.code]
        return "\n".join(part for part in parts if part)

    def _repr_html_(self):
        lines = html.escape(self.message).replace("\n", "<br>")
        code = f"<pre style='margin:6px 0 0 0'>{html.escape(self.code)}</pre>" if self.code else ""
        return (
            f"<div style='border-left:4px solid {self.colour}; padding:4px 10px'>"
            f"<b style='color:{self.colour}'>{html.escape(self.head)}</b> {lines}{code}</div>"
        )


@dataclass(frozen=True)
class Outcome:
    """The answer of a check. status: "correct", "incorrect" or "not attempted"; message: why, or what to do next."""

    number: str
    status: str
    message: str

    @property
    def correct(self):
        return self.status == CORRECT

    @property
    def note(self):
        sign, colour = _LOOKS[self.status]
        return Note(f"{sign} {self.number} {self.status}.", self.message, colour)

    def __repr__(self):
        return f"{self.number} {self.status}: {self.message}"

    def _repr_html_(self):
        return self.note._repr_html_()
