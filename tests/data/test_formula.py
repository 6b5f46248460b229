"""The formula language: what it says, what it refuses, and in which words."""

from __future__ import annotations

import pytest

from worthbook.data.formula import parse
from worthbook.kernel.errors import Place, WorthbookError

PLACE = Place("measures.yaml", 7)


@pytest.mark.parametrize(
    ("text", "columns", "is_aggregate"),
    [
        ("sum(amount)", {"amount"}, True),
        ("count(*)", set(), True),
        ("count(distinct product_id) filter (where not is_return)", {"product_id", "is_return"}, True),
        ("SUM(amount) / Count(*)", {"amount"}, True),
        ("days_between(last_purchase_on, as_of())", {"last_purchase_on"}, False),
        ("revenue * setting(margin) + margin", {"revenue", "margin"}, False),
        ('"实付 金额" + 优惠', {"实付 金额", "优惠"}, False),
        ("\"a\"\"b\" = 'it''s'", {'a"b'}, False),
        ("date + order + rows", {"date", "order", "rows"}, False),
        ("case kind when 'a' then 1 else 2 end", {"kind"}, False),
        ("x not in (1, 2) and y between 1 and 2 or z is not null", {"x", "y", "z"}, False),
        ("1.5e3 - -2", set(), False),
        ("current_date", {"current_date"}, False),
        ("true and not false or null is null", set(), False),
    ],
)
def test_a_formula_knows_its_columns(text: str, columns: set[str], is_aggregate: bool) -> None:  # noqa: FBT001
    formula = parse(text)

    assert (columns, is_aggregate) == (set(formula.columns), formula.is_aggregate)


@pytest.mark.parametrize(
    ("text", "part", "position"),
    [
        ("(select max(amount) from transactions)", "select", 2),
        ("amount in (select 1)", "select", 12),
        ("sum(amount) over (partition by customer_id)", "over", 13),
        ("products.category", ".", 9),
        ("amount; drop table transactions", ";", 7),
        ("amount -- a comment", "a comment", 10),
        ("sum(amount) /* all */", "all", 15),
        ("x -> x + 1", "->", 3),
        ("cast(amount as integer)", "cast", 1),
        ("amount::integer", "::", 7),
        ("*", "*", 1),
        ("sum(*)", "*", 5),
        ("sum(distinct amount)", "DISTINCT amount", 1),
        ("(a, b)", "(a, b)", 1),
        ("a b", "a AS b", 1),
        ("a is 5", "a IS 5", 1),
        ("a % 2", "%", 3),
        ("a || b", "||", 3),
        ("a like 'x'", "like", 3),
        ("[1, 2]", "[", 1),
        ("{'a': 1}", "{", 1),
        ("$1 + ?", "$", 1),
        ("interval 1 day", "interval", 1),
        ("lower(a) filter (where b)", "lower(a) FILTER(WHERE b)", 1),
        ("a := 1", ":=", 3),
        ("@a", "@", 1),
        ("from x", "from", 1),
    ],
)
def test_what_a_formula_may_not_hold(text: str, part: str, position: int) -> None:
    with pytest.raises(WorthbookError) as raised:
        parse(text, PLACE)

    assert raised.value.say("en") == (
        f"measures.yaml:7: [formula-not-allowed] The formula `{text}` holds '{part}' (character {position}), which "
        "formulas may not hold.\n"
        "  hint: A formula is one expression over the columns of one table: no subquery, other table, window, cast or "
        "comment. The date and the window are added by the engine."
    )


def test_what_a_formula_may_not_hold_in_chinese() -> None:
    with pytest.raises(WorthbookError) as raised:
        parse("sum(amount) over ()", PLACE)

    assert raised.value.say("zh") == (
        "measures.yaml:7: [formula-not-allowed] "
        "公式“sum(amount) over ()”的第 13 个字符处出现了“over”，公式中不允许使用。\n"
        "  提示: 公式只能是针对一张表各列的单个表达式，不能包含子查询、其他表、窗口函数、类型转换或注释；"
        "日期和时间窗口由引擎自动加上。"
    )


@pytest.mark.parametrize(
    ("text", "name", "hint"),
    [
        ("smu(amount)", "smu", "Did you mean 'sum'?"),
        ("Average(amount)", "Average", "Did you mean 'avg'?"),
        (
            "now()",
            "now",
            "Known: abs",
        ),
        ("read_csv('/etc/passwd')", "read_csv", "Known: abs"),
        ("getenv('HOME')", "getenv", "Known: abs"),
        ("date_diff('day', a, b)", "date_diff", "Known: abs"),
    ],
)
def test_unknown_functions(text: str, name: str, hint: str) -> None:
    with pytest.raises(WorthbookError) as raised:
        parse(text, PLACE)

    said = raised.value.say("en")
    assert said.startswith(
        f"measures.yaml:7: [formula-function-unknown] The formula `{text}` calls '{name}', which is not a function of "
        f"the formula language.\n  hint: {hint}"
    )


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("", ""),
        ("   ", "   "),
        ("-- nothing", "-- nothing"),
        ("sum(amount", '"amount"'),
        ("'open", "'open"),
        ("1 +", "+"),
        ("case when a then 1", "1"),
        ("a filter (where b)", "("),
        ("in (1)", "1"),
    ],
)
def test_unreadable_formulas(text: str, near: str) -> None:
    with pytest.raises(WorthbookError) as raised:
        parse(text, PLACE)

    assert raised.value.say("en") == (
        f"measures.yaml:7: [formula-unreadable] The formula `{text}` cannot be read: it goes wrong near '{near}'.\n"
        "  hint: Check brackets, commas and quotes; a column whose name has spaces or signs stands in double quotes."
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ratio(a)", "'ratio' takes 2 values, not 1.\n  hint: Write ratio(part, whole)."),
        ("as_of(a)", "'as_of' takes 0 values, not 1.\n  hint: Write as_of()."),
        ("round(a, 1, 2)", "'round' takes 1-2 values, not 3.\n  hint: Write round(value, places)."),
        (
            "count(distinct a, b)",
            "'count' takes 1 values, not 2.\n  hint: Write count(*), count(value) or count(distinct value).",
        ),
        ("coalesce()", "'coalesce' takes 1-20 values, not 0.\n  hint: Write coalesce(value, other)."),
    ],
)
def test_the_number_of_values(text: str, said: str) -> None:
    with pytest.raises(WorthbookError) as raised:
        parse(text, PLACE)

    assert raised.value.say("en") == f"measures.yaml:7: [formula-arguments] In the formula `{text}`, {said}"


def test_equal_formulas_are_equal() -> None:
    assert parse("sum(amount)", PLACE) == parse("sum(amount)")
