"""On which days a few customers bought: a small random sample, the same whenever it is asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import cast

import sqlglot
from sqlglot import exp

from worthbook.data.daily import OCCASIONS
from worthbook.data.engine import Engine, Snapshot
from worthbook.data.passes import one_pass
from worthbook.data.relations import Relations
from worthbook.definitions.table import TableDefinition


def sampled_days(
    engine: Engine, snapshot: Snapshot, tables: Mapping[str, TableDefinition], as_of: dt.date, customers: int
) -> tuple[tuple[dt.date, ...], ...]:
    """The purchase days of so many customers, whoever has bought soonest first.

    Who is in the sample follows from a hash of the customer's id. Customer buckets are random samples themselves, so
    that no more of them are read than are needed.
    """
    found: dict[str, list[dt.date]] = {}

    def query_of(relations: Relations) -> exp.Query:
        return _query(relations.relation(OCCASIONS, {"customer_id", "ordered_on"}), customers)

    for query, files in one_pass(snapshot, tables, as_of, query_of):
        for customer, day in engine.rows(query, files):
            if customer in found or len(found) < customers:
                found.setdefault(str(customer), []).append(cast("dt.date", day))
        if len(found) >= customers:
            break
    return tuple(sorted(tuple(days) for days in found.values()))


def _query(occasions: exp.Select, customers: int) -> exp.Query:
    sql = f"""
        SELECT customer_id, ordered_on FROM purchase_days WHERE customer_id IN (
            SELECT customer_id FROM (SELECT DISTINCT customer_id FROM purchase_days) AS everybody
            ORDER BY MD5(customer_id) LIMIT {customers})
        ORDER BY MD5(customer_id), ordered_on"""
    query = cast("exp.Select", sqlglot.parse_one(sql, read="duckdb"))
    return query.with_("purchase_days", as_=occasions)
