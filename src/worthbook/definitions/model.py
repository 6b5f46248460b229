"""Models: columns that are estimated from other columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from worthbook.definitions.definition import Definition, Name, Part
from worthbook.definitions.measure import Better, MeasureDefinition, WindowText
from worthbook.definitions.season import SeasonText
from worthbook.kernel.language import Text
from worthbook.kernel.period import Window
from worthbook.kernel.units import Unit

EVERY = "every"
"""Alone among covariates it stands for every measure of rows that is a number."""


class GivenColumn(Part):
    """One column that the fitted model predicts."""

    title: Text
    description: Text
    unit: Unit
    quantity: Name
    """What the estimator is asked for: `p_alive`, `expected_purchases`."""
    horizon: WindowText | None = None
    """How far ahead, for a quantity that looks ahead."""
    better: Better = "neither"


class ModelDefinition(Definition):
    """An estimator, the columns it reads by role, and the columns it gives."""

    noun: ClassVar[str] = "model"

    estimator: Name
    inputs: Mapping[str, Name]
    """Role in the model's own symbols → column: `{x: repeat_purchases, t_x: recency_weeks, T: age_weeks}`."""
    covariates: tuple[Name, ...] = ()
    """Columns of numbers or words: what may act on buying and leaving, or is learnt from; or `every` alone."""
    seasons: tuple[SeasonText, ...] = ()
    """What differs from period to period for all customers: `months`, `11-01..12-31`, a season of the table."""
    window: WindowText | None = None
    """How long after its covariates what it learns to foretell was counted: it learns from customers as they were so
    long before the date."""
    gives: Mapping[Name, GivenColumn]
    options: Mapping[Name, float | str] = {}

    @property
    def span(self) -> Window | None:
        """The window, read."""
        return None if self.window is None else Window.parse(self.window)

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns that it reads, each once."""
        return tuple(dict.fromkeys((*self.inputs.values(), *self.covariates)))


def with_every(definitions: Iterable[Definition]) -> tuple[Definition, ...]:
    """The same definitions, with the names of all measures of rows where a model says `every`."""
    given = tuple(definitions)
    rows = [each for each in given if isinstance(each, MeasureDefinition) and each.table is not None]
    every = {"covariates": tuple(sorted(each.name for each in rows if each.unit.is_numeric))}
    return tuple(
        each.model_copy(update=every) if isinstance(each, ModelDefinition) and each.covariates == (EVERY,) else each
        for each in given
    )
