from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from worthbook.data.activity import Activity, Month, month_index, read_activity
from worthbook.data.engine import Engine, Snapshot, TableFiles

Line = tuple[str, str, float | None, bool]

same_file = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., Snapshot]:
    """A stored table of lines: (customer, day, amount, is it a return) in buckets."""

    def make(*buckets: Sequence[Line], hidden: Sequence[Line] = ()) -> Snapshot:
        files = []
        for index, lines in enumerate(buckets):
            path = tmp_path / f"bucket_{index}.parquet"
            shown = [(*line, "shown") for line in lines] + [(*line, "hidden") for line in hidden if index == 0]
            rows = ", ".join(
                f"('{customer}', DATE '{day}', {'NULL' if amount is None else amount}, {returned}, '{made}')"
                for customer, day, amount, returned, made in shown
            )
            table = f"(VALUES {rows}) AS given(customer_id, ordered_on, amount, is_return, import_id)"
            duckdb.sql(f"COPY (SELECT * REPLACE (CAST(amount AS DECIMAL(18, 4)) AS amount) FROM {table}) TO '{path}'")
            files.append((str(path),))
        return Snapshot({"transactions": TableFiles("transactions", tuple(files), ("hidden",))}, {}, len(files))

    return make


def months(found: Activity) -> dict[tuple[str | None, str], Month]:
    def said(month: int | None) -> str | None:
        return None if month is None else f"{month // 12}-{month % 12 + 1:02d}"

    return {(said(first), str(said(month))): cell for (first, month), cell in found.months.items()}


LATE = dt.date(2024, 12, 31)


