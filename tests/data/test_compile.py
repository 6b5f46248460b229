"""Formulas against columns: what they read, of which kind, and where aggregates may stand."""

from __future__ import annotations

import datetime as dt

import pytest

from worthbook.data.compile import Scope, compile_aggregate, compile_condition, compile_value
from worthbook.data.formula import parse
from worthbook.data.typed import Kind
from worthbook.kernel.errors import Place, WorthbookError

PLACE = Place("measures.yaml", 7)
SCOPE = Scope(
    columns={
        "amount": "money",
        "orders": "integer",
        "rate": "number",
        "day": "date",
        "at": "time",
        "name": "text",
        "is_return": "flag",
    },
    as_of=dt.date(2024, 2, 29),
    settings={"margin": 0.3, "word": "x"},
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("amount + orders", "money"),
        ("amount * 0.5", "money"),
        ("amount * amount", "number"),
        ("amount * rate", "number"),
        ("amount / 2", "number"),
        ("orders - 1", "integer"),
        ("coalesce(amount, 0)", "money"),
        ("coalesce(orders, null)", "integer"),
        ("least(orders, 1.5)", "money"),
        ("case when is_return then 1 else rate end", "number"),
        ("days_between(day, at)", "integer"),
        ("as_of()", "date"),
        ("setting(margin)", "number"),
        ("setting(word)", "text"),
        ("setting(absent)", "nothing"),
        ("day >= '2024-01-01'", "flag"),
        ("1.23456", "number"),
        ("12345678901234567890", "number"),
        ("round(amount, 2)", "money"),
        ("floor(amount)", "number"),
        ("name in ('a', 'b')", "flag"),
        ("starts_with(lower(trim(name)), 'a')", "flag"),
        ("- amount", "money"),
    ],
)
def test_the_kind_of_a_value(text: str, kind: Kind) -> None:
    assert kind == compile_value(parse(text), SCOPE).kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("sum(amount)", "money"),
        ("sum(is_return)", "integer"),
        ("sum(orders)", "integer"),
        ("sum(rate)", "number"),
        ("avg(amount)", "number"),
        ("max(day)", "date"),
        ("min(name)", "text"),
        ("first_by(amount, day)", "money"),
        ("last_by(name, at)", "text"),
        ("median(amount)", "number"),
        ("stddev(orders)", "number"),
        ("count(distinct name)", "integer"),
        ("case when count(*) > 1 then sum(amount) end", "money"),
    ],
)
def test_the_kind_of_an_aggregate(text: str, kind: Kind) -> None:
    assert kind == compile_aggregate(parse(text), SCOPE).kind


@pytest.mark.parametrize(
    ("text", "part", "kinds"),
    [
        ("day - day", "-", "dates"),
        ("day + 1", "+", "dates and whole numbers"),
        ("amount + name", "+", "money and text"),
        ("name = 1", "=", "text and whole numbers"),
        ("amount > day", ">", "money and dates"),
        ("not amount", "not", "money"),
        ("is_return and amount", "and", "money"),
        ("case when amount then 1 end", "case", "money"),
        ("case when is_return then 1 else 'a' end", "case", "whole numbers and text"),
        ("days_between(amount, day)", "days_between", "money"),
        ("ratio(name, 1)", "ratio", "text"),
        ("concat(name, amount)", "concat", "money"),
        ("round(amount, orders)", "round", "whole numbers"),
        ("lower(amount)", "lower", "money"),
        ("coalesce(amount, name)", "coalesce", "money and text"),
        ("name in ('a', 2)", "in", "text and whole numbers"),
        ("orders between 1 and 'b'", "between", "whole numbers and text"),
        ("day = name", "=", "dates and text"),
        ("- name", "-", "text"),
    ],
)
def test_values_that_do_not_go_together(text: str, part: str, kinds: str) -> None:
    with pytest.raises(WorthbookError) as raised:
        compile_value(parse(text, PLACE), SCOPE)

    assert raised.value.say("en") == (
        f"measures.yaml:7: [formula-misfit] In the formula `{text}`, '{part}' cannot work with {kinds}.\n"
        "  hint: Add and compare like with like; days from one date to another are days_between(from, to)."
    )


@pytest.mark.parametrize(
    ("text", "part", "kinds"),
    [("sum(name)", "sum", "text"), ("max(is_return)", "max", "yes/no values"), ("avg(day)", "avg", "dates")],
)
def test_aggregates_of_the_wrong_kind(text: str, part: str, kinds: str) -> None:
    with pytest.raises(WorthbookError, match=f"'{part}' cannot work with {kinds}"):
        compile_aggregate(parse(text), SCOPE)


def test_a_misfit_in_chinese() -> None:
    with pytest.raises(WorthbookError) as raised:
        compile_value(parse("amount + name", PLACE), SCOPE)

    assert raised.value.say("zh") == (
        "measures.yaml:7: [formula-misfit] 公式“amount + name”中，“+”不能用于金额和文本。\n"
        "  提示: 只有同类的值才能相加或比较；两个日期相隔的天数请用 days_between(起, 止)。"
    )


def test_an_unknown_column() -> None:
    with pytest.raises(WorthbookError) as raised:
        compile_value(parse("amuont + 1", PLACE), SCOPE)

    assert raised.value.say("en") == (
        "measures.yaml:7: [formula-column-unknown] "
        "The formula `amuont + 1` reads 'amuont', and there is no such column.\n"
        "  hint: Did you mean 'amount'?"
    )


@pytest.mark.parametrize(
    ("text", "part", "why"),
    [
        ("amount", "amount", "it has one value per row, where one per customer is needed"),
        ("sum(amount) + rate", "rate", "it has one value per row, where one per customer is needed"),
        ("sum(max(amount))", "max", "it is inside another aggregate"),
        ("sum(amount) filter (where count(*) > 1)", "count", "it is inside another aggregate"),
        ("sum(previous(amount))", "previous", "only columns of a derived table have a row before"),
    ],
)
def test_over_rows_columns_stand_inside_aggregates(text: str, part: str, why: str) -> None:
    with pytest.raises(WorthbookError) as raised:
        compile_aggregate(parse(text, PLACE), SCOPE)

    assert raised.value.say("en") == (
        f"measures.yaml:7: [formula-grouping] In the formula `{text}`, '{part}' cannot stand there: {why}.\n"
        "  hint: Over rows, every column stands inside sum(), count(), min() or the like, and these do not hold each "
        "other."
    )


def test_no_aggregate_where_one_row_is_known() -> None:
    with pytest.raises(WorthbookError, match="'sum' cannot stand there: only the values of one row are known here"):
        compile_value(parse("sum(amount)"), SCOPE)


def test_a_condition_holds_or_does_not() -> None:
    with pytest.raises(WorthbookError, match="'amount' cannot work with money"):
        compile_condition(parse("amount"), SCOPE)


def test_no_date_of_evaluation_where_there_is_none() -> None:
    with pytest.raises(WorthbookError, match="'as_of' cannot stand there"):
        compile_value(parse("as_of()"), Scope({}))
