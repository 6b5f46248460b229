"""How sound the data are: what is known of lines, which stand twice, when nothing was sold, which amounts stick out.

Everything about the lines comes from one statement per bucket of customers, over lines that are grouped once.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import cast

import sqlglot
from sqlglot import exp

from worthbook.data.engine import Engine, Snapshot
from worthbook.data.passes import one_pass
from worthbook.data.relations import Relations, all_files
from worthbook.data.typed import call
from worthbook.data.typed import cast as cast_to
from worthbook.definitions.table import TableDefinition
from worthbook.kernel.units import Value

LINES = "transactions"
"""The stored table of what was sold."""
_MONDAY = dt.date(1970, 1, 5)
_WEEK = 7
_BINS = 20
"""Amounts are counted in bins of a twentieth of their natural logarithm: 5 % apart."""
_SPREADS = 6.0
"""An amount sticks out that is so many spreads above the middle; in a normal distribution none of a billion is."""
_MAD_TO_SPREAD = 1.4826
"""Median absolute deviation → standard deviation of a normal distribution (Hampel 1974, JASA 69, p. 388)."""
_ALIKE = ("customer_id", "order_id", "product_id", "ordered_on", "amount", "quantity", "is_return")


@dataclass
class LineHealth:
    """What was found in the lines."""

    lines: int = 0
    copies: int = 0
    """Lines that are alike in customer, order, product, day, amount and quantity to one that was counted before."""
    negative: int = 0
    """Lines below zero that are no returns."""
    zero: int = 0
    returns: int = 0
    returns_first: int = 0
    """Returns of customers who had bought nothing before the day of their first return."""
    known: dict[str, int] = field(default_factory=dict)
    """Column → lines in which it is known."""
    weeks: dict[int, int] = field(default_factory=dict)
    """Week, counted from the one that began on 5 January 1970 → lines."""
    sizes: dict[int, int] = field(default_factory=dict)
    """Bin of the logarithm of an amount above zero → lines."""

    def gaps(self, usual: float = 0.8) -> tuple[tuple[dt.date, int], ...]:
        """Weeks in a row in which nothing was sold: the Monday on which they began, and how many; longest first.

        None where weeks without a sale are usual: where fewer than `usual` of all weeks have one.

        >>> health = LineHealth(weeks={0: 1, 1: 1, 2: 1, 3: 1, 5: 2, 6: 1})
        >>> health.gaps()
        ((datetime.date(1970, 2, 2), 1),)
        """
        weeks = sorted(self.weeks)
        if not weeks or len(weeks) < usual * (weeks[-1] - weeks[0] + 1):
            return ()
        found = [(before + 1, after - before - 1) for before, after in pairwise(weeks)]
        long = sorted((each for each in found if each[1]), key=lambda each: (-each[1], each[0]))
        return tuple((_MONDAY + dt.timedelta(weeks=week), count) for week, count in long)

    def outliers(self) -> tuple[float, int]:
        """From which amount on a line sticks out, and how many do; infinity where all are alike.

        Robust: the middle is the median of the logarithms, the spread their median absolute deviation, so that the
        lines that stick out do not move the limit.
        """
        middle = _weighted_median(self.sizes)
        away: dict[float, int] = {}
        for place, count in self.sizes.items():
            away[abs(place - middle)] = away.get(abs(place - middle), 0) + count
        spread = _MAD_TO_SPREAD * _weighted_median(away)
        if not spread:
            return math.inf, 0
        limit = math.floor(middle + _SPREADS * spread) + 1
        return math.exp(limit / _BINS), sum(count for place, count in self.sizes.items() if place >= limit)


def line_health(
    engine: Engine, snapshot: Snapshot, tables: Mapping[str, TableDefinition], as_of: dt.date, columns: Sequence[str]
) -> LineHealth:
    """Read the lines up to a date; for some columns, in how many lines they are known."""
    found = LineHealth(known=dict.fromkeys(columns, 0))
    if LINES not in snapshot.tables:
        return found

    def query_of(relations: Relations) -> exp.Query:
        return _query(relations.relation(LINES, {*_ALIKE, *columns}), columns)

    for query, files in one_pass(snapshot, tables, as_of, query_of):
        for what, at, *numbers in cast("list[tuple[str, int, int]]", engine.rows(query, files)):
            _add(found, what, at, numbers)
    return found


def _add(found: LineHealth, what: str, at: int, numbers: Sequence[int | None]) -> None:
    counts = [each or 0 for each in numbers]
    if what == "week":
        found.weeks[at] = found.weeks.get(at, 0) + counts[0]
    elif what == "size":
        found.sizes[at] = found.sizes.get(at, 0) + counts[0]
    elif what == "people":
        found.returns_first += counts[0]
    else:
        found.lines += counts[0]
        found.copies += counts[1]
        found.negative += counts[2]
        found.zero += counts[3]
        found.returns += counts[4]
        for name, count in zip(found.known, counts[5:], strict=True):
            found.known[name] += count


def _query(lines: exp.Select, columns: Sequence[str]) -> exp.Query:
    keys = ", ".join(_ALIKE)
    counted = "".join(f", COUNT({_name(each)}) AS known_{index}" for index, each in enumerate(columns))
    summed = "".join(f", CAST(SUM(known_{index}) AS BIGINT)" for index in range(len(columns)))
    width = 5 + len(columns)

    def padded(*values: str) -> str:
        return ", ".join((*values, *["CAST(NULL AS BIGINT)"] * (width - len(values))))

    def counts(condition: str) -> str:
        return f"CAST(SUM(CASE WHEN {condition} THEN copies ELSE 0 END) AS BIGINT)"

    week = f"CAST(FLOOR(DATE_DIFF('day', DATE '{_MONDAY}', ordered_on) / {_WEEK}.0) AS BIGINT)"
    size = f"CAST(FLOOR(LN(CAST(amount AS DOUBLE)) * {_BINS}) AS BIGINT)"
    sql = f"""
        WITH alike AS (
            SELECT {keys}, COUNT(*) AS copies{counted} FROM {LINES} GROUP BY {keys}),
        people AS (
            SELECT customer_id, SUM(CASE WHEN is_return THEN copies ELSE 0 END) AS returned,
                MIN(CASE WHEN is_return THEN ordered_on END) AS first_return,
                MIN(CASE WHEN NOT COALESCE(is_return, FALSE) THEN ordered_on END) AS first_bought
            FROM alike GROUP BY customer_id)
        SELECT 'all' AS what, CAST(0 AS BIGINT) AS place, CAST(SUM(copies) AS BIGINT),
            CAST(SUM(copies - 1) AS BIGINT), {counts("amount < 0 AND NOT COALESCE(is_return, FALSE)")},
            {counts("amount = 0")}, {counts("is_return")}{summed} FROM alike
        UNION ALL SELECT 'people', 0, {padded("CAST(SUM(returned) AS BIGINT)")} FROM people
            WHERE first_return IS NOT NULL AND (first_bought IS NULL OR first_bought > first_return)
        UNION ALL SELECT 'week', {week}, {padded("CAST(SUM(copies) AS BIGINT)")} FROM alike GROUP BY {week}
        UNION ALL SELECT 'size', {size}, {padded("CAST(SUM(copies) AS BIGINT)")} FROM alike
            WHERE amount > 0 AND NOT COALESCE(is_return, FALSE) GROUP BY {size}"""
    query = cast("exp.Query", sqlglot.parse_one(sql, read="duckdb"))
    (source,) = (each for each in query.find_all(exp.Table) if each.name == LINES)
    source.replace(lines.subquery(LINES))
    return query


def known_in(  # noqa: PLR0913, PLR0917 - a book, a date, a table and its columns
    engine: Engine,
    snapshot: Snapshot,
    tables: Mapping[str, TableDefinition],
    as_of: dt.date,
    name: str,
    columns: Sequence[str],
) -> tuple[int, dict[str, int]]:
    """How many rows of a table count, and in how many each of some columns is known."""
    relations = Relations(tables, snapshot, as_of)
    table = tables[name]
    read = {*columns, *table.key, *([table.customer] if table.customer else [])}
    rows = relations.relation(name, read).subquery(name)
    counted = (exp.Count(this=exp.column(each, quoted=True)) for each in columns)
    query = exp.select(exp.Count(this=exp.Star()), *counted).from_(rows)
    ((every, *known),) = cast("list[tuple[int, ...]]", engine.rows(query, all_files(snapshot)))
    return every, dict(zip(columns, known, strict=True))


def sold_to_nobody(
    engine: Engine, snapshot: Snapshot, tables: Mapping[str, TableDefinition], as_of: dt.date
) -> tuple[int, Value]:
    """How many lines have no customer in particular, and what they add up to; None where no amount is known."""
    apart = tables[LINES].anonymous if LINES in tables else None
    if apart is None or apart.table not in snapshot.tables:
        return 0, None
    rows = Relations(tables, snapshot, as_of).relation(apart.table, {"amount"}).subquery(apart.table)
    amount = cast_to(call("SUM", exp.column("amount")), "money")
    query = exp.select(exp.Count(this=exp.Star()), amount).from_(rows)
    ((lines, total),) = cast("list[tuple[int, Value]]", engine.rows(query, all_files(snapshot)))
    return lines, total


def orphans(
    engine: Engine, snapshot: Snapshot, tables: Mapping[str, TableDefinition], as_of: dt.date
) -> dict[str, tuple[int, int]]:
    """Table → rows that point to something of which nothing else is known, and all rows that point.

    For the lines these are products that the list of products does not have, where there is such a list; for other
    tables customers who are neither in the lines nor in the list of customers.
    """
    there = {name for name, each in snapshot.tables.items() if each.files}
    relations, files = Relations(tables, snapshot, as_of), all_files(snapshot)
    found = {}
    if {LINES, "products"} <= there:
        found[LINES] = _orphans(engine, relations, files, (LINES, "product_id"), [("products", "product_id")])
    homes = [
        (name, customer) for name in (LINES, "customers") if name in there and (customer := _customer(tables[name]))
    ]
    for name in sorted(there & tables.keys() - {LINES, "customers"}):
        customer = _customer(tables[name])
        if customer and homes:
            found[name] = _orphans(engine, relations, files, (name, customer), homes)
    return {name: counts for name, counts in found.items() if counts[0]}


def _orphans(
    engine: Engine,
    relations: Relations,
    files: Mapping[str, Sequence[str]],
    pointing: tuple[str, str],
    homes: Collection[tuple[str, str]],
) -> tuple[int, int]:
    def ids(table: str, column: str) -> exp.Select:
        rows = relations.relation(table, {column}).subquery(f"{table} rows")
        return exp.select(exp.alias_(exp.column(column), "id")).from_(rows)

    targets = [ids(*home).distinct() for home in homes]
    known = targets[0] if len(targets) == 1 else exp.union(*targets)
    sql = """SELECT COUNT(*), COUNT(CASE WHEN homes.id IS NULL THEN 1 END) FROM pointing LEFT JOIN homes
        ON pointing.id = homes.id WHERE pointing.id IS NOT NULL"""
    query = cast("exp.Query", sqlglot.parse_one(sql, read="duckdb"))
    for place in list(query.find_all(exp.Table)):
        place.replace(
            (
                ids(*pointing) if place.name == "pointing" else exp.select("id").from_(known.subquery("k")).distinct()
            ).subquery(place.name)
        )
    ((every, lost),) = cast("list[tuple[int, int]]", engine.rows(query, files))
    return lost, every


def _customer(table: TableDefinition) -> str | None:
    return table.customer if table.derived_from is None else None


def _name(column: str) -> str:
    return exp.column(column, quoted=True).sql("duckdb")


def _weighted_median(counts: Mapping[int, int] | Mapping[float, int]) -> float:
    """The value below which half of the counts lie; 0 for none."""
    half, upto = sum(counts.values()) / 2, 0
    for value, count in _sorted(counts):
        upto += count
        if upto >= half:
            return value
    return 0.0


def _sorted(counts: Mapping[int, int] | Mapping[float, int]) -> Iterator[tuple[float, int]]:
    yield from sorted(counts.items())
