"""How much each axis of a scorecard counts: its own weight within its group, the group's within the score.

What is unknown for a customer counts for nothing, and its weight is shared among the rest of the same level: an axis'
within its group, a whole group's among the groups. So a group does not gain from having more axes that are known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from worthbook.definitions.framework import FrameworkDefinition
from worthbook.kernel.units import Value
from worthbook.scoring.bands import Thresholds, band_index

SCORE_PLACES = 6
"""A score is rounded to so many decimals, so that one that is a cut is on the cut, whatever the order of the sums."""
NEARLY_PLACES = 9
"""Before that it is rounded to so many: a sum of doubles that falls just short of a half is a half."""
GROUP_PLACES = 12
"""A group's own score has more, so that rounding it does not show in the whole."""


@dataclass(frozen=True)
class Weighting:
    """The weights of a scorecard, in any unit: only their proportions within a level count."""

    axes: Mapping[str, float]
    """Within the group, or within the score where there are no groups."""
    groups: Mapping[str, float]

    @classmethod
    def stated(cls, definition: FrameworkDefinition) -> Weighting:
        """The weights that stand at the axes and groups."""
        return cls(
            {name: axis.weight or 0.0 for name, axis in definition.axes.items()},
            {name: group.weight or 0.0 for name, group in definition.groups.items()},
        )


@dataclass(frozen=True)
class Contribution:
    """What one axis adds to a customer's score; over all axes that are known the amounts add up to it exactly."""

    axis: str
    share: Fraction
    """Of the score, after the weights of what is unknown are shared among the rest."""
    points: Fraction

    @property
    def amount(self) -> Fraction:
        """Share times points."""
        return self.share * self.points


def branches(definition: FrameworkDefinition) -> dict[str | None, tuple[str, ...]]:
    """Group → its axes; all under None where there are no groups."""
    if not definition.groups:
        return {None: tuple(definition.axes)}
    return {
        group: tuple(name for name, axis in definition.axes.items() if axis.group == group)
        for group in definition.groups
    }


def contributions(
    definition: FrameworkDefinition,
    weighting: Weighting,
    values: Mapping[str, Value],
    thresholds: Mapping[str, Thresholds],
) -> tuple[Contribution, ...]:
    """What each known axis adds to the score of one customer; empty where nothing is known.

    Args:
        definition: the scorecard.
        weighting: how much its axes and groups count.
        values: the customer's columns.
        thresholds: axis → where its upper bands begin.
    """
    points = {}
    for name, axis in definition.axes.items():
        index = band_index(values.get(axis.column), thresholds[name])
        if index is not None:
            points[name] = _exact(axis.bands[index].points or 0.0)
    return tuple(_shared(definition, weighting, points))


def score_of(added: Sequence[Contribution]) -> float | None:
    """The score that some contributions make, rounded as the engine rounds; None where there are none."""
    if not added:
        return None
    nearly = rounded(sum((each.amount for each in added), Fraction(0)), NEARLY_PLACES)
    return float(rounded(Fraction(nearly), SCORE_PLACES))


def rounded(value: Fraction, places: int) -> Decimal:
    """The nearest decimal of so many places, halves away from zero.

    >>> rounded(Fraction(7, 3), 2), rounded(Fraction(-1, 8), 2)
    (Decimal('2.33'), Decimal('-0.13'))
    """
    steps = abs(value) * 10**places
    whole = int(steps + Fraction(1, 2))
    return Decimal(whole if value >= 0 else -whole).scaleb(-places)


def _shared(
    definition: FrameworkDefinition, weighting: Weighting, points: Mapping[str, Fraction]
) -> Iterator[Contribution]:
    """Axes that are known, each with its share of the score."""
    inside = {
        group: {axis: _exact(weighting.axes[axis]) for axis in axes if axis in points and weighting.axes[axis]}
        for group, axes in branches(definition).items()
    }
    of_groups = {
        group: Fraction(1) if group is None else _exact(weighting.groups[group])
        for group, axes in inside.items()
        if axes and (group is None or weighting.groups[group])
    }
    for group, weight in of_groups.items():
        whole = sum(inside[group].values()) * sum(of_groups.values())
        for axis, part in inside[group].items():
            yield Contribution(axis, weight * part / whole, points[axis])


def _exact(number: float) -> Fraction:
    return Fraction(str(number))
