"""`Printed`: a number as it stands on paper, which says not only how much but also how exactly."""

from decimal import Decimal, InvalidOperation

from ..errors import DataError


class Printed(str):
    """A number as it is printed, such as "74.92%" or "28,707": a str that knows its value and its last digit.

    decimals: how many decimals were printed. Left out, those that stand there; a spreadsheet that prints nine and drops
    trailing zeros prints 1 and means 1.000000000, so such a number is given its decimals.
    Raises DataError for a text that is no number.
    """

    def __new__(cls, text, decimals=None):
        made = super().__new__(cls, text)
        try:
            made.number = Decimal(str(text).strip().rstrip("%").replace(",", ""))
        except InvalidOperation:
            made.number = Decimal("nan")
        if not made.number.is_finite():
            raise DataError(f"expected a number as a paper prints it, found {text!r}: write digits, such as 74.92%.")
        made.given = decimals
        made.decimals = max(0, -made.number.as_tuple().exponent) if decimals is None else decimals
        return made

    def __float__(self):
        return float(self.number)

    def __int__(self):
        return int(self.number)

    def __reduce__(self):
        return Printed, (str(self), self.given)

    @property
    def half_unit(self):
        """Half a unit of the last digit: how far the number that was rounded may lie from the printed one."""
        return 0.5 * 10**-self.decimals

    def says(self, value):
        """Say whether `value`, in the unit that is printed (percent where it is percent), rounds to what stands here.

        Both neighbours of a half are allowed: some programs round 0.5 up, others to the even digit.
        """
        return abs(float(value) - float(self)) <= self.half_unit * (1 + 1e-9) + 1e-12

    def would_be(self, value):
        """Return how `value` would be printed in this number's place, with its decimals, commas and percent sign."""
        text = f"{float(value):{',' if ',' in self else ''}.{self.decimals}f}"
        if self.given is not None and "." in text:  # zeros at the end were dropped
            text = text.rstrip("0").rstrip(".")
        return Printed(text + ("%" if self.endswith("%") else ""), self.given)
