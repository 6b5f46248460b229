"""The value curve (Kim and Mauborgne 1999): our profile beside the rivals', and what follows for each element (B17).

The four actions follow from two questions about each element: does it count to customers, and are we above or below
the others? Differences that may be chance call for no action.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.perception.rivals.ratings import DRAWS, NO_RIVAL, Measured, Ratings, measured
from worthbook.models.weights import Weights

Action = Literal["raise", "create", "reduce", "eliminate", "keep"]

SCARCE = 0.3
"""Below this part of the scale everywhere, an element hardly exists in the market: to raise it is to create it."""
TRIFLING = 0.5
"""An element with less than half of the average weight counts little."""
WORTHLESS = 0.25
"""With less than a quarter it may go."""


@dataclass(frozen=True)
class Element:
    """One element of value."""

    name: str
    weight: float
    ratings: Mapping[str, Measured]
    """Supplier → mean rating."""
    lead: Measured
    """Ours less the best rival's; the rival is chosen on the means of all, so that the interval is of one pair."""
    best_rival: str
    action: Action


@dataclass(frozen=True)
class ValueCurve:
    """The curve: elements in the order of the weights."""

    elements: tuple[Element, ...]
    respondents: int


def value_curve(ratings: Ratings, weights: Weights, *, draws: int = DRAWS, seed: int = 0) -> ValueCurve:
    """Profiles of us and the rivals, with the difference tested element by element.

    Args:
        ratings: Of us and at least one rival.
        weights: Elements and how much each counts to customers.
        draws: Resamples behind the intervals.
        seed: Of the resampling.

    Raises:
        WorthbookError: `rivals-missing`, `rated-item-unknown`, `rated-item-empty`.
    """
    asked = ratings.of(weights.names)
    if len(asked.suppliers) < 2:  # noqa: PLR2004 - a comparison needs two
        raise NO_RIVAL(name=asked.suppliers[0])
    drawn = asked.resampled_means(draws=draws, seed=seed)
    elements = []
    for index, (name, weight) in enumerate(weights.as_mapping().items()):
        means = asked.means[index]
        best = 1 + int(np.argmax(means[1:]))
        lead = measured(means[0] - means[best], None if drawn is None else drawn[:, index, 0] - drawn[:, index, best])
        elements.append(
            Element(
                name=name,
                weight=weight,
                ratings={
                    supplier: measured(means[j], None if drawn is None else drawn[:, index, j])
                    for j, supplier in enumerate(asked.suppliers)
                },
                lead=lead,
                best_rival=asked.suppliers[best],
                action=_action(weight * len(weights.names), means, lead, asked.low, asked.high),
            )
        )
    return ValueCurve(tuple(elements), ratings.respondents)


def _action(relative_weight: float, means: FloatArray, lead: Measured, low: float, high: float) -> Action:
    """What the element calls for; `relative_weight` is 1 for an element that counts as much as the average."""
    counts = relative_weight >= 1
    if counts and ((means - low) / (high - low) < SCARCE).all():
        return "create"
    if counts and lead.value < 0 and lead.excludes(0.0):
        return "raise"
    if relative_weight < WORTHLESS:
        return "eliminate"
    if relative_weight < TRIFLING and lead.value > 0 and lead.excludes(0.0):
        return "reduce"
    return "keep"
