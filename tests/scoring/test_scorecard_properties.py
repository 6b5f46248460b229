"""What must hold of every scorecard whose cuts are found among the customers themselves, in the engine."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scoring.examples import axis, band, cell, framework, group
from tests.scoring.laid import laid
from worthbook.data.cuts import thresholds
from worthbook.data.duckdb import DuckDB
from worthbook.data.engine import Sheet
from worthbook.definitions.framework import Cut
from worthbook.kernel.units import Value
from worthbook.scoring.bands import Thresholds

RELATIVE = framework(
    "scorecard",
    {
        "spend": axis("revenue", ["30% of customers", "60% of total"], [band("a", 0), band("b", 60), band("c", 100)],
                      3, "worth"),
        "ticket": axis("basket", ["mean"], [band("a", 10), band("b", 90)], 1, "worth"),
        "often": axis("orders", ["median"], [band("a", 0), band("b", 100)], 1, "stay"),
    },
    [cell("low"), cell("medium"), cell("high")],
    ["40% of customers", "80% of customers"],
    {"worth": group("worth", 2), "stay": group("stay", 1)},
)  # fmt: skip
NAMES = ("revenue", "basket", "orders")
PEOPLE = st.lists(st.tuples(*(st.none() | st.integers(0, 9) for _ in NAMES)), min_size=1, max_size=25)
CASES = settings(max_examples=25, deadline=None)


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDB]:
    started = DuckDB(threads=1)
    yield started
    started.close()


def grades(engine: DuckDB, people: Sequence[tuple[int | None, ...]], money: int = 1) -> list[Value]:
    """Everybody's grade, the cuts found among them; `money` is in how small a coin revenue and basket are counted."""
    factors = {"revenue": money, "basket": money, "orders": 1}
    columns: dict[str, list[Value]] = {
        name: [None if row[place] is None else float(row[place] * factors[name]) for row in people]  # type: ignore[operator]
        for place, name in enumerate(NAMES)
    }
    found = {name: cuts(engine, each.column, columns, each.parsed_cuts) for name, each in RELATIVE.axes.items()}
    scores = {"score": laid(RELATIVE, found, columns)["sample__score"]}
    found["score"] = cuts(engine, "score", scores, RELATIVE.parsed_score_cuts)
    return laid(RELATIVE, found, columns)["sample"]


def cuts(engine: DuckDB, name: str, columns: Mapping[str, Sequence[Value]], where: Sequence[Cut]) -> Thresholds:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "values.parquet"
        values = np.array([math.nan if value is None else value for value in columns[name]], dtype=float)
        engine.write_arrays({"customer_id": np.arange(len(values), dtype=float), name: values}, path)
        return thresholds(engine, [Sheet((str(path),), (name,))], name, where)


@CASES
@given(people=PEOPLE)
def test_equal_customers_have_equal_grades(engine: DuckDB, people: list[tuple[int | None, ...]]) -> None:
    found = grades(engine, people)
    assert len(set(zip(people, found, strict=True))) == len(set(people))


@CASES
@given(people=PEOPLE, random=st.randoms(use_true_random=False))
def test_the_order_of_customers_changes_nothing(
    engine: DuckDB, people: list[tuple[int | None, ...]], random: object
) -> None:
    order = list(range(len(people)))
    random.shuffle(order)  # type: ignore[attr-defined]
    found = grades(engine, people)
    assert grades(engine, [people[place] for place in order]) == [found[place] for place in order]


@CASES
@given(people=PEOPLE, coins=st.sampled_from([10, 100, 10_000]))
def test_the_coin_in_which_money_is_counted_changes_nothing(
    engine: DuckDB, people: list[tuple[int | None, ...]], coins: int
) -> None:
    assert grades(engine, people, coins) == grades(engine, people)


@CASES
@given(people=PEOPLE)
def test_nobody_who_is_ahead_on_every_axis_has_the_lower_grade(
    engine: DuckDB, people: list[tuple[int | None, ...]]
) -> None:
    rank = {"low": 0, "medium": 1, "high": 2}
    whole = [
        (row, rank[str(grade)]) for row, grade in zip(people, grades(engine, people), strict=True) if None not in row
    ]
    ahead = [
        (grade, other_grade)
        for row, grade in whole
        for other, other_grade in whole
        if all(mine >= theirs for mine, theirs in zip(row, other, strict=True))  # type: ignore[operator]
    ]
    assert all(grade >= other for grade, other in ahead)
