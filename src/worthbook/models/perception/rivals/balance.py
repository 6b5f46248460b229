"""What customers get against what they give: one form for every theory of delivered value.

Kotler: product, service, personnel and image value less money, time, energy and psychic cost. Zeithaml: get over give.
Grönroos: (episode + relationship benefit) / (episode + relationship sacrifice). Heskett: (results + process quality) /
(price + access cost). Seven dimensions, Garvin's eight, bonds and the views of an enterprise know only what customers
get. They differ in their dimensions, which a definition lists, and in whether one subtracts or divides (B01, B02, B04,
B15, B18, B21).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.perception.rivals.ratings import DRAWS, Measured, Ratings, measured

Side = Literal["get", "give"]


@dataclass(frozen=True)
class Dimension:
    """One part of what customers get or give, and the items that ask for it.

    >>> Dimension("service", "get", ("s1", "s2")).weight
    1.0
    """

    name: str
    side: Side
    items: tuple[str, ...]
    weight: float = 1.0
    """How much it counts beside the others of its side."""


@dataclass(frozen=True)
class SupplierBalance:
    """What one supplier gives and asks, in points of the scale."""

    supplier: str
    dimensions: Mapping[str, Measured]
    """Dimension → mean of the means of its items."""
    get: Measured
    """Weighted mean of the dimensions customers get."""
    give: Measured | None
    """The same of what they give; None where the theory has no such side."""
    difference: Measured
    """Get less give; where nothing is given, what they get."""
    ratio: Measured | None
    """Get divided by give."""


@dataclass(frozen=True)
class Lead:
    """How far we are ahead of one rival."""

    rival: str
    dimensions: Mapping[str, Measured]
    """Dimension → ours less theirs; for what customers give, less is better."""
    difference: Measured


@dataclass(frozen=True)
class Balance:
    """Delivered value of every supplier, and how far we are ahead."""

    suppliers: tuple[SupplierBalance, ...]
    """Ourselves first."""
    leads: tuple[Lead, ...]
    sensitivity: Mapping[str, float]
    """Dimension → by how much our difference changes when its rating rises by one point."""
    respondents: int


def balance(ratings: Ratings, dimensions: Sequence[Dimension], *, draws: int = DRAWS, seed: int = 0) -> Balance:
    """Delivered value by a theory that its dimensions describe.

    Args:
        ratings: Of us, and of rivals if they were asked about. For what customers give, higher is more.
        dimensions: At least one on the side of `get`.
        draws: Resamples behind the intervals.
        seed: Of the resampling.

    Raises:
        WorthbookError: `rated-item-unknown`, `rated-item-empty`.

    >>> asked = Ratings(np.array([[[8.0], [3.0]]]), ("quality", "price"), ("us",))
    >>> found = balance(asked, [Dimension("quality", "get", ("quality",)), Dimension("price", "give", ("price",))])
    >>> found.suppliers[0].difference.value
    5.0
    """
    asked = ratings.of([item for dimension in dimensions for item in dimension.items])
    drawn = asked.resampled_means(draws=draws, seed=seed)
    stacked = asked.means[np.newaxis] if drawn is None else np.concatenate([asked.means[np.newaxis], drawn])
    means = _dimension_means(stacked, dimensions)
    get, give = _side(means, dimensions, "get"), _side(means, dimensions, "give")
    gives = any(each.side == "give" for each in dimensions)
    difference = get - give
    suppliers = tuple(
        SupplierBalance(
            supplier=name,
            dimensions={each.name: _of(means[:, row, index]) for row, each in enumerate(dimensions)},
            get=_of(get[:, index]),
            give=_of(give[:, index]) if gives else None,
            difference=_of(difference[:, index]),
            ratio=_of(get[:, index] / give[:, index]) if gives else None,
        )
        for index, name in enumerate(asked.suppliers)
    )
    leads = tuple(
        Lead(
            rival=name,
            dimensions={each.name: _of(means[:, row, 0] - means[:, row, index]) for row, each in enumerate(dimensions)},
            difference=_of(difference[:, 0] - difference[:, index]),
        )
        for index, name in enumerate(asked.suppliers)
        if index
    )
    return Balance(suppliers, leads, _sensitivity(dimensions), ratings.respondents)


def _dimension_means(stacked: FloatArray, dimensions: Sequence[Dimension]) -> FloatArray:
    """Shape (draws, dimensions, suppliers): the mean of the means of a dimension's items."""
    ends = np.cumsum([len(dimension.items) for dimension in dimensions])
    parts = np.split(stacked, ends[:-1], axis=1)
    return np.stack([part.mean(axis=1) for part in parts], axis=1)


def _side(means: FloatArray, dimensions: Sequence[Dimension], side: Side) -> FloatArray:
    """Shape (draws, suppliers): the weighted mean of one side; 0 where the theory has no such side."""
    weight = np.array([each.weight if each.side == side else 0.0 for each in dimensions])
    return np.asarray(np.einsum("dks,k->ds", means, weight / max(weight.sum(), 1e-300)))


def _sensitivity(dimensions: Sequence[Dimension]) -> dict[str, float]:
    totals = {side: sum(each.weight for each in dimensions if each.side == side) for side in ("get", "give")}
    return {each.name: (1 if each.side == "get" else -1) * each.weight / totals[each.side] for each in dimensions}


def _of(numbers: FloatArray) -> Measured:
    return measured(numbers[0], numbers[1:] if len(numbers) > 1 else None)
