from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from worthbook.models.perception.intervals import differences, holm, wilson

EXACT = 1e-9


@given(st.integers(1, 400).flatmap(lambda size: st.tuples(st.integers(0, size), st.just(size))))
def test_wilson_is_scipys(case: tuple[int, int]) -> None:
    count, size = case
    low, high = wilson(np.array([count / size]), np.array([float(size)]))
    expected = binomtest(count, size).proportion_ci(method="wilson")

    assert (low[0], high[0]) == pytest.approx((expected.low, expected.high), abs=EXACT)


def test_differences_of_equal_estimates_without_spread_are_no_difference() -> None:
    assert differences(np.array([1.0, 1.0]), np.zeros(2), [(0, 1)]).p.tolist() == [1.0]


def test_holm_leaves_what_is_not_known() -> None:
    """Holm (1979): 0.02 and 0.03 of two tests become 0.04 and 0.04."""
    corrected = holm(np.array([0.02, np.nan, 0.03]))

    assert (corrected[[0, 2]].round(6).tolist(), bool(np.isnan(corrected[1]))) == ([0.04, 0.04], True)
