from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from worthbook.models.retention.hypergeometric import series_with_one


def added_up(b: float, c: float, z: float) -> float:
    """The series itself, to where a term counts less than 1e-17 of the first."""
    k = np.arange(2000 + math.ceil(40 / -math.log(z)))
    return math.fsum(np.exp(np.concatenate([[0.0], np.cumsum(np.log((b + k) / (c + k)) + math.log(z))])))


@example(1.001, 1.0, 1.001)  # scipy's function gives numbers for these that are wrong
@example(2.001, 4.0, 1.001)
@given(st.floats(0.05, 60), st.floats(0.05, 30), st.floats(1.001, 10))
def test_it_is_the_sum(b: float, more: float, discount: float) -> None:
    c = b + 1 + more
    found = series_with_one(np.array([b + 1]), np.array([c]), 1 / discount)
    assert found.tolist() == pytest.approx([added_up(b + 1, c, 1 / discount)], rel=1e-11)


@given(st.floats(0.05, 0.95))
def test_of_a_beta_that_is_even_it_is_a_logarithm(z: float) -> None:
    """2F1(1, 1; 2; z) = -log(1 - z) / z (Abramowitz and Stegun 15.1.3)."""
    found = series_with_one(np.array([1.0]), np.array([2.0]), z)
    assert found.tolist() == pytest.approx([-math.log1p(-z) / z], rel=1e-13)


def test_near_one_it_tends_to_the_sum_without_a_discount() -> None:
    """2F1(1, b; c; 1) = (c - 1) / (c - b - 1) (Gauss 1813; Abramowitz and Stegun 15.1.20)."""
    found = series_with_one(np.array([3.0]), np.array([6.0]), 1 / (1 + 1e-7))
    assert found.tolist() == pytest.approx([2.5], rel=1e-6)


def test_a_sum_that_has_no_end_is_no_number() -> None:
    assert np.isnan(series_with_one(np.array([3.0]), np.array([4.0]), 1.0)).all()
