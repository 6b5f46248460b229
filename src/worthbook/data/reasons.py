"""Why customers leave, in their own words or codes: from contracts, visits and calls, and complaints."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

from worthbook.data.engine import Engine, Snapshot
from worthbook.data.passes import one_pass
from worthbook.data.relations import Relations
from worthbook.data.sheets import named
from worthbook.data.typed import column
from worthbook.definitions.table import TableDefinition

SOURCES = (("contracts", "leaving_reason"), ("interactions", "leaving_reason"), ("complaints", "reason"))
"""Table and column, the surest source first."""
MOST = 12
"""Reasons that are shown of one source."""


@dataclass(frozen=True)
class Reason:
    """One reason and who named it."""

    table: str
    column: str
    code: str | None
    """As it stands in the table; None gathers the rarer ones and those who said nothing."""
    customers: int


def read_reasons(
    engine: Engine, snapshot: Snapshot, tables: Mapping[str, TableDefinition], as_of: dt.date
) -> tuple[Reason, ...]:
    """The reasons of each source, most named first; a customer who named one twice counts once."""
    found: list[Reason] = []
    for name, reason in SOURCES:
        if name in tables and snapshot.tables.get(name) is not None:
            counts = _counts(engine, snapshot, tables, as_of, (name, reason))
            ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
            found += [Reason(name, reason, code, customers) for code, customers in ordered[:MOST]]
            rest = sum(customers for _, customers in ordered[MOST:])
            found += [Reason(name, reason, None, rest)] if rest else []
    return tuple(found)


def _counts(
    engine: Engine,
    snapshot: Snapshot,
    tables: Mapping[str, TableDefinition],
    as_of: dt.date,
    source: tuple[str, str],
) -> dict[str, int]:
    """Code → customers."""
    name, reason = source
    counts: dict[str, int] = {}
    for query, files in one_pass(snapshot, tables, as_of, lambda relations: _query(relations, name, reason)):
        for code, customers in engine.rows(query, files):
            counts[str(code)] = counts.get(str(code), 0) + int(str(customers))
    return counts


def _query(relations: Relations, name: str, reason: str) -> exp.Query:
    customer = relations.table(name).customer or ""
    rows = relations.relation(name, {customer, reason})
    known = exp.Not(this=exp.Is(this=column(reason), expression=exp.Null()))
    distinct = exp.Count(this=exp.Distinct(expressions=[column(customer)]))
    query = exp.select(column(reason), named(distinct, "customers")).from_(rows.subquery(alias=name))
    return query.where(known).group_by(column(reason))
