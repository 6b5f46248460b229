"""Scorecards: every band has points, every axis a weight; the score is the weighted mean of the points.

Where axes are gathered into groups, a group's own score is the weighted mean of its axes, and the whole score that of
the groups. What is unknown for a customer drops out and its weight is shared among the rest of its level: the score of
a customer who was never surveyed says what the other axes say. Only where all axes are unknown is the score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from worthbook.definitions.framework import SCORE, Axis, FrameworkDefinition
from worthbook.kernel.units import Unit, Value
from worthbook.scoring.bands import Formulas, Thresholds, band_formula, band_index, number_text
from worthbook.scoring.weighting import GROUP_PLACES, NEARLY_PLACES, SCORE_PLACES, Weighting, branches


def score_formulas(
    definition: FrameworkDefinition, thresholds: Mapping[str, Thresholds], weighting: Weighting
) -> Formulas:
    """The score of a scorecard and of each of its groups, from the columns that its axes cut.

    A score is never below the fewest or above the most points.

    Args:
        definition: the scorecard.
        thresholds: axis → where its upper bands begin.
        weighting: how much its axes and groups count.
    """
    made: dict[str, tuple[str, Unit]] = {}
    parts: list[_Part] = []
    for group, axes in branches(definition).items():
        inside = [_part(definition.axes[name], thresholds[name], weighting.axes[name]) for name in axes]
        if group is None:
            parts = inside
        else:
            column = f"{definition.name}__{group}"
            made[column] = (f"round({_mean(inside)}, {GROUP_PLACES})", Unit.SCORE)
            parts.append(_Part(column, column, number_text(weighting.groups[group])))
    score = f"round(round({_mean(parts)}, {NEARLY_PLACES}), {SCORE_PLACES})"
    return {**made, f"{definition.name}__{SCORE}": (score, Unit.SCORE)}


def points_formulas(definition: FrameworkDefinition, thresholds: Mapping[str, Thresholds]) -> dict[str, str]:
    """Axis → a formula for what it scores; unknown where its column is."""
    return {name: _scored(axis, thresholds[name]) for name, axis in definition.axes.items()}


def points_of(axis: Axis, value: Value, thresholds: Thresholds) -> float | None:
    """What one value scores on its axis; None where it is unknown."""
    index = band_index(value, thresholds)
    return None if index is None else _points(axis.bands[index].points)


class _Part(NamedTuple):
    """One thing of which a mean is made, as formulas."""

    column: str
    """Unknown where this is."""
    value: str
    weight: str


def _part(axis: Axis, thresholds: Thresholds, weight: float) -> _Part:
    return _Part(axis.column, f"({_scored(axis, thresholds)})", number_text(weight))


def _scored(axis: Axis, thresholds: Thresholds) -> str:
    return band_formula(axis.column, thresholds, [number_text(_points(band.points)) for band in axis.bands])


def _mean(parts: Sequence[_Part]) -> str:
    scored = " + ".join(f"coalesce({part.weight} * {part.value}, 0)" for part in parts)
    weights = " + ".join(f"case when {part.column} is null then 0 else {part.weight} end" for part in parts)
    return f"ratio({scored}, {weights})"


def _points(given: float | None) -> float:
    """Points and weights are optional in other methods only; `framework_checks` refuses a scorecard without them."""
    return 0.0 if given is None else given
