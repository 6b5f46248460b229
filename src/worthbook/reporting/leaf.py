"""A worksheet that is written from top to bottom: titles, sentences and small tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from worthbook.kernel.language import Language, Text
from worthbook.kernel.units import Unit, Value
from worthbook.reporting.cells import Styles, put_for, safe

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_LONGEST_NAME = 31
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True)
class Heading:
    """The top of a column."""

    title: Text
    unit: Unit
    width: float | None = None
    """In characters; without one, the column stays as wide as it is."""


class Leaf:
    """Writes the next line of a worksheet."""

    def __init__(self, sheet: Worksheet, styles: Styles, language: Language) -> None:
        self.sheet = sheet
        self.styles = styles
        self.language = language
        self._row = 0

    def widths(self, *widths: float) -> None:
        """Set the widths of the first columns, in characters."""
        for column, width in enumerate(widths):
            self.sheet.set_column(column, column, width)

    def title(self, text: Text) -> None:
        """The name of what follows, large."""
        self._write(text, self.styles.title)

    def strong(self, text: Text) -> None:
        """The name of what follows."""
        self._write(text, self.styles.strong)

    def note(self, text: Text) -> None:
        """Something to know first."""
        self._write(text, self.styles.note)

    def line(self, text: Text) -> None:
        """A sentence that runs over the columns beside it."""
        self._write(text, None)

    def gap(self) -> None:
        """An empty line."""
        self._row += 1

    def words(self, *texts: Text) -> None:
        """Sentences beside each other, each wrapped into its column."""
        for column, text in enumerate(texts):
            self.sheet.write_string(self._row, column, safe(text.say(self.language)), self.styles.wrapped)
        self._row += 1

    def headings(self, headings: Sequence[Heading]) -> None:
        """The head of a table."""
        for column, heading in enumerate(headings):
            if heading.width is not None:
                self.sheet.set_column(column, column, heading.width)
            self.sheet.write_string(self._row, column, heading.title.say(self.language), self.styles.header)
        self._row += 1

    def row(self, values: Sequence[Value | Text], units: Sequence[Unit]) -> None:
        """A line of a table; there may be fewer values than units, and words in the place of any value."""
        for column, (value, unit) in enumerate(zip(values, units, strict=False)):
            said = value.say(self.language) if isinstance(value, Text) else value
            if isinstance(said, str):
                style = self.styles.wrapped if unit is Unit.TEXT else self.styles.units.get(unit)
                self.sheet.write_string(self._row, column, safe(said), style)
            elif said is not None:
                put_for(self.sheet, column, unit, self.styles)(self._row, said)
        self._row += 1

    def _write(self, text: Text, style: object) -> None:
        self.sheet.write_string(self._row, 0, safe(text.say(self.language)), style)
        self._row += 1


def sheet_name(title: str, taken: set[str]) -> str:
    """A name that Excel allows for a sheet, different from those taken, which grow by it.

    >>> taken: set[str] = set()
    >>> sheet_name("Who buys: all of them, and when?", taken), sheet_name("who buys  all of them, and when", taken)
    ('Who buys  all of them, and when', 'who buys  all of them, and wh 2')
    """
    plain = _NOT_IN_NAMES.sub(" ", title).strip(" '") or "-"
    name, number = plain[:_LONGEST_NAME].rstrip(" '"), 1
    while name.casefold() in taken:
        number += 1
        end = f" {number}"
        name = plain[: _LONGEST_NAME - len(end)].rstrip(" '") + end
    taken.add(name.casefold())
    return name
