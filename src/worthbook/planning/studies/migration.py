"""Who moved between the cells of two evaluations, as a matrix, and which moves took the most value along (C06)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import reduce

from worthbook.data.moves import ABSENT, UNPLACED
from worthbook.definitions.study import StudyDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding, Table, TableColumn
from worthbook.kernel.units import Unit, Value, show
from worthbook.planning.migration import Flow, Migration, added
from worthbook.planning.studies.context import Made, Method, StudyContext, column, share, table

MOST_CELLS = 62
"""Columns of a matrix: cells, who is not placed, who is not there."""
LARGEST = 10
"""Moves that are listed."""

CUSTOMERS = Text(en="Customers, from (rows) to (columns)", zh="客户数（行为迁出，列为迁入）")
SHARES = Text(en="Where the customers of each row went", zh="各行客户的去向占比")
VALUE = Text(en="What they are worth: {title}", zh="价值：{title}")
VALUE_LATER = Text(en="What they are worth at the later date: {title}", zh="后一时点的价值：{title}")
LARGEST_MOVES = Text(en="Moves that changed value most", zh="价值变动最大的迁移")
CELLS = Text(en="All moves", zh="全部迁移")
GROUPS = Text(en="The same by group", zh="分组情况")
UNKNOWN = Text(en="unknown", zh="未知")
TOGETHER = Text(en="All", zh="合计")

LOST_MOST = Text(
    en="Most value was lost from “{before}” to “{after}”: {customers} customers, {first} → {last}.",
    zh="价值流失最多的迁移为“{before}”→“{after}”：{customers} 位客户，{first} → {last}。",
)
GAINED_MOST = Text(
    en="Most value was gained from “{before}” to “{after}”: {customers} customers, {first} → {last}.",
    zh="价值增长最多的迁移为“{before}”→“{after}”：{customers} 位客户，{first} → {last}。",
)

Cells = Mapping[tuple[str, str], Flow]


def make_migration(definition: StudyDefinition, context: StudyContext) -> Made:  # noqa: ARG001 - no inputs
    """The matrix of customers, of row shares and of value, and the moves behind it."""
    found = context.migration
    if found is None:
        return Made((), {}, ())
    flows = found.flows
    worth = VALUE if found.before.as_of == found.after.as_of else VALUE_LATER
    tables = [
        _matrix("matrix", CUSTOMERS, found, Unit.COUNT, lambda flow: flow.customers),
        _shares(found),
        _matrix("worth", worth.format(title=found.after.value.title), found, found.after.value.unit,
                lambda flow: flow.value_after),
        *([largest] if (largest := _largest(found)).rows else []),
        *([_groups(found)] if found.group_titles else []),
        _cells(found),
    ]  # fmt: skip
    used = (found.before.framework.name, found.after.framework.name)
    return Made(tuple(tables), _facts(found, flows), used, _told(found, context.currency))


def _matrix(name: str, title: Text, found: Migration, unit: Unit, count: Callable[[Flow], Value]) -> Table:
    """One row a cell before, one column a cell after, and what they come to."""
    rows: list[Sequence[Value | Text]] = []
    for key, row_title in found.rows.items():
        values = [count(found.flows[key, other]) if (key, other) in found.flows else None for other in found.columns]
        rows.append((row_title, *values, reduce(added, values)))
    rows.append((TOGETHER, *(reduce(added, values) for values in zip(*(row[1:] for row in rows), strict=True))))
    columns = [
        column("before", Unit.TEXT, "From", "原分组"),
        *_to(found, unit),
        TableColumn("together", TOGETHER, unit),
    ]
    return table(name, title, columns, rows)


def _to(found: Migration, unit: Unit) -> list[TableColumn]:
    return [TableColumn(f"to_{place}", title, unit) for place, title in enumerate(found.columns.values(), start=1)]


def _shares(found: Migration) -> Table:
    rows: list[Sequence[Value | Text]] = []
    for key, title in found.rows.items():
        counts = [found.flows[key, other].customers if (key, other) in found.flows else 0 for other in found.columns]
        rows.append((title, *(share(count, sum(counts)) if count else None for count in counts)))
    return table("shares", SHARES, [column("before", Unit.TEXT, "From", "原分组"), *_to(found, Unit.SHARE)], rows)


def _cells(found: Migration) -> Table:
    """Every combination, for the picture; nobody is no share."""
    rows: list[Sequence[Value | Text]] = []
    for key, title in found.rows.items():
        counted = sum(flow.customers for (row, _), flow in found.flows.items() if row == key)
        for other, to in found.columns.items():
            flow = found.flows.get((key, other), Flow(key, other, 0, None, None))
            part = share(flow.customers, counted) if flow.customers else None
            rows.append((title, to, flow.customers, part, flow.value_before, flow.value_after))
    columns = (*_ends(), *_flow_columns(found))
    return table("cells", CELLS, columns, rows)


def _ends() -> tuple[TableColumn, TableColumn]:
    return column("before", Unit.TEXT, "From", "原分组"), column("after", Unit.TEXT, "To", "现分组")


def _flow_columns(found: Migration) -> tuple[TableColumn, ...]:
    first, last = found.before.value, found.after.value
    return (
        column("customers", Unit.COUNT, "Customers", "客户数"),
        column("share", Unit.SHARE, "Share of those before", "占原分组比例"),
        column("value_before", first.unit, f"{first.title.en}, before", f"此前{first.title.zh}"),
        column("value_after", last.unit, f"{last.title.en}, after", f"此后{last.title.zh}"),
    )


def _changes(found: Migration) -> list[tuple[Flow, float]]:
    """The moves with the change of value, the largest first; none where the two sides are worth different things."""
    if found.before.value.name != found.after.value.name:
        return []
    changed = [
        (flow, number(flow.value_after) - number(flow.value_before))
        for key, flow in found.flows.items()
        if found.direction(*key) != "same" and UNPLACED not in key
    ]
    return sorted(
        ((flow, change) for flow, change in changed if change),
        key=lambda each: (-abs(each[1]), each[0].before, each[0].after),
    )


def number(value: Value) -> float:
    """An amount; one that is not known adds nothing."""
    return float(value) if isinstance(value, Decimal | float | int) else 0.0


def _largest(found: Migration) -> Table:
    unit = found.after.value.unit
    rows = [
        (
            found.rows[flow.before],
            found.columns[flow.after],
            flow.customers,
            flow.value_before,
            flow.value_after,
            change,
        )
        for flow, change in _changes(found)[:LARGEST]
    ]
    customers, _, before, after = _flow_columns(found)
    columns = (*_ends(), customers, before, after, column("change", unit, "Change", "变动"))
    return table("largest", LARGEST_MOVES, columns, rows)


def _groups(found: Migration) -> Table:
    rows: list[Sequence[Value | Text]] = []
    order = [*found.group_titles, *(name for name in found.groups if name not in found.group_titles)]
    for name in order:
        flows = found.groups[name]
        counts = [found.customers(flows, direction) for direction in ("up", "same", "down")]
        here = sum(counts) + found.customers(flows, "other")
        kept = share(counts[1], sum(counts) + _between(found, flows))
        title = found.group_titles.get(name, UNKNOWN)
        rows.append((title, here, *counts, kept, _new(flows), _left(flows)))
    columns = (
        column("group", Unit.TEXT, "Group", "分组"),
        column("customers", Unit.COUNT, "Customers", "客户数"),
        column("up", Unit.COUNT, "Moved up", "上升"),
        column("stayed", Unit.COUNT, "Stayed", "不变"),
        column("down", Unit.COUNT, "Moved down", "下降"),
        column("stayed_share", Unit.SHARE, "Share that stayed", "不变占比"),
        column("new", Unit.COUNT, "New", "新增"),
        column("left", Unit.COUNT, "No longer placed", "不再归类"),
    )
    return table("groups", GROUPS, columns, rows)


def _between(found: Migration, flows: Cells) -> int:
    """Who moved from a cell to a cell where moves have no direction."""
    return sum(
        flow.customers
        for key, flow in flows.items()
        if found.direction(*key) == "other" and not {UNPLACED, ABSENT} & set(key)
    )


def _new(flows: Cells) -> int:
    return sum(flow.customers for (before, _), flow in flows.items() if before == ABSENT)


def _left(flows: Cells) -> int:
    outside = {UNPLACED, ABSENT}
    return sum(flow.customers for (before, after), flow in flows.items() if after in outside and before not in outside)


def _facts(found: Migration, flows: Cells) -> dict[str, Value]:
    up, same, down = (found.customers(flows, direction) for direction in ("up", "same", "down"))
    between = _between(found, flows)
    compared = up + same + down + between
    return {
        "before_on": found.before.as_of,
        "after_on": found.after.as_of,
        "customers": sum(flow.customers for flow in flows.values()),
        "compared": compared,
        "stayed": same,
        "stayed_share": share(same, compared),
        "up": up,
        "down": down,
        "up_share": share(up, compared),
        "down_share": share(down, compared),
        "moved": up + down + between,
        "new": _new(flows),
        "left": _left(flows),
        "alike": int(found.is_alike),
        "ordered": int(up + down > 0),
    }


def _told(found: Migration, currency: str) -> tuple[Finding, ...]:
    """The two moves that matter most for value."""
    changes = [each for each in _changes(found) if ABSENT not in {each[0].before, each[0].after}]
    told = []
    for form, tone, sign in ((LOST_MOST, "warning", -1), (GAINED_MOST, "good", 1)):
        best = next((flow for flow, change in changes if change * sign > 0), None)
        if best is not None:
            unit = found.after.value.unit
            first, last = (_said(value, unit, currency) for value in (best.value_before, best.value_after))
            text = form.format(
                before=found.rows[best.before], after=found.columns[best.after], customers=f"{best.customers:,}",
                first=first, last=last,
            )  # fmt: skip
            told.append(Finding(text, tone))  # type: ignore[arg-type]  # one of the tones
    return tuple(told)


def _said(value: Value, unit: Unit, currency: str) -> Text:
    known = 0 if value is None else value
    return Text(en=show(known, unit, "en", currency), zh=show(known, unit, "zh", currency))


_TO = frozenset(f"to_{place}" for place in range(1, MOST_CELLS + 1))
MIGRATION = Method(
    make=make_migration,
    maker="migration 1",
    roles=frozenset(),
    tables={
        "matrix": frozenset({"before", "together"}) | _TO,
        "shares": frozenset({"before"}) | _TO,
        "worth": frozenset({"before", "together"}) | _TO,
        "largest": frozenset({"before", "after", "customers", "value_before", "value_after", "change"}),
        "groups": frozenset({"group", "customers", "up", "stayed", "down", "stayed_share", "new", "left"}),
        "cells": frozenset({"before", "after", "customers", "share", "value_before", "value_after"}),
    },
    facts=frozenset(
        {
            "before_on", "after_on", "customers", "compared", "stayed", "stayed_share", "up", "down", "up_share",
            "down_share", "moved", "new", "left", "alike", "ordered",
        }
    ),
)  # fmt: skip
