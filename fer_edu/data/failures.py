"""What is wrong with single files of a data set, gathered so that one error names them all.

A read of 55,767 pictures that ends at the first bad one has to be started anew for the second. So a reader goes
through all files, writes down a `Failure` for each bad one, and raises one DataError at the end.
"""

from typing import NamedTuple

from ..errors import DataError
from .tree import shown

SHOWN = 3  # failures that the sentence itself quotes


class Failure(NamedTuple):
    """One file that cannot be used. file: its path below the set's folder; the rest: the parts of its sentence."""

    file: str
    expected: str
    found: str
    advice: str

    @property
    def sentence(self):
        return f"expected {self.expected}, found {self.found} in {shown(self.file)}: {self.advice}."


def refuse(failures, title, root, advice=", or leave them out with damaged='skip'"):
    """Raise one DataError about all `failures` of the data set `title` in `root`, or none where there are none.

    advice: what else can be done. The error's attribute `failures` is a tuple of (file, sentence), one for each.
    """
    if not failures:
        return
    if len(failures) == 1:
        message = failures[0].sentence[:-1] + f"{advice.replace('them', 'it')} (the set lies in {shown(root)})."
    else:
        message = (
            f"expected every file of {title} in {shown(root)} to be as its layout says, found {len(failures):,} that "
            f"are not ({_quoted(failures)}): mend or replace them (the error's `failures` lists all){advice}."
        )
    error = DataError(message)
    error.failures = tuple((failure.file, failure.sentence) for failure in failures)
    raise error


def left_out(failures):
    """Return a note that says which files were left out, as a tuple of 0 or 1 sentences."""
    if not failures:
        return ()
    noun = "file is" if len(failures) == 1 else "files are"
    return (f"{len(failures):,} {noun} left out: {_quoted(failures)}.",)


def _quoted(failures):
    first = [f"{shown(failure.file)}: {failure.found} instead of {failure.expected}" for failure in failures[:SHOWN]]
    return "; ".join(first) + (f"; and {len(failures) - SHOWN:,} more" if len(failures) > SHOWN else "")
