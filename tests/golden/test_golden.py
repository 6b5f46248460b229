"""The SQL of some formulas, kept so that a reader sees what a change to the compiler or to sqlglot does to it.

`WORTHBOOK_RENEW_GOLDEN=1 python -m pytest tests/golden` writes the files again; look at the difference
before keeping it.
"""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest

from tests.engines.shop import shipped
from worthbook.data.compile import Scope, compile_aggregate
from worthbook.data.dialect import render
from worthbook.data.engine import Snapshot, TableFiles
from worthbook.data.formula import parse
from worthbook.data.measures import measures_query
from worthbook.data.relations import Relations

FOLDER = Path(__file__).parent
AS_OF = dt.date(2024, 2, 29)

FORMULAS = {
    "sum_with_filter": "sum(amount) filter (where not is_return)",
    "count_distinct": "count(distinct product_id)",
    "mean": "avg(amount)",
    "median_and_spread": "ratio(stddev(quantity), median(quantity))",
    "first_value": "first_by(amount, ordered_on)",
    "flags": "ratio(sum(is_return), count(*))",
    "day": "max(day_of(ordered_at))",
    "days": "days_between(max(ordered_on), as_of()) / 7",
    "rounding": "round(sum(quantity) * setting(margin), 2)",
    "words": "max(concat(upper(trim(product_id)), '-', replace(order_id, 'a', 'b')))",
    "safe_mathematics": "sqrt(sum(quantity)) + ln(count(*)) + power(sum(quantity), 2) + floor(sum(amount))",
}
MEASURES = {
    "measure_revenue": ["revenue_12m"],
    "measure_margin": ["gross_margin_12m", "revenue_12m", "margin_rate_12m"],
    "measure_rhythm": ["mean_days_between", "last_purchase_on", "recency_days", "overdue_ratio"],
}


def sql_of(case: str, dialect: str) -> str:
    """What a case becomes."""
    catalogue = shipped()
    files = {name: TableFiles(name, ((f"{name}.parquet",),), ("undone",)) for name in ("transactions", "products")}
    relations = Relations(catalogue.tables, Snapshot(files, {}, 1), AS_OF)
    if case in MEASURES:
        measures = [catalogue.measures[name] for name in MEASURES[case]]
        return render(measures_query(relations, catalogue.population, measures), dialect, pretty=True)
    table = catalogue.tables["transactions"]
    scope = Scope(relations.kinds(table), AS_OF, {"margin": 0.3})
    return render(compile_aggregate(parse(FORMULAS[case]), scope).tree, dialect, pretty=True)


@pytest.mark.parametrize("dialect", ["duckdb", "spark"])
@pytest.mark.parametrize("case", [*FORMULAS, *MEASURES])
def test_sql(case: str, dialect: str) -> None:
    path = FOLDER / f"{case}.{dialect}.sql"
    made = f"-- {FORMULAS.get(case, ', '.join(MEASURES.get(case, ())))}\n{sql_of(case, dialect)}\n"
    if os.environ.get("WORTHBOOK_RENEW_GOLDEN"):
        path.write_text(made, encoding="utf-8")

    assert path.read_text(encoding="utf-8") == made
