from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_1samp

from worthbook.models.perception.means import alpha, means

EXACT = 1e-9


@given(st.lists(st.floats(-50, 50), min_size=3, max_size=30).filter(lambda each: np.std(each) > 1e-3))
def test_equal_weights_give_students_interval_and_test(values: list[float]) -> None:
    found = means(np.array(values)[:, None], np.full(len(values), 2.5))
    expected = ttest_1samp(values, 0.0)
    interval = expected.confidence_interval()

    assert (found.p[0], found.interval()[0][0], found.interval()[1][0]) == pytest.approx(
        (expected.pvalue, interval.low, interval.high), abs=1e-7
    )


def test_holes_are_left_out_column_by_column() -> None:
    found = means(np.array([[1.0, np.nan], [3.0, np.nan], [np.nan, np.nan]]), np.ones(3))

    assert (found.count.tolist(), found.mean[0], bool(np.isnan(found.mean[1]))) == ([2.0, 0.0], 2.0, True)


def test_one_answer_has_no_interval() -> None:
    found = means(np.array([[4.0]]), np.ones(1))

    assert (found.mean[0], bool(np.isnan(found.interval()[0][0])), bool(np.isnan(found.p[0]))) == (4.0, True, True)


def test_alpha_of_a_table_worked_by_hand() -> None:
    """By the formula, from the variances of the two items and of their sum."""
    items = np.array([[2.0, 1.0], [3.0, 3.0], [4.0, 5.0], [5.0, 5.0]])
    expected = 2 * (1 - items.var(axis=0, ddof=1).sum() / items.sum(axis=1).var(ddof=1))

    assert alpha(items, np.ones(4)) == pytest.approx(expected, abs=EXACT)


@pytest.mark.parametrize("items", [np.ones((5, 1)), np.ones((5, 3)), np.ones((2, 3))])
def test_alpha_is_unknown_where_nothing_can_be_said(items: np.ndarray) -> None:
    assert alpha(items, np.ones(len(items))) is None
