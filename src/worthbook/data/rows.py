"""The rows of one customer, with the import and line that each came from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlglot import exp

from worthbook.data.bucket import bucket_of
from worthbook.data.compile import compile_condition
from worthbook.data.engine import Engine, Snapshot
from worthbook.data.formula import parse
from worthbook.data.relations import IMPORT_COLUMNS, Relations, all_files, bucket_files
from worthbook.data.sheets import quoted
from worthbook.data.typed import column
from worthbook.definitions.table import TableDefinition
from worthbook.kernel.period import Window
from worthbook.kernel.units import Value


@dataclass(frozen=True)
class SourceRow:
    """One row of a stored table, and where it came from."""

    import_id: str
    import_line: int
    values: Mapping[str, Value]
    """Its other columns, without the customer."""


def customer_rows(  # noqa: PLR0913, PLR0917 - a book, a table, a customer, a date
    engine: Engine,
    snapshot: Snapshot,
    tables: Mapping[str, TableDefinition],
    table: str,
    customer_id: str,
    as_of: dt.date,
    window: Window | None = None,
) -> tuple[SourceRow, ...]:
    """The rows that count for one customer, oldest first.

    For a derived table these are the rows of the stored table behind it that it is made from.

    Args:
        engine: what runs the query.
        snapshot: the stored tables.
        tables: definitions of all tables.
        table: the table that a measure is over.
        customer_id: the customer.
        as_of: the last day that counts.
        window: only rows of this window.

    Raises:
        WorthbookError: table-unknown, or what a formula of a column does wrong.
    """
    files = bucket_files(snapshot, bucket_of(customer_id, snapshot.buckets))
    relations = Relations(tables, snapshot, as_of, frozenset(files))
    definition = relations.table(table)
    conditions: list[exp.Expr] = []
    while definition.derived_from is not None:
        source = relations.table(definition.derived_from)
        if definition.where is not None:
            conditions.append(compile_condition(parse(definition.where), relations.scope(source)))
        definition = source
    kept = [
        name
        for name, each in definition.columns.items()
        if each.formula is None and each.lookup is None and name != definition.customer
    ]
    columns = [*kept, *IMPORT_COLUMNS]
    needed = {node.name for condition in conditions for node in condition.find_all(exp.Column)}
    customer = definition.customer or ""
    rows = relations.relation(definition.name, {*columns, *needed, customer})
    query = exp.select(*(column(name) for name in columns))
    query = query.from_(rows.subquery(alias=quoted(definition.name)))
    query = query.where(exp.EQ(this=column(customer), expression=exp.Literal.string(customer_id)), *conditions)
    if window is not None:
        query = query.where(relations.within(definition, window, table))
    order = [name for name in (definition.time, *IMPORT_COLUMNS) if name is not None]
    query = query.order_by(*(exp.Ordered(this=column(name), nulls_first=True) for name in order))
    return tuple(
        SourceRow(str(row[-2]), int(str(row[-1])), dict(zip(kept, row[:-2], strict=True)))
        for row in engine.rows(query, files)
    )


def known_among(
    engine: Engine, snapshot: Snapshot, tables: Mapping[str, TableDefinition], customer_ids: Collection[str]
) -> frozenset[str]:
    """Those of some ids under which any stored table has a row that counts."""
    found: set[str] = set()
    wanted = [exp.Literal.string(each) for each in sorted(customer_ids)]
    files = all_files(snapshot)
    relations = Relations(tables, snapshot, dt.date.max, frozenset(files))
    for name, table in tables.items():
        if name in files and table.customer is not None and len(found) < len(wanted):
            rows = relations.relation(name, {table.customer}).subquery(alias=quoted(name))
            query = exp.select(column(table.customer)).distinct().from_(rows)
            query = query.where(exp.In(this=column(table.customer), expressions=wanted))
            found.update(str(customer_id) for (customer_id,) in engine.rows(query, files))
    return frozenset(found)
