"""A confusion matrix to click through: which pictures stand behind a number?"""

import html
import math

import ipywidgets

from .. import plots
from ..errors import DataError
from ..evaluation import Report, evaluate
from .confusion_picture import PER_PAGE, draw_all, draw_pictures, shade
from .paint import ink_rules, paint
from .view import View

COUNTS, SHARES = "pictures", "% of row"


class ConfusionState:
    """A confusion matrix, one of its cells, and the pictures in it, page by page.

    scored: a model, which is then run on all faces, or the `Report` of evaluate() on these faces. faces: a `FaceSet`.
    true, predicted: names of the cell's class and answer, None for the pair that is confused most often. They may be
    set, and the first page is shown then. page: 0.. `pages` - 1. numbers: COUNTS or SHARES, what the matrix shows.

    confusion: int64 [true, predicted], as scikit-learn draws it. shown: int64, the pictures of this page, as indices
    into `faces`; those of a cell are sorted by the probability of the answer, the surest first. private: whether the
    faces are photographs, which must not be saved in a notebook. Raises DataError on what does not fit.
    """

    def __init__(self, scored, faces, true=None, predicted=None, numbers=COUNTS):
        report = scored if isinstance(scored, Report) else evaluate(scored, faces)
        if report.probabilities is None or report.data.get("fingerprint") != faces.fingerprint():
            raise DataError(
                "expected the report of these faces, picture by picture, found one of other faces or of counts alone: "
                "make it with evaluate() on the set that you give here."
            )
        self.faces, self.report, self.classes = faces, report, report.classes
        self.confusion = report.confusion
        self.private = faces.truth is None
        chosen = report.predicted[:, None]
        self.confidence = report.probabilities.gather(1, chosen)[:, 0]
        self.runner_up = report.probabilities.scatter(1, chosen, -1).max(1)  # values and indices
        self.numbers = numbers
        first, second = self.most_confused
        self.pick(true or first, predicted or second)

    def pick(self, true, predicted):
        """Go to a cell, by the names of its class and its answer."""
        for name in (true, predicted):
            if name not in self.classes:
                raise DataError(
                    f"expected a class out of {', '.join(self.classes)}, found {name!r}: name one of those."
                )
        self._true, self._predicted, self._page = true, predicted, 0
        row, column = self.cell
        inside = ((self.report.labels == row) & (self.report.predicted == column)).nonzero()[:, 0]
        self.behind = inside[self.confidence[inside].argsort(descending=True, stable=True)]

    @property
    def true(self):
        return self._true

    @true.setter
    def true(self, name):
        self.pick(name, self._predicted)

    @property
    def predicted(self):
        return self._predicted

    @predicted.setter
    def predicted(self, name):
        self.pick(self._true, name)

    @property
    def numbers(self):
        return self._numbers

    @numbers.setter
    def numbers(self, what):
        if what not in (COUNTS, SHARES):
            raise DataError(f"expected numbers as {COUNTS!r} or {SHARES!r}, found {what!r}: name one of those.")
        self._numbers = what

    @property
    def page(self):
        return self._page

    @page.setter
    def page(self, number):
        if not 0 <= number < self.pages:
            raise DataError(f"expected a page in 0..{self.pages - 1}, found {number}: turn to one of those.")
        self._page = number

    @property
    def pages(self):
        """How many pages the cell has; an empty one has one."""
        return max(1, math.ceil(len(self.behind) / PER_PAGE))

    @property
    def cell(self):
        """(row, column) of the cell."""
        return self.classes.index(self._true), self.classes.index(self._predicted)

    @property
    def shown(self):
        return self.behind[self._page * PER_PAGE : (self._page + 1) * PER_PAGE]

    @property
    def most_confused(self):
        """(class, answer) of the largest number off the diagonal."""
        off = self.confusion.clone().fill_diagonal_(-1)
        row, column = divmod(int(off.argmax()), len(self.classes))
        return self.classes[row], self.classes[column]

    def share(self, row, column):
        """The share of a class that got an answer, 0..1; 0 for a class without pictures."""
        return self.confusion[row, column].item() / max(int(self.confusion[row].sum()), 1)

    def text(self, row, column):
        """What the matrix says in a cell: the count, or the percentage of the row."""
        if self.numbers == COUNTS:
            return str(int(self.confusion[row, column]))
        return f"{100 * self.share(row, column):.0f}"

    def answer(self, index):
        """What the network says to a picture, in a few words: how sure it is, and its second answer."""
        sure, less = self.confidence[index], self.runner_up.values[index]
        return f"{sure:.0%}, then {self.classes[self.runner_up.indices[index]]} {less:.0%}"

    def describe(self):
        (row, column), count = self.cell, len(self.behind)
        whole = int(self.confusion[row].sum())
        said = f"{count} of {whole} pictures labelled {self.true} are named {self.predicted}"
        said += f" ({self.share(row, column):.0%})." if whole else "."
        if count:
            sure = self.confidence[self.behind].mean().item()
            said += f" On average the network gives that answer {sure:.0%}."
        if row != column:
            back, other = int(self.confusion[column, row]), int(self.confusion[column].sum())
            said += f" The other way round it is {back} of {other}."
        if count and not self.private:
            drawn = self.faces.truth.clean_labels[self.behind]
            wrong = drawn != row
            if wrong.any():
                drawn = int((drawn == column).sum())
                said += f" {int(wrong.sum())} of these labels are wrong on purpose"
                said += "." if row == column else f"; {drawn} of the faces were drawn as {self.predicted}."
        if self.pages > 1:
            said += f" Page {self.page + 1} of {self.pages}, the surest answers first."
        return said

    def pictures(self):
        """Return the pictures of this page and what is said and known of them, as PNG bytes."""
        return draw_pictures(self)

    def png(self):
        """Return the matrix with the cell marked and, below it, the pictures of this page, as PNG bytes."""
        return draw_all(self)


