from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from worthbook.data.engine import Engine, Sheet
from worthbook.data.formula import parse
from worthbook.data.studies import (
    Sums,
    ValueCurve,
    counts_above,
    frequencies,
    sums_where,
    value_curve,
)
from worthbook.kernel.units import Unit

Amounts = Sequence[float | None]
Line = tuple[str, str, float | None, bool]

same_file = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
amounts = st.lists(st.integers(-500, 5000), min_size=1, max_size=30)


@pytest.fixture
def sheet(tmp_path: Path) -> Callable[[Amounts], Sheet]:
    """Customers in the order of their values, one part."""

    def make(values: Amounts) -> Sheet:
        path = tmp_path / "sheet.parquet"
        rows = ", ".join(f"('c{index}', {'NULL' if value is None else value})" for index, value in enumerate(values))
        table = f"(VALUES {rows}) AS given(customer_id, value)"
        duckdb.sql(f"COPY (SELECT customer_id, CAST(value AS DECIMAL(18, 4)) AS value FROM {table}) TO '{path}'")
        return Sheet((str(path),), ("value",))

    return make


def curve(engine: Engine, sheet: Sheet) -> ValueCurve:
    found = value_curve(engine, [sheet], "value")
    assert found is not None
    return found


def by_definition(values: Sequence[float]) -> float:
    """The Gini coefficient as half the relative mean absolute difference."""
    differences = sum(abs(one - other) for one in values for other in values)
    return differences / (2 * len(values) * sum(values))


class TestValueCurve:
    @pytest.mark.parametrize(
        ("values", "gini"),
        [
            ([7], 0.0),
            ([5, 5, 5], 0.0),
            ([0, 0, 0, 8], 0.75),
            ([1, 2, 3, 4], 0.25),
            ([1, 1, 4, 4, 10], 0.42),
            ([-1, 1, 4], 5 / 6),
            ([-2, 1, 2], 8 / 3),
            ([1, 2, None], 1 / 6),
        ],
    )
    def test_gini_of_known_vectors(
        self, engine: Engine, sheet: Callable[[Amounts], Sheet], values: Amounts, gini: float
    ) -> None:
        assert curve(engine, sheet(values)).gini == pytest.approx(gini, abs=1e-12)

    def test_no_gini_without_a_positive_total(self, engine: Engine, sheet: Callable[[Amounts], Sheet]) -> None:
        assert [curve(engine, sheet(values)).gini for values in ([0, 0], [-3, 1])] == [None, None]

    def test_no_curve_of_nothing_known(self, engine: Engine, sheet: Callable[[Amounts], Sheet]) -> None:
        assert value_curve(engine, [sheet([None, None])], "value") is None

    def test_the_peak_and_the_tail(self, engine: Engine, sheet: Callable[[Amounts], Sheet]) -> None:
        found = curve(engine, sheet([100, 50, 0, -30, -20]))
        peak, tail = (found.positive_customers, found.positive_total), (found.negative_customers, found.negative_total)
        assert (peak, tail, found.total) == ((2, Decimal(150)), (2, Decimal(-50)), Decimal(100))

    def test_share_rises_above_one_where_some_lose(self, engine: Engine, sheet: Callable[[Amounts], Sheet]) -> None:
        assert curve(engine, sheet([100, 50, 0, -30, -20])).share_at(40) == 1.5

    def test_top_twenty_per_cent(self, engine: Engine, sheet: Callable[[Amounts], Sheet]) -> None:
        found = curve(engine, sheet([80, *[5] * 4]))
        assert [found.share_at(percent) for percent in (0, 10, 20, 60, 100)] == [0.0, 0.4, 0.8, 0.9, 1.0]

    @pytest.mark.parametrize(
        ("values", "half", "most"),
        [([1] * 10, 5, 8), ([80, 5, 5, 5, 5], 1, 1), ([79, 6, 5, 5, 5], 1, 2), ([10, -5], 1, 1), ([3, 3, 3], 2, 3)],
    )
    def test_customers_who_bring_half_and_most(
        self, engine: Engine, sheet: Callable[[Amounts], Sheet], values: Amounts, half: int, most: int
    ) -> None:
        found = curve(engine, sheet(values))
        assert (found.customers_for(50), found.customers_for(80)) == (half, most)

    def test_the_ten_largest(self, engine: Engine, sheet: Callable[[Amounts], Sheet]) -> None:
        assert curve(engine, sheet([*range(1, 13)])).amount_at(Fraction(10)) == Decimal(75)

    @same_file
    @given(values=amounts)
    def test_gini_as_defined(self, embedded: Engine, sheet: Callable[[Amounts], Sheet], values: list[int]) -> None:
        expected = by_definition(values) if sum(values) > 0 else None
        assert curve(embedded, sheet(values)).gini == (None if expected is None else pytest.approx(expected, abs=1e-11))

    @same_file
    @given(values=amounts, order=st.randoms(use_true_random=False))
    def test_the_order_of_customers_does_not_matter(
        self, embedded: Engine, sheet: Callable[[Amounts], Sheet], values: list[int], order: object
    ) -> None:
        shuffled = sorted(values, key=lambda _: order.random())  # type: ignore[attr-defined]
        assert curve(embedded, sheet(shuffled)) == curve(embedded, sheet(values))

    @same_file
    @given(values=amounts, factor=st.integers(2, 50))
    def test_the_currency_does_not_matter_to_gini(
        self, embedded: Engine, sheet: Callable[[Amounts], Sheet], values: list[int], factor: int
    ) -> None:
        scaled = curve(embedded, sheet([value * factor for value in values])).gini
        gini = curve(embedded, sheet(values)).gini
        assert scaled == (None if gini is None else pytest.approx(gini, abs=1e-11))

    @same_file
    @given(values=st.lists(st.integers(0, 50), min_size=1, max_size=250), percent=st.integers(0, 100))
    def test_shares_at_every_hundredth(
        self, embedded: Engine, sheet: Callable[[Amounts], Sheet], values: list[int], percent: int
    ) -> None:
        whole, rest = divmod(percent * len(values), 100)
        ranked = [*sorted(values, reverse=True), 0]
        expected = (sum(ranked[:whole]) + ranked[whole] * rest / 100) / sum(values) if sum(values) else None
        assert curve(embedded, sheet(values)).share_at(percent) == (
            None if expected is None else pytest.approx(expected)
        )


