"""Draws of the parameters of renewals: where the likelihood is bent, and where hardly anything is known."""

from __future__ import annotations

import numpy as np
import pytest

from worthbook.models.interval import ends_of
from worthbook.models.retention import BetaDiscreteWeibull, ContractHistory, ContractTerms, ShiftedBetaGeometric
from worthbook.models.retention.beta_weibull_process import BetaWeibullProcess

SURVIVORS = [300, 240, 200, 172, 150, 134, 121]
LOW, HIGH = np.array([4.38, 4.97]), np.array([5.39, 6.45])
"""Ends of what those of 2 and of 6 years are to renew in 8 years, from 20 000 draws by slice sampling."""


def test_values_have_the_ends_of_many_slices() -> None:
    """The high ends of the normal approximation are too high by half of the interval's width and more."""
    fit = BetaDiscreteWeibull().fit(ContractHistory.of_survivors([SURVIVORS]))
    running, terms = ContractHistory([2, 6], [0, 0], unit="years"), ContractTerms(1.0, 0.0, horizon=8)
    low, high = fit.value_ends(running, terms, seed=1)
    assert (np.abs(low - LOW) < 0.25 * (HIGH - LOW)).all()
    assert (np.abs(high - HIGH) < 0.25 * (HIGH - LOW)).all()
    _, normal = ends_of(
        lambda values: BetaWeibullProcess(*values.tolist()).renewals([2.0, 6.0], 1.0, 8),
        fit.estimates.draws(1000, np.random.default_rng(1)),
    )
    assert (normal - HIGH > 0.4 * (HIGH - LOW)).all()


def test_one_renewal_tells_the_share_that_leaves_and_no_more() -> None:
    found = ShiftedBetaGeometric().fit(ContractHistory([1, 1], [1, 0], [40, 60])).posterior(seed=1)
    left = found.draws[:, 0] / found.draws.sum(axis=1)
    assert np.median(left) == pytest.approx(0.4, abs=0.05)
    assert found.draws[:, 0].max() > 20 * found.draws[:, 0].min()
