from __future__ import annotations

import datetime as dt
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from worthbook.kernel.units import Value
from worthbook.scoring.judge import NotFollowedError, holds

NAMES = st.sampled_from(["a", "b"])
NUMBERS = st.integers(-3, 3)
ATOMS = st.one_of(
    st.tuples(NAMES, st.sampled_from(["=", "<>", "!=", "<", "<=", ">", ">="]), NUMBERS).map(
        lambda each: f"{each[0]} {each[1]} {each[2]}"
    ),
    NAMES.map(lambda name: f"{name} is null"),
    NAMES.map(lambda name: f"{name} is not null"),
    st.tuples(NAMES, NUMBERS, NUMBERS).map(lambda each: f"{each[0]} in ({each[1]}, {each[2]})"),
    st.tuples(NAMES, NUMBERS, NUMBERS).map(lambda each: f"{each[0]} not between {each[1]} and {each[2]}"),
    st.tuples(NAMES, NUMBERS).map(lambda each: f"{each[0]} + 2 * b - {each[1]} > -(1 + 1)"),
)
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        inner.map(lambda each: f"not ({each})"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda each: f"({each[0]}) {each[1]} {each[2]}"),
    ),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def engine() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


@given(condition=CONDITIONS, a=st.none() | NUMBERS, b=st.none() | NUMBERS)
def test_it_says_what_the_engine_says(
    engine: duckdb.DuckDBPyConnection, condition: str, a: int | None, b: int | None
) -> None:
    query = f"select {condition} from (select cast(? as integer) as a, cast(? as integer) as b)"
    ((expected,),) = engine.execute(query, [a, b]).fetchall()
    assert holds(condition, {"a": a, "b": b}) is expected


@pytest.mark.parametrize(
    ("condition", "values", "expected"),
    [
        ("kind = 'it''s'", {"kind": "it's"}, True),
        ("revenue / 2 > 10.5", {"revenue": Decimal("21.0001")}, True),
        ("TRUE OR a = 1", {"a": None}, True),
        ("a NOT IN (1, NULL)", {"a": 1}, False),
        ("-a < 0", {"a": 2}, True),
    ],
)
def test_it_reads_what_rules_are_written_in(condition: str, values: dict[str, Value], *, expected: bool) -> None:
    assert holds(condition, values) is expected


@pytest.mark.parametrize(
    "condition",
    [
        "abs(a) > 1",
        "case when a = 1 then true end",
        "a",
        "a +",
        "a = 1 a",
        "missing = 1",
        "day > 1",
        "a in 1",
        "a / 0 = 1",
    ],
)
def test_it_says_so_where_it_cannot_follow(condition: str) -> None:
    with pytest.raises(NotFollowedError):
        holds(condition, {"a": 3, "day": dt.date(2026, 1, 1)})
