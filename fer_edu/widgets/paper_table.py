"""The paper's numbers and what hangs on them: change one, and see which others would have to change with it."""

import html
import math

import ipywidgets

from ..errors import DataError
from ..paper import Dependencies, Printed
from ..paper.dependencies import DID_NOT_FIT
from ..plots import BLUE, GREY, ORANGE
from .view import STYLE, widget_bundle

CELL = "padding:2px 8px; text-align:right; border-bottom:1px solid #DDDDDD"
HEAD = f"{CELL}; color:{GREY}; font-weight:normal"
WORDS = CELL.replace("right", "left")


class PaperTableState:
    """One number of the paper, changed, and what follows from the change.

    where: a table or section, one of `groups`. name: of a number there, one of `names`. number: what stands there now,
    float, in the unit that is printed. Setting `where` or `name` goes back to the number as printed. DataError on what
    is not there.

    place: the `Place`. reached: the nearest number that whole pictures allow. consequences: a tuple of `Consequence`.
    """

    private = False

    def __init__(self, where="table 8", name="Angry, recall", number=None, paper=None):
        self.dependencies = Dependencies() if paper is None else Dependencies(paper)
        self.where = where
        self.name = name
        if number is not None:
            self.number = number

    @property
    def groups(self):
        """Tables first, then sections; the implied sums of table 8 cannot be changed by themselves."""
        found = [group for group in self.dependencies.groups if "implied" not in group]
        return tuple(sorted(found, key=lambda group: (not group.startswith("table"), group)))

    @property
    def where(self):
        return self._where

    @where.setter
    def where(self, group):
        if group not in self.groups:
            raise DataError(f"expected a place out of {', '.join(self.groups)}, found {group!r}: name one of those.")
        self._where = group
        self.name = self.names[0]

    @property
    def names(self):
        return tuple(place.name for place in self.dependencies.places if place.where == self.where)

    @property
    def name(self):
        return self.place.name

    @name.setter
    def name(self, name):
        self.place = self.dependencies.place(self.where, name)
        self.number = float(self.place.printed)

    @property
    def number(self):
        return self._number

    @number.setter
    def number(self, number):
        if not math.isfinite(number) or number < 0:
            raise DataError(f"expected a number from 0, found {number}: type another.")
        self._number = float(number)
        text = self.place.printed if self.unchanged else f"{self._number:.12g}"
        self.reached, self.consequences = self.dependencies.change(self.place, text)

    @property
    def unchanged(self):
        return self._number == float(self.place.printed)

    @property
    def step(self):
        """By how much the arrow keys change the number: a picture, or a tenth of a point, or a hundredth of 1."""
        printed = self.place.printed
        if printed.decimals == 0:
            return 1.0
        return 0.01 if printed.decimals > 3 or float(printed) < 1 else 0.1

    def describe(self):
        """Say in one line what was changed and how many numbers would have to change with it."""
        here = f"{self.where}, {self.place.name}: printed {self.place.printed}"
        if self.unchanged:
            return f"{here}. Change it."
        found = f", now {self._number:.12g}"
        if not Printed(f"{self._number:.12g}", self.place.printed.given).says(float(self.reached)):
            found += f" (whole pictures allow {self.reached})"
        count = len(self.consequences)
        others = {0: "nothing else hangs on it", 1: "1 other number would have to change"}
        return f"{here}{found}: {others.get(count, f'{count} other numbers would have to change')}."

    def html(self):
        """Return the group of numbers, the changed one marked, and below it what would have to change elsewhere."""
        moved = {(c.place.where, c.place.name): c for c in self.consequences}
        parts = [f"<p><b>{html.escape(self.describe())}</b></p>", self._grid(moved)]
        elsewhere = [c for c in self.consequences if c.place.where != self.where]
        if elsewhere:
            rows = [("where", "number", "printed", "would have to be", "it is")]
            for c in elsewhere:
                note = f"{c.place.formula} ({c.state})" if c.state == DID_NOT_FIT else c.place.formula
                rows.append((c.place.where, c.place.name, c.place.printed, f"→ {c.would_be}", note))
            lines = [
                "".join(
                    f"<td style='{style(k, column)}'>{html.escape(str(cell))}</td>" for column, cell in enumerate(row)
                )
                for k, row in enumerate(rows)
            ]
            parts.append(f"<table><tr>{'</tr><tr>'.join(lines)}</tr></table>")
        misfits = "; ".join(
            f"{c.place.where}, {c.place.name} {c.place.printed} (from the rest: {c.would_be})"
            for c in self.dependencies.misfits()
        )
        parts.append(f"<p style='color:{GREY}'>As printed, these do not fit the rest: {html.escape(misfits)}.</p>")
        return "<div class='fer-edu-paper'>" + "".join(parts) + "</div>"

    def _grid(self, moved):
        """Return the numbers of this group as a table: rows and columns by the two parts of their names."""
        grid = {}
        for place in self.dependencies.places:
            if place.where == self.where:
                row, column = parts_of(place.name)
                grid.setdefault(row, {})[column] = place
        columns = list(dict.fromkeys(column for row in grid.values() for column in row))
        lines = ["".join(f"<th style='{HEAD}'>{html.escape(name)}</th>" for name in ("", *columns))]
        for name, row in grid.items():
            cells = [f"<td style='{WORDS}'>{html.escape(name)}</td>"]
            for column in columns:
                cells.append(self._cell(row.get(column), moved))
            lines.append("".join(cells))
        return f"<table><tr>{'</tr><tr>'.join(lines)}</tr></table>"

    def _cell(self, place, moved):
        """Return one cell: as printed, or struck through with what is there now, or with what would have to be."""
        if place is None:
            return f"<td style='{CELL}'></td>"
        printed = html.escape(str(place.printed))
        if place is self.place:
            now = printed if self.unchanged else f"<s>{printed}</s> <b>{html.escape(f'{self._number:.12g}')}</b>"
            return f"<td style='{CELL}; outline:2px solid {BLUE}'>{now}</td>"
        if (c := moved.get((place.where, place.name))) is not None:
            would = html.escape(str(c.would_be))
            return f"<td style='{CELL}; color:{ORANGE}'><s>{printed}</s> → <b>{would}</b></td>"
        return f"<td style='{CELL}'>{printed}</td>"