class TestActivity:
    def test_days_between_purchase_days(self, engine: Engine, book: Callable[..., Snapshot]) -> None:
        lines = [("a", day, 1, False) for day in ("2024-01-01", "2024-01-08", "2024-01-08", "2024-02-07")]
        assert read_activity(engine, book(lines), LATE).gaps == {7: 1, 30: 1}

    def test_purchases_on_one_day_count_once(self, engine: Engine, book: Callable[..., Snapshot]) -> None:
        lines = [("a", "2024-01-01", 1, False), ("a", "2024-01-01", 2, False)]
        assert months(read_activity(engine, book(lines), LATE)) == {("2024-01", "2024-01"): Month(Decimal(3), 1, 1, 1)}

    def test_returns_are_no_purchases_but_lower_revenue(self, engine: Engine, book: Callable[..., Snapshot]) -> None:
        lines = [("a", "2024-01-01", 9, False), ("a", "2024-02-01", -4, True)]
        assert months(read_activity(engine, book(lines), LATE)) == {
            ("2024-01", "2024-01"): Month(Decimal(9), 1, 1, 1),
            ("2024-01", "2024-02"): Month(Decimal(-4), 0, 0, 0),
        }

    def test_a_return_between_two_purchases_parts_no_gap(self, engine: Engine, book: Callable[..., Snapshot]) -> None:
        lines = [("a", "2024-01-01", 9, False), ("a", "2024-01-05", -4, True), ("a", "2024-01-11", 9, False)]
        assert read_activity(engine, book(lines), LATE).gaps == {10: 1}

    def test_customers_who_only_return_have_no_cohort(self, engine: Engine, book: Callable[..., Snapshot]) -> None:
        found = read_activity(engine, book([("a", "2024-02-01", -4, True)]), LATE)
        assert months(found) == {(None, "2024-02"): Month(Decimal(-4), 0, 0, 0)}

    def test_active_once_a_month_and_once_a_quarter(self, engine: Engine, book: Callable[..., Snapshot]) -> None:
        days = ("2023-12-01", "2024-01-01", "2024-01-20", "2024-02-10", "2024-04-01")
        found = months(read_activity(engine, book([("a", day, 1, False) for day in days]), LATE))
        assert {month: (cell.purchases, cell.active, cell.active_quarter) for (_, month), cell in found.items()} == {
            "2023-12": (1, 1, 1),
            "2024-01": (2, 1, 1),
            "2024-02": (1, 1, 0),
            "2024-04": (1, 1, 1),
        }

    def test_the_same_month_of_another_year_is_another_month(
        self, engine: Engine, book: Callable[..., Snapshot]
    ) -> None:
        lines = [("a", "2023-05-01", 1, False), ("a", "2024-05-01", 1, False)]
        assert months(read_activity(engine, book(lines), LATE))["2023-05", "2024-05"].active == 1

    def test_nothing_after_the_date_is_seen(self, engine: Engine, book: Callable[..., Snapshot]) -> None:
        lines = [("a", "2024-01-31", 1, False), ("a", "2024-02-01", 1, False)]
        found = read_activity(engine, book(lines), dt.date(2024, 1, 31))
        assert (found.gaps, list(months(found))) == ({}, [("2024-01", "2024-01")])

    def test_hidden_imports_are_not_seen(self, engine: Engine, book: Callable[..., Snapshot]) -> None:
        snapshot = book([("a", "2024-01-31", 1, False)], hidden=[("a", "2023-01-01", 1, False)])
        assert list(months(read_activity(engine, snapshot, LATE))) == [("2024-01", "2024-01")]

    def test_buckets_add_up(self, engine: Engine, book: Callable[..., Snapshot]) -> None:
        one, other = [("a", "2024-01-01", 2, False)], [("b", "2024-01-09", 3, False), ("b", "2024-01-10", None, False)]
        assert months(read_activity(engine, book(one, other), LATE)) == {
            ("2024-01", "2024-01"): Month(Decimal(5), 3, 2, 2)
        }

    def test_unknown_amounts_leave_revenue_unknown(self, engine: Engine, book: Callable[..., Snapshot]) -> None:
        found = read_activity(engine, book([("a", "2024-01-01", None, False)]), LATE)
        assert months(found)["2024-01", "2024-01"].revenue is None

    def test_a_book_without_lines(self, engine: Engine) -> None:
        assert read_activity(engine, Snapshot({}, {}, 1), LATE) == Activity({}, {})

    @same_file
    @given(
        lines=st.lists(
            st.tuples(
                st.sampled_from("abcd"),
                st.dates(dt.date(2022, 1, 1), dt.date(2024, 6, 30)).map(str),
                st.integers(-100, 1000),
                st.booleans(),
            ),
            min_size=1,
            max_size=25,
        )
    )
    def test_everything_is_counted_once(
        self, embedded: Engine, book: Callable[..., Snapshot], lines: list[Line]
    ) -> None:
        found = read_activity(embedded, book(lines), LATE)
        days = {(customer, day) for customer, day, _, returned in lines if not returned}
        buyers = {customer for customer, _ in days}
        cells = found.months.values()
        revenue = sum((cell.revenue or Decimal(0) for cell in cells), Decimal(0))
        counted = (
            revenue,
            sum(cell.purchases for cell in cells),
            sum(cell.active for cell in cells),
            sum(cell.active_quarter for cell in cells),
            sum(found.gaps.values()),
        )
        assert counted == (
            sum(Decimal(int(amount or 0)) for _, _, amount, _ in lines),
            len(days),
            len({(customer, day[:7]) for customer, day in days}),
            len({(customer, day[:4], (int(day[5:7]) - 1) // 3) for customer, day in days}),
            len(days) - len(buyers),
        )


def test_month_index_counts_on_over_years() -> None:
    assert month_index(dt.date(2024, 1, 1)) - month_index(dt.date(2023, 12, 31)) == 1


@pytest.mark.parametrize(
    ("gaps", "part", "expected"),
    [
        ({5: 1}, 0.5, 5),
        ({1: 1, 2: 1, 3: 1}, 0.5, 2),
        ({1: 1, 9: 1}, 0.5, 5),
        ({1: 9, 100: 1}, 0.95, 100),
        ({1: 3, 2: 1}, 0.25, 1),
        ({}, 0.5, None),
    ],
)
def test_gaps_below_which_a_part_lies(gaps: dict[int, int], part: float, expected: float | None) -> None:
    assert Activity(gaps, {}).gap_below(part) == expected
