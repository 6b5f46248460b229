"""A small book for studies: lines in, context out; the columns that studies read are counted by hand-written SQL."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from worthbook.data.engine import Engine, Sheet, Snapshot, TableFiles
from worthbook.definitions.reader import read_text
from worthbook.definitions.study import StudyDefinition
from worthbook.kernel.evaluation import ModelResult
from worthbook.kernel.language import Text
from worthbook.kernel.provenance import Provenance
from worthbook.kernel.result import ColumnMeta
from worthbook.kernel.units import Unit
from worthbook.planning.index import read_catalogue
from worthbook.planning.study import StudyContext

CATALOGUE = Path(__file__).resolve().parents[3] / "src" / "worthbook" / "catalogue" / "studies"

Line = tuple[str, str, float | None, bool]

UNITS: Mapping[str, Unit] = {
    "orders_lifetime": Unit.COUNT,
    "purchase_days_lifetime": Unit.COUNT,
    "purchase_days_12m": Unit.COUNT,
    "revenue_lifetime": Unit.MONEY,
    "revenue_12m": Unit.MONEY,
    "gross_margin_lifetime": Unit.MONEY,
    "overdue_ratio": Unit.RATIO,
    "first_purchase_on": Unit.DATE,
    "repeat_purchases": Unit.COUNT,
    "recency_weeks": Unit.WEEKS,
    "age_weeks": Unit.WEEKS,
    "spend_per_repeat": Unit.MONEY,
    "customer_pyramid": Unit.LABEL,
    "expected_purchases_12m": Unit.QUANTITY,
    "expected_revenue_12m": Unit.MONEY,
    "p_alive": Unit.PROBABILITY,
    "clv_36m": Unit.MONEY,
}
LABELS = {"small": Text(en="Small", zh="小客户"), "vip": Text(en="VIP", zh="重要客户")}

COLUMNS = """
    SELECT customer_id,
        COUNT(DISTINCT day) FILTER (NOT is_return) AS orders_lifetime,
        COUNT(DISTINCT day) FILTER (NOT is_return) AS purchase_days_lifetime,
        COUNT(DISTINCT day) FILTER (NOT is_return AND day > {year_ago}) AS purchase_days_12m,
        CAST(SUM(amount) AS DECIMAL(28, 4)) AS revenue_lifetime,
        CAST(CASE WHEN COUNT(amount) > 0 THEN COALESCE(SUM(amount) FILTER (day > {year_ago}), 0) END AS DECIMAL(28, 4))
            AS revenue_12m,
        CAST(SUM(amount) - {cost} AS DECIMAL(28, 4)) AS gross_margin_lifetime,
        CAST(({as_of} - MAX(day) FILTER (NOT is_return)) AS DOUBLE)
            / NULLIF(MAX(day) FILTER (NOT is_return) - MIN(day) FILTER (NOT is_return), 0)
            * (COUNT(DISTINCT day) FILTER (NOT is_return) - 1) AS overdue_ratio,
        MIN(day) FILTER (NOT is_return) AS first_purchase_on,
        COUNT(DISTINCT day) FILTER (NOT is_return) - 1 AS repeat_purchases,
        (MAX(day) FILTER (NOT is_return) - MIN(day) FILTER (NOT is_return)) / 7 AS recency_weeks,
        ({as_of} - MIN(day) FILTER (NOT is_return)) / 7 AS age_weeks,
        CAST(CASE WHEN COUNT(DISTINCT day) FILTER (NOT is_return) > 1 THEN AVG(amount) ELSE 0 END AS DECIMAL(28, 4))
            AS spend_per_repeat,
        CASE WHEN SUM(amount) >= 100 THEN 'vip' WHEN COUNT(amount) > 0 THEN 'small' END AS customer_pyramid,
        CAST(1.5 AS DOUBLE) AS expected_purchases_12m,
        CAST(SUM(amount) / 2 AS DECIMAL(28, 4)) AS expected_revenue_12m,
        CASE WHEN MAX(day) > {year_ago} + 180 THEN 0.9 ELSE 0.2 END AS p_alive,
        CAST(SUM(amount) / 4 AS DECIMAL(28, 4)) AS clv_36m
    FROM (SELECT customer_id, ordered_on AS day, amount, is_return FROM lines WHERE ordered_on <= {as_of})
    GROUP BY customer_id ORDER BY customer_id
"""


_STORED = frozenset({"customer_id", "ordered_on", "amount", "is_return", "import_id"})


@functools.cache
def _database() -> duckdb.DuckDBPyConnection:
    """Where the lines of all contexts are written from, one after the other."""
    return duckdb.connect()


@dataclass
class World:
    """Makes contexts from lines, and reads the shipped definitions."""

    folder: Path
    engine: Engine
    counter: int = 0

    def context(  # noqa: PLR0913  # each edge of a study is one switch
        self,
        lines: Sequence[Line],
        as_of: str = "2024-12-31",
        *,
        cost: float | None = None,
        fits: Mapping[str, object] | None = None,
        models: Mapping[str, ModelResult] | None = None,
        without: Sequence[str] = (),
    ) -> StudyContext:
        """One evaluation; `cost` is what every customer costs, `without` leaves columns out."""
        self.counter += 1
        table, sheet = (self.folder / f"{name}_{self.counter}.parquet" for name in ("lines", "sheet"))
        rows = ", ".join(
            f"('{customer}', DATE '{day}', {'NULL' if amount is None else amount}, {returned}, 'one')"
            for customer, day, amount, returned in lines
        )
        given = f"(VALUES {rows}) AS given(customer_id, ordered_on, amount, is_return, import_id)"
        database = _database()
        as_money = "CAST(amount AS DECIMAL(18, 4)) AS amount"
        database.sql(f"CREATE OR REPLACE TABLE lines AS SELECT * REPLACE ({as_money}) FROM {given}")
        database.sql(f"COPY lines TO '{table}'")
        day = dt.date.fromisoformat(as_of)
        year_ago = f"DATE '{day.replace(year=day.year - 1)}'"
        chosen = COLUMNS.format(as_of=f"DATE '{as_of}'", year_ago=year_ago, cost="NULL" if cost is None else cost)
        database.sql(f"COPY ({chosen}) TO '{sheet}'")
        ((customers,),) = database.sql(f"SELECT COUNT(*) FROM '{sheet}'").fetchall()
        columns = tuple(name for name in UNITS if name not in without)
        return StudyContext(
            engine=self.engine,
            snapshot=Snapshot({"transactions": TableFiles("transactions", ((str(table),),), columns=_STORED)}, {}, 1),
            tables=read_catalogue().tables,
            sheets=[Sheet((str(sheet),), columns)],
            known={name: meta(name) for name in columns},
            as_of=day,
            customers=customers,
            currency="USD",
            fits=fits or {},
            provenance={"transactions": Provenance("table", "transactions", None, "abc", "import")},
            models=models or {},
        )

    @staticmethod
    @functools.cache
    def definition(name: str) -> StudyDefinition:
        """A shipped study."""
        text = (CATALOGUE / f"{name}.yaml").read_text(encoding="utf-8")
        reading = read_text(text, f"{name}.yaml")
        (definition,) = reading.definitions
        assert isinstance(definition, StudyDefinition)
        return definition


def meta(name: str) -> ColumnMeta:
    labels = LABELS if name == "customer_pyramid" else {}
    return ColumnMeta(name, Text(en=name, zh=name), UNITS[name], Text(en=name, zh=name), "test", (), labels)
