"""What a framework remembers: the cell that a customer keeps, found by going from review to review.

At each review two cells are known of a customer: the one that today's values give, and the highest that they still
allow to be kept, with every limit lowered by the margin. Who stands below the first rises to it; who stands above the
second falls to it, if the minimum stay is over; all others stay. That is a clamp between two values, so that what lies
within the margin moves nobody twice.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence

from worthbook.definitions.framework import SCORE, FrameworkDefinition
from worthbook.definitions.stability import Stability
from worthbook.kernel.units import Unit
from worthbook.scoring.bands import Formulas, Number, Thresholds, band_formula, literal


def kept_to_formula(definition: FrameworkDefinition, stability: Stability, thresholds: Mapping[str, Thresholds]) -> str:
    """The highest cell that a customer may keep; that which is computed where the cells are not cut from one column."""
    keys = [literal(cell.key) for cell in definition.cells]
    match definition.method:
        case "tiers":
            ((name, axis),) = definition.axes.items()
            return band_formula(axis.column, lowered(stability, thresholds[name]), keys)
        case "scorecard":
            return band_formula(f"{definition.name}__{SCORE}", lowered(stability, thresholds[SCORE]), keys)
        case _:
            return definition.computed


def lowered(stability: Stability, thresholds: Thresholds) -> list[Number]:
    """Where each band ends for those who are above; never out of order, whatever the signs."""
    found: list[Number] = []
    for limit in thresholds:
        lower = limit if math.isinf(limit) else stability.lowered(limit)
        found.append(max(lower, found[-1]) if found else lower)
    return found


def review_formulas(definition: FrameworkDefinition, number: int) -> Formulas:
    """One review as columns that no other review has: the two cells as ranks, and its day."""
    return {
        _at("computed", number): (_rank(definition, definition.computed), Unit.COUNT),
        _at("kept_to", number): (_rank(definition, definition.kept_to), Unit.COUNT),
        _at("day", number): ("as_of()", Unit.DATE),
    }


def memory_formulas(definition: FrameworkDefinition, stability: Stability, days: Sequence[dt.date]) -> Formulas:
    """From review to review to the framework's own column and the day since when it has been so.

    Args:
        definition: the framework.
        stability: how it remembers.
        days: the reviews in order, and last the day of the evaluation, on which customers fall only if it is a review.
    """
    found: dict[str, tuple[str, Unit]] = {}
    for number, day in enumerate(days):
        falls = number < len(days) - 1 or stability.is_review(day)
        begun = [index for index in range(number) if stability.may_fall(days[index], day)] if falls else []
        found[_at("held", number)] = (_held(number, begun[-1] if begun else None), Unit.COUNT)
        found[_at("since", number)] = (_since(number), Unit.DATE)
    last = len(days) - 1
    cases = " ".join(f"when {rank} then {literal(cell.key)}" for rank, cell in enumerate(definition.cells))
    found[definition.held] = (f"case {_at('held', last)} {cases} end", Unit.LABEL)
    found[definition.since] = (_at("since", last), Unit.DATE)
    return found


def _held(number: int, begun: int | None) -> str:
    """The rank after a review; `begun` is the last of the reviews since which the minimum stay is over."""
    computed, kept_to = _at("computed", number), _at("kept_to", number)
    if number == 0:
        return computed
    before, since = _at("held", number - 1), _at("since", number - 1)
    steps = [
        f"case when {computed} is null then null when {before} is null or {computed} > {before} then {computed}",
        *([] if begun is None else [f"when {before} > {kept_to} and {since} <= {_at('day', begun)} then {kept_to}"]),
        f"else {before} end",
    ]
    return " ".join(steps)


def _since(number: int) -> str:
    held, day = _at("held", number), _at("day", number)
    if number == 0:
        return f"case when {held} is null then null else {day} end"
    before, since = _at("held", number - 1), _at("since", number - 1)
    return f"case when {held} is null then null when {before} = {held} then {since} else {day} end"


def _rank(definition: FrameworkDefinition, column: str) -> str:
    cases = " ".join(f"when {literal(cell.key)} then {rank}" for rank, cell in enumerate(definition.cells))
    return f"case {column} {cases} end"


def _at(what: str, number: int) -> str:
    """The column of one review."""
    return f"review_{number}_{what}"
