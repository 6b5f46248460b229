"""Intervals of every model cover as often as they say; `python -m benchmarks.coverage` is the long version.

Forty runs a model cannot tell 95 from 90 %, so the bounds are those that right intervals break once in a thousand
times, for each model and, narrower, for all together. The five parameters of GGompertz/NBD lie on a ridge, along which
Laplace's intervals are too short for 500 customers; what it foretells is covered all the same.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom

from benchmarks.coverage import Share, cover
from benchmarks.coverage_experiments import PURCHASES, Purchases

RUNS = 40
CUSTOMERS = 500
ONCE_IN_A_THOUSAND = 0.001
MODELS = [name for name in PURCHASES if "correlated" not in name]
RIDGE = "GGompertz/NBD"
FEWER_RUNS = {"Pareto/GGG": 8}
"""A run takes seconds."""

_found: dict[str, tuple[Share, Share, Share]] = {}


def fewest(trials: int) -> float:
    """The smallest share of 95 % intervals that holds the truth by chance alone."""
    return float(binom.ppf(ONCE_IN_A_THOUSAND, trials, 0.95)) / trials


@pytest.mark.xdist_group("coverage")
@pytest.mark.parametrize("name", MODELS)
def test_intervals_of_each_model_cover(name: str) -> None:
    runs = FEWER_RUNS.get(name, RUNS)
    parameters, customers, totals = cover(replace(Purchases(*PURCHASES[name]), quick=True), CUSTOMERS, runs)
    _found[name] = parameters, customers, totals
    assert totals.share >= fewest(runs)
    if name != RIDGE:
        assert parameters.share >= fewest(2 * runs)  # the intervals of one run are not independent: count two of them
    assert customers.share == pytest.approx(0.95, abs=0.025)


@pytest.mark.xdist_group("coverage")
def test_intervals_of_all_models_together_cover() -> None:
    if len(_found) < len(MODELS):
        pytest.skip("needs the results of all models")
    runs = sum(FEWER_RUNS.get(name, RUNS) for name in _found)
    weights = [FEWER_RUNS.get(name, RUNS) for name in _found]
    assert np.average([totals.share for *_, totals in _found.values()], weights=weights) >= fewest(runs)
    settled = [parameters.share for name, (parameters, *_) in _found.items() if name not in {RIDGE, *FEWER_RUNS}]
    assert fewest(2 * runs) <= np.mean(settled) <= 0.995
    assert np.mean([customers.share for _, customers, _ in _found.values()]) == pytest.approx(0.95, abs=0.008)
