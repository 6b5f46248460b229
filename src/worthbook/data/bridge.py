"""From the value of one window to that of a later one, customer by customer, in parts that add up exactly.

The lines of both windows are summed for each customer and product. A customer who was there in one window alone is one
part as a whole. For the others, a product bought in both windows changed by its units, at the earlier price less unit
cost, by its price and by its unit cost, at the later units; one bought in a single window was added or dropped. What
the later units would have brought before is rounded to the cent, once for a customer and product, and stands in two
parts with opposite signs: so every product, customer and total adds up to the last digit.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal, cast

import sqlglot
from sqlglot import exp

from worthbook.data.engine import Engine, Sheet, Snapshot
from worthbook.data.moves import ABSENT, UNPLACED
from worthbook.data.passes import one_pass
from worthbook.data.relations import Relations
from worthbook.definitions.table import TableDefinition
from worthbook.kernel.money import DECIMAL_PLACES, SUMMED_DIGITS

TRANSACTIONS = "transactions"
LABELS = "labels by customer"
"""The set of files that holds the labels."""

Of = Literal["revenue", "gross_margin"]

LISTED = ("opening", "closing", "amount")
"""The columns of a list of a part's customers."""

PARTS = (
    "acquired", "won_back", "expanded", "contracted", "price", "unit_cost", "per_unit", "added", "dropped", "undivided",
    "unknown", "lost",
)  # fmt: skip
"""In this order they lead from the opening to the closing value."""

MONEY = f"DECIMAL({SUMMED_DIGITS}, {DECIMAL_PLACES})"
CENTS = f"DECIMAL({SUMMED_DIGITS}, 2)"
_PIECES = "DECIMAL(18, 4)"
"""Units as exact numbers, so that their sums do not depend on the order of rows."""


@dataclass(frozen=True)
class Spans:
    """Two windows of the same length: the day before the first day, and the last day, of each."""

    first: tuple[dt.date, dt.date]
    last: tuple[dt.date, dt.date]


@dataclass(frozen=True)
class Bridged:
    """The bridge of some customers."""

    opening: Decimal
    closing: Decimal
    parts: Mapping[str, Decimal]
    customers: Mapping[str, int]
    """Part → for how many it is not nothing; `opening` and `closing` too."""
    not_known: int = 0
    """Customers whose value is not known at one of the dates, or at both."""


def read_bridge(  # noqa: PLR0913, PLR0917 - a book, two windows, and by what
    engine: Engine,
    snapshot: Snapshot,
    tables: Mapping[str, TableDefinition],
    spans: Spans,
    of: Of,
    labels: Sheet | None = None,
) -> dict[str, Bridged]:
    """The bridge of every label; without labels, of all customers under the empty word.

    Args:
        engine: what runs the queries.
        snapshot: the stored tables.
        tables: definitions of all tables.
        spans: the two windows.
        of: `gross_margin` leaves out, at each date by itself, customers with a line whose cost is unknown.
        labels: a sheet of one label a customer, as at the last day of the first window, in as many parts as the book
            has buckets. Customers without one are under `UNPLACED`, those who were none yet under `ABSENT`.
    """
    found: dict[str, list[Sequence[Decimal | int]]] = {}
    label = None if labels is None else labels.columns[0]

    def query_of(relations: Relations) -> exp.Query:
        return summed(_per_customer(relations, spans, of, label), PARTS)

    beside = {} if labels is None else {LABELS: labels.parts}
    for query, files in one_pass(snapshot, tables, spans.last[1], query_of, beside):
        for key, *numbers in engine.rows(query, files):
            found.setdefault(str(key), []).append(cast("Sequence[Decimal | int]", numbers))
    return {key: bridged(rows, PARTS) for key, rows in sorted(found.items())}


def write_part(  # noqa: PLR0913, PLR0917 - a book, two windows, what of it, and where to
    engine: Engine,
    snapshot: Snapshot,
    tables: Mapping[str, TableDefinition],
    spans: Spans,
    of: Of,
    parts: Sequence[str],
    folder: Path,
) -> Sheet:
    """Write the customers of some parts: `opening`, `closing`, and as `amount` what these parts come to."""

    def query_of(relations: Relations) -> exp.Query:
        return listed(_per_customer(relations, spans, of, None), parts)

    written: list[str] = []
    for query, files in one_pass(snapshot, tables, spans.last[1], query_of):
        part = folder / f"part-{len(written):05d}.parquet"
        engine.write(query, files, part)
        written.append(str(part))
    return Sheet(tuple(written), LISTED)


def listed(parts: exp.Query, names: Sequence[str]) -> exp.Select:
    """The customers of some parts, from one row a customer."""
    amount = " + ".join(names)
    any_of = " OR ".join(f"{name} <> 0" for name in names)
    chosen = f"SELECT customer_id, opening, closing, {amount} AS amount FROM parts WHERE {any_of} ORDER BY customer_id"
    return parse_query(chosen).with_("parts", as_=parts, copy=False)


