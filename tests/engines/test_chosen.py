"""Conditions asked of all customers, and what is learnt from, are the same on both engines."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from tests.engines.conftest import Shop, values_of
from tests.engines.shop import AS_OF
from worthbook.data.chosen import Customers, largest_first
from worthbook.data.contrast import Groups
from worthbook.data.features import features
from worthbook.kernel.units import Value

BIG = "revenue_lifetime > 20"


@pytest.fixture(scope="module")
def customers(shop: Shop) -> Customers:
    return Customers(shop.engine, (shop.sheet,), AS_OF, shop.snapshot.settings)


@pytest.fixture(scope="module")
def revenue(shop: Shop) -> dict[str, Decimal | None]:
    """Customer → revenue, read without a condition."""
    return {name: cast("Decimal | None", row["revenue_lifetime"]) for name, row in shop.values(shop.sheet).items()}


def is_big(value: Value) -> bool | None:
    return None if value is None else cast("Decimal", value) > 20


def test_each_answer_is_counted(customers: Customers, revenue: dict[str, Decimal | None]) -> None:
    found = customers.patterns([BIG], "revenue_lifetime")
    assert {each.answers[0]: each.customers for each in found} == Counter(map(is_big, revenue.values()))


def test_amounts_are_added_up_exactly(customers: Customers, revenue: dict[str, Decimal | None]) -> None:
    found = {each.answers[0]: each.amount for each in customers.patterns([BIG], "revenue_lifetime")}
    assert found[True] == sum(each for each in revenue.values() if each is not None and each > 20)


def test_why_it_is_unknown_is_counted(customers: Customers, revenue: dict[str, Decimal | None]) -> None:
    unknown = sum(each is None for each in revenue.values())
    assert customers.unknown(BIG, ["revenue_lifetime"]) == {"revenue_lifetime": unknown}


def test_those_chosen_come_largest_first(
    customers: Customers, revenue: dict[str, Decimal | None], tmp_path: Path
) -> None:
    sheet = customers.chosen(BIG, ["revenue_lifetime"], tmp_path)
    ordered = largest_first(customers.engine, sheet, "revenue_lifetime", tmp_path / "ordered.parquet")
    found = values_of(customers.engine, ordered)
    assert set(found) == {name for name, value in revenue.items() if is_big(value)}


def test_two_groups_are_measured(customers: Customers, revenue: dict[str, Decimal | None]) -> None:
    one, _ = Groups.of(customers, BIG, f"not ({BIG})").moments(["revenue_lifetime"])
    big = np.array([float(value) for value in revenue.values() if value is not None and value > 20])
    assert one[0] == pytest.approx([len(big), big.mean(), big.var(ddof=1)])


def test_customers_are_rows_of_numbers(customers: Customers, revenue: dict[str, Decimal | None]) -> None:
    found = features(customers, ["revenue_lifetime", f"case when {BIG} then 1 when not ({BIG}) then 0 end"])
    expected = [[np.nan if value is None else float(value), {None: np.nan, True: 1, False: 0}[is_big(value)]]
                for _, value in sorted(revenue.items())]  # fmt: skip
    assert np.array_equal(np.sort(found, axis=0), np.sort(np.array(expected, float), axis=0), equal_nan=True)
