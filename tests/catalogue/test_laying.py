"""The shipped frameworks laid with the engine itself: cuts found in the customers, columns made from the formulas."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import duckdb
import pytest

from tests.catalogue.test_frameworks import NAMES, shipped
from tests.scoring.examples import SCORECARD
from worthbook.data.columns import derive
from worthbook.data.cuts import thresholds
from worthbook.data.duckdb import DuckDB
from worthbook.data.engine import Sheet
from worthbook.data.formula import parse
from worthbook.definitions.framework import SCORE, Axis, FrameworkDefinition
from worthbook.kernel.units import Value
from worthbook.scoring.bands import Thresholds
from worthbook.scoring.framework import score_column, steps
from worthbook.scoring.place import Case

DAY = dt.date(2026, 6, 30)
TYPES = {
    "revenue_12m": "DECIMAL(28,4)",
    "revenue_lifetime": "DECIMAL(28,4)",
    "gross_margin_lifetime": "DECIMAL(28,4)",
    "average_order_value_lifetime": "DECIMAL(28,4)",
    "orders_lifetime": "BIGINT",
}
FIRM = """
    select printf('c%04d', i) as customer_id, cast(1 + i % 7 * (i % 3) as bigint) as orders_lifetime,
        cast(if(i % 4 = 0, 0, i % 97 * 3.37 - 5) as decimal(28, 4)) as revenue_12m,
        cast(i % 89 * 11.11 as decimal(28, 4)) as revenue_lifetime,
        cast(if(i % 10 = 0, null, i % 53 * 2.5 - 20) as decimal(28, 4)) as gross_margin_lifetime,
        cast(i % 31 * 1.7 + 5 as decimal(28, 4)) as average_order_value_lifetime,
        cast(i * 37 % 500 as double) as recency_days, cast(i * 37 % 500 + i % 400 as double) as tenure_days,
        if(i % 3 = 0, null, cast(i % 61 + 1 as double)) as mean_days_between,
        recency_days / mean_days_between as overdue_ratio,
        if(i % 5 = 0, null, (i % 41 - 20) / 25.0::double) as revenue_growth_12m,
        i % 7 as orders_12m, if(i % 4 = 0, null, cast(i % 11 * 10 as double)) as satisfaction_latest,
        if(i % 4 = 1, null, cast(i % 13 * 8 as double)) as loyalty_attitude,
        if(i % 6 = 0, null, 1 + i % 7 * 1.0::double) as hygiene_score,
        if(i % 6 = 1, null, 1 + i % 5 * 1.5::double) as motivator_score
    from range(1000) as customers(i)
