"""Populations: whom an evaluation is about, as at a date."""

from __future__ import annotations

from typing import ClassVar

from worthbook.definitions.definition import Definition, Formula, Name


class PopulationDefinition(Definition):
    """The customers with at least one row that counts in a table, up to the date of the evaluation."""

    noun: ClassVar[str] = "population"

    table: Name
    where: Formula | None = None
    """Which rows count; None is all."""
