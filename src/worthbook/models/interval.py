"""An estimate with its 95 % interval, from random draws of the parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from worthbook.models.base import FloatArray

DRAWS = 400
"""Parameter values drawn; the ends of an interval move by a few per cent of its width from seed to seed."""

COVARIATE_DRAWS = 120
"""The same where every customer has parameters of its own, and a draw costs more."""

CHANCE_POINTS = 60
"""For each draw of a total, so many equally likely outcomes of chance."""

ENDS = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its 95 % interval.

    The estimate is an expectation; where hardly any purchase is expected it can lie above the interval.
    """

    estimate: float
    low: float
    high: float


def ends_of(quantity: Callable[[FloatArray], FloatArray], drawn: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Both ends of the interval of a quantity, row by row: its values at drawn parameters (a row each).

    >>> low, high = ends_of(lambda values: values[:1] * 2, np.linspace(0, 1, 101)[:, None])
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.05], [1.95])
    """
    low, high = np.percentile(np.array([quantity(values) for values in drawn]), ENDS, axis=0)
    return low, high


def interval_of_total(estimate: float, totals: FloatArray, variance: float) -> Interval:
    """The interval of a sum over customers.

    Args:
        estimate: The expected sum.
        totals: The expected sum at drawn parameters; their spread moves all customers together.
        variance: Of the sum at given parameters: chance, which averages out over customers.

    >>> interval_of_total(10.0, np.full(400, 10.0), 4.0).high.__round__()
    14
    """
    from scipy.special import ndtri  # noqa: PLC0415  # keeps the import of the package fast

    chance = ndtri((np.arange(CHANCE_POINTS) + 0.5) / CHANCE_POINTS)
    chance /= np.sqrt((chance**2).mean())
    outcomes = totals[:, None] + np.sqrt(max(variance, 0.0)) * chance
    low, high = np.percentile(np.maximum(outcomes, 0.0), ENDS)
    return Interval(float(estimate), float(low), float(high))
