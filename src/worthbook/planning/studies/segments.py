"""The segments of the book side by side: customers, what they bring, and the next thing to do (C01)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from worthbook.data.chosen import Customers, Pattern
from worthbook.definitions.segment import SegmentDefinition
from worthbook.definitions.study import StudyDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding, Table
from worthbook.kernel.units import Unit, Value, show
from worthbook.planning.studies.context import Made, Method, StudyContext, column, share, table

SEGMENTS = Text(en="Segments by what they bring", zh="各客群及其贡献")
_LEADS = Text(
    en="{title}: {customers} customers, {value_share} of the value. Next: {next}",
    zh="{title}：{customers}位客户，占价值的{value_share}。下一步：{next}",
)
_UNDECIDED = Text(en="Not known for anybody here: {titles}.", zh="因缺少数据，以下客群目前无法判断：{titles}。")


@dataclass(frozen=True)
class Row:
    """One segment; customers and value are None where it can be decided for nobody."""

    segment: SegmentDefinition
    customers: int | None
    value: float | None
    undecided: int


def make_segments(definition: StudyDefinition, context: StudyContext) -> Made:
    """Every segment of the book, the largest value first."""
    value = {**definition.inputs, **definition.optional}["value"]
    asked = [each for each in context.segments.values() if context.has(each.name)]
    if not asked or not context.has(value):
        return Made((), {"segments": 0, "decided": 0}, ())
    patterns = Customers(context.engine, tuple(context.sheets), context.as_of).patterns(
        [each.name for each in asked], value
    )
    rows = [_row(each, index, patterns) for index, each in enumerate(asked)]
    rows.sort(key=lambda row: -(row.value or 0))
    total = sum(float(str(each.amount)) for each in patterns if each.amount is not None)
    decided = [row for row in rows if row.customers is not None]
    facts: dict[str, Value] = {"segments": len(rows), "decided": len(decided)}
    findings = tuple(_told(rows, total))
    return Made((_table(rows, context.customers, total),), facts, (*(each.name for each in asked), value), findings)


def _row(segment: SegmentDefinition, index: int, patterns: Sequence[Pattern]) -> Row:
    inside = [each for each in patterns if each.answers[index]]
    undecided = sum(each.customers for each in patterns if each.answers[index] is None)
    if undecided == sum(each.customers for each in patterns):
        return Row(segment, None, None, undecided)
    value = sum(float(str(each.amount)) for each in inside if each.amount is not None)
    return Row(segment, sum(each.customers for each in inside), value, undecided)


def _table(rows: Sequence[Row], everyone: int, total: float) -> Table:
    columns = (
        column("segment", Unit.TEXT, "Segment", "客群"),
        column("customers", Unit.COUNT, "Customers", "客户数"),
        column("share", Unit.SHARE, "Share of customers", "客户占比"),
        column("value", Unit.MONEY, "Value", "价值"),
        column("value_share", Unit.SHARE, "Share of value", "价值占比"),
        column("undecided", Unit.COUNT, "Not decided", "无法判断"),
        column("strategy", Unit.TEXT, "Strategy", "策略"),
        column("next_action", Unit.TEXT, "Next action", "下一步"),
    )
    lines = [
        (
            row.segment.title,
            row.customers,
            None if row.customers is None else share(row.customers, everyone),
            row.value,
            None if row.value is None else share(row.value, total),
            row.undecided,
            row.segment.strategy,
            row.segment.next_action,
        )
        for row in rows
    ]
    return table("segments", SEGMENTS, columns, lines)


def _told(rows: Sequence[Row], total: float) -> Iterator[Finding]:
    """The segments with most value and what to do next; then those that cannot be decided."""
    leading = [row for row in rows if row.customers and row.value and row.segment.next_action is not None]
    for row in leading[:3]:
        part = share(row.value or 0.0, total)
        said = Text(en=show(part, Unit.SHARE, "en"), zh=show(part, Unit.SHARE, "zh"))
        words = {"title": row.segment.title, "customers": f"{row.customers:,}", "next": row.segment.next_action}
        yield Finding(_LEADS.format(value_share=said, **words))
    unknown = [row.segment.title for row in rows if row.customers is None]
    if unknown:
        titles = Text(en=", ".join(each.en for each in unknown), zh="、".join(each.zh for each in unknown))
        yield Finding(_UNDECIDED.format(titles=titles))


SEGMENTS_METHOD = Method(
    make=make_segments,
    maker="segments 1",
    roles=frozenset({"value"}),
    tables={
        "segments": frozenset(
            {"segment", "customers", "share", "value", "value_share", "undecided", "strategy", "next_action"}
        )
    },
    facts=frozenset({"segments", "decided"}),
)
