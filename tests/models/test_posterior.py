"""Draws from posteriors whose shape is known, and what happens where weights cannot be trusted."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import genpareto

from worthbook.models.base import FloatArray
from worthbook.models.optimise import Objective
from worthbook.models.posterior import Posterior, Target, posterior_of
from worthbook.models.psis import smooth


def flat(log_values: FloatArray) -> float:
    del log_values
    return 0.0


def normal(point: FloatArray) -> tuple[float, FloatArray]:
    """Standard deviations 0.1 and 0.3, mean (1, -1)."""
    away, weight = point - np.array([1.0, -1.0]), np.array([100.0, 1 / 0.09])
    return float(-0.5 * (weight * away**2).sum()), -weight * away


def leaning(point: FloatArray) -> tuple[float, FloatArray]:
    """The logarithm of an exponential variable: skewed, with mean -0.577 and standard deviation 1.283."""
    return float(point[0] - np.exp(point[0])), np.array([1 - np.exp(point[0])])


def crooked(point: FloatArray) -> tuple[float, FloatArray]:
    """A banana too bent for a normal proposal: the first is N(0, 2), the second its square, give or take 0.2."""
    first, second = point
    away = second - first**2
    slopes = np.array([-first / 4 + 2 * away * first / 0.04, -away / 0.04])
    return float(-(first**2) / 8 - away**2 / 0.08), slopes


def target(objective: Objective, size: int) -> Target:
    return Target(objective, lambda point: objective(point)[0], 1.0, tuple("abc"[:size]), (0.0,) * size, flat)


def test_a_normal_posterior_is_drawn_as_it_is() -> None:
    found = posterior_of(target(normal, 2), np.zeros(2), seed=1, draws=4000)
    logs = np.log(found.draws)
    assert found.method == "laplace+psis"
    assert found.k_hat is not None
    assert found.k_hat < 0.5
    assert logs.mean(axis=0) == pytest.approx([1, -1], abs=0.02)
    assert logs.std(axis=0) == pytest.approx([0.1, 0.3], rel=0.05)


def test_a_leaning_posterior_keeps_its_skew() -> None:
    logs = np.log(posterior_of(target(leaning, 1), np.zeros(1), seed=1, draws=4000).draws[:, 0])
    assert logs.mean() == pytest.approx(-0.5772, abs=0.05)
    assert logs.std() == pytest.approx(1.2825, rel=0.05)
    assert np.quantile(logs, [0.025, 0.975]) == pytest.approx(np.log(-np.log([0.975, 0.025])), abs=0.3)


def test_where_weights_cannot_be_trusted_a_sampler_takes_over() -> None:
    found = posterior_of(target(crooked, 2), np.zeros(2), seed=1, draws=2000)
    logs = np.log(found.draws)
    assert found.method == "slice"
    assert found.k_hat is not None
    assert found.k_hat > 0.7
    assert found.r_hat is not None
    assert logs[:, 0].std() == pytest.approx(2.0, rel=0.4)
    assert (logs[:, 1] - logs[:, 0] ** 2).std() == pytest.approx(0.2, rel=0.1)


def test_a_sampler_that_has_not_settled_says_so() -> None:
    rough = Posterior(("a",), ((0.0,), (1.0,)), "slice", 0.9, 1.4)
    assert "R-hat 1.40" in rough.cautions[0].en
    assert "R-hat 1.40" in rough.cautions[0].zh
    assert Posterior(("a",), ((0.0,), (1.0,)), "slice", 0.9, 1.02).cautions == ()


def test_the_same_seed_gives_the_same_draws_and_json_keeps_them() -> None:
    one, other = (posterior_of(target(normal, 2), np.zeros(2), seed=7, draws=200) for _ in range(2))
    assert one == other
    assert Posterior.from_record(one.as_record()) == one
    assert len(one.thinned(50)) == 50
    low, high = one.summary[0].low, one.summary[0].high
    assert low is not None
    assert high is not None
    assert low < np.e < high


@pytest.mark.parametrize("shape", [0.2, 0.5, 0.9])
def test_k_hat_finds_the_heaviness_of_the_tail(shape: float) -> None:
    """Vehtari et al. (2024): ratios with a generalised Pareto tail of known shape."""
    ratios = genpareto(shape).rvs(20_000, random_state=np.random.default_rng(3))
    weights, k_hat = smooth(np.log(1 + ratios))
    assert k_hat == pytest.approx(shape, abs=0.12)
    assert weights.sum() == pytest.approx(1)
