"""How far customers are from the limit above and from the one below, as formulas over all customers.

Distances are relative to the limit, so that the closest of a large and of a small tier can stand in one list. Larger is
closer: a distance is below 0, and unknown where there is none.
"""

from __future__ import annotations

import math

from worthbook.definitions.framework import FrameworkDefinition
from worthbook.scoring.bands import Number, Thresholds, literal, number_text


def to_rise(definition: FrameworkDefinition, thresholds: Thresholds, value: str) -> str:
    """How near the next higher tier is to those who stand below it."""
    return _by_cell(definition, dict(enumerate(thresholds)), "({limit} - {value})", value)


def to_keep(definition: FrameworkDefinition, lower: Thresholds, value: str) -> str:
    """How little is missing to keep the tier, to those whose value is too low for it."""
    return _by_cell(definition, _below(lower), "({limit} - {value})", value)


def to_fall(definition: FrameworkDefinition, lower: Thresholds, value: str) -> str:
    """How near the loss of the tier is to those who still have enough for it."""
    return _by_cell(definition, _below(lower), "({value} - {limit})", value, least=">=")


def between(column: str, thresholds: Thresholds, direction: str) -> str:
    """How near the next limit of a column is, upwards or downwards; what is beyond all limits is near none."""
    limits = [limit for limit in thresholds if not math.isinf(limit)]
    if direction == "more":
        steps = [f"when {column} < {number_text(each)} then {_ratio(each, f'({column} - {number_text(each)})')}"
                 for each in limits]  # fmt: skip
    else:
        steps = [f"when {column} >= {number_text(each)} then {_ratio(each, f'({number_text(each)} - {column})')}"
                 for each in reversed(limits)]  # fmt: skip
    return f"case when {column} is null then null {' '.join(steps)} end" if steps else "0 * ratio(1, 0)"


def _below(lower: Thresholds) -> dict[int, Number]:
    """Place of a cell → the limit that it begins with."""
    return {place + 1: limit for place, limit in enumerate(lower)}


def _by_cell(
    definition: FrameworkDefinition, limits: dict[int, Number], amount: str, value: str, least: str = ">"
) -> str:
    cases = []
    for place, limit in limits.items():
        if not math.isinf(limit):
            missing = amount.format(limit=number_text(limit), value=value)
            stands = f"{definition.name} = {literal(definition.cells[place].key)}"
            cases.append(f"when {stands} and {missing} {least} 0 then {_ratio(limit, f'(0 - {missing})')}")
    return f"case {' '.join(cases)} end" if cases else "0 * ratio(1, 0)"


def _ratio(limit: Number, amount: str) -> str:
    scale = number_text(limit if limit > 0 else -limit) if limit else "1"
    return f"ratio({amount}, {scale})"
