"""How a value became that of a later date: who came, who left, and what changed with those who stayed (A02, A11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from worthbook.data.bridge import Bridged
from worthbook.definitions.study import StudyDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding, Table, TableColumn
from worthbook.kernel.units import Unit, Value, show
from worthbook.planning.bridge import ESTIMATE_STEPS, LINE_STEPS, MIX, PART_TITLES, Bridge
from worthbook.planning.studies.context import Made, Method, StudyContext, column, share, table

BRIDGE = Text(en="From {first} to {last}", zh="{first} 至 {last} 的变化")
MIXED = Text(en="Mix: what customers who stayed bought instead", zh="商品结构：留存客户的商品更替")
SEGMENTS = Text(en="By group on {first}", zh="按 {first} 的分组")
ALL = Text(en="All", zh="合计")

ROSE = Text(
    en="Most was gained by “{step}”: {amount}, {customers} customers.",
    zh="增量最大的是“{step}”：{amount}，涉及{customers}位客户。",
)
FELL = Text(
    en="Most was lost by “{step}”: {amount}, {customers} customers.",
    zh="减量最大的是“{step}”：{amount}，涉及{customers}位客户。",
)

MOST_CELLS = 62
"""Groups side by side."""

STEPS = tuple(dict.fromkeys((*LINE_STEPS, *ESTIMATE_STEPS)))
NEW = "acquired"
LEFT = ("lost", "unknown")


def make_bridge(definition: StudyDefinition, context: StudyContext) -> Made:  # noqa: ARG001 - no inputs
    """The bridge as a table of steps, what is behind mix, and each group's own bridge."""
    found = context.bridge
    if found is None:
        return Made((), {}, ())
    tables = [_steps(found), *_mixed(found), *([_segments(found)] if found.titles else [])]
    return Made(tuple(tables), _facts(found), (found.measure.name,), _told(found, context.currency))


def _steps(found: Bridge) -> Table:
    """The first and the last row are the values, those between them lead from one to the other."""
    whole = found.whole
    change = _part(whole.closing - whole.opening, whole)
    words = {"first": found.first.isoformat(), "last": found.last.isoformat()}
    rows: list[Sequence[Value | Text]] = [
        (_dated(found.first), whole.customers.get("opening"), whole.opening, None),
        *((found.title(step), found.customers(whole, step), amount, _part(amount, whole))
          for step in found.steps for amount in [found.amount(whole, step)]),
        (_dated(found.last), whole.customers.get("closing"), whole.closing, change),
    ]  # fmt: skip
    columns = (
        column("step", Unit.TEXT, "", ""),
        column("customers", Unit.COUNT, "Customers", "客户数"),
        column("amount", Unit.MONEY, found.measure.title.en, found.measure.title.zh),
        column("of_opening", Unit.RATE, "Of the earlier value", "占前期价值"),
    )
    return table("bridge", BRIDGE.format(**words), columns, rows)


def _dated(day: dt.date) -> Text:
    return Text(en=day.isoformat(), zh=day.isoformat())


def _part(amount: Decimal, whole: Bridged) -> float | None:
    return share(float(amount), float(whole.opening))


def _mixed(found: Bridge) -> list[Table]:
    """What was bought instead of what; nothing where no product is known."""
    whole = found.whole
    if not any(whole.customers.get(name) for name in MIX):
        return []
    rows = [
        (PART_TITLES[name], whole.customers[name], whole.parts[name], _part(whole.parts[name], whole)) for name in MIX
    ]
    columns = (
        column("what", Unit.TEXT, "", ""),
        column("customers", Unit.COUNT, "Customers", "客户数"),
        column("amount", Unit.MONEY, found.measure.title.en, found.measure.title.zh),
        column("of_opening", Unit.RATE, "Of the earlier value", "占前期价值"),
    )
    return [table("mix", MIXED, columns, rows)]


def _segments(found: Bridge) -> Table:
    """A row a step, a column a group."""
    there = {key: title for key, title in found.titles.items() if key in found.segments}
    segments = [*(found.segments[key] for key in there), found.whole]
    rows: list[Sequence[Value | Text]] = [
        (_dated(found.first), *(each.opening for each in segments)),
        *((found.title(step), *_across(found, segments, step)) for step in found.steps),
        (_dated(found.last), *(each.closing for each in segments)),
    ]
    columns = [
        column("step", Unit.TEXT, "", ""),
        *(TableColumn(f"group_{place}", title, Unit.MONEY) for place, title in enumerate(there.values(), start=1)),
        TableColumn("together", ALL, Unit.MONEY),
    ]
    return table("segments", SEGMENTS.format(first=found.first.isoformat()), columns, rows)


def _across(found: Bridge, segments: Sequence[Bridged], step: str) -> tuple[Value, ...]:
    """The step of each group; nothing where it concerns nobody."""
    return tuple(found.amount(each, step) if found.customers(each, step) else None for each in segments)


def _facts(found: Bridge) -> dict[str, Value]:
    whole = found.whole
    change = whole.closing - whole.opening
    kept = sum((found.amount(whole, step) for step in found.steps if step != NEW), Decimal(0))
    stayed = sum(
        (found.amount(whole, step) for step in found.steps if step not in {NEW, "won_back", *LEFT}), Decimal(0)
    )
    facts: dict[str, Value] = {
        "first_on": found.first,
        "last_on": found.last,
        "opening": whole.opening,
        "closing": whole.closing,
        "change": change,
        "change_rate": share(float(change), float(whole.opening)),
        "retained": share(float(whole.opening + kept), float(whole.opening)),
        "stayed": stayed,
        "by_lines": int(found.by_lines),
        "whole_window": int(found.from_start),
        "undivided_share": share(abs(float(found.amount(whole, "undivided"))), float(whole.opening)),
        "unknown_customers": whole.not_known,
    }
    return {**facts, **{step: found.amount(whole, step) for step in STEPS}}


def _told(found: Bridge, currency: str) -> tuple[Finding, ...]:
    """The steps that gained and lost most."""
    whole = found.whole
    amounts = {step: found.amount(whole, step) for step in found.steps}
    told = []
    if amounts and (top := max(amounts, key=lambda step: amounts[step])) and amounts[top] > 0:
        told.append(Finding(_said(ROSE, found, top, currency), "good"))
    if amounts and (low := min(amounts, key=lambda step: amounts[step])) and amounts[low] < 0:
        told.append(Finding(_said(FELL, found, low, currency), "warning"))
    return tuple(told)


def _said(form: Text, found: Bridge, step: str, currency: str) -> Text:
    amount = found.amount(found.whole, step)
    said = Text(en=show(amount, Unit.MONEY, "en", currency), zh=show(amount, Unit.MONEY, "zh", currency))
    return form.format(step=found.title(step), amount=said, customers=f"{found.customers(found.whole, step):,}")


BRIDGE_METHOD = Method(
    make=make_bridge,
    maker="bridge 1",
    roles=frozenset(),
    tables={
        "bridge": frozenset({"step", "customers", "amount", "of_opening"}),
        "mix": frozenset({"what", "customers", "amount", "of_opening"}),
        "segments": frozenset({"step", "together", *(f"group_{place}" for place in range(1, MOST_CELLS + 1))}),
    },
    facts=frozenset(
        {
            "first_on", "last_on", "opening", "closing", "change", "change_rate", "retained", "stayed", "by_lines",
            "whole_window", "undivided_share", "unknown_customers", *STEPS,
        }
    ),
)  # fmt: skip
