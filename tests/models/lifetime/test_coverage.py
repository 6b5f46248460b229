"""Intervals of every model cover as often as they say; `python -m benchmarks.coverage` is the long version.

Forty runs a model cannot tell 95 from 90 %, so the bounds are those that right intervals break once in a thousand
times, for each model and, narrower, for all together. The five parameters of GGompertz/NBD lie on a ridge, along which
Laplace's intervals are too short for 500 customers; what it foretells is covered all the same.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from benchmarks.coverage import TRUTHS, Coverage, cover

RUNS = 40
CUSTOMERS = 500
ONCE_IN_A_THOUSAND = 0.001

_found: dict[str, Coverage] = {}


def fewest(trials: int) -> float:
    """The smallest share of 95 % intervals that holds the truth by chance alone."""
    return float(binom.ppf(ONCE_IN_A_THOUSAND, trials, 0.95)) / trials


@pytest.mark.xdist_group("coverage")
@pytest.mark.parametrize("name", list(TRUTHS))
def test_intervals_of_each_model_cover(name: str) -> None:
    found = cover(TRUTHS[name], customers=CUSTOMERS, runs=RUNS, seed=2026, posterior=False, quick=True)
    _found[name] = found
    assert found.total >= fewest(RUNS)
    if name != "ggompertz_nbd":
        assert found.parameters >= fewest(2 * RUNS)  # the intervals of one run are not independent: count two of them
    assert found.customers == pytest.approx(0.95, abs=0.025)


@pytest.mark.xdist_group("coverage")
def test_intervals_of_all_models_together_cover() -> None:
    if len(_found) < len(TRUTHS):
        pytest.skip("needs the results of all models")
    runs = RUNS * len(_found)
    assert np.mean([each.total for each in _found.values()]) >= fewest(runs)
    assert (
        fewest(2 * runs)
        <= np.mean([each.parameters for name, each in _found.items() if name != "ggompertz_nbd"])
        <= 0.995
    )
    assert np.mean([each.customers for each in _found.values()]) == pytest.approx(0.95, abs=0.008)
