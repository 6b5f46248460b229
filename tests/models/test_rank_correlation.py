from __future__ import annotations

import numpy as np
import pytest

from worthbook.models.rank_correlation import correlation, rank_correlation


def test_ties_share_their_mean_rank() -> None:
    """By hand: ranks (1, 2.5, 2.5, 4) and (1, 2, 3, 4) give 4.5 / sqrt(4.5 * 5)."""
    rho = rank_correlation(np.array([1.0, 2, 2, 3]), np.array([10.0, 20, 30, 40]), np.ones(4))
    assert rho == pytest.approx(4.5 / np.sqrt(4.5 * 5))


def test_a_weight_is_as_many_rows() -> None:
    rng = np.random.default_rng(3)
    first, second, weights = rng.poisson(2, 30).astype(np.float64), rng.normal(size=30), rng.integers(1, 5, 30)
    repeated = rank_correlation(np.repeat(first, weights), np.repeat(second, weights), np.ones(weights.sum()))
    assert rank_correlation(first, second, weights.astype(np.float64)) == pytest.approx(repeated)


def test_what_does_not_vary_has_no_correlation() -> None:
    assert correlation(np.full(3, 0.1), np.arange(3.0), np.ones(3)) is None
