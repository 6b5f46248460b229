"""The history of one customer: values and cells at each date, changes of cell, and what happened (C06)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from worthbook.definitions.study import StudyDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding, Table, TableColumn
from worthbook.kernel.units import Unit, Value
from worthbook.planning.history import CustomerHistory
from worthbook.planning.studies.context import Made, Method, StudyContext, column, table

ROLES = ("value", "margin", "lifetime", "orders", "active", "tier", "group", "grade", "score")
"""What a history may show, in this order; `value` is what the chart and the findings speak of."""
EXTRAS = 10
"""Further columns that a user may ask for."""
EVENTS = 20
"""The latest that are shown."""

DATES = Text(en="At each date", zh="各时点情况")
EVENTS_TITLE = Text(en="What happened, the latest last", zh="发生的事件（按时间先后）")
MOVED = Text(en="{framework}: {before} → {after} by {day}.", zh="{framework}：{day} 时由“{before}”变为“{after}”。")


def make_history(definition: StudyDefinition, context: StudyContext) -> Made:
    """The table of dates, the latest events, and a sentence for each change of cell."""
    found = context.history
    if found is None:
        return Made((), {}, ())
    asked = {**definition.inputs, **definition.optional}
    columns = {role: asked[role] for role in ROLES if role in asked and asked[role] in found.metas}
    others = [name for name in found.metas if name not in columns.values()]
    columns |= {f"extra_{place}": name for place, name in enumerate(others, start=1)}
    tables = [each for each in (_dates(found, columns), _events(found)) if each.rows]
    return Made(tuple(tables), _facts(found, columns.get("value")), tuple(found.metas), tuple(_told(found, columns)))


def _dates(found: CustomerHistory, columns: Mapping[str, str]) -> Table:
    made = [column("as_of", Unit.DATE, "Date", "日期")]
    made += [TableColumn(role, found.metas[name].title, _unit(found, name)) for role, name in columns.items()]
    rows = [
        (day, *(_cell(found, name, values.get(name)) for name in columns.values()))
        for day, values in found.dates.items()
    ]
    return table("dates", DATES, made, rows)


def _unit(found: CustomerHistory, name: str) -> Unit:
    unit = found.metas[name].unit
    return Unit.TEXT if unit is Unit.LABEL else unit


def _cell(found: CustomerHistory, name: str, value: Value) -> Value | Text:
    labels = found.metas[name].labels
    return labels[value] if isinstance(value, str) and value in labels else value


def _events(found: CustomerHistory) -> Table:
    columns = (
        column("day", Unit.DATE, "Day", "日期"),
        column("what", Unit.TEXT, "What", "事件"),
        column("details", Unit.TEXT, "Details", "详情"),
    )
    rows: list[Sequence[Value | Text]] = [(each.day, each.what, each.details) for each in found.events[-EVENTS:]]
    return table("events", EVENTS_TITLE, columns, rows)


def _told(found: CustomerHistory, columns: Mapping[str, str]) -> Sequence[Finding]:
    """The last change of each framework's cell."""
    told = []
    for name in columns.values():
        moves = list(found.moves(name))
        if found.metas[name].labels and moves:
            day, before, after = moves[-1]
            words = {"framework": found.metas[name].title, "day": day.isoformat()}
            ends = {"before": _title(found, name, before), "after": _title(found, name, after)}
            told.append(Finding(MOVED.format(**words, **ends)))
    return told


def _title(found: CustomerHistory, name: str, key: str) -> Text:
    return found.metas[name].labels.get(key, Text(en=key, zh=key))


def _facts(found: CustomerHistory, value: str | None) -> dict[str, Value]:
    days = list(found.dates)
    amounts = {day: found.dates[day].get(value) for day in days} if value is not None else {}
    known = [day for day in days if amounts.get(day) is not None]
    orders = [each for each in found.events if each.amount is not None]
    best = max(known, key=lambda day: float(str(amounts[day])), default=None)
    return {
        "customer": found.customer,
        "dates": len(days),
        "first_on": days[0] if days else None,
        "last_on": days[-1] if days else None,
        "value_first": amounts.get(known[0]) if known else None,
        "value_last": amounts.get(known[-1]) if known else None,
        "value_best": None if best is None else amounts[best],
        "best_on": best,
        "orders": len(orders),
        "last_order_on": _last(orders),
        "events": len(found.events),
    }


def _last(events: Sequence[object]) -> dt.date | None:
    return events[-1].day if events else None  # type: ignore[attr-defined]


_EXTRA = frozenset(f"extra_{place}" for place in range(1, EXTRAS + 1))
HISTORY = Method(
    make=make_history,
    maker="history 1",
    roles=frozenset(ROLES),
    tables={"dates": frozenset({"as_of", *ROLES}) | _EXTRA, "events": frozenset({"day", "what", "details"})},
    facts=frozenset(
        {
            "customer", "dates", "first_on", "last_on", "value_first", "value_last", "value_best", "best_on", "orders",
            "last_order_on", "events",
        }
    ),
)  # fmt: skip