def style(row, column):
    """Return the style of a cell in the list of what would have to change."""
    if row == 0:
        return HEAD.replace("right", "left")
    return f"{WORDS}; color:{ORANGE}; font-weight:bold" if column == 3 else WORDS


def parts_of(name):
    """Return ("Angry", "recall") for "Angry, recall" and ("angry", "hits") for "angry: hits"; (name, "") else."""
    for mark in (", ", ": "):
        row, found, column = name.partition(mark)
        if found:
            return row, column
    return name, ""


class PaperTable(ipywidgets.VBox):
    """Two sliders to choose a number by, a field to change it, and below it what would have to change with it.

    Sliders and not lists, since in JupyterLab an arrow down on a closed list goes to the next cell of the notebook.
    """

    def __init__(self, state=None, **keywords):
        self.state = PaperTableState() if state is None else state
        wide = {"style": STYLE, "layout": {"width": "700px"}}
        self.controls = {
            "where": ipywidgets.SelectionSlider(options=self.state.groups, description="table or section", **wide),
            "name": ipywidgets.SelectionSlider(options=self.state.names, description="which number", **wide),
            "number": ipywidgets.BoundedFloatText(
                min=0, max=1e9, description="what if it were", style=STYLE, layout={"width": "270px"}
            ),
        }
        self.back = ipywidgets.Button(description="as printed", layout={"margin": "2px 2px 2px 154px"})
        self.words = ipywidgets.HTML()
        super().__init__([*self.controls.values(), self.back, self.words], **keywords)
        self.add_class("fer-edu-view")
        self._following = False
        self._follow()
        for name, control in self.controls.items():
            control.observe(lambda change, name=name: self._moved(name, change["new"]), "value")
        self.back.on_click(lambda button: self._moved("number", float(self.state.place.printed)))

    def _moved(self, name, value):
        if not self._following:
            setattr(self.state, name, value)
            self._follow()

    def _follow(self):
        """Have the controls say what the state says, without their answering, and write the state anew."""
        self._following = True
        try:
            state, controls = self.state, self.controls
            controls["where"].value = state.where
            if tuple(controls["name"].options) != state.names:
                controls["name"].options = state.names
            controls["name"].value = state.name
            controls["number"].step = state.step
            controls["number"].value = state.number
        finally:
            self._following = False
        self.words.value = self.state.html()

    def walk(self):
        """Change the first and the last number of every table and section, and come back; return how many changes."""
        where, name, number, drawn = self.state.where, self.state.name, self.state.number, 0
        for group in self.state.groups:
            self.controls["where"].value = group
            for each in dict.fromkeys((self.state.names[0], self.state.names[-1])):
                self.controls["name"].value = each
                self.controls["number"].value += self.state.step
                drawn += 1
                self.back.click()
        self.controls["where"].value, self.controls["name"].value = where, name
        self.controls["number"].value = number
        return drawn

    def _repr_mimebundle_(self, **keywords):
        """Return the widget, and beside it the state as a page for a reader without a kernel."""
        bundle = widget_bundle(self)
        bundle["text/plain"] = f"{type(self).__name__}: {self.state.describe()}"
        bundle["text/html"] = self.state.html()
        return bundle