class ConfusionExplorer(View):
    """The matrix as buttons, one a cell, beside two sliders that reach the same, above the pictures of a cell.

    A mouse clicks on a cell. From the keyboard, two sliders choose the row and the column by the arrow keys: two stops
    of the tab key instead of one for each cell, so the cells themselves are none. Sliders and not lists, since in
    JupyterLab an arrow down on a closed list goes to the next cell of the notebook.
    """

    def __init__(self, state):
        style, layout = {"description_width": "100px"}, {"width": "310px"}
        controls = {
            name: ipywidgets.SelectionSlider(
                options=state.classes, value=getattr(state, name), description=text, style=style, layout=layout
            )
            for name, text in (("true", "label (row)"), ("predicted", "answer (col.)"))
        }
        controls["numbers"] = ipywidgets.ToggleButtons(
            options=(COUNTS, SHARES),
            value=state.numbers,
            description="numbers",
            style=style | {"button_width": "92px"},
            layout=layout,
        )
        self.back, self.next = (ipywidgets.Button(description=text) for text in ("previous page", "next page"))
        size, of_class = {"width": "auto", "height": "34px", "margin": "1px"}, range(len(state.classes))
        self.cells = {(row, column): ipywidgets.Button(layout=size) for row in of_class for column in of_class}
        self.drawn = None
        super().__init__(state, controls)
        self.back.on_click(lambda _: self.turn(-1))
        self.next.on_click(lambda _: self.turn(1))
        for (row, column), cell in self.cells.items():
            names = state.classes[row], state.classes[column]
            cell.tabbable = False  # ipywidgets 7 knows no such field: there each cell is a stop
            cell.tooltip = f"{state.confusion[row, column]} pictures labelled {names[0]} are named {names[1]}"
            cell.on_click(lambda _, names=names: self.pick(*names))
        pages = ipywidgets.HBox([self.back, self.next], layout={"margin": "8px 0 0 0"})
        beside = ipywidgets.VBox([*controls.values(), pages])
        box = ipywidgets.HBox([self._matrix(), beside], layout={"flex_flow": "row wrap"})
        self.children = (box, self.words, self.image, ink_rules())

    def _matrix(self):
        """Return the buttons in a grid, with the names of rows and columns."""
        classes = self.state.classes
        made = [ipywidgets.Label("label ↓ answer →")]
        made += [ipywidgets.Label(name, layout={"justify_content": "center"}) for name in classes]
        for row, name in enumerate(classes):
            made.append(ipywidgets.Label(name, layout={"justify_content": "flex-end", "margin": "2px 6px"}))
            made += [self.cells[row, column] for column in range(len(classes))]
        columns = f"116px repeat({len(classes)}, 56px)"
        return ipywidgets.GridBox(made, layout={"grid_template_columns": columns, "margin": "0 8px 0 0"})

    def pick(self, true, predicted):
        """Go to a cell, as a click on it does."""
        self.state.pick(true, predicted)
        self.follow()

    def turn(self, pages):
        """Turn forth, or back where negative, as far as there are pages."""
        self.state.page = min(max(self.state.page + pages, 0), self.state.pages - 1)
        self.redraw()

    def redraw(self):
        state = self.state
        if self.drawn != state.numbers:
            for (row, column), cell in self.cells.items():
                cell.description = state.text(row, column)
                colour = shade(state, row, column)
                paint(cell, colour)
            self.drawn = state.numbers
        for at, cell in self.cells.items():
            edge = f"4px solid {plots.ORANGE}" if at == state.cell else f"{1 + (at[0] == at[1])}px solid #444444"
            if cell.layout.border != edge:
                cell.layout.border = edge
        self.back.disabled, self.next.disabled = state.page == 0, state.page == state.pages - 1
        self.image.value = state.pictures()
        self.words.value = html.escape(state.describe())

    def walk(self):
        """Choose every row, column and kind of number, click on every cell, turn a page of the fullest and back.

        It ends where it started. Returns how many pictures that drew.
        """
        start = self.state.true, self.state.predicted, self.state.page
        drawn = super().walk()
        for cell in self.cells.values():
            cell.click()
        row, column = divmod(int(self.state.confusion.argmax()), len(self.state.classes))
        self.cells[row, column].click()
        self.next.click()
        self.back.click()
        self.pick(*start[:2])
        self.turn(start[2])
        return drawn + len(self.cells) + 5
