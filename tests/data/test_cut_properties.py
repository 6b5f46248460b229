"""What must hold of every cut: bands part customers by value alone, in order, as near to the target as ties allow."""

from __future__ import annotations

import math
import tempfile
from bisect import bisect_right
from collections.abc import Iterator
from fractions import Fraction
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worthbook.data.cuts import thresholds
from worthbook.data.duckdb import DuckDB
from worthbook.data.engine import Sheet
from worthbook.definitions.framework import Cut

VALUES = st.lists(st.integers(-5, 20).map(float) | st.just(math.nan), min_size=1, max_size=60)
PERCENTS = st.lists(st.integers(1, 99), min_size=1, max_size=5, unique=True).map(sorted)
CASES = settings(max_examples=30)


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDB]:
    started = DuckDB(threads=2)
    yield started
    started.close()


def cut(engine: DuckDB, values: list[float], cuts: list[Cut]) -> tuple[float, ...]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "values.parquet"
        ids = np.arange(len(values), dtype=np.float64)
        engine.write_arrays({"customer_id": ids, "value": np.array(values)}, path)
        return tuple(float(each) for each in thresholds(engine, [Sheet((str(path),), ("value",))], "value", cuts))


def expected(values: list[float], percent: int, kind: str) -> float:
    """The least value whose group of equals has its middle at or above the target."""
    known = sorted(value for value in values if not math.isnan(value))
    weights = [Fraction(1) if kind == "customers" else Fraction(max(value, 0)) for value in known]
    whole, below = sum(weights), Fraction(0)
    for value, group in groupby(zip(known, weights, strict=True), key=lambda pair: pair[0]):
        weight = sum((each for _, each in group), Fraction(0))
        if whole and (below + weight / 2) / whole >= Fraction(percent, 100):
            return float(value)
        below += weight
    return math.inf


@CASES
@given(values=VALUES, percents=PERCENTS, kind=st.sampled_from(["customers", "total"]))
def test_shares_are_cut_where_plain_python_cuts(
    engine: DuckDB, values: list[float], percents: list[int], kind: str
) -> None:
    cuts = [Cut.parse(f"{percent}% of {kind}") for percent in percents]

    assert cut(engine, values, cuts) == tuple(expected(values, percent, kind) for percent in percents)


@CASES
@given(values=VALUES, texts=st.permutations(["mean", "median", "3", "above 0", "50% of customers", "50% of total"]))
def test_thresholds_never_decrease(engine: DuckDB, values: list[float], texts: list[str]) -> None:
    found = cut(engine, values, [Cut.parse(text) for text in texts])

    assert list(found) == sorted(found)


@CASES
@given(values=VALUES, percents=PERCENTS)
def test_equal_customers_share_a_band_and_bands_follow_values(
    engine: DuckDB, values: list[float], percents: list[int]
) -> None:
    found = cut(engine, values, [Cut.parse(f"{percent}% of customers") for percent in percents])
    known = sorted(value for value in values if not math.isnan(value))
    bands = [bisect_right(found, value) for value in known]

    assert bands == sorted(bands)
