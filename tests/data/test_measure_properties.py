"""What must hold of the measures whatever the rows are; many customers are many cases in one query."""

from __future__ import annotations

import datetime as dt
import random
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.conftest import values_of
from tests.engines.expected import expected_measures
from tests.engines.shop import AS_OF, HIDDEN, Line, random_lines, shipped, write_shop
from worthbook.data.duckdb import DuckDB
from worthbook.data.measures import make_measures
from worthbook.definitions.measure import MeasureDefinition
from worthbook.kernel.period import Window
from worthbook.kernel.units import Unit, Value

Values = dict[str, dict[str, Value]]

AMOUNTS = st.none() | st.decimals(min_value=-99, max_value=9999, places=4)
LINES = st.builds(
    Line,
    customer_id=st.sampled_from([f"客户 {number}'" for number in range(12)]),
    ordered_on=st.dates(AS_OF - dt.timedelta(days=1200), AS_OF + dt.timedelta(days=60)),
    amount=AMOUNTS,
    order_id=st.sampled_from(["1", "2", "3"]),
    product_id=st.none() | st.sampled_from(["p1", "p2", "p3", "p4", "none such"]),
    quantity=st.integers(-3, 9).map(float),
    discount=st.none() | st.decimals(min_value=0, max_value=99, places=2),
    cost=st.none() | st.decimals(min_value=0, max_value=99, places=4),
    is_return=st.booleans(),
    import_id=st.sampled_from(["first", "second", HIDDEN]),
)
SHOPS = st.lists(LINES, min_size=1, max_size=120)
CASES = settings(max_examples=8)


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDB]:
    started = DuckDB(threads=2)
    yield started
    started.close()


def measured(
    engine: DuckDB,
    lines: Sequence[Line],
    measures: Sequence[MeasureDefinition] = (),
    as_of: dt.date = AS_OF,
) -> Values:
    """All measures of a shop."""
    catalogue = shipped()
    with tempfile.TemporaryDirectory() as folder:
        snapshot = write_shop(Path(folder), lines, buckets=1)
        wanted = [*catalogue.over_purchases, *measures]
        sheet = make_measures(
            engine, snapshot, catalogue.tables, catalogue.population, wanted, as_of, Path(folder) / "made"
        )
        return values_of(engine, sheet)


def measured_both(
    engine: DuckDB, one: Sequence[Line], other: Sequence[Line], measures: Sequence[MeasureDefinition] = ()
) -> tuple[Values, Values]:
    """All measures of two shops, asked at once: the customers of each are others, and nobody's lines count for them."""
    both = [replace(line, customer_id=f"1{line.customer_id}") for line in one]
    both += [replace(line, customer_id=f"2{line.customer_id}") for line in other]
    found = measured(engine, both, measures)
    first, second = ({who[1:]: each for who, each in found.items() if who[0] == shop} for shop in "12")
    return first, second


def rounded(values: Mapping[str, Mapping[str, Value]]) -> dict[str, dict[str, object]]:
    """Numbers that are no amounts to eleven digits."""
    return {
        customer: {name: float(f"{each:.11g}") if isinstance(each, float) else each for name, each in columns.items()}
        for customer, columns in values.items()
    }


@CASES
@given(lines=SHOPS)
def test_measures_are_what_plain_python_says(engine: DuckDB, lines: list[Line]) -> None:
    made = measured(engine, lines)
    names = [measure.name for measure in shipped().over_purchases]
    wanted = {
        customer: {name: columns[name] for name in names}
        for customer, columns in expected_measures(lines, AS_OF).items()
    }

    assert rounded(wanted) == rounded(made)


@CASES
@given(lines=SHOPS, later=SHOPS)
def test_rows_after_the_date_change_nothing(engine: DuckDB, lines: list[Line], later: list[Line]) -> None:
    moved = [replace(line, ordered_on=AS_OF + dt.timedelta(days=1 + index)) for index, line in enumerate(later)]

    before, after = measured_both(engine, lines, [*lines, *moved])
    assert rounded(before) == rounded(after)


