"""What `make_measures` refuses, and the inputs of lifetime models for a published data set."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.engines.conftest import values_of
from tests.engines.shop import AS_OF, nasty_lines, shipped, write_shop
from worthbook.data.columns import grouped, totals
from worthbook.data.duckdb import DuckDB
from worthbook.data.engine import Sheet, Snapshot, TableFiles
from worthbook.data.measures import make_measures
from worthbook.definitions.measure import MeasureDefinition
from worthbook.definitions.population import PopulationDefinition
from worthbook.kernel.errors import Place, WorthbookError
from worthbook.kernel.language import Text
from worthbook.kernel.units import Unit

WORDS = Text(en="words", zh="文字")


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDB]:
    started = DuckDB(threads=2)
    yield started
    started.close()


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return write_shop(tmp_path_factory.mktemp("shop"), nasty_lines())


def measure(name: str, formula: str, table: str | None = None, window: str | None = None) -> MeasureDefinition:
    made = MeasureDefinition(
        name=name,
        title=WORDS,
        description=WORDS,
        source="test",
        unit=Unit.RATIO,
        table=table,
        window=window,
        formula=formula,
    )
    return made.located(Place("own.yaml", 3), {"formula": 5})


@pytest.mark.parametrize(
    ("measures", "said"),
    [
        (
            [measure("a", "b + 1"), measure("b", "ratio(c, 2)"), measure("c", "a")],
            "own.yaml:5: [definition-cycle] 'a' is made from itself: a → b → c → a.",
        ),
        (
            [measure("a", "sum(amount)", "transaction")],
            "[table-unknown] There is no table 'transaction'.\n  hint: Did you mean 'transactions' or 'interactions'?",
        ),
        (
            [measure("a", "count(*)", "products")],
            "[table-without-customers] 'a' reads the table 'products', which has no customers.",
        ),
        (
            [measure("a", "count(*)", "product_years", "12 months")],
            "[window-without-time] 'a' has the window '12 months', but the table 'product_years' does not lie in time.",
        ),
        (
            [measure("a", "sum(amuont)", "transactions")],
            "The formula `sum(amuont)` reads 'amuont', and there is no such column.\n  hint: Did you mean 'amount'?",
        ),
        (
            [measure("a", "revenue_13m * 2")],
            "own.yaml:5: [formula-column-unknown] The formula `revenue_13m * 2` reads 'revenue_13m', and there is",
        ),
        (
            [measure("a", "sum(products.unit_cost)", "transactions")],
            "own.yaml:5: [formula-not-allowed] The formula `sum(products.unit_cost)` holds '.' (character 13)",
        ),
        ([measure("a", "amount", "transactions")], "'amount' cannot stand there: it has one value per row"),
        (
            [measure("a", "max(ordered_on)", "transactions")],
            "[formula-unit] The formula `max(ordered_on)` gives dates, which a column of the unit 'ratio' cannot hold.",
        ),
    ],
)
def test_refused_measures(
    engine: DuckDB, snapshot: Snapshot, tmp_path: Path, measures: list[MeasureDefinition], said: str
) -> None:
    catalogue = shipped()
    with pytest.raises(WorthbookError) as raised:
        make_measures(engine, snapshot, catalogue.tables, catalogue.population, measures, AS_OF, tmp_path)

    assert said in raised.value.say("en")


def test_a_refused_measure_leaves_no_file(engine: DuckDB, snapshot: Snapshot, tmp_path: Path) -> None:
    catalogue = shipped()
    with pytest.raises(WorthbookError):
        make_measures(engine, snapshot, catalogue.tables, catalogue.population, [measure("a", "b")], AS_OF, tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_a_population_of_some_rows(engine: DuckDB, snapshot: Snapshot, tmp_path: Path) -> None:
    catalogue = shipped()
    buyers = PopulationDefinition(
        name="big", title=WORDS, description=WORDS, source="test", table="orders", where="amount > 90"
    )
    measures = [catalogue.measures["revenue_12m"], catalogue.measures["products_12m"]]
    sheet = make_measures(engine, snapshot, catalogue.tables, buyers, measures, AS_OF, tmp_path)
    found = values_of(engine, sheet)

    assert [customer for customer in found if not customer.startswith("C")] == ["once"]


LIFETIME_INPUTS = ["repeat_purchases", "recency_weeks", "age_weeks", "mean_repeat_value"]


@pytest.fixture(scope="module")
def cdnow(shared: Path, engine: DuckDB, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Sheet]:
    """What lifetime models read, for the CDNOW sample to 1997-09-30."""
    folder, source = tmp_path_factory.mktemp("cdnow"), shared / "data" / "cdnow"
    stored = folder / "transactions.parquet"
    duckdb.execute(f"""COPY (
        SELECT CAST(sample_id AS VARCHAR) AS customer_id, date AS ordered_on, CAST(amount AS DECIMAL(18, 4)) AS amount,
          FALSE AS is_return, 'x' AS import_id
        FROM read_csv('{source}/cdnow_sample.csv.gz', types={{'sample_id': 'BIGINT', 'date': 'DATE'}})
        ) TO '{stored}' (FORMAT parquet)""")
    catalogue = shipped()
    sheet = make_measures(
        engine,
        Snapshot({"transactions": TableFiles("transactions", ((str(stored),),))}, {}, 1),
        catalogue.tables,
        catalogue.population,
        [catalogue.measures[name] for name in LIFETIME_INPUTS],
        dt.date(1997, 9, 30),
        folder / "measures",
    )
    return source, sheet


@pytest.mark.shared_data
def test_inputs_of_lifetime_models_on_cdnow(engine: DuckDB, cdnow: tuple[Path, Sheet]) -> None:
    """2 357 customers, 2 457 repeat purchases (Fader, Hardie and Lee 2005), 946 spenders (Fader and Hardie 2013)."""
    _, sheet = cdnow
    repeats = totals(engine, [sheet], ["repeat_purchases"])["repeat_purchases"]
    spending = grouped(engine, [sheet], ["mean_repeat_value"])

    spenders = int(spending["customers"][spending["mean_repeat_value"] > 0].sum())

    assert (repeats.known, repeats.sum, spenders) == (2357, 2457, 946)


@pytest.mark.shared_data
def test_every_customer_of_cdnow(cdnow: tuple[Path, Sheet]) -> None:
    """Customer by customer as in the summary that is published with the data, whose means are in whole cents."""
    source, sheet = cdnow
    differing = duckdb.execute(f"""
        SELECT count(*), count(*) FILTER (
            repeat_purchases <> x OR abs(recency_weeks - t_x) > 1e-5 OR abs(age_weeks - T) > 1e-5
            OR abs(coalesce(mean_repeat_value, 0) - zbar) > 0.0051)
        FROM read_parquet({list(sheet.parts)}) JOIN read_csv('{source}/cdnow_summary.csv') AS published
        ON customer_id = CAST(published.sample_id AS VARCHAR)""").fetchall()

    assert differing == [(2357, 0)]
