"""Columns from columns and small answers are the same on both engines."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from tests.engines.conftest import Shop
from tests.engines.shop import AS_OF, nasty_lines
from worthbook.data import columns
from worthbook.data.bucket import bucket_of
from worthbook.data.engine import Sheet
from worthbook.data.rows import customer_rows
from worthbook.kernel.errors import WorthbookError
from worthbook.kernel.period import Window
from worthbook.kernel.units import Unit, Value

Values = Mapping[str, Mapping[str, Value]]

FORMULAS = {
    "group": (
        "case when revenue_lifetime > 20 then 'big' when revenue_lifetime is not null then 'small' end",
        Unit.LABEL,
    ),
    "twice": ("revenue_lifetime * 2", Unit.MONEY),
    "after_twice": ("twice + setting(margin_rate)", Unit.RATIO),
    "rounded": ("round(ratio(revenue_lifetime, 8), 2)", Unit.RATIO),
    "whole": ("ratio(orders_lifetime, 2)", Unit.COUNT),
    "since": ("days_between(first_purchase_on, as_of())", Unit.DAYS),
    "word": ("concat(upper(setting(word)), '-', group)", Unit.TEXT),
    "is_new": ("first_purchase_on >= '2024-01-01'", Unit.FLAG),
    "missing": ("setting(nowhere)", Unit.RATIO),
    "roots": ("sqrt(revenue_lifetime) + ln(revenue_lifetime) + power(revenue_lifetime, 0.5)", Unit.RATIO),
    "nothing": ("null", Unit.DATE),
}


@pytest.fixture(scope="module")
def derived(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Sheet:
    folder = tmp_path_factory.mktemp("derived")
    return columns.derive(shop.engine, [shop.sheet], FORMULAS, AS_OF, shop.snapshot.settings, folder)


@pytest.fixture(scope="module")
def values(shop: Shop, derived: Sheet) -> Values:
    return shop.values(shop.sheet, derived)


@pytest.mark.parametrize(
    ("customer", "expected"),
    [
        (
            "客户甲",
            {
                "group": "big",
                "twice": Decimal("46.7068"),
                "after_twice": 47.0068,
                "rounded": 2.92,
                "whole": 2,
                "since": 425.0,
                "word": "YES-big",
                "is_new": False,
                "missing": None,
                "roots": 12.816,
                "nothing": None,
            },
        ),
        (
            'o\'only "returns"',
            {
                "group": "small",
                "twice": Decimal("-10.0000"),
                "after_twice": -9.7,
                "rounded": -0.63,
                "whole": 0,
                "since": None,
                "word": "YES-small",
                "is_new": None,
                "missing": None,
                "roots": None,
                "nothing": None,
            },
        ),
    ],
)
def test_formulas_over_columns(values: Values, customer: str, expected: dict[str, Value]) -> None:
    made = {name: values[customer][name] for name in FORMULAS}
    roots = made["roots"]

    assert expected == {**made, "roots": roots if roots is None else round(float(str(roots)), 3)}


def test_a_circle_among_formulas_is_refused(shop: Shop, tmp_path: Path) -> None:
    formulas = {"a": ("b + 1", Unit.RATIO), "b": ("a + 1", Unit.RATIO)}

    with pytest.raises(WorthbookError, match="'a' is made from itself: a → b → a"):
        columns.derive(shop.engine, [shop.sheet], formulas, AS_OF, {}, tmp_path)


def test_a_column_that_was_not_made_is_refused(shop: Shop) -> None:
    with pytest.raises(WorthbookError, match=r"column-not-made.*\n.*revenue_12m"):
        columns.totals(shop.engine, [shop.sheet], ["revenue_13m"])


def test_grouped_counts_equal_customers(shop: Shop, values: Values) -> None:
    by = ["repeat_purchases", "age_weeks"]
    groups = columns.grouped(shop.engine, [shop.sheet], by)
    found = {(x, age): n for x, age, n in zip(*(groups[name] for name in (*by, "customers")), strict=True)}
    known = [(each["repeat_purchases"], each["age_weeks"]) for each in values.values()]

    assert dict(Counter(pair for pair in known if None not in pair)) == found


def test_grouped_over_some_parts(shop: Shop) -> None:
    every = columns.grouped(shop.engine, [shop.sheet], ["age_weeks"])["customers"].sum()
    parts = [
        columns.grouped(shop.engine, [shop.sheet], ["age_weeks"], parts=[part])["customers"].sum() for part in (0, 1)
    ]

    assert every == sum(parts)


def test_grouped_over_two_sheets(shop: Shop, derived: Sheet) -> None:
    groups = columns.grouped(shop.engine, [shop.sheet, derived], ["twice", "orders_lifetime"])

    assert columns.count(shop.engine, shop.sheet) - 1 == groups["customers"].sum()  # one has no amounts


def test_spread_predicts_for_every_customer(shop: Shop, values: Values, tmp_path: Path) -> None:
    def predict(given: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        value = given["mean_repeat_value"] * 2 + given["age_weeks"]
        return {"estimate": np.where(given["age_weeks"] > 100, np.nan, value), "one": np.ones_like(value)}

    names = ["mean_repeat_value", "age_weeks"]
    sheet = columns.spread(shop.engine, [shop.sheet], names, predict, ["estimate", "one"], tmp_path)
    made = shop.values(sheet)
    expected = {}
    for customer, each in values.items():
        spend, age = each["mean_repeat_value"], each["age_weeks"]
        known = spend is not None and age is not None
        inside = known and float(str(age)) <= 100
        expected[customer] = {
            "estimate": float(str(spend)) * 2 + float(str(age)) if inside else None,
            "one": 1.0 if known else None,
        }

    assert expected == made


def test_spread_leaves_no_other_file(shop: Shop, tmp_path: Path) -> None:
    sheet = columns.spread(
        shop.engine, [shop.sheet], ["age_weeks"], lambda given: {"x": given["age_weeks"]}, ["x"], tmp_path
    )

    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(Path(part).name for part in sheet.parts)


def test_totals(shop: Shop, values: Values) -> None:
    names = ["revenue_lifetime", "orders_lifetime", "first_purchase_on"]
    totals = columns.totals(shop.engine, [shop.sheet], names)
    revenue = [each["revenue_lifetime"] for each in values.values() if each["revenue_lifetime"] is not None]
    first = [each["first_purchase_on"] for each in values.values() if each["first_purchase_on"] is not None]
    total = sum((Decimal(str(each)) for each in revenue), Decimal(0))

    assert [
        columns.Totals(
            len(revenue), total, float(total) / len(revenue), min(revenue, key=str_key), max(revenue, key=str_key)
        ),
        columns.Totals(len(first), None, None, min(first, key=str), max(first, key=str)),
    ] == [totals["revenue_lifetime"], totals["first_purchase_on"]]


def str_key(value: Value) -> Decimal:
    """Amounts in order."""
    return Decimal(str(value))


def test_by_label(shop: Shop, derived: Sheet, values: Values) -> None:
    counted: dict[Value, list[Decimal]] = defaultdict(list)
    for each in values.values():
        counted[each["group"]].append(Decimal(str(each["revenue_12m"] or 0)))
    expected = [
        (label, len(amounts), sum(amounts, Decimal(0)) if label else None)
        for label, amounts in sorted(counted.items(), key=lambda item: str(item[0] or ""))
    ]

    assert expected == columns.by_label(shop.engine, [shop.sheet, derived], "group", ["revenue_12m"])


def test_cross(shop: Shop, derived: Sheet, values: Values) -> None:
    counted = Counter((each["group"], each["is_new"]) for each in values.values())
    found = {(row[0], row[1]): row[2] for row in columns.cross(shop.engine, [derived], ["group", "is_new"])}

    assert dict(counted) == found


def test_unknown_in_a_column_and_in_no_cell(shop: Shop, derived: Sheet) -> None:
    assert columns.unknown(shop.engine, [shop.sheet, derived], "revenue_lifetime", unplaced_in="group") == 1


def test_count(shop: Shop, values: Values) -> None:
    assert columns.count(shop.engine, shop.sheet) == len(values)


@pytest.mark.parametrize("customer", ["客户甲", 'o\'only "returns"', "C001"])
def test_one_customer(shop: Shop, derived: Sheet, values: Values, customer: str) -> None:
    names = ["revenue_lifetime", "group", "first_purchase_on"]
    found = columns.one_customer(shop.engine, [shop.sheet, derived], customer, names, bucket_of(customer, 2))

    assert {name: values[customer][name] for name in names} == found


def test_nobody(shop: Shop) -> None:
    assert columns.one_customer(shop.engine, [shop.sheet], "nobody", ["revenue_12m"], 0) == {}


def test_stream(shop: Shop, derived: Sheet, values: Values) -> None:
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame(columns.stream(shop.engine, [shop.sheet, derived], ["group", "revenue_12m"]))

    assert [(each, values[each]["group"], values[each]["revenue_12m"]) for each in sorted(values)] == frame.rows()


def test_rows_of_a_customer(shop: Shop) -> None:
    rows = customer_rows(shop.engine, shop.snapshot, shop.catalogue.tables, "transactions", "edges", AS_OF)
    expected = [
        (line.import_id, line.import_line, line.ordered_on, line.amount)
        for line in nasty_lines()
        if line.customer_id == "edges" and line.ordered_on <= AS_OF
    ]

    assert expected == [
        (row.import_id, row.import_line, row.values["ordered_on"], row.values["amount"]) for row in rows
    ]


def test_rows_behind_a_derived_table_in_a_window(shop: Shop) -> None:
    window = Window.parse("12 months")
    rows = customer_rows(shop.engine, shop.snapshot, shop.catalogue.tables, "orders", "客户甲", AS_OF, window)

    assert [dt.date(2024, 2, 29)] * 3 == [row.values["ordered_on"] for row in rows]
