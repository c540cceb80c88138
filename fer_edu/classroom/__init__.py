"""For instructors: an assignment without solutions to hand out, and marks for what comes back.

make_assignment(["03"], "week-3")        a folder for students, `fer-edu assignment 03 --out week-3`
mark("handed-in", csv="marks.csv")       each submission run by itself, `fer-edu mark handed-in --csv marks.csv`

Importing it takes no torch: students' code and the checks run in processes of their own.
"""

from .assignment import make_assignment
from .limits import Limits
from .marking import mark

__all__ = ["Limits", "make_assignment", "mark"]
