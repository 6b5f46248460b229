from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worthbook.data.alerts import VALUE_AFTER, VALUE_BEFORE, Watch, count_raisers, list_raisers
from worthbook.data.engine import Engine, Sheet
from worthbook.data.formula import parse
from worthbook.data.sides import View

People = dict[str, tuple[int | None, int | None]]
"""Customer → worth and orders."""

WHEN = "worth < was_worth and orders <= was_orders"


def view(folder: Path, name: str, people: People, prefix: str, value: str) -> View:
    rows = ", ".join(
        f"('{who}', {'NULL' if worth is None else worth}, {'NULL' if orders is None else orders})"
        for who, (worth, orders) in people.items()
    )
    values = rows or "('x', 1, 1)"
    path = folder / f"{name}.parquet"
    duckdb.execute(
        f"COPY (SELECT customer_id, worth::DECIMAL(28, 4) AS worth, orders::BIGINT AS orders FROM "
        f"(VALUES {values}) AS given(customer_id, worth, orders) WHERE {bool(rows)}) TO '{path}'"
    )
    names = {f"{prefix}{each}": each for each in ("worth", "orders")}
    return View([Sheet((str(path),), ("worth", "orders"))], {**names, value: "worth"})


def watch(folder: Path, before: People, after: People, when: str = WHEN) -> Watch:
    return Watch(
        view(folder, "before", before, "was_", VALUE_BEFORE),
        view(folder, "after", after, "", VALUE_AFTER),
        {},
        parse(when),
        {"orders": ("was_orders", "orders"), "worth": ("was_worth", "worth")},
    )


def test_who_cannot_be_judged_raises_nothing(engine: Engine, tmp_path: Path) -> None:
    before: People = {"a": (10, 2), "b": (10, None), "c": (10, 2)}
    after: People = {"a": (5, 1), "b": (5, 1), "d": (5, 1)}
    found = count_raisers(engine, watch(tmp_path, before, after))
    assert (found.customers, found.undecided, found.everyone, found.value_before) == (1, 3, 4, Decimal(10))


@pytest.mark.parametrize(("now", "reason"), [((9, 1), "orders"), ((5, 2), "worth")])
def test_the_longest_way_among_all_is_the_reason(
    engine: Engine, tmp_path: Path, now: tuple[int, int], reason: str
) -> None:
    before: People = {"a": (10, 2), "b": (10, 2), "c": (10, 2)}
    after: People = {"a": now, "b": (8, 3), "c": (12, 2)}
    (found,) = list_raisers(engine, watch(tmp_path, before, after, f"{WHEN} and worth <> 8"), 5)
    assert found.reason == reason


people = st.dictionaries(
    st.sampled_from("abcdef"),
    st.tuples(st.one_of(st.none(), st.integers(0, 9)), st.one_of(st.none(), st.integers(0, 3))),
)


@settings(max_examples=25)
@given(before=people, after=people)
def test_those_listed_are_those_for_whom_the_condition_holds(embedded: Engine, before: People, after: People) -> None:
    def falls(who: str) -> bool:
        (was_worth, was_orders), (worth, orders) = before[who], after[who]
        if None in {was_worth, was_orders, worth, orders}:
            return False
        return worth < was_worth and orders <= was_orders  # type: ignore[operator]  # nothing unknown is left

    expected = {who for who in before.keys() & after.keys() if falls(who)}
    with TemporaryDirectory() as place:
        asked = watch(Path(place), before, after)
        assert {each.customer_id for each in list_raisers(embedded, asked, 10)} == expected
        assert count_raisers(embedded, asked).customers == len(expected)
