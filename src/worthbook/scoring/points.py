"""Scorecards: every band has points, every axis a weight; the score is the weighted mean of the points.

An axis that is unknown for a customer drops out and its weight is shared among the rest: the score of a customer who
was never surveyed says what the other axes say. Only where all axes are unknown is the score.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from worthbook.definitions.framework import Axis, FrameworkDefinition
from worthbook.kernel.units import Value
from worthbook.scoring.bands import Thresholds, band_formula, band_index, number_text


def score_formula(definition: FrameworkDefinition, thresholds: Mapping[str, Thresholds]) -> str:
    """The score of a scorecard, from the columns that its axes cut; never below the fewest or above the most points."""
    scored, weights = [], []
    for name, axis in definition.axes.items():
        points = band_formula(axis.column, thresholds[name], [number_text(_points(band.points)) for band in axis.bands])
        weight = number_text(_points(axis.weight))
        scored.append(f"coalesce({weight} * ({points}), 0)")
        weights.append(f"case when {axis.column} is null then 0 else {weight} end")
    return f"ratio({' + '.join(scored)}, {' + '.join(weights)})"


def score(
    definition: FrameworkDefinition, values: Mapping[str, Value], thresholds: Mapping[str, Thresholds]
) -> float | None:
    """The score of one customer; None where no axis is known.

    Args:
        definition: the scorecard.
        values: the customer's columns.
        thresholds: axis → where its upper bands begin.
    """
    scored, weights = Fraction(0), Fraction(0)
    for name, axis in definition.axes.items():
        points = points_of(axis, values.get(axis.column), thresholds[name])
        if points is not None:
            weight = Fraction(str(_points(axis.weight)))
            scored, weights = scored + weight * Fraction(str(points)), weights + weight
    return float(scored / weights) if weights else None


def points_of(axis: Axis, value: Value, thresholds: Thresholds) -> float | None:
    """What one value scores on its axis; None where it is unknown."""
    index = band_index(value, thresholds)
    return None if index is None else _points(axis.bands[index].points)


def _points(given: float | None) -> float:
    """Points and weights are optional in other methods only; `framework_checks` refuses a scorecard without them."""
    return 0.0 if given is None else given
