"""Who of the customers of one period bought in the next, who came back later, and what they brought."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

import sqlglot
from sqlglot import exp

from worthbook.data.engine import Engine, Snapshot
from worthbook.data.passes import one_pass
from worthbook.data.relations import Relations
from worthbook.definitions.table import TableDefinition
from worthbook.kernel.money import DECIMAL_PLACES, SUMMED_DIGITS
from worthbook.kernel.period import MONTHS_PER_YEAR

OCCASIONS = "occasions"

Amount = Decimal | None


@dataclass(frozen=True)
class Turnover:
    """The customers who bought in one period, and how they relate to the periods around it.

    Amounts are purchases of the period, returns left out; None where no amount is known.
    """

    customers: int
    new: int
    """Of them, for the first time."""
    kept: int
    """Of them, who had bought in the period before."""
    back: int
    """Of them, who had bought earlier, but not in the period before."""
    amount: Amount
    amount_new: Amount
    amount_kept: Amount
    amount_back: Amount
    stayed: int
    """Who bought in the next period as well."""
    amount_stayed: Amount
    """What those brought in this period."""


def read_turnover(
    engine: Engine, snapshot: Snapshot, tables: Mapping[str, TableDefinition], as_of: dt.date, months: int
) -> dict[int, Turnover]:
    """Period → turnover; a period is `months` calendar months, counted from the year 0."""
    found: dict[int, Turnover] = {}

    def query_of(relations: Relations) -> exp.Query:
        return _query(relations.relation(OCCASIONS, {"customer_id", "ordered_on", "amount"}), months)

    for query, files in one_pass(snapshot, tables, as_of, query_of):
        for period, *cells in engine.rows(query, files):
            here = Turnover(*cells)  # type: ignore[arg-type]  # in the order of the query
            key = int(str(period))
            found[key] = _together(found[key], here) if key in found else here
    return dict(sorted(found.items()))


def _query(occasions: exp.Select, months: int) -> exp.Query:
    money = f"CAST(SUM({{0}}) AS DECIMAL({SUMMED_DIGITS}, {DECIMAL_PLACES}))"
    counted = "CAST(COUNT(CASE WHEN {0} THEN 1 END) AS BIGINT)"
    kinds = {
        "new": "previous IS NULL",
        "kept": "previous = period - 1",
        "back": "previous < period - 1",
    }
    amounts = [money.format(f"CASE WHEN {condition} THEN amount END") for condition in kinds.values()]
    stayed = "following = period + 1"
    sql = f"""
        SELECT period, CAST(COUNT(*) AS BIGINT), {", ".join(counted.format(each) for each in kinds.values())},
            {money.format("amount")}, {", ".join(amounts)}, {counted.format(stayed)},
            {money.format(f"CASE WHEN {stayed} THEN amount END")}
        FROM (
            SELECT period, amount, LAG(period) OVER past AS previous, LEAD(period) OVER past AS following
            FROM (
                SELECT customer_id, SUM(amount) AS amount, CAST(FLOOR((EXTRACT(YEAR FROM ordered_on)
                    * {MONTHS_PER_YEAR} + EXTRACT(MONTH FROM ordered_on) - 1) / {months}) AS BIGINT) AS period
                FROM purchase_days GROUP BY 1, 3) AS by_period
            WINDOW past AS (PARTITION BY customer_id ORDER BY period)) AS turned
        GROUP BY period"""
    query = cast("exp.Select", sqlglot.parse_one(sql, read="duckdb"))
    return query.with_("purchase_days", as_=occasions)


def _together(one: Turnover, other: Turnover) -> Turnover:
    """Two buckets as one."""
    pairs = zip(vars(one).items(), vars(other).values(), strict=True)
    return Turnover(**{name: _added(mine, theirs) for (name, mine), theirs in pairs})


def _added(mine: Decimal | None, theirs: Decimal | None) -> Any:  # noqa: ANN401 - counts stay counts, amounts amounts
    return theirs if mine is None else mine if theirs is None else mine + theirs
