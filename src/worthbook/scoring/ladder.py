"""Ladders: a customer stands on the highest rung whose condition holds.

A rung that cannot be decided is not reached: a customer stands where it can be shown to stand, and the unknown keeps
nobody from a lower rung. The first rung takes those who reach no other; but where not a single rung can be decided,
nothing is known, and the customer stands on none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from worthbook.definitions.framework import Cell, FrameworkDefinition
from worthbook.kernel.units import Value
from worthbook.scoring.bands import literal
from worthbook.scoring.cells import Bands
from worthbook.scoring.condition import parts_of, renamed
from worthbook.scoring.judge import holds


def ladder_formula(definition: FrameworkDefinition, columns: Mapping[str, str]) -> str:
    """The rung of a ladder, from the columns of its bands and whatever else its conditions read.

    Args:
        definition: the framework.
        columns: axis → the column of its bands.
    """
    first, *_ = definition.cells
    rungs = [(cell.key, f"({renamed(condition, columns)})") for cell, condition in _conditions(definition)]
    steps = [f"when {condition} then {literal(key)}" for key, condition in reversed(rungs)]
    undecided = " and ".join(f"{condition} is null" for _, condition in rungs)
    return " ".join(["case", *steps, f"when {undecided} then null else {literal(first.key)} end"])


def ladder_cell(definition: FrameworkDefinition, bands: Bands, values: Mapping[str, Value]) -> str | None:
    """The rung of one customer.

    Args:
        definition: the framework.
        bands: axis → the key of the customer's band.
        values: the columns that conditions read beside the axes.

    Raises:
        NotFollowedError: a condition goes beyond what can be judged without an engine.
    """
    verdicts = dict(verdicts_of(definition, bands, values))
    reached = [key for key, verdict in verdicts.items() if verdict]
    if reached:
        return reached[-1]
    return None if all(verdict is None for verdict in verdicts.values()) else definition.cells[0].key


def verdicts_of(
    definition: FrameworkDefinition, bands: Bands, values: Mapping[str, Value]
) -> Iterator[tuple[str, bool | None]]:
    """Each rung above the first and whether its condition holds, lowest first; None where that is unknown.

    Raises:
        NotFollowedError: a condition goes beyond what can be judged without an engine.
    """
    seen: dict[str, Value] = {**values, **bands}
    for cell, condition in _conditions(definition):
        yield cell.key, holds(condition, seen)


def missing_above(
    definition: FrameworkDefinition, bands: Bands, values: Mapping[str, Value], rung: str
) -> tuple[str, tuple[str, ...]] | None:
    """The next rung above one, and which of the conditions that it asks do not hold; None above the highest.

    Raises:
        NotFollowedError: a condition goes beyond what can be judged without an engine.
    """
    keys = [cell.key for cell in definition.cells]
    above = definition.cells[keys.index(rung) + 1 :]
    if not above or above[0].when is None:
        return None
    seen: dict[str, Value] = {**values, **bands}
    return above[0].key, tuple(part for part in parts_of(above[0].when) if not holds(part, seen))


def _conditions(definition: FrameworkDefinition) -> Iterator[tuple[Cell, str]]:
    for cell in definition.cells:
        if cell.when is not None:
            yield cell, cell.when
