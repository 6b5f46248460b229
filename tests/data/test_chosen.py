from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from worthbook.data.chosen import Customers, Pattern
from worthbook.data.columns import count, of_customers
from worthbook.data.contrast import Groups
from worthbook.data.duckdb import DuckDB
from worthbook.data.engine import Sheet
from worthbook.kernel.errors import WorthbookError

ROWS = """
    SELECT * FROM (VALUES
        ('a', CAST(10 AS DECIMAL(28, 4)), CAST(1 AS BIGINT), 'gold', TRUE),
        ('b', 20.5, 2, 'gold', FALSE),
        ('c', 30, 3, 'silver', NULL),
        ('d', NULL, 4, 'silver', TRUE),
        ('e', 5, NULL, NULL, FALSE)
    ) AS rows(customer_id, amount, orders, tier, member)
"""


@pytest.fixture(scope="module")
def customers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Customers]:
    """Five customers in two parts."""
    folder = tmp_path_factory.mktemp("sheet")
    parts = []
    for number, which in enumerate(("IN ('a', 'b', 'c')", "IN ('d', 'e')")):
        part = folder / f"part-{number}.parquet"
        duckdb.execute(f"COPY (SELECT * FROM ({ROWS}) WHERE customer_id {which}) TO '{part}' (FORMAT parquet)")
        parts.append(str(part))
    engine = DuckDB(threads=1)
    yield Customers(engine, (Sheet(tuple(parts), ("amount", "orders", "tier", "member")),), dt.date(2026, 6, 30))
    engine.close()


def test_answers_are_yes_no_and_unknown(customers: Customers) -> None:
    found = customers.patterns(["orders >= 2"], "amount")
    assert sorted(found, key=str) == sorted(
        [
            Pattern((True,), 3, Decimal("50.5000")),
            Pattern((False,), 1, Decimal("10.0000")),
            Pattern((None,), 1, Decimal("5.0000")),
        ],
        key=str,
    )


def test_every_customer_is_in_one_pattern(customers: Customers) -> None:
    found = customers.patterns(["tier = 'gold'", "amount > 15", "member"], "amount")
    assert sum(each.customers for each in found) == 5


@given(st.integers(-1, 6), st.sampled_from(["orders", "amount"]))
def test_a_condition_and_its_opposite_and_the_unknown_are_everybody(
    customers: Customers, limit: int, column: str
) -> None:
    found = customers.patterns([f"{column} >= {limit}", f"not ({column} >= {limit})"], "amount")
    assert {each.answers for each in found} <= {(True, False), (False, True), (None, None)}
    assert sum(each.customers for each in found) == 5


ONE, OTHER = st.sampled_from(["orders >= 2", "tier = 'gold'", "amount > 7"]), st.sampled_from(["member", "orders < 3"])


@given(ONE, OTHER)
def test_both_hold_for_no_more_than_either(customers: Customers, one: str, other: str) -> None:
    def count(condition: str) -> int:
        return sum(each.customers for each in customers.patterns([condition], "amount") if each.answers[0])

    assert count(f"({one}) and ({other})") <= min(count(one), count(other))
    assert count(f"({one}) or ({other})") == count(one) + count(other) - count(f"({one}) and ({other})")


def test_an_amount_that_nobody_has_is_unknown(customers: Customers) -> None:
    found = customers.patterns(["orders = 4"], "amount")
    assert {each.answers: each.amount for each in found}[(True,)] is None


def test_why_somebody_cannot_be_decided(customers: Customers) -> None:
    assert customers.unknown("orders > 1 and amount > 1", ["orders", "amount"]) == {"orders": 1, "amount": 1}


def test_those_chosen_are_in_the_parts_of_all(customers: Customers, tmp_path: Path) -> None:
    sheet = customers.chosen("orders >= 2", ["tier"], tmp_path)
    assert count(customers.engine, sheet) == 3
    assert of_customers(customers.engine, [sheet], ["a", "b", "d"], ["tier"]) == {"b": ("gold",), "d": ("silver",)}


def test_a_condition_that_compares_text_with_numbers_is_refused(customers: Customers) -> None:
    with pytest.raises(WorthbookError, match="formula-misfit"):
        customers.patterns(["tier > 3"], "amount")


def test_who_is_in_both_groups_is_in_none(customers: Customers) -> None:
    assert Groups.of(customers, "orders >= 1", "orders >= 3").sizes() == (2, 0)


def test_who_cannot_be_decided_is_in_no_group(customers: Customers) -> None:
    assert Groups.of(customers, "orders >= 3", "not (orders >= 3)").sizes() == (2, 2)


def test_moments_of_numbers_and_flags(customers: Customers) -> None:
    one, other = Groups.of(customers, "tier = 'gold'", "tier = 'silver'").moments(["orders", "member"])
    assert one.tolist() == [[2.0, 1.5, 0.5], [2.0, 0.5, 0.5]]
    assert other[:, :2].tolist() == [[2.0, 3.5], [1.0, 1.0]]


def test_labels_are_counted_group_by_group(customers: Customers) -> None:
    assert Groups.of(customers, "member", "not member").labels("tier") == {"gold": (1, 1), "silver": (1, 0)}