@pytest.fixture
def two_sheets(tmp_path: Path) -> list[Sheet]:
    """Five customers in two parts; what they bring lies in another sheet than who they are."""
    people = [["('a', 'vip', 3), ('b', 'small', 1)"], ["('c', 'small', 1), ('d', NULL, NULL), ('e', 'vip', 0)"]]
    values = [["('a', 10.5, 0.25), ('b', 2, 4.0)"], ["('c', 3, 1.5), ('d', -1, NULL), ('e', NULL, 2.0)"]]
    sheets = []
    for name, parts, columns in (("people", people, "tier, days"), ("values", values, "value, ratio")):
        paths = []
        for index, (rows,) in enumerate(parts):
            paths.append(str(tmp_path / f"{name}_{index}.parquet"))
            types = {"tier": "VARCHAR", "days": "BIGINT", "value": "DECIMAL(18, 4)", "ratio": "DOUBLE"}
            chosen = ", ".join(f"CAST({each} AS {types[each]}) AS {each}" for each in columns.split(", "))
            source = f"(VALUES {rows}) AS given(customer_id, {columns})"
            duckdb.sql(f"COPY (SELECT customer_id, {chosen} FROM {source}) TO '{paths[-1]}'")
        sheets.append(Sheet(tuple(paths), tuple(columns.split(", "))))
    return sheets


def test_frequencies_leave_the_unknown_out(engine: Engine, two_sheets: list[Sheet]) -> None:
    assert frequencies(engine, two_sheets, "days") == {0: 1, 1: 2, 3: 1}


def test_counts_above_levels(engine: Engine, two_sheets: list[Sheet]) -> None:
    assert counts_above(engine, two_sheets, "ratio", [1.5, 2.0]) == (4, 2, 1)


def test_sums_where_conditions_hold(engine: Engine, two_sheets: list[Sheet]) -> None:
    conditions = [parse(text) for text in ("true", "tier = 'vip'", "tier is null", "days > 5")]
    units = {"tier": Unit.LABEL, "days": Unit.COUNT}
    assert sums_where(engine, two_sheets, units, ["value", "ratio"], conditions) == (
        Sums(5, (Decimal("14.5"), Decimal("7.75"))),
        Sums(2, (Decimal("10.5"), Decimal("2.25"))),
        Sums(1, (Decimal(-1), None)),
        Sums(0, (None, None)),
    )