def bridged(rows: Iterable[Sequence[Decimal | int]], names: Sequence[str]) -> Bridged:
    """Some customers' bridge from rows of `summed`."""
    opening, closing, not_known, *numbers = (sum(each) for each in zip(*rows, strict=True))
    parts, counts = numbers[: len(names)], numbers[len(names) :]
    return Bridged(
        Decimal(opening),
        Decimal(closing),
        {name: Decimal(part) for name, part in zip(names, parts, strict=True)},
        {name: int(count) for name, count in zip(("opening", "closing", *names), counts, strict=True)},
        int(not_known),
    )


def summed(parts: exp.Query, names: Sequence[str]) -> exp.Select:
    """What `bridged` reads, label by label, from one row a customer."""
    every = ("opening", "closing", *names)
    both, *sums = (f"CAST(SUM({name}) AS {MONEY})" for name in every)
    unknown = "COUNT(CASE WHEN is_unknown THEN 1 END)"
    counts = (f"COUNT(CASE WHEN {name} <> 0 THEN 1 END)" for name in every)
    query = parse_query(
        f"SELECT label, {', '.join((both, sums[0], unknown, *sums[1:], *counts))} FROM parts GROUP BY label"
    )
    return query.with_("parts", as_=parts, copy=False)


def _per_customer(relations: Relations, spans: Spans, of: Of, label: str | None) -> exp.Select:
    """One row a customer with lines in either window: `label`, `opening`, `closing`, and every part."""
    cost = ["cost_of_goods"] if of == "gross_margin" else []
    lines = relations.relation(TRANSACTIONS, {"customer_id", "product_id", "ordered_on", "quantity", "amount", *cost})
    steps = {
        "lines": lines,
        "dated": parse_query(_dated(spans, of)),
        "sums": parse_query(_SUMS),
        "divisible": parse_query(_DIVISIBLE),
        "in_last_too": parse_query(_matching("in_last", "divisible", "in_first")),
        "in_first_too": parse_query(_matching("in_first", "in_last_too", "in_last")),
        "in_both": parse_query(_IN_BOTH),
        "as_before": parse_query(_AS_BEFORE),
        "effects": parse_query(_EFFECTS),
        "labels": parse_query(_labels(label)),
        "fates": parse_query(_FATES.format(last=_date(spans.first[1]))),
    }
    whole = parse_query(_PARTS)
    for name, query in steps.items():
        whole = whole.with_(name, as_=query, copy=False)
    return whole


def parse_query(sql: str) -> exp.Select:
    """A query that is written in DuckDB's dialect and says the same in every engine's."""
    return _parsed(sql).copy()


@functools.lru_cache(maxsize=64)
def _parsed(sql: str) -> exp.Select:
    """Kept, as most queries are the same each time, and to read one takes five times as long as to copy it."""
    return cast("exp.Select", sqlglot.parse_one(sql, read="duckdb"))


def _date(day: dt.date) -> str:
    return f"DATE '{day.isoformat()}'"


def _labels(label: str | None) -> str:
    if label is None:
        return "SELECT CAST(NULL AS TEXT) AS customer_id, CAST(NULL AS TEXT) AS label WHERE FALSE"
    return f'SELECT customer_id, "{label}" AS label FROM "{LABELS}"'


def _dated(spans: Spans, of: Of) -> str:
    """The lines, in which windows each lies, and what it is worth; an unknown cost makes that unknown."""
    value = "amount" if of == "revenue" else "amount - cost_of_goods"
    flags = ", ".join(
        f"ordered_on > {_date(start)} AND ordered_on <= {_date(end)} AS in_{name}"
        for name, (start, end) in (("first", spans.first), ("last", spans.last))
    )
    return f"""
        SELECT customer_id, COALESCE(CAST(product_id AS TEXT), '') AS product, ordered_on, amount, {value} AS value,
            CASE WHEN amount IS NOT NULL THEN TRY_CAST(quantity AS {_PIECES}) END AS pieces, {flags}
        FROM lines"""


def _both(text: str) -> str:
    """A list of columns for both windows."""
    return ", ".join(text.format(window=window, n=n) for n, window in ((1, "first"), (2, "last")))


_SUMS = f"""
    SELECT customer_id, MIN(ordered_on) AS born, {
    _both(
        "COUNT(CASE WHEN in_{window} THEN 1 END) AS n{n}, "
        "COUNT(CASE WHEN in_{window} AND amount IS NOT NULL AND value IS NULL THEN 1 END) AS costless{n}, "
        "COALESCE(SUM(CASE WHEN in_{window} THEN value END), 0) AS v{n}, "
        "COALESCE(SUM(CASE WHEN in_{window} AND pieces IS NULL THEN value END), 0) AS uncounted{n}, "
        "COALESCE(SUM(CASE WHEN in_{window} AND pieces IS NOT NULL AND product = '' THEN value END), 0) AS unnamed{n}, "
        "COUNT(CASE WHEN in_{window} AND pieces IS NOT NULL AND product = '' THEN 1 END) AS unnamed_lines{n}"
    )
}
    FROM dated GROUP BY customer_id"""

