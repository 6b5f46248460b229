from __future__ import annotations

import pytest

from worthbook.data.formula import parse
from worthbook.definitions import checks
from worthbook.definitions.reader import read_text

WORDS = "title: {en: Title, zh: 标题}\ndescription: {en: What it is., zh: 说明。}\nsource: Literature\n"
MEASURE = f"measure: orders\n{WORDS}unit: count\ntable: transactions\nformula: count(*)\n---\n"
TABLES = f"""\
table: transactions
{WORDS}key: []
time: ordered_on
columns:
  customer_id: {{title: {{en: Customer, zh: 客户}}, unit: id, required: true}}
  ordered_on: {{title: {{en: Day, zh: 日期}}, unit: date, required: true}}
---
table: customer_lists
{WORDS}key: [list_name, customer_id]
columns:
  customer_id: {{title: {{en: Customer, zh: 客户}}, unit: id, required: true}}
  list_name: {{title: {{en: List, zh: 名单}}, unit: id, required: true}}
  listed_on: {{title: {{en: Since, zh: 日期}}, unit: date}}
---
{MEASURE}framework: size
{WORDS}method: tiers
axes:
  orders: {{title: {{en: Orders, zh: 订单}}, column: orders, cuts: ["3"]}}
cells:
  - {{key: small, title: {{en: S, zh: 小}}, meaning: {{en: S, zh: 小}}, strategy: {{en: S, zh: 小}}}}
  - {{key: large, title: {{en: L, zh: 大}}, meaning: {{en: L, zh: 大}}, strategy: {{en: L, zh: 大}}}}
---
"""
BEFORE = TABLES.count("\n")


def segment(name: str, more: str) -> str:
    return f"segment: {name}\n{WORDS}{more}\n---\n"


def told(text: str) -> list[tuple[str, int]]:
    """The problems of some segments: slug and line, counted from the first of them."""
    reading = read_text(TABLES + text, "mine.yaml")
    assert reading.problems == ()
    found = checks.problems(reading, parse)
    return [(each.slug, (each.where.line or 0) - BEFORE if each.where else 0) for each in found]


def event(name: str, formula: str, table: str = "transactions") -> str:
    title = "title: {en: E, zh: 事件}"
    return f"events:\n  {name}: {{{title}, table: {table}, window: 6 months, formula: {formula!r}}}"


@pytest.mark.parametrize(
    "more",
    [
        "when: orders > 2 and size = 'large' or not (orders is null)",
        "list: guests.csv",
        f"when: recent >= 2\n{event('recent', 'count(*)')}",
        f"when: recent >= 2 and size in ('small', 'large')\nlist: guests.csv\n{event('recent', 'count(*)')}",
    ],
)
def test_segments_that_fit_have_no_problems(more: str) -> None:
    assert told(segment("mine", more)) == []


def test_a_segment_may_read_another() -> None:
    assert told(segment("a", "when: orders > 2") + segment("b", "when: a and size = 'small'")) == []


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("strategy: {en: Do., zh: 做。}", [("segment-condition-missing", 1)]),
        ("when: order > 2", [("column-unknown", 5)]),
        ("when: orders >", [("formula-unreadable", 5)]),
        ("when: sum(orders) > 2", [("formula-aggregate", 5)]),
        ("when: size = 'big'", [("segment-cell-unknown", 5)]),
        ("when: size = large", [("segment-word-unquoted", 5)]),
        ("when: size not in ('small', 'huge')", [("segment-cell-unknown", 5)]),
        (f"when: orders > 1\n{event('orders', 'count(*)')}", [("segment-event-named-as-column", 7)]),
        (f"when: late > 1\n{event('late', 'count(*)', 'visits')}", [("definition-reference-unknown", 7)]),
        (f"when: late > 1\n{event('late', 'amount')}", [("formula-not-aggregate", 7), ("column-unknown", 7)]),
    ],
)
def test_what_does_not_fit_is_told_with_its_line(more: str, expected: list[tuple[str, int]]) -> None:
    assert told(segment("mine", more)) == expected


def test_segments_in_a_circle_are_told_once() -> None:
    assert told(segment("a", "when: b") + segment("b", "when: a")) == [("definition-cycle", 5)]


def test_an_event_cannot_have_the_column_of_a_measure() -> None:
    clash = MEASURE.replace("measure: orders", "measure: mine__late")
    mine = segment("mine", f"when: late > 1\n{event('late', 'count(*)')}")
    assert [slug for slug, _ in told(clash + mine)] == ["name-given-twice"]


def test_a_segment_cannot_have_the_name_of_a_measure() -> None:
    assert told(segment("orders", "when: size = 'large'"))[0] == ("name-given-twice", 1)
