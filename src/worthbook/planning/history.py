"""One customer through the evaluations of several dates, and what happened in between (C06)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from worthbook.data.engine import Engine, Snapshot
from worthbook.data.rows import SourceRow, customer_rows
from worthbook.definitions.table import TableDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.result import ColumnMeta
from worthbook.kernel.units import Unit, Value, show

TRANSACTIONS = "transactions"
_MOST = 3
"""Values of a row that are told of an event."""
_UNTOLD = frozenset({Unit.ID, Unit.DATE, Unit.TIME, Unit.FLAG})

ORDER = Text(en="Order {order}", zh="订单 {order}")
ROWS = Text(en="{count} rows", zh="{count} 条")
LINES = Text(en="{lines} lines, {amount}", zh="{lines} 行，{amount}")


@dataclass(frozen=True)
class Event:
    """Something that happened to a customer on a day."""

    day: dt.date
    what: Text
    """An order, or the table that it stands in."""
    details: Text
    amount: Value = None
    """Of an order."""


@dataclass(frozen=True)
class CustomerHistory:
    """Columns of one customer as at several dates, and the events up to the last of them."""

    customer: str
    """The id as others may see it."""
    metas: Mapping[str, ColumnMeta]
    """The columns, in order."""
    dates: Mapping[dt.date, Mapping[str, Value]]
    """Date → column → value, from the first date at which the customer is one."""
    events: tuple[Event, ...]
    """The earliest first."""

    def moves(self, column: str) -> Iterator[tuple[dt.date, str, str]]:
        """For a column of cells: each date at which it was another than at the date before, the old and the new one."""
        before: str | None = None
        for day, values in self.dates.items():
            now = values.get(column)
            if isinstance(now, str):
                if before is not None and now != before:
                    yield day, before, now
                before = now


def events_of(  # noqa: PLR0913, PLR0917 - a book, a customer, a date, and how money is written
    engine: Engine,
    snapshot: Snapshot,
    tables: Mapping[str, TableDefinition],
    customer: str,
    as_of: dt.date,
    currency: str,
) -> tuple[Event, ...]:
    """Orders, and the rows of every other table that lies in time, up to a date."""
    found: list[Event] = []
    for name, table in tables.items():
        if (
            table.derived_from is None
            and table.customer is not None
            and table.time is not None
            and name in snapshot.tables
        ):
            rows = customer_rows(engine, snapshot, tables, name, customer, as_of)
            found += _orders(rows, currency) if name == TRANSACTIONS else _rows(rows, table, currency)
    return tuple(sorted(found, key=lambda each: (each.day, each.what.en)))


def _orders(rows: Sequence[SourceRow], currency: str) -> Iterator[Event]:
    """The lines of an order together."""
    orders: dict[tuple[dt.date, str], list[SourceRow]] = {}
    for row in rows:
        orders.setdefault((_day(row.values["ordered_on"]), str(row.values["order_id"])), []).append(row)
    for (day, order), lines in orders.items():
        amounts = [amount for line in lines if isinstance(amount := line.values["amount"], Decimal)]
        amount = sum(amounts, Decimal(0)) if amounts else None
        said = LINES.format(lines=len(lines), amount=_said(amount, Unit.MONEY, currency))
        yield Event(day, ORDER.format(order=order), said, amount)


def _rows(rows: Sequence[SourceRow], table: TableDefinition, currency: str) -> Iterator[Event]:
    """The rows of a day together; one alone is told."""
    days: dict[dt.date, list[SourceRow]] = {}
    for row in rows:
        days.setdefault(_day(row.values[table.time or ""]), []).append(row)
    for day, those in days.items():
        several = ROWS.format(count=len(those))
        yield Event(day, table.title, several if len(those) > 1 else _told(those[0], table, currency))


def _told(row: SourceRow, table: TableDefinition, currency: str) -> Text:
    told = {name: each for name, each in table.columns.items() if each.unit not in _UNTOLD and not each.personal}
    parts = [
        _called(each.title, each.values.get(str(value)) or _said(value, each.unit, currency))
        for name, each in told.items()
        if (value := row.values.get(name)) is not None
    ][:_MOST]
    return Text(en="; ".join(part.en for part in parts), zh="；".join(part.zh for part in parts))


def _called(title: Text, value: Text) -> Text:
    return Text(en=f"{title.en}: {value.en}", zh=f"{title.zh}：{value.zh}")


def _said(value: Value, unit: Unit, currency: str) -> Text:
    return Text(en=show(value, unit, "en", currency), zh=show(value, unit, "zh", currency))


def _day(value: Value) -> dt.date:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    return dt.date.min
