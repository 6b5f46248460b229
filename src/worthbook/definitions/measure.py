"""Measures: one column a customer, from the rows of one table or from other columns."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator

from worthbook.definitions.definition import Definition, Formula, Name, RefusedError
from worthbook.kernel.errors import WorthbookError
from worthbook.kernel.language import Text
from worthbook.kernel.period import Window
from worthbook.kernel.units import Unit


def _window(text: str) -> str:
    try:
        return str(Window.parse(text))
    except WorthbookError as error:
        raise RefusedError(error.problems[0]) from None


WindowText = Annotated[str, AfterValidator(_window)]
"""A window as `Window.parse` reads it."""

Better = Literal["high", "low", "neither"]


class MeasureDefinition(Definition):
    """One column a customer.

    With `table`, the formula is an aggregate over the customer's rows of that table up to the date, inside the window
    if there is one: the engine adds both. Without `table`, it is arithmetic over other columns. In YAML,
    `measure: revenue_{window}` with `windows: [3 months, 12 months, lifetime]` declares one measure per window
    (`revenue_3m`, `revenue_12m`, `revenue_lifetime`); `{window}` in name and formula is the suffix, in words it is said
    in each language.
    """

    noun: ClassVar[str] = "measure"

    unit: Unit
    table: Name | None = None
    window: WindowText | None = None
    """None is the whole history up to the date."""
    formula: Formula
    empty: Literal[0, "unknown"] = "unknown"
    """What a customer without any row in the table and window gets."""
    better: Better = "neither"
    said_high: Text | None = None
    """What is said of customers in whom it is high, to name groups by: `buy often`."""
    said_low: Text | None = None
    """The same where it is low."""

    @property
    def span(self) -> Window | None:
        """The window, read."""
        return None if self.window is None else Window.parse(self.window)
