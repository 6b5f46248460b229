"""How many customers bought for the first time, and how many bought again, day by day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np
import sqlglot
from numpy.typing import NDArray
from sqlglot import exp

from worthbook.data.engine import Engine, Sheet, Snapshot
from worthbook.data.passes import one_pass
from worthbook.data.relations import Relations
from worthbook.definitions.table import TableDefinition

OCCASIONS = "occasions"
"""The derived table of one row per customer and day with a purchase."""

AMONG = "those_who_count"

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class DailyPurchases:
    """Purchases of all customers, one number a day from the first day of the history to the last.

    Attributes:
        first: The first day.
        births: Customers who bought for the first time on the day.
        repeats: Customers who bought again, of those who had bought for the first time by a given day.
    """

    first: dt.date
    births: FloatArray
    repeats: FloatArray


def daily_purchases(  # noqa: PLR0913, PLR0917 - a book, its tables, and the days that count
    engine: Engine,
    snapshot: Snapshot,
    tables: Mapping[str, TableDefinition],
    first: dt.date,
    as_of: dt.date,
    born_until: dt.date,
    *,
    among: Sheet | None = None,
) -> DailyPurchases:
    """Count the purchase days of the customers who bought for the first time by `born_until`, up to `as_of`.

    With `among` only the customers of a sheet count.
    """
    births, repeats = (np.zeros((as_of - first).days + 1) for _ in range(2))

    def query_of(relations: Relations) -> exp.Query:
        rows = relations.relation(OCCASIONS, {"customer_id", "ordered_on"})
        return _query(rows, first, born_until, among=among is not None)

    beside = {} if among is None else {AMONG: among.parts}
    for query, files in one_pass(snapshot, tables, as_of, query_of, beside):
        found = engine.arrays(query, files)
        days = found["day"].astype(np.intp)
        births[days] += found["births"].astype(np.float64)
        repeats[days] += found["repeats"].astype(np.float64)
    return DailyPurchases(first, births, repeats)


def _query(occasions: exp.Select, first: dt.date, born_until: dt.date, *, among: bool) -> exp.Query:
    those = f"WHERE customer_id IN (SELECT customer_id FROM {AMONG})" if among else ""
    sql = f"""
        SELECT CAST(DATE_DIFF('day', DATE '{first.isoformat()}', ordered_on) AS DOUBLE) AS day,
            CAST(SUM(CASE WHEN ordered_on = born THEN 1 ELSE 0 END) AS DOUBLE) AS births,
            CAST(SUM(CASE WHEN ordered_on > born THEN 1 ELSE 0 END) AS DOUBLE) AS repeats
        FROM (
            SELECT ordered_on, MIN(ordered_on) OVER (PARTITION BY customer_id) AS born
            FROM purchase_days {those}) AS dated
        WHERE born <= DATE '{born_until.isoformat()}'
        GROUP BY ordered_on"""
    query = cast("exp.Select", sqlglot.parse_one(sql, read="duckdb"))
    return query.with_("purchase_days", as_=occasions)