@CASES
@given(lines=SHOPS, seed=st.integers(0, 9))
def test_the_order_of_rows_decides_nothing(engine: DuckDB, lines: list[Line], seed: int) -> None:
    shuffled = random.Random(seed).sample(lines, len(lines))  # noqa: S311 - a repeatable example, not a secret
    ties = [_measure("first_amount", "first_by(amount, ordered_on)"), _measure("last", "last_by(amount, ordered_on)")]

    one, other = measured_both(engine, lines, shuffled, ties)
    assert rounded(one) == rounded(other)


@CASES
@given(seed=st.integers(0, 10_000))
def test_ten_times_the_prices_are_ten_times_the_money(engine: DuckDB, seed: int) -> None:
    """In whole tens of cents, so that no mean is rounded; costs are those of the lines, not of the product list."""
    lines = [replace(line, cost=line.cost or Decimal(1)) for line in random_lines(seed, 20)]
    dearer = [
        replace(line, amount=_times(line.amount), discount=_times(line.discount), cost=_times(line.cost))
        for line in lines
    ]
    units = {measure.name: measure.unit for measure in shipped().over_purchases}
    before, after = measured_both(engine, lines, dearer)
    wanted = {
        customer: {name: _scaled(each, units[name]) for name, each in columns.items()}
        for customer, columns in before.items()
    }
    made = {
        customer: {name: _tenth(each, units[name]) for name, each in columns.items()}
        for customer, columns in after.items()
    }

    assert wanted == made


@CASES
@given(lines=SHOPS)
def test_windows_part_the_lifetime(engine: DuckDB, lines: list[Line]) -> None:
    """What was before the two years is what was measured then."""
    summed = ["revenue", "quantity", "orders"]
    alone = [replace(line, order_id=str(index)) for index, line in enumerate(lines)]  # orders of one day each
    start, _ = Window.parse("previous 12 months").span(AS_OF)
    early, now = measured(engine, alone, as_of=start), measured(engine, alone, [PREVIOUS_QUANTITY])
    parts = {
        customer: [
            {**columns, **_renamed(early.get(customer, {}))}[f"{name}_{part}"] for name in summed for part in PARTS
        ]
        for customer, columns in now.items()
    }
    made = {
        customer: [sum(Decimal(str(each or 0)) for each in values[at : at + 3]) for at in range(0, 9, 3)]
        for customer, values in parts.items()
    }
    wanted = {
        customer: [Decimal(str(columns[f"{name}_lifetime"] or 0)) for name in summed]
        for customer, columns in now.items()
    }

    assert wanted == made


EFFECTS = (
    ("volume_effect_12m", "price_effect_12m", "mix_effect_12m"),
    ("same_products_volume_effect_12m", "price_effect_12m", "cross_sell_effect_12m", "dropped_effect_12m"),
)


@CASES
@given(lines=SHOPS)
def test_effects_add_up_to_the_change_either_way(engine: DuckDB, lines: list[Line]) -> None:
    known = [each for each in measured(engine, lines).values() if each["revenue_change_12m"] is not None]
    changes = [each["revenue_change_12m"] for each in known]

    assert [changes] * len(EFFECTS) == [
        [sum((Decimal(str(each[name])) for name in effects), Decimal(0)) for each in known] for effects in EFFECTS
    ]


def _measure(name: str, formula: str, window: str | None = None, unit: Unit = Unit.MONEY) -> MeasureDefinition:
    words = shipped().measures["revenue_12m"]
    return MeasureDefinition(
        name=name,
        title=words.title,
        description=words.description,
        source="test",
        unit=unit,
        table="transactions",
        window=window,
        formula=formula,
    )


PREVIOUS_QUANTITY = _measure("quantity_previous_12m", "sum(quantity)", "previous 12 months", Unit.QUANTITY)


PARTS = ("12m", "previous_12m", "before")


def _renamed(early: Mapping[str, Value]) -> dict[str, Value]:
    return {f"{name}_before": early.get(f"{name}_lifetime") for name in ("revenue", "quantity", "orders")}


def _times(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount * 10


def _scaled(value: Value, unit: Unit) -> object:
    if unit is Unit.MONEY and value is not None:
        return round(Decimal(str(value)), 2)
    return float(f"{value:.9g}") if isinstance(value, float) else value


def _tenth(value: Value, unit: Unit) -> object:
    return _scaled(Decimal(str(value)) / 10 if unit is Unit.MONEY and value is not None else value, unit)