_DIVISIBLE = """
    SELECT customer_id, product, amount, value, pieces, in_first, in_last FROM dated
    WHERE (in_first OR in_last) AND pieces IS NOT NULL
        AND customer_id IN (SELECT customer_id FROM sums WHERE n1 > 0 AND n2 > 0)"""


def _matching(window: str, others: str, other_window: str) -> str:
    """The lines of one window whose customer and product are in the other window too."""
    return f"""
        SELECT customer_id, product, amount, value, pieces, in_first, in_last FROM divisible WHERE {window} AND EXISTS (
            SELECT 1 FROM {others} AS other WHERE other.customer_id = divisible.customer_id
                AND other.product = divisible.product{f" AND other.{other_window}" if others == "divisible" else ""})"""


_IN_BOTH = f"""
    SELECT customer_id, product, {
    _both(
        "SUM(CASE WHEN window_number = {n} THEN amount END) AS a{n}, "
        "SUM(CASE WHEN window_number = {n} THEN value END) AS v{n}, "
        "SUM(CASE WHEN window_number = {n} THEN pieces END) AS q{n}"
    )
}
    FROM (SELECT 1 AS window_number, customer_id, product, amount, value, pieces FROM in_first_too
        UNION ALL SELECT 2, customer_id, product, amount, value, pieces FROM in_last_too) AS counted
    GROUP BY customer_id, product"""

_BEFORE = (
    "CASE WHEN q1 > 0 AND q2 > 0 THEN CAST(CAST({0} AS DOUBLE) * CAST(q2 AS DOUBLE) / CAST(q1 AS DOUBLE) AS {1}) END"
)
_AS_BEFORE = f"""
    SELECT *, {_BEFORE.format("a1", CENTS)} AS amount_before, {_BEFORE.format("(a1 - v1)", CENTS)} AS cost_before
    FROM in_both"""
"""What the later units would have brought and cost at the earlier price and unit cost, to the cent; unknown where there
are no units on a side."""

_EFFECTS = """
    SELECT customer_id, SUM(v1) AS matched1, SUM(v2) AS matched2, SUM(amount_before - cost_before - v1) AS volume,
        SUM(CASE WHEN product <> '' THEN a2 - amount_before END) AS price,
        SUM(CASE WHEN product <> '' THEN cost_before - (a2 - v2) END) AS unit_cost,
        SUM(CASE WHEN product = '' THEN v2 - (amount_before - cost_before) END) AS per_unit,
        SUM(CASE WHEN amount_before IS NULL THEN v2 - v1 END) AS undivided
    FROM as_before GROUP BY customer_id"""

_ALONE = "CASE WHEN unnamed_lines1 = 0 OR unnamed_lines2 = 0 THEN unnamed{0} ELSE 0 END"
"""Lines without a product in one window alone: what they were instead of is not known."""

_FATES = f"""
    SELECT sums.customer_id,
        CASE WHEN born > {{last}} THEN '{ABSENT}' ELSE COALESCE(labels.label, '{UNPLACED}') END AS label,
        CASE WHEN costless1 + costless2 > 0 THEN 'unknown' WHEN n1 = 0 AND born > {{last}} THEN 'acquired'
            WHEN n1 = 0 THEN 'won_back' WHEN n2 = 0 THEN 'lost' ELSE 'kept' END AS fate,
        CASE WHEN costless1 = 0 THEN v1 ELSE 0 END AS opening, CASE WHEN costless2 = 0 THEN v2 ELSE 0 END AS closing,
        COALESCE(volume, 0) AS volume, COALESCE(price, 0) AS price, COALESCE(unit_cost, 0) AS unit_cost,
        COALESCE(per_unit, 0) AS per_unit,
        v2 - uncounted2 - COALESCE(matched2, 0) - {_ALONE.format(2)} AS added,
        uncounted1 + COALESCE(matched1, 0) + {_ALONE.format(1)} - v1 AS dropped,
        uncounted2 - uncounted1 + {_ALONE.format(2)} - {_ALONE.format(1)} + COALESCE(undivided, 0) AS undivided
    FROM sums LEFT JOIN effects ON sums.customer_id = effects.customer_id
    LEFT JOIN labels ON sums.customer_id = labels.customer_id
    WHERE n1 > 0 OR n2 > 0"""

_WHOLE = ("acquired", "won_back", "unknown", "lost")
"""Parts that take the whole change of a customer."""
_DIVIDED = ("price", "unit_cost", "per_unit", "added", "dropped", "undivided")
"""Parts of the change of a customer who was there in both windows."""

_PARTS = f"""
    SELECT customer_id, label, opening, closing, fate = 'unknown' AS is_unknown,
        {", ".join(f"CASE WHEN fate = '{each}' THEN closing - opening ELSE 0 END AS {each}" for each in _WHOLE)},
        {", ".join(f"CASE WHEN fate = 'kept' THEN {each} ELSE 0 END AS {each}" for each in _DIVIDED)},
        CASE WHEN fate = 'kept' AND volume > 0 THEN volume ELSE 0 END AS expanded,
        CASE WHEN fate = 'kept' AND volume < 0 THEN volume ELSE 0 END AS contracted
    FROM fates"""
