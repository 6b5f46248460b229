"""Every shipped measure is, on both engines, what plain Python makes of the same rows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.engines.conftest import Shop, ids_of, values_of
from tests.engines.expected import expected_measures
from tests.engines.shop import AS_OF, Catalogue, nasty_lines, shipped, write_shop
from tests.quick_spark import as_shipped
from worthbook.data.bucket import bucket_of
from worthbook.data.engine import Sheet, Snapshot, TableFiles
from worthbook.data.measures import make_measures
from worthbook.data.spark import Spark
from worthbook.kernel.units import Value

Values = Mapping[str, Mapping[str, Value]]


@pytest.fixture(scope="module")
def expected() -> Values:
    return expected_measures(nasty_lines(), AS_OF)


def test_the_population_is_everyone_with_a_visible_row_to_date(measured: Values, expected: Values) -> None:
    assert sorted(expected) == sorted(measured)


@pytest.mark.parametrize("name", [measure.name for measure in shipped().over_purchases])
def test_measure(name: str, measured: Values, expected: Values) -> None:
    wanted = {customer: columns[name] for customer, columns in expected.items()}
    made = {customer: columns[name] for customer, columns in measured.items()}

    assert {each: _shown(value) for each, value in wanted.items()} == {
        each: _shown(value) for each, value in made.items()
    }


@pytest.mark.spark
def test_compiled_queries_measure_the_same(
    spark: Spark, catalogue: Catalogue, expected: Values, tmp_path: Path
) -> None:
    """As users run them; the other tests let Spark interpret its queries."""
    measures = catalogue.over_purchases
    with as_shipped(spark):
        snapshot = write_shop(tmp_path, nasty_lines())
        sheet = make_measures(
            spark, snapshot, catalogue.tables, catalogue.population, measures, AS_OF, tmp_path / "measures"
        )
        made = values_of(spark, sheet)
    assert {
        (customer, measure.name): _shown(columns[measure.name])
        for customer, columns in expected.items()
        for measure in measures
    } == {(customer, name): _shown(value) for customer, row in made.items() for name, value in row.items()}


def test_parts_are_sorted_by_customer(shop: Shop) -> None:
    customers = [ids_of(shop.engine, part) for part in shop.sheet.parts]

    assert [sorted(part) for part in customers] == customers


def test_customers_are_in_the_part_of_their_bucket(shop: Shop) -> None:
    buckets = [{bucket_of(each, 2) for each in ids_of(shop.engine, part)} for part in shop.sheet.parts]

    assert buckets == [{0}, {1}]


def test_only_some_buckets_are_made_if_asked(shop: Shop, tmp_path: Path) -> None:
    sheet = make_few(shop, shop.snapshot, tmp_path, buckets=[1])

    assert [ids_of(shop.engine, part) for part in sheet.parts] == [ids_of(shop.engine, shop.sheet.parts[1])]


def test_a_book_without_rows_has_parts_without_customers(shop: Shop, tmp_path: Path) -> None:
    snapshot = Snapshot({"transactions": TableFiles("transactions", ((), ()))}, {}, 2)

    assert [ids_of(shop.engine, part) for part in make_few(shop, snapshot, tmp_path).parts] == [[], []]


def make_few(shop: Shop, snapshot: Snapshot, folder: Path, buckets: list[int] | None = None) -> Sheet:
    """A few measures, of another book or of some buckets."""
    names = ("revenue_12m", "gross_margin_12m", "orders_12m", "sd_days_between", "mean_days_between", "regularity")
    catalogue = shop.catalogue
    measures = [catalogue.measures[name] for name in names]
    return make_measures(
        shop.engine, snapshot, catalogue.tables, catalogue.population, measures, AS_OF, folder, buckets=buckets
    )


def _shown(value: Value) -> object:
    """Numbers that are no amounts may differ in the last digits: engines add DOUBLEs in their own order."""
    return float(f"{value:.11g}") if isinstance(value, float) else value
