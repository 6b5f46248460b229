"""Groups that learn from each other: against exact integration, against the joint normal density, by simulation."""

from __future__ import annotations

import numpy as np
import pytest

from worthbook.models.base import FloatArray
from worthbook.models.hierarchy import PRIOR_SPREAD, Groups, _Given
from worthbook.models.posterior import WEAK_SD

EFFECTS = np.array([28.0, 8, -3, 7, -1, 1, 18, 12])
ERRORS = np.array([15.0, 10, 16, 11, 9, 11, 10, 18])
"""Coaching in eight schools: Rubin (1981), Journal of Educational Statistics 6(4), 377-401."""
UNIT = 100.0
"""Points in which priors of 1 and 2 say next to nothing."""


def schools() -> Groups:
    precision = (UNIT / ERRORS) ** 2
    return Groups(precision[:, None, None], (EFFECTS / UNIT * precision)[:, None], np.zeros(1))


def drawn(rng: np.random.Generator, count: int, size: int) -> tuple[Groups, FloatArray]:
    """Groups of which some are well known and some hardly, and what they truly are."""
    truth = rng.normal(rng.normal(0, 1, size), 0.3, (count, size))
    roots = rng.normal(size=(count, size, size)) * rng.uniform(1, 6, count)[:, None, None]
    precision = roots @ roots.swapaxes(1, 2) + np.eye(size)
    noise = np.linalg.cholesky(np.linalg.inv(precision)) @ rng.standard_normal((count, size, 1))
    pull = (precision @ (truth[:, :, None] + noise))[:, :, 0]
    return Groups(precision, pull, np.zeros(size)), truth


def test_eight_schools_are_those_of_exact_integration() -> None:
    """Means and standard deviations by equations 5.17 to 5.21 of Bayesian Data Analysis, on 4 000 values of tau."""
    tau = np.linspace(0.005, 400, 4000)[:, None]
    weight = 1 / (ERRORS**2 + tau**2)
    of_mean = 1 / (weight.sum(axis=1, keepdims=True) + (UNIT * WEAK_SD) ** -2)
    mean = of_mean * (weight * EFFECTS).sum(axis=1, keepdims=True)
    density = (tau * np.sqrt(of_mean) * np.exp(mean**2 / of_mean / 2 - (tau / UNIT / PRIOR_SPREAD) ** 2 / 2))[:, 0]
    density *= np.exp((np.log(weight) - weight * EFFECTS**2).sum(axis=1) / 2)
    density /= density.sum()
    taken = 1 / (1 + tau**2 / ERRORS**2)
    school = (1 - taken) * EFFECTS + taken * mean
    means = density @ school
    sds = np.sqrt(density @ (taken * tau**2 + taken**2 * of_mean + (school - means) ** 2))

    found = schools().shrunk(np.array([0.1]), seed=1)

    assert UNIT * found.mean[:, 0] == pytest.approx(means, abs=0.5)
    assert UNIT * np.sqrt(found.covariance[:, 0, 0]) == pytest.approx(sds, rel=0.05)


def test_eight_schools_with_a_flat_prior_of_tau_are_the_published_ones() -> None:
    """Medians of table 5.3 of Bayesian Data Analysis (200 simulations); means lie a little farther out."""
    spreads = np.linspace(0.001, 1, 1000)[:, None]
    weights = np.exp([_Given.of(schools(), each[None]).log_likelihood()[0] for each in spreads])
    means = weights / weights.sum() @ _Given.of(schools(), spreads).groups()[0][:, :, 0]
    assert UNIT * means == pytest.approx([10, 8, 7, 8, 5, 6, 10, 8], abs=1.5)


def test_the_likelihood_of_spreads_is_that_of_all_groups_together() -> None:
    """The density of all estimates as one normal vector, in which groups share their mean; compared as a ratio."""
    groups, _ = drawn(np.random.default_rng(3), 5, 3)
    covariance = np.linalg.inv(groups.precision)
    estimates = (covariance @ groups.pull[:, :, None]).ravel()

    def joint(spread: FloatArray) -> float:
        every = np.kron(np.ones((5, 5)), WEAK_SD**2 * np.eye(3))
        for group in range(5):
            place = slice(3 * group, 3 * group + 3)
            every[place, place] += covariance[group] + np.diag(spread**2)
        away = estimates @ np.linalg.solve(every, estimates)
        return float(-0.5 * (np.linalg.slogdet(every)[1] + away))

    one, other = np.array([0.2, 0.4, 0.1]), np.array([0.7, 0.05, 1.0])
    ours = (
        _Given.of(groups, np.array([one])).log_likelihood()[0]
        - _Given.of(groups, np.array([other])).log_likelihood()[0]
    )
    assert joint(one) - joint(other) == pytest.approx(ours)


def test_slopes_are_those_of_the_posterior() -> None:
    groups, _ = drawn(np.random.default_rng(4), 6, 2)
    point, step = np.log([0.2, 0.5]), 1e-5
    by_steps = [
        (groups._log_posterior(point + each)[0] - groups._log_posterior(point - each)[0]) / (2 * step)
        for each in step * np.eye(2)
    ]
    assert by_steps == pytest.approx(groups._log_posterior(point)[1], abs=1e-6)


def test_a_group_that_is_well_known_keeps_its_own_and_one_that_is_not_takes_the_mean() -> None:
    groups, _ = drawn(np.random.default_rng(5), 8, 2)
    own = np.array([0.5, -0.5])
    groups.precision[:2] = [1e8 * np.eye(2), np.zeros((2, 2))]
    groups.pull[:2] = [1e8 * own, np.zeros(2)]

    found = groups.shrunk(np.array([0.3, 0.3]), seed=1)

    assert own == pytest.approx(found.mean[0], abs=1e-6)
    assert found.own[0] == pytest.approx(1.0, abs=1e-4)
    assert found.centre == pytest.approx(found.mean[1])
    assert found.own[1] == pytest.approx(0.0)
    assert (found.spread < np.sqrt(np.diag(found.covariance[1]))).all()


def test_intervals_hold_the_truth() -> None:
    """30 bases of 12 groups of 2 coordinates: 93 to 97 % of 720 intervals, give or take two standard errors."""
    rng, held = np.random.default_rng(6), []
    for seed in range(30):
        groups, truth = drawn(rng, 12, 2)
        found = groups.shrunk(groups.likeliest_spread(np.array([0.3, 0.3])), seed=seed)
        away = (truth - found.mean) / np.sqrt(np.einsum("jii->ji", found.covariance))
        held.append((np.abs(away) < 1.96).mean())
    assert 0.914 < np.mean(held) < 0.986
