"""When customers bought: purchases by month and cohort and the days between them, from one pass over the lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from typing import NamedTuple, cast

import sqlglot
from sqlglot import exp

from worthbook.data.engine import Engine, Snapshot
from worthbook.data.links import stored_rows
from worthbook.data.relations import bucket_files
from worthbook.data.sheets import CUSTOMER
from worthbook.kernel.money import DECIMAL_PLACES, SUMMED_DIGITS
from worthbook.kernel.period import MONTHS_PER_YEAR

TRANSACTIONS = "transactions"
"""The stored table whose lines say when customers bought and for how much."""

_READ = frozenset({CUSTOMER, "ordered_on", "amount", "is_return"})


class Month(NamedTuple):
    """What the customers of one cohort did in one month."""

    revenue: Decimal | None
    """Net of returns; None where no amount is known."""
    purchases: int
    """Purchase days: a customer who buys twice on one day is counted once."""
    active: int
    """Customers who bought in the month."""
    active_quarter: int
    """Those among them who had not yet bought in the quarter; adds up to the customers active in the quarter."""


@dataclass(frozen=True)
class Activity:
    """Purchases of all customers by month and by the month of their first purchase, and the days between purchases.

    Months are counted from the year 0: `12 * year + month - 1`.
    """

    gaps: Mapping[int, int]
    """Days since the purchase day before → how often."""
    months: Mapping[tuple[int | None, int], Month]
    """(Month of the first purchase, month) → what happened; the first is None for customers who only returned."""

    def gap_below(self, part: float) -> float | None:
        """The days below which a part of all gaps lies; between two gaps of the middle, their mean.

        >>> Activity({7: 2, 30: 2}, {}).gap_below(0.5), Activity({7: 3, 30: 1}, {}).gap_below(0.5)
        (18.5, 7.0)
        """
        if not self.gaps:
            return None
        days = sorted(self.gaps)
        upto = list(accumulate(self.gaps[each] for each in days))
        place = part * upto[-1]
        low = next(each for each, count in zip(days, upto, strict=True) if count >= place)
        high = next((each for each, count in zip(days, upto, strict=True) if count > place), low)
        return (low + high) / 2


def month_index(day: dt.date) -> int:
    """The number of a month.

    >>> month_index(dt.date(2024, 1, 31))
    24288
    """
    return day.year * MONTHS_PER_YEAR + day.month - 1


def read_activity(engine: Engine, snapshot: Snapshot, as_of: dt.date) -> Activity:
    """Read the lines up to a date once, bucket by bucket."""
    gaps: dict[int, int] = {}
    months: dict[tuple[int | None, int], Month] = {}
    there = TRANSACTIONS in snapshot.tables
    for bucket in range(snapshot.buckets) if there else ():
        files = bucket_files(snapshot, bucket)
        lines = stored_rows(snapshot, frozenset(files), TRANSACTIONS, CUSTOMER, _READ)
        rows = [] if lines is None else engine.rows(_activity_query(as_of, lines), files)
        for gap, cohort, month, *cell in cast("list[tuple[int | None, int | None, int | None, object]]", rows):
            found = Month(*cast("tuple[Decimal | None, int, int, int]", tuple(cell)))
            if month is not None:
                months[cohort, month] = add_months([months.get((cohort, month)), found])
            elif gap is not None:
                gaps[gap] = gaps.get(gap, 0) + found.purchases
    return Activity(gaps, months)


def _activity_query(as_of: dt.date, lines: exp.Query) -> exp.Query:
    """One pass over the lines.

    Each customer's purchases are put in the order of days, returns after them, so that the line before a purchase is
    the purchase before it. A purchase day counts at its first line only.
    """
    month_of = f"EXTRACT(YEAR FROM {{0}}) * {MONTHS_PER_YEAR} + EXTRACT(MONTH FROM {{0}}) - 1"
    bought_anew = "NOT is_return AND (previous IS NULL OR previous < {0})"
    anew = {
        "purchase": "day",
        "active": "DATE_TRUNC('month', CAST(day AS DATE))",
        "active_quarter": "DATE_TRUNC('quarter', CAST(day AS DATE))",
    }
    flags = ", ".join(
        f"CASE WHEN {bought_anew.format(since)} THEN 1 ELSE 0 END AS {flag}" for flag, since in anew.items()
    )
    sql = f"""
        WITH lines AS (
            SELECT customer_id, ordered_on AS day, amount, COALESCE(is_return, FALSE) AS is_return FROM {TRANSACTIONS}
            WHERE ordered_on <= DATE '{as_of.isoformat()}'),
        ordered AS (
            SELECT day, amount, is_return, LAG(day) OVER past AS previous, FIRST_VALUE(day) OVER past AS first_day,
                FIRST_VALUE(is_return) OVER past AS never_bought
            FROM lines WINDOW past AS (PARTITION BY customer_id ORDER BY is_return, day)),
        flagged AS (
            SELECT amount, {flags},
                CASE WHEN NOT is_return AND day > previous THEN DATE_DIFF('day', previous, day) END AS gap,
                CASE WHEN NOT never_bought THEN {month_of.format("first_day")} END AS cohort,
                {month_of.format("day")} AS month
            FROM ordered)
        SELECT gap, cohort, month, CAST(SUM(amount) AS DECIMAL({SUMMED_DIGITS}, {DECIMAL_PLACES})),
            CAST(SUM(purchase) AS BIGINT), CAST(SUM(active) AS BIGINT), CAST(SUM(active_quarter) AS BIGINT)
        FROM flagged
        GROUP BY GROUPING SETS ((gap), (cohort, month))"""
    query = cast("exp.Query", sqlglot.parse_one(sql, read="duckdb"))
    (source,) = (each for each in query.find_all(exp.Table) if each.name == TRANSACTIONS)
    source.replace(lines.subquery(TRANSACTIONS))
    return query


def add_months(months: Iterable[Month | None]) -> Month:
    """Several months or cohorts as one.

    >>> add_months([Month(Decimal(5), 2, 1, 1), Month(None, 1, 1, 0)])
    Month(revenue=Decimal('5'), purchases=3, active=2, active_quarter=1)
    """
    there = [month for month in months if month is not None]
    amounts = [month.revenue for month in there if month.revenue is not None]
    return Month(
        sum(amounts, Decimal(0)) if amounts else None,
        sum(month.purchases for month in there),
        sum(month.active for month in there),
        sum(month.active_quarter for month in there),
    )
