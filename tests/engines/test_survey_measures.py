"""What customers said as columns: hand-made answers, on both engines."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pytest

from tests.engines.conftest import values_of
from tests.engines.shop import shipped
from worthbook.data.engine import Engine, Snapshot, TableFiles
from worthbook.data.measures import make_measures
from worthbook.kernel.units import Value

AS_OF = dt.date(2024, 6, 30)
ORDERS = "(VALUES ('ann', DATE '2024-01-10', 1.0, 'o1', false), ('bob', DATE '2024-01-10', 1.0, 'o2', false))"
ANSWERS = """(VALUES
    ('loyalty_survey', 'r1', 'again', 2.0, TIMESTAMP '2023-05-01 09:00', 'ann', 'own'),
    ('loyalty_survey_2024', 'r2', 'again', 7.0, TIMESTAMP '2024-05-01 09:00', 'ann', 'own'),
    ('loyalty_survey_2024', 'r2', 'again', 1.0, TIMESTAMP '2024-05-02 09:00', 'ann', 'rival'),
    ('loyalty_survey_2024', 'r2', 'different', 4.0, TIMESTAMP '2024-05-01 09:00', 'ann', 'own'),
    ('loyalty_survey_2024', 'r2', 'switch', 1.0, TIMESTAMP '2024-05-01 09:00', 'ann', 'own'),
    ('loyalty_survey_2024', 'r2', 'forgive', 5.5, TIMESTAMP '2024-05-01 09:00', 'ann', 'own'),
    ('loyalty_survey_2024', 'r2', 'forgive', 1.0, TIMESTAMP '2024-07-01 09:00', 'ann', 'own'),
    ('loyalty_survey_2024', 'r2', 'attached', 99.0, TIMESTAMP '2024-05-01 09:00', 'ann', 'own'))"""


def stored(folder: Path) -> Snapshot:
    """The rows as Parquet files."""
    given = {
        "transactions": (ORDERS, "customer_id, ordered_on, amount, order_id, is_return"),
        "answers": (ANSWERS, "survey_id, respondent_id, question_id, value, answered_at, customer_id, brand"),
    }
    tables = {}
    for name, (rows, columns) in given.items():
        path = folder / f"{name}.parquet"
        with duckdb.connect() as connection:
            money = (
                "REPLACE (CAST(amount AS DECIMAL(18, 4)) AS amount)"
                if name == "transactions"
                else "REPLACE (CAST(value AS DOUBLE) AS value)"
            )
            query = (
                f"SELECT * {money}, 'first' AS import_id, CAST(2 AS BIGINT) AS import_line FROM {rows} AS t({columns})"
            )
            connection.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
        known = frozenset({*columns.split(", "), "import_id", "import_line"})
        tables[name] = TableFiles(name, ((str(path),),), columns=known)
    return Snapshot(tables, {}, 1)


EXPECTED: dict[str, Value] = {
    "preference_stated": 100.0,
    "differentiation_stated": 50.0,
    "rival_resistance_stated": 100.0,
    "tolerance_stated": 75.0,
    "loyalty_attitude": (100 / 6 + 100 + 100 + 75) / 4,
}


@pytest.fixture(scope="module")
def found(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Value]]:
    folder, catalogue = tmp_path_factory.mktemp("said"), shipped()
    wanted = [catalogue.measures[name] for name in EXPECTED]
    sheet = make_measures(
        engine, stored(folder), catalogue.tables, catalogue.population, wanted, AS_OF, folder / "made"
    )
    return values_of(engine, sheet)


@pytest.mark.parametrize("name", EXPECTED)
def test_the_last_answer_about_us_counts(name: str, found: dict[str, dict[str, Value]]) -> None:
    """From 1 to 7 to 0 to 100; answers about rivals, beyond the scale or after the date do not count."""
    assert found["ann"][name] == pytest.approx(EXPECTED[name])
    assert found["bob"][name] is None
