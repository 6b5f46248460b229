"""Intervals of what contracts are to bring, from fits of a regression at drawn parameters.

What one customer is worth is uncertain because parameters are; what all are worth together, because of chance as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.interval import ENDS, Interval, interval_of_total
from worthbook.models.retention.beta_weibull_process import NEGLIGIBLE
from worthbook.models.retention.contract_value import ContractTerms
from worthbook.models.retention.described_contracts import DescribedContracts

MOST_PERIODS = 20_000


class Surviving(Protocol):
    """A fitted regression of contracts."""

    def survival_ahead(self, data: DescribedContracts, periods: float) -> FloatArray:
        """P(still a customer after so many further periods) of each row."""
        ...

    def lifetime_value(self, data: DescribedContracts, terms: ContractTerms) -> FloatArray:
        """Expected present value of each row."""
        ...


def value_ends(
    drawn: Sequence[Surviving], data: DescribedContracts, terms: ContractTerms
) -> tuple[FloatArray, FloatArray]:
    """Both ends of the 95 % interval of the expected value of each row, from fits at drawn parameters."""
    low, high = np.percentile([fit.lifetime_value(data, terms) for fit in drawn], ENDS, axis=0)
    return low, high


def total_value(fit: Surviving, drawn: Sequence[Surviving], data: DescribedContracts, terms: ContractTerms) -> Interval:
    """Present value of all contracts together, with chance in the interval."""
    weights, margins = data.history.weights, terms.margins(len(data))
    discount = terms.discount(data.history.unit)
    variance = renewal_variance(fit, data, discount, terms.horizon) * (margins * discount**-terms.due_in) ** 2
    totals = np.array([weights @ each.lifetime_value(data, terms) for each in drawn])
    expected = float(weights @ fit.lifetime_value(data, terms))
    return interval_of_total(expected, totals, float(weights @ variance))


def renewal_variance(fit: Surviving, data: DescribedContracts, discount: float, horizon: float) -> FloatArray:
    """Variance of each row's discounted number of renewals, of which the k-th is made with probability S_k.

    The number is a sum of weights w up to the last renewal, so its mean square is the sum over k of
    S_k w_k (w_k + 2 sum_(j<k) w_j).
    """
    mean, square, before = np.zeros(len(data)), np.zeros(len(data)), 0.0
    for period, survival in _survivals(fit, data, horizon):
        weight = discount ** (1 - period)
        mean += survival * weight
        square += survival * weight * (weight + 2 * before)
        before += weight
    return np.asarray(np.maximum(square - mean**2, 0.0))


def _survivals(fit: Surviving, data: DescribedContracts, horizon: float) -> Iterator[tuple[int, FloatArray]]:
    """Survival period by period, until the horizon or until next to nobody is left."""
    for period in range(1, int(min(horizon, MOST_PERIODS)) + 1):
        survival = fit.survival_ahead(data, float(period))
        yield period, survival
        if survival.max(initial=0.0) < NEGLIGIBLE:
            return
