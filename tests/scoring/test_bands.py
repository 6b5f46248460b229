from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scoring.examples import TIERS
from tests.scoring.laid import laid
from worthbook.scoring.bands import Number, band_formula, band_index, literal, number_text

NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=64)
CUTS = st.lists(NUMBERS, min_size=2, max_size=2).map(sorted)
MONEY = st.decimals(min_value=-1000, max_value=1000, places=4)


def test_a_threshold_belongs_to_the_band_above() -> None:
    assert laid(TIERS, {"value": [100, 500]}, {"revenue": [99.99, 100.0, 499.99, 500.0]})["sample"] == [
        "small",
        "ordinary",
        "ordinary",
        "vip",
    ]


def test_unknown_is_in_no_band() -> None:
    assert laid(TIERS, {"value": [100, 500]}, {"revenue": [None, 0.0]})["sample"] == [None, "small"]


def test_nobody_is_above_infinity() -> None:
    assert laid(TIERS, {"value": [100, math.inf]}, {"revenue": [1e300]})["sample"] == ["ordinary"]


def test_the_text_is_the_same_every_time() -> None:
    expected = "case when x is null then null when x >= 5 then 'b' else 'a' end"
    assert band_formula("x", [Decimal("5.0000")], ["'a'", "'b'"]) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0, "0"),
        (-0.5, "-0.5"),
        (12, "12"),
        (Decimal("1E+3"), "1000"),
        (Decimal("-0.1000"), "-0.1"),
        (1e-7, "9.9999999999999995e-08"),
        (1e22, "1.0000000000000000e+22"),
    ],
)
def test_numbers_are_written_plainly_where_that_is_exact(value: Number, expected: str) -> None:
    assert number_text(value) == expected


def test_quotes_are_doubled() -> None:
    assert literal("a'b") == "'a''b'"


@given(st.lists(NUMBERS, min_size=1, max_size=20), CUTS)
def test_the_engine_and_a_single_customer_agree(values: list[float], cuts: list[float]) -> None:
    # Customers exactly on a threshold are where a number written inexactly would show.
    revenue = [*values, *cuts]
    keys = [cell.key for cell in TIERS.cells]
    expected = [keys[band_index(value, cuts) or 0] for value in revenue]
    assert laid(TIERS, {"value": cuts}, {"revenue": revenue})["sample"] == expected


@given(st.lists(MONEY, min_size=1, max_size=20), st.lists(MONEY, min_size=2, max_size=2).map(sorted))
def test_money_is_cut_exactly(values: list[Decimal], cuts: list[Decimal]) -> None:
    revenue = [*values, *cuts]
    keys = [cell.key for cell in TIERS.cells]
    expected = [keys[band_index(value, cuts) or 0] for value in revenue]
    assert laid(TIERS, {"value": cuts}, {"revenue": revenue}, {"revenue": "DECIMAL(28,4)"})["sample"] == expected


@given(st.lists(NUMBERS, min_size=2, max_size=20), CUTS)
def test_more_is_never_a_lower_band_and_equals_are_together(values: list[float], cuts: list[float]) -> None:
    ordered = sorted([*values, values[0]])
    keys = [cell.key for cell in TIERS.cells]
    bands = [keys.index(str(key)) for key in laid(TIERS, {"value": cuts}, {"revenue": ordered})["sample"]]
    assert bands == sorted(bands)
    assert len({(value, band) for value, band in zip(ordered, bands, strict=True)}) == len(set(ordered))


@pytest.mark.parametrize(("value", "threshold"), [(Decimal("27.1"), 27.1), (0.3, Decimal("0.3")), (3, 3.0)])
def test_kinds_of_numbers_do_not_part_equals(value: Number, threshold: Number) -> None:
    assert band_index(value, [threshold]) == 1