"""
"""A firm with many ties and unknowns."""

LABELS = {
    "activity": ("new", "active", "slipping", "lapsed", "lapsed_once"),
    "customer_kind": ("consumer", "business", "channel", "internal", "reseller"),
    "customer_role": ("customer", "supplier", "owner", "partner", "employee"),
}
"""Columns of words that rules read, and what may stand in them."""


def firm_for(framework: FrameworkDefinition) -> str:
    """The firm with whatever else the framework reads: numbers about its cuts and words, with ties and unknowns."""
    read = {axis.column: axis for axis in framework.axes.values()}
    named = {name for cell in framework.cells if cell.when for name in parse(cell.when).columns} - set(framework.axes)
    words = [f"if(i % 7 = 3, null, {list(LABELS[name])}[1 + i % 5]) as {name}" for name in sorted(named & set(LABELS))]
    beside = [name for name in sorted(named - set(LABELS) - set(read)) if name not in FIRM]
    counts = [f"if(i % 8 = 5, null, i * {place + 3} % 40 / 3) as {name}" for place, name in enumerate(beside)]
    numbers = [_about_its_cuts(axis, place) for place, axis in enumerate(read.values()) if axis.column not in FIRM]
    given = ", ".join(["*", *words, *counts, *numbers])
    return f"select {given} from (select *, range as i from ({FIRM}) positional join range(1000))"


def _about_its_cuts(axis: Axis, place: int) -> str:
    fixed = [cut.value for cut in axis.parsed_cuts if cut.kind in {"value", "above"}]
    low, high = (min(fixed), max(fixed)) if fixed else (0, 100)
    room = max(high - low, 1)
    spread = f"{low - room} + i * {7 + 2 * place} % 61 / 60.0 * {high - low + 2 * room}"
    return f"if(i % {5 + place % 6} = 2, null, {spread}) as {axis.column}"


Lay = Callable[[FrameworkDefinition, str], tuple[dict[str, Thresholds], list[dict[str, Value]]]]


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDB]:
    started = DuckDB(threads=1)
    yield started
    started.close()


@pytest.fixture
def lay(engine: DuckDB, tmp_path: Path) -> Lay:
    """Lay a framework over the customers that a query gives, as the planner does; what was cut, and the customers."""

    def laid(framework: FrameworkDefinition, customers: str) -> tuple[dict[str, Thresholds], list[dict[str, Value]]]:
        file = tmp_path / "customers.parquet"
        with duckdb.connect() as writer:
            writer.execute(f"copy ({customers}) to '{file}' (format parquet)")
            columns = [row[0] for row in writer.execute(f"describe select * from '{file}'").fetchall()]
        sheets = [Sheet((str(file),), tuple(name for name in columns if name != "customer_id"))]
        found: dict[str, Thresholds] = {
            name: thresholds(engine, sheets, axis.cut_column, axis.parsed_cuts) for name, axis in framework.axes.items()
        }
        sheets += [made(sheets, framework, found, 0)]
        score = score_column(framework)
        if score is not None:
            found[SCORE] = thresholds(engine, sheets, score, framework.parsed_score_cuts)
        for number in range(1, len(steps(framework, found))):
            sheets += [made(sheets, framework, found, number)]
        with duckdb.connect() as reader:
            joined = " natural join ".join(f"'{sheet.parts[0]}'" for sheet in sheets)
            answer = reader.execute(f"from {joined} order by customer_id")
            names = [each[0] for each in answer.description or ()]
            return found, [dict(zip(names, row, strict=True)) for row in answer.fetchall()]

    def made(sheets: Sequence[Sheet], framework: FrameworkDefinition, found: dict[str, Thresholds], step: int) -> Sheet:
        to = tmp_path / f"step {step}"
        to.mkdir()
        return derive(engine, sheets, steps(framework, found)[step], DAY, {}, to)

    return laid


def given(column: str, values: Sequence[float | None]) -> str:
    """A query for customers with one column."""
    rows = ", ".join(f"({place}, {'null' if value is None else value})" for place, value in enumerate(values))
    kind = TYPES.get(column, "DOUBLE")
    return (
        f"select printf('c%04d', i) as customer_id, cast(v as {kind}) as {column} from (values {rows}) as given(i, v)"
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_engine_places_as_one_customer_is_explained(lay: Lay, name: str) -> None:
    framework = shipped()[name]
    found, customers = lay(framework, firm_for(framework))
    expected = [Case(framework, customer, found).cell for customer in customers]
    assert [customer[framework.computed] for customer in customers] == expected
    assert len(set(expected) - {None}) >= min(3, len(framework.cells))


def test_a_scorecard_is_cut_once_its_score_is_made(lay: Lay) -> None:
    customers = (
        "select printf('c%04d', i) as customer_id, i * 1.0::double as revenue, i % 4 as orders from range(600) r(i)"
    )
    found, laid = lay(SCORECARD, customers)
    expected = [Case(SCORECARD, customer, found).cell for customer in laid]
    assert [customer["sample"] for customer in laid] == expected
    assert set(expected) == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("name", "column", "values", "cuts"),
    [
        ("customer_pyramid", "revenue_12m", range(1, 101), (81, 96, 100)),
        ("customer_pyramid", "revenue_12m", [*[0] * 18, 5, 9], (5, 9, math.inf)),
        ("customer_pyramid_four", "revenue_12m", [-50, 0, 0, 0.01, *range(1, 17), None], (0.01, 13, 16)),
        ("customer_pyramid_four", "revenue_12m", [*[-1] * 17, 0, 0, 3], (3, 3, 3)),
        ("customer_pyramid_two", "revenue_12m", range(10, 210, 10), (170,)),
        ("customer_pyramid_orders", "orders_lifetime", [*[1] * 15, 2, 2, 2, 3, 9], (2, 9, math.inf)),
        ("abc_classes", "revenue_lifetime", [*[5] * 10, *[25] * 6, *[200] * 4, -30, None], (25, 200)),
        ("abc_classes_margin", "gross_margin_lifetime", [*[5] * 10, *[25] * 6, *[200] * 4, -30, None], (25, 200)),
    ],
)
def test_the_cuts_worked_out_by_hand_are_found(
    lay: Lay, name: str, column: str, values: Sequence[float | None], cuts: tuple[float, ...]
) -> None:
    found, _ = lay(shipped()[name], given(column, values))
    assert tuple(float(each) for each in found["value"]) == cuts


def test_the_pyramid_has_one_four_fifteen_and_eighty(lay: Lay) -> None:
    _, customers = lay(shipped()["customer_pyramid"], given("revenue_12m", range(1, 101)))
    found = Counter(customer["customer_pyramid"] for customer in customers)
    assert found == {"small": 80, "ordinary": 15, "major": 4, "vip": 1}
