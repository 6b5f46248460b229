"""How long contracts have lasted, and whether they have ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import cast

import numpy as np
import sqlglot
from numpy.typing import NDArray
from sqlglot import exp

from worthbook.data.engine import Engine, Snapshot
from worthbook.data.passes import one_pass
from worthbook.data.relations import Relations
from worthbook.definitions.table import TableDefinition

CONTRACTS = "contracts"
DAYS_PER_MONTH = 30.4375

FloatArray = NDArray[np.float64]


def contract_tenures(
    engine: Engine, snapshot: Snapshot, tables: Mapping[str, TableDefinition], as_of: dt.date
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Months that contracts have lasted, 1 where they have ended, and how many there are of each.

    A contract has ended when it was cancelled, or when its agreed end has passed and it neither renews itself nor was
    renewed since. One that ended on the day it began counts as having lasted a day.
    """
    if CONTRACTS not in tables or snapshot.tables.get(CONTRACTS) is None:
        return np.empty(0), np.empty(0), np.empty(0)
    counts: dict[tuple[float, float], float] = {}
    for query, files in one_pass(snapshot, tables, as_of, lambda relations: _query(relations, as_of)):
        for days, ended, contracts in engine.rows(query, files):
            key = (float(str(days)) / DAYS_PER_MONTH, float(str(ended)))
            counts[key] = counts.get(key, 0.0) + float(str(contracts))
    found = np.array([(*key, count) for key, count in sorted(counts.items())]).reshape(-1, 3)
    return found[:, 0], found[:, 1], found[:, 2]


def _query(relations: Relations, as_of: dt.date) -> exp.Query:
    columns = {"contract_id", "started_on", "ends_on", "cancelled_on", "renewed_on", "renews_itself"}
    today = f"DATE '{as_of.isoformat()}'"
    sql = f"""
        SELECT GREATEST(DATE_DIFF('day', started_on, COALESCE(over_on, {today})), 1) AS days,
            CASE WHEN over_on IS NULL THEN 0 ELSE 1 END AS ended, COUNT(*) AS contracts
        FROM (
            SELECT started_on, CASE
                WHEN cancelled_on <= {today} THEN cancelled_on
                WHEN ends_on <= {today} AND NOT COALESCE(renews_itself, FALSE)
                    AND (renewed_on IS NULL OR renewed_on < ends_on) THEN ends_on END AS over_on
            FROM agreed) AS dated
        GROUP BY 1, 2"""
    query = cast("exp.Select", sqlglot.parse_one(sql, read="duckdb"))
    return query.with_("agreed", as_=relations.relation(CONTRACTS, columns))
