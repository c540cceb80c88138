"""The labelling game: be the classifier. Label some faces, then see your confusion matrix and your interval."""

import html
from typing import NamedTuple

import ipywidgets
import torch

from ..emotions import COLOURS
from ..errors import DataError
from ..evaluation import wilson
from .labelling_picture import draw_face, draw_result
from .paint import ink_rules, paint
from .view import View

CANNOT_TELL = "I cannot tell"
"""The answer that names no class. It counts as wrong, as it would for a network."""

SHOWN = 0.05
"""Intensity above which an action unit is named: below it nothing can be seen."""


class VoteAgreement(NamedTuple):
    """What the annotators of the same faces said.

    yours: the chance that one of their votes for an emotion is your answer, the mean over the faces; "I cannot tell"
    counts 0. label: the same for the set's label. majority: the share of faces whose majority is the label; a face
    without a majority counts as wrong. missed, hit: mean entropy of the votes, in bits, on the faces that you got wrong
    and right; None where there is none.
    """

    yours: float
    label: float
    majority: float
    missed: float | None
    hit: float | None


class LabellingState:
    """Faces to label, and the answers so far.

    faces: a `FaceSet`. rounds: how many of them, 1..N. seed: which ones. They are drawn evenly from the whole set,
    without replacement and whatever their class, so that the accuracy on them estimates the accuracy on the set.

    picked: int64 [rounds], which faces, in the order in which they are shown. shown: those as a `FaceSet`. truth: int64
    [rounds], the class that each was drawn for, or its label where nobody knows more. answers: a class name or
    CANNOT_TELL for each face answered so far. done: whether all are. private: whether the faces are photographs, which
    must not be saved in a notebook. Raises DataError on rounds or an answer that cannot be.
    """

    def __init__(self, faces, rounds=20, seed=0):
        if isinstance(rounds, bool) or not isinstance(rounds, int) or not 1 <= rounds <= len(faces):
            raise DataError(
                f"expected rounds in 1..{len(faces)}, one a face, found {rounds!r}: give fewer, or more faces."
            )
        self.faces, self.rounds = faces, rounds
        self.private = faces.truth is None
        self.restart(seed)

    def restart(self, seed=None):
        """Forget the answers and draw new faces: those of `seed`, or of the next seed where none is given."""
        self.seed = self.seed + 1 if seed is None else seed
        self.picked = torch.randperm(len(self.faces), generator=torch.Generator().manual_seed(self.seed))[: self.rounds]
        self.shown = self.faces[self.picked]
        self.truth = self.shown.labels if self.shown.truth is None else self.shown.truth.clean_labels
        self.answers = []

    @property
    def classes(self):
        return self.faces.classes

    @property
    def done(self):
        return len(self.answers) == self.rounds

    def answer(self, name):
        """Give the face in sight a class, or CANNOT_TELL, and go on to the next."""
        if self.done:
            raise DataError(f"expected no more than {self.rounds} answers, found one more: restart the game first.")
        if name not in (*self.classes, CANNOT_TELL):
            raise DataError(
                f"expected an answer out of {', '.join((*self.classes, CANNOT_TELL))}, found {name!r}: give one."
            )
        self.answers.append(name)

    def undo(self):
        """Take the last answer back; nothing happens before the first."""
        self.answers = self.answers[:-1]

    @property
    def confusion(self):
        """int64 [classes, classes + 1]: how often faces of a class (row) got an answer; last column: CANNOT_TELL."""
        counts = torch.zeros(len(self.classes), len(self.classes) + 1, dtype=torch.int64)
        for label, name in zip(self.truth.tolist(), self.answers, strict=False):
            counts[label, (*self.classes, CANNOT_TELL).index(name)] += 1
        return counts

    @property
    def right(self):
        """bool [answers given]: which of them are right."""
        named = [name == self.classes[label] for label, name in zip(self.truth.tolist(), self.answers, strict=False)]
        return torch.tensor(named, dtype=torch.bool)

    @property
    def accuracy(self):
        """The share of the faces answered so far that got the right class; DataError before the first."""
        self._need_answers()
        return self.right.float().mean().item()

    @property
    def interval(self):
        """(low, high), the Wilson interval of the accuracy at 95%."""
        self._need_answers()
        return wilson(int(self.right.sum()), len(self.answers))

    @property
    def unsure(self):
        """The share of the faces answered so far that got CANNOT_TELL."""
        self._need_answers()
        return self.answers.count(CANNOT_TELL) / len(self.answers)

    @property
    def commonest(self):
        """(class, share): what always giving one answer could reach at best on the faces of this game."""
        counts = torch.bincount(self.truth, minlength=len(self.classes))
        return self.classes[int(counts.argmax())], counts.max().item() / self.rounds

    @property
    def votes(self):
        """The `VoteAgreement` on the faces answered so far, or None where nobody voted on them."""
        self._need_answers()
        if self.shown.votes is None:
            return None
        n = len(self.answers)
        votes = self.shown.votes[slice(n)]
        share, entropy, majority = votes.distribution(), votes.entropy(), votes.majority()
        labels = [self.classes[label] for label in self.truth[:n].tolist()]
        agree = [
            index >= 0 and votes.classes[index] == name for index, name in zip(majority.tolist(), labels, strict=True)
        ]
        right = self.right

        def share_of(names):
            found = [
                share[k, votes.classes.index(name)].item() for k, name in enumerate(names) if name in votes.classes
            ]
            return sum(found) / n

        def mean_entropy(which):
            return entropy[which].mean().item() if which.any() else None

        return VoteAgreement(
            share_of(self.answers), share_of(labels), sum(agree) / n, mean_entropy(~right), mean_entropy(right)
        )

    def cause(self, index):
        """Say in a few words what the face at `index` of the game was labelled for: "AU6+12", its votes, or "".

        Drawn faces: the action units that were drawn. Faces with votes: the emotions that got most of them.
        """
        truth, votes = self.shown.truth, self.shown.votes
        if truth is not None:
            strength = truth.action_units[index].tolist()
            units = [name for name, value in zip(truth.action_unit_names, strength, strict=True) if value > SHOWN]
            return "AU" + "+".join(unit.removeprefix("AU") for unit in units) if units else "no action unit"
        if votes is not None:
            counts = sorted(zip(votes.emotions[index].tolist(), votes.classes, strict=True), key=lambda pair: -pair[0])
            return "votes: " + ", ".join(f"{name} {count}" for count, name in counts[:2] if count)
        return ""

    def describe(self):
        if not self.done:
            return f"Face {len(self.answers) + 1} of {self.rounds}: which class do you give it?"
        low, high = self.interval
        name, share = self.commonest
        whose = "their label" if self.private else "the class they were drawn for"
        said = (
            f"You gave {int(self.right.sum())} of {self.rounds} faces {whose}: {self.accuracy:.0%}. With so few faces, "
            f"the 95% interval (Wilson) goes from {low:.0%} to {high:.0%}. Guessing blindly gives "
            f"{1 / len(self.classes):.0%} on average; always answering {name} gives {share:.0%} here. You could not "
            f"tell in {self.unsure:.0%}."
        )
        votes = self.votes
        if votes is not None:
            said += (
                f" Of the annotators' votes on these faces, {votes.yours:.0%} are for your answers and "
                f"{votes.label:.0%} for the label; their majority is the label in {votes.majority:.0%}."
            )
            if votes.missed is not None and votes.hit is not None:
                said += (
                    f" Their votes have an entropy of {votes.missed:.2f} bits where you missed the label, "
                    f"{votes.hit:.2f} where you hit it."
                )
        return said

    def png(self):
        """Return the face to label, or at the end the result, as PNG bytes."""
        return draw_result(self) if self.done else draw_face(self)

    def _need_answers(self):
        if not self.answers:
            raise DataError("expected at least one answer, found none: label a face first.")


