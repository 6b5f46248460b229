"""Populations: whom an evaluation is about, as at a date."""

from __future__ import annotations

from typing import ClassVar

from worthbook.definitions.definition import Definition, Formula, Name, Part

CUSTOMERS_TO_DATE = "customers_to_date"
"""Whom a book is about unless it says otherwise."""


class Rows(Part):
    """Rows of a table that make whoever has one part of a population."""

    table: Name
    where: Formula | None = None
    """Which rows count; None is all."""

    def __str__(self) -> str:
        """The table, and which of its rows count."""
        return self.table if self.where is None else f"{self.table} ({self.where})"


class PopulationDefinition(Definition):
    """Everyone with at least one row that counts, up to the date of the evaluation, in a table or in others."""

    noun: ClassVar[str] = "population"

    table: Name
    where: Formula | None = None
    """Which rows count; None is all."""
    also: tuple[Rows, ...] = ()
    """Rows of other tables, each of which is enough by itself."""

    @property
    def rows(self) -> tuple[tuple[tuple[str | int, ...], Rows], ...]:
        """All that make somebody part of it, each with where in the definition it stands."""
        first = Rows(table=self.table, where=self.where)
        return (((), first), *((("also", index), each) for index, each in enumerate(self.also)))
