"""Alerts: what changed between two dates that somebody should act on, for whom, and which number moved most (C06)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from worthbook.data import columns
from worthbook.data.alerts import (
    VALUE_AFTER,
    VALUE_BEFORE,
    Raised,
    Raiser,
    Watch,
    count_raisers,
    list_raisers,
    write_raisers,
)
from worthbook.data.conditions import holding
from worthbook.data.engine import Sheet
from worthbook.data.formula import parse
from worthbook.data.sides import View
from worthbook.definitions.alert import RUNG, WAS, AlertDefinition, column_of
from worthbook.kernel.language import Text
from worthbook.kernel.units import Value
from worthbook.planning.index import Catalogue
from worthbook.planning.run import Workbench


@dataclass(frozen=True)
class GroupRaised:
    """A cell of a framework that raises an alert."""

    title: Text
    customers_before: int
    customers_after: int
    value_before: Value
    value_after: Value


@dataclass(frozen=True)
class Alert:
    """What one alert found."""

    definition: AlertDefinition
    since: dt.date
    raised: Raised | None = None
    """None where it is about groups."""
    raisers: tuple[Raiser, ...] = ()
    """The customers with most value."""
    groups: tuple[GroupRaised, ...] = ()
    unknown: tuple[str, ...] = ()
    """Columns that it needs and that are not known for anybody."""

    @property
    def count(self) -> int:
        """How many customers or groups raise it."""
        return len(self.groups) if self.raised is None else self.raised.customers


def columns_needed(alert: AlertDefinition) -> tuple[str, ...]:
    """The columns to be made at both dates."""
    if alert.groups is not None:
        return (alert.groups, alert.value)
    read = sorted(column_of(name) for name in parse(alert.when).columns)
    return tuple(dict.fromkeys((*read, alert.value, *alert.watches)))


def look(alert: AlertDefinition, before: Workbench, after: Workbench, most: int) -> Alert:
    """Judge one alert.

    Args:
        alert: what is asked.
        before: with its columns made as at the earlier date.
        after: with its columns made as at the date.
        most: customers that are named.

    Raises:
        WorthbookError: `formula-misfit`, if the condition compares what cannot be compared.
    """
    since = before.plan.as_of
    if alert.groups is not None:
        return Alert(alert, since, groups=tuple(_groups(alert, alert.groups, before, after)))
    watch = watch_of(alert, before, after)
    raised = count_raisers(after.engine, watch)
    raisers = list_raisers(after.engine, watch, most) if raised.customers else []
    return Alert(alert, since, raised, tuple(raisers), unknown=_unknown(after, columns_needed(alert)))


def write_all(alert: AlertDefinition, before: Workbench, after: Workbench, folder: Path) -> Sheet:
    """Write everybody who raises an alert about customers."""
    return write_raisers(after.engine, watch_of(alert, before, after), folder)


def watch_of(alert: AlertDefinition, before: Workbench, after: Workbench) -> Watch:
    """What an alert about customers asks."""
    condition = parse(alert.when, alert.place_of("when"))
    needed = columns_needed(alert)
    watched = watched_columns(alert, after.catalogue)
    was = {f"{WAS}{name}": name for name in needed}
    now = {name: name for name in needed}
    formulas = {
        name: _rungs(after.catalogue, name)
        for name in sorted(condition.columns)
        if name.endswith(RUNG) and name not in after.catalogue.makers
    }
    return Watch(
        before=View(before.sheets_of(needed), {**was, VALUE_BEFORE: alert.value}),
        after=View(after.sheets_of(needed), {**now, VALUE_AFTER: alert.value}),
        formulas=formulas,
        condition=condition,
        watches={name: (f"{WAS}{name}", name) for name in watched},
    )


def watched_columns(alert: AlertDefinition, catalogue: Catalogue) -> tuple[str, ...]:
    """The columns among which the main reason is looked for."""
    if alert.watches:
        return alert.watches
    read = dict.fromkeys(column_of(name) for name in sorted(parse(alert.when).columns))
    return tuple(name for name in read if catalogue.meta(name).unit.is_numeric) or (alert.value,)


def _rungs(catalogue: Catalogue, name: str) -> str:
    """The place of a cell as a formula over the keys of the cells."""
    framework = catalogue.frameworks[column_of(name)]
    label = name.removesuffix(RUNG)
    cases = (f"when {label} = '{cell.key}' then {place}" for place, cell in enumerate(framework.cells, start=1))
    return f"case {' '.join(cases)} end"


def _groups(alert: AlertDefinition, name: str, before: Workbench, after: Workbench) -> Iterable[GroupRaised]:
    condition = parse(alert.when, alert.place_of("when"))
    sides = [_counted(bench, name, alert.value) for bench in (before, after)]
    for cell in after.catalogue.frameworks[name].cells:
        (was_customers, was_value), (customers, value) = (side.get(cell.key, (0, None)) for side in sides)
        facts = {"customers": customers, "value": value, "was_customers": was_customers, "was_value": was_value}
        (holds,) = holding(after.engine, [condition], facts)
        if holds:
            yield GroupRaised(cell.title, was_customers, customers, was_value, value)


def _unknown(bench: Workbench, names: Sequence[str]) -> tuple[str, ...]:
    found = columns.totals(bench.engine, bench.sheets_of(names), names)
    return tuple(name for name in names if not found[name].known)


def _counted(bench: Workbench, name: str, value: str) -> Mapping[str, tuple[int, Value]]:
    rows: Sequence[tuple[Value, ...]] = columns.by_label(bench.engine, bench.sheets_of([name, value]), name, [value])
    return {str(label): (cast("int", count), total) for label, count, total in rows if label is not None}