class LabellingGame(View):
    """The face, a button for each class, "I cannot tell", undo and new faces; the result when all are answered.

    Nothing is said about an answer before the end: feedback trains, and the last faces would be another test than the
    first. Time is not measured. Tab goes from button to button, Enter presses.
    """

    def __init__(self, state):
        names = (*state.classes, CANNOT_TELL)
        self.answers = {name: button(name, COLOURS.get(name)) for name in names}
        self.back, self.again = button("undo"), button("other faces")
        super().__init__(state, {})
        self.add_class("fer-edu-labelling")
        for name, pressed in self.answers.items():
            pressed.on_click(lambda _, name=name: self._act(self.state.answer, name))
        self.back.on_click(lambda _: self._act(self.state.undo))
        self.again.on_click(lambda _: self._act(self.state.restart))
        named, others = list(self.answers.values())[:-1], (self.answers[CANNOT_TELL], self.back, self.again)
        rows = [ipywidgets.HBox(row, layout={"flex_flow": "row wrap"}) for row in (named, others)]
        self.children = (self.words, self.image, *rows, ink_rules())

    def _act(self, action, *arguments):
        action(*arguments)
        self.redraw()

    def redraw(self):
        done = self.state.done
        for pressed in self.answers.values():
            pressed.disabled = done
        self.back.disabled = done or not self.state.answers  # at the end the truth is in sight: too late to think again
        self.image.value = self.state.png()
        self.words.value = html.escape(self.state.describe())

    def walk(self):
        """Play a whole game with fixed answers, one undo and other faces; return how many pictures that drew.

        It ends where it started: the same faces, the same answers.
        """
        state, kept = self.state, list(self.state.answers)
        seed, buttons = state.seed, list(self.answers.values())
        state.restart(seed)
        buttons[-1].click()
        self.back.click()
        for k in range(state.rounds):
            buttons[k % len(buttons)].click()
        self.again.click()
        state.restart(seed)
        state.answers = kept
        self.redraw()
        return state.rounds + 4


def button(name, colour=None):
    """Return a button of one colour, on it the name in black or white, whichever reads better."""
    made = ipywidgets.Button(description=name, layout={"width": "110px"})
    if colour is not None:
        paint(made, colour)
    return made
