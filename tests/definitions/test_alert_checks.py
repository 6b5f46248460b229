from __future__ import annotations

import pytest

from worthbook.data.formula import parse
from worthbook.definitions import checks
from worthbook.definitions.reader import read_text

WORDS = "title: {en: Title, zh: 标题}\ndescription: {en: What it is., zh: 说明。}\nsource: Literature\n"
TABLES = f"""\
table: transactions
{WORDS}key: []
time: ordered_on
columns:
  customer_id: {{title: {{en: Customer, zh: 客户}}, unit: id, required: true}}
  ordered_on: {{title: {{en: Day, zh: 日期}}, unit: date, required: true}}
  amount: {{title: {{en: Amount, zh: 金额}}, unit: money}}
---
measure: orders
{WORDS}unit: count
table: transactions
formula: count(*)
---
measure: revenue_12m
{WORDS}unit: money
table: transactions
window: 12 months
formula: sum(amount)
---
framework: size
{WORDS}method: tiers
axes:
  orders: {{title: {{en: Orders, zh: 订单}}, column: orders, cuts: ["3"]}}
cells:
  - {{key: small, title: {{en: S, zh: 小}}, meaning: {{en: S, zh: 小}}, strategy: {{en: S, zh: 小}}}}
  - {{key: large, title: {{en: L, zh: 大}}, meaning: {{en: L, zh: 大}}, strategy: {{en: L, zh: 大}}}}
---
"""
BEFORE = TABLES.count("\n")
REST = "severity: high\nwho_acts: {en: We, zh: 我们}\nnext_action: {en: Act, zh: 处理}\n"


def told(when: str, more: str = "looks_back: 3 months\n") -> list[tuple[str, int]]:
    """The problems of an alert: slug and line, counted from its first."""
    text = f"alert: mine\n{WORDS}when: {when}\n{more}{REST}"
    reading = read_text(TABLES + text, "mine.yaml")
    found = [*reading.problems, *checks.problems(reading, parse)]
    return [(each.slug, (each.where.line or 0) - BEFORE if each.where else 0) for each in found]


@pytest.mark.parametrize(
    "when",
    [
        "was_size = 'large' and size = 'small'",
        "was_size__rung - size__rung >= 2",
        "revenue_12m < 0.5 * was_revenue_12m and was_orders > 2",
    ],
)
def test_what_may_be_said_is_read(when: str) -> None:
    assert told(when) == []


def test_groups_are_watched_by_their_customers_and_value() -> None:
    more = "looks_back: 12 months\ngroups: size\n"
    assert told("value < 0.9 * was_value and customers >= was_customers", more) == []


@pytest.mark.parametrize(
    ("when", "more", "expected"),
    [
        ("was_odrers > 2", "looks_back: 3 months\n", ("column-unknown", 5)),
        ("orders__rung > 1", "looks_back: 3 months\n", ("column-unknown", 5)),
        ("was_size = 'huge'", "looks_back: 3 months\n", ("alert-cell-unknown", 5)),
        ("size in ('large', 'huge')", "looks_back: 3 months\n", ("alert-cell-unknown", 5)),
        ("orders > 2", "looks_back: previous 3 months\n", ("alert-looks-back-previous", 6)),
        ("orders > 2", "looks_back: 3 months\nvalue: orders\n", ("alert-value-not-money", 7)),
        ("orders > 2", "looks_back: 3 months\nwatches: [orders, size]\n", ("alert-watches-no-number", 7)),
        ("value > 2", "looks_back: 3 months\ngroups: sizes\n", ("alert-groups-unknown", 7)),
        ("orders > 2", "looks_back: 3 months\ngroups: size\n", ("column-unknown", 5)),
    ],
)
def test_what_is_wrong_is_told_with_its_line(when: str, more: str, expected: tuple[str, int]) -> None:
    assert told(when, more) == [expected]


def test_all_problems_come_together() -> None:
    more = "looks_back: 3 months\nvalue: orders\nwatches: [size]\n"
    assert [slug for slug, _ in told("was_size = 'huge'", more)] == [
        "alert-value-not-money", "alert-watches-no-number", "alert-cell-unknown",
    ]  # fmt: skip
