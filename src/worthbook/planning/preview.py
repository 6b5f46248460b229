"""The tables and sentences of a rule that might change: what differs, what cells gain and lose, who is concerned."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import reduce

from worthbook.data.moves import ABSENT, UNPLACED
from worthbook.definitions.difference import Difference
from worthbook.definitions.framework import SCORE, FrameworkDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding, Table, TableColumn
from worthbook.kernel.units import Unit, Value, show
from worthbook.planning.migration import NOT_PLACED, Flow, Migration, added
from worthbook.planning.run import AxisThresholds
from worthbook.planning.studies.context import column, share, table
from worthbook.scoring.bands import number_text

_RULES = Text(en="What differs in the rule", zh="规则差异")
_BALANCE = Text(
    en="What each cell gains and loses: customers, and their value ({worth})",
    zh="各单元的增减：客户数及其价值（{worth}）",
)
_SIDES = (("present", "Now", "现有"), ("in", "In", "迁入"), ("out", "Out", "迁出"), ("changed", "Then", "变更后"))
_MOVERS = Text(en="Customers of most value who would move", zh="将变动的高价值客户")
_LIMIT = Text(en="{axis}: limit {place} in these customers", zh="{axis}：第 {place} 个界限（按现有客户计算）")
_NOBODY_MOVES = Text(en="Nobody would move.", zh="没有客户会变动。")
_MOVES = Text(
    en="{moved} of {all} customers would move ({share}); they are worth {value} ({title}).",
    zh="{all} 位客户中将有 {moved} 位变动（{share}），涉及{title}共 {value}。",
)
_WAYS = Text(
    en="{up} would rise, worth {up_value}; {down} would fall, worth {down_value}.",
    zh="其中 {up} 位上升，涉及价值 {up_value}；{down} 位下降，涉及价值 {down_value}。",
)
_SAME = Text(en="The rule computes what it computed before.", zh="规则的计算内容没有变化。")


def moved(found: Migration) -> list[Flow]:
    """The flows of those who would be elsewhere."""
    return [flow for (before, after), flow in found.flows.items() if before != after]


def limits_differ(
    framework: FrameworkDefinition, before: AxisThresholds, after: AxisThresholds
) -> Iterator[tuple[Text, str, str]]:
    """Where the same axis is cut at other values, found in the same customers."""
    for name in before.keys() & after.keys():
        title = Text(en="Score", zh="得分") if name == SCORE else framework.axes[name].title
        for place, (first, last) in enumerate(zip(before[name], after[name], strict=False), start=1):
            if first != last:
                limits = (number_text(each) if math.isfinite(each) else "–" for each in (first, last))
                yield (_LIMIT.format(axis=title, place=place), *limits)  # type: ignore[misc]  # two limits


def rules(differ: Sequence[Difference], limits: Sequence[tuple[Text, str, str]]) -> Table:
    """Key by key as the definition writes it, and the limits that follow."""
    rows: list[Sequence[Value | Text]] = [(each.path, each.before or "–", each.after or "–") for each in differ]
    columns = (
        column("rule", Unit.TEXT, "Rule", "规则项"),
        column("present", Unit.TEXT, "As it is", "现行"),
        column("changed", Unit.TEXT, "As it would be", "变更后"),
    )
    return table("rules", _RULES, columns, [*rows, *limits] or [(_SAME, "–", "–")])


def balance(found: Migration) -> Table:
    """One row a cell: who is in it, who comes, who goes, who would be in it, with what they are worth."""
    titles = {**found.before.cells, **found.after.cells}
    if any(UNPLACED in key for key in found.flows):
        titles |= {UNPLACED: NOT_PLACED}
    rows = [(title, *_row(found, key)) for key, title in titles.items()]
    unit = found.after.value.unit
    columns: list[TableColumn] = [column("cell", Unit.TEXT, "Cell", "单元")]
    for name, en, zh in _SIDES:
        columns.append(column(f"{name}_customers", Unit.COUNT, en, f"{zh}客户"))
        columns.append(column(f"{name}_value", unit, f"Value {en.lower()}", f"{zh}价值"))
    title = _BALANCE.format(worth=found.after.value.title)
    return table("balance", title, columns, rows)


def _row(found: Migration, key: str) -> Iterator[Value]:
    picks: tuple[Callable[[str, str], bool], ...] = (
        lambda was, _: was == key,
        lambda was, then: then == key != was,
        lambda was, then: was == key != then,
        lambda _, then: then == key,
    )
    for pick in picks:
        flows = [flow for ends, flow in found.flows.items() if pick(*ends)]
        yield sum(flow.customers for flow in flows)
        yield _worth(flows)


def _worth(flows: Sequence[Flow]) -> Value:
    return reduce(added, (flow.value_after for flow in flows), None)


def movers(found: Migration, rows: Sequence[tuple[Value, ...]]) -> Table:
    """Who would move, those of most value first.

    Args:
        found: the moves.
        rows: customer, label before and after, value before and after.
    """
    first, last = found.before.framework.labels, found.after.framework.labels
    told = [
        (customer, first.get(str(was), NOT_PLACED), last.get(str(then), NOT_PLACED), value)
        for customer, was, then, _, value in rows
    ]
    columns = (
        column("customer", Unit.TEXT, "Customer", "客户"),
        column("present", Unit.TEXT, "As it is", "现行"),
        column("changed", Unit.TEXT, "As it would be", "变更后"),
        TableColumn("value", found.after.value.title, found.after.value.unit),
    )
    return table("movers", _MOVERS, columns, told)


def told(found: Migration, currency: str) -> tuple[Finding, ...]:
    """How many would move, what they are worth, and which way."""
    flows = moved(found)
    count = sum(flow.customers for flow in flows)
    if not count:
        return (Finding(_NOBODY_MOVES),)
    everybody = sum(flow.customers for key, flow in found.flows.items() if ABSENT not in key)

    def said(value: Value, unit: Unit = found.after.value.unit) -> Text:
        return Text(en=show(value, unit, "en", currency), zh=show(value, unit, "zh", currency))

    lead = _MOVES.format(
        moved=f"{count:,}", all=f"{everybody:,}", share=said(share(count, everybody), Unit.SHARE),
        value=said(_worth(flows)), title=found.after.value.title,
    )  # fmt: skip
    ways = {way: [flow for key, flow in found.flows.items() if found.direction(*key) == way] for way in ("up", "down")}
    if not any(ways.values()):
        return (Finding(lead),)
    numbers = {way: f"{sum(flow.customers for flow in ways[way]):,}" for way in ways}
    values = {f"{way}_value": said(_worth(ways[way]) or 0) for way in ways}
    return Finding(lead), Finding(_WAYS.format(**numbers, **values))
