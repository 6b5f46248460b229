from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worthbook.data.bridge import Bridged
from worthbook.data.column_bridge import read_column_bridge, write_column_part
from worthbook.data.engine import Engine, Sheet
from worthbook.data.sides import View
from worthbook.planning.bridge import together

Row = dict[str, object]
"""Columns of one customer: value, active, rate, held."""

KINDS = {"value": "DECIMAL(28, 4)", "active": "BIGINT", "rate": "DOUBLE", "held": "DECIMAL(28, 4)"}


def view(folder: Path, name: str, people: dict[str, Row], *columns: str) -> View:
    chosen = ", ".join(f"{column}::{KINDS[column]} AS {column}" for column in columns)
    rows = [(who, *(row.get(column) for column in columns)) for who, row in people.items()]
    listed = ", ".join("(" + ", ".join("NULL" if e is None else f"'{e}'" for e in row) + ")" for row in rows)
    nobody = ", ".join(["'x'", *("'1'" for _ in columns)])
    path = folder / f"{name}.parquet"
    duckdb.execute(
        f"COPY (SELECT customer_id, {chosen} FROM (VALUES {listed or f'({nobody})'}) "
        f"AS given(customer_id, {', '.join(columns)}) WHERE {bool(rows)}) TO '{path}'"
    )
    return View([Sheet((str(path),), columns)], {column: column for column in columns})


def bridge(engine: Engine, folder: Path, before: dict[str, Row], after: dict[str, Row], *more: str) -> Bridged:
    columns = ("value", "active", *(each for each in more if each != "held"))
    first = view(folder, "first", before, *columns)
    last = view(folder, "last", after, "value", "active", *more)
    return together(read_column_bridge(engine, first, last).values())


def parts(found: Bridged) -> dict[str, Decimal]:
    return {name: amount.normalize() for name, amount in found.parts.items() if amount}


def person(value: int | None, active: int = 1, **more: object) -> Row:
    return {"value": value, "active": active, **more}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, {"a": person(5)}, {"acquired": 5}),
        ({"a": person(7)}, {"a": person(2, active=0)}, {"lost": -5}),
        ({"a": person(2, active=0)}, {"a": person(7)}, {"won_back": 5}),
        ({"a": person(2)}, {"a": person(7)}, {"expanded": 5}),
        ({"a": person(7)}, {"a": person(2)}, {"contracted": -5}),
        ({"a": person(7, active=0)}, {"a": person(2, active=0)}, {"quiet": -5}),
        ({"a": person(7)}, {"a": person(None)}, {"unknown": -7}),
        ({"a": person(7)}, {}, {"lost": -7}),
    ],
)
def test_each_part_by_hand(
    engine: Engine, tmp_path: Path, before: dict[str, Row], after: dict[str, Row], expected: dict[str, int]
) -> None:
    assert parts(bridge(engine, tmp_path, before, after)) == {name: Decimal(each) for name, each in expected.items()}


def test_the_model_and_the_margin_rate_are_parts_of_their_own(engine: Engine, tmp_path: Path) -> None:
    """100 at a rate of 0.5; the earlier model gives 132 at 0.6, which are 110 at 0.5; the later one gives 120."""
    before, after = {"a": person(100, rate=0.5)}, {"a": person(120, rate=0.6, held=132)}
    found = bridge(engine, tmp_path, before, after, "rate", "held")
    assert parts(found) == {"expanded": Decimal(10), "margin_rate": Decimal(22), "model": Decimal(-12)}


def test_who_is_behind_a_part_is_listed(engine: Engine, tmp_path: Path) -> None:
    first = view(tmp_path, "first", {"a": person(7), "b": person(1)}, "value", "active")
    last = view(tmp_path, "last", {"a": person(2), "b": person(4)}, "value", "active")
    sheet = write_column_part(engine, first, last, "contracted", tmp_path)
    assert duckdb.execute(f"FROM '{sheet.parts[0]}'").fetchall() == [("a", Decimal(7), Decimal(2), Decimal(-5))]


people = st.dictionaries(
    st.sampled_from("abcdef"),
    st.fixed_dictionaries(
        {
            "value": st.one_of(st.none(), st.integers(0, 10**7).map(lambda cents: Decimal(cents) / 100)),
            "active": st.sampled_from([None, 0, 1, 3]),
            "rate": st.sampled_from([None, -0.2, 0, 0.3, 0.7]),
            "held": st.one_of(st.none(), st.integers(0, 10**7).map(lambda cents: Decimal(cents) / 100)),
        }
    ),
)


@settings(max_examples=25)
@given(before=people, after=people)
def test_parts_add_up_to_the_last_digit(embedded: Engine, before: dict[str, Row], after: dict[str, Row]) -> None:
    with TemporaryDirectory() as place:
        found = bridge(embedded, Path(place), before, after, "rate", "held")
    assert found.opening + sum(found.parts.values()) == found.closing
    assert (found.opening, found.closing) == (total(before), total(after))


def total(people: dict[str, Row]) -> Decimal:
    return sum((Decimal(str(row["value"])) for row in people.values() if row["value"] is not None), Decimal(0))
