from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worthbook.data.engine import Engine, Sheet
from worthbook.data.moves import ABSENT, UNPLACED, Standing, count_moves, write_movers

People = dict[str, tuple[str | None, int]]
"""Customer → label and value in cents."""

BEFORE: People = {"a": ("gold", 500), "b": ("gold", 300), "c": (None, 10), "d": ("silver", 20)}
AFTER: People = {"a": ("gold", 600), "b": ("silver", 100), "c": ("silver", 40), "e": ("gold", 70)}

people = st.dictionaries(
    st.text("abcxyz", min_size=1, max_size=2),
    st.tuples(st.sampled_from(["gold", "silver", None]), st.integers(-99999, 99999)),
    min_size=1,
)


def standing(folder: Path, name: str, people: People, parts: int = 1) -> Standing:
    """Customers in parts by the first letter of their names."""
    paths = []
    for part in range(parts):
        rows = [(who, rest) for who, rest in sorted(people.items()) if ord(who[0]) % parts == part]
        listed = ", ".join(
            f"('{who}', {'NULL' if label is None else repr(label)}, {cents})" for who, (label, cents) in rows
        )
        values = f"SELECT * FROM (VALUES {listed})" if rows else "SELECT 'a', 'a', 1 WHERE false"
        path = folder / f"{name}-{part}.parquet"
        duckdb.execute(
            "COPY (SELECT customer_id, CAST(grade AS VARCHAR) AS grade, CAST(cents / 100 AS DECIMAL(28, 4)) AS worth "
            f"FROM ({values}) AS given(customer_id, grade, cents)) TO '{path}'"
        )
        paths.append(str(path))
    return Standing([Sheet(tuple(paths), ("grade", "worth"))], "grade", "worth")


def test_everybody_of_either_side_is_counted_once(engine: Engine, tmp_path: Path) -> None:
    moves = count_moves(engine, standing(tmp_path, "before", BEFORE), standing(tmp_path, "after", AFTER))
    assert {(move.was, move.then, move.existed, move.exists): move.customers for move in moves} == {
        ("gold", "gold", True, True): 1,
        ("gold", "silver", True, True): 1,
        (None, "silver", True, True): 1,
        ("silver", None, True, False): 1,
        (None, "gold", False, True): 1,
    }


def test_value_of_both_sides_goes_along(engine: Engine, tmp_path: Path) -> None:
    moves = count_moves(engine, standing(tmp_path, "before", BEFORE), standing(tmp_path, "after", AFTER))
    fallen = next(move for move in moves if (move.was, move.then) == ("gold", "silver"))
    assert (fallen.value_before, fallen.value_after) == (Decimal("3.0000"), Decimal("1.0000"))


@pytest.mark.parametrize(
    ("was", "then", "names"),
    [("gold", "silver", ["b"]), (ABSENT, "gold", ["e"]), (UNPLACED, "silver", ["c"]), ("silver", ABSENT, ["d"])],
)
def test_the_customers_behind_a_cell_are_listed(
    engine: Engine, tmp_path: Path, was: str, then: str, names: list[str]
) -> None:
    sides = standing(tmp_path, "before", BEFORE), standing(tmp_path, "after", AFTER)
    listed = write_movers(engine, *sides, was, then, tmp_path)
    rows = duckdb.execute(f"SELECT customer_id FROM '{listed.parts[0]}'").fetchall()
    assert [who for (who,) in rows] == names


def test_a_group_of_the_later_side_divides_moves(engine: Engine, tmp_path: Path) -> None:
    sides = standing(tmp_path, "before", BEFORE), standing(tmp_path, "after", AFTER)
    moves = count_moves(engine, *sides, by="grade")
    assert {move.group for move in moves if move.was == "gold"} == {"gold", "silver"}


@settings(max_examples=25)
@given(before=people, after=people, parts=st.sampled_from([(1, 1), (2, 2), (1, 3)]))
def test_moves_are_those_that_a_count_by_hand_finds(
    embedded: Engine, before: People, after: People, parts: tuple[int, int]
) -> None:
    """However the customers are divided into files."""
    nobody = (None, None)
    expected = Counter(
        ((before.get(who, nobody)[0], after.get(who, nobody)[0], who in before, who in after))
        for who in {*before, *after}
    )
    with TemporaryDirectory() as place:
        sides = (
            standing(Path(place), "before", before, parts[0]),
            standing(Path(place), "after", after, parts[1]),
        )
        moves = count_moves(embedded, *sides)
    assert {(move.was, move.then, move.existed, move.exists): move.customers for move in moves} == dict(expected)
    assert (
        sum(Decimal(str(move.value_after or 0)) for move in moves) == Decimal(sum(c for _, c in after.values())) / 100
    )
