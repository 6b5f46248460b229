"""A table of all layouts that are recognised: what each needs, what it gives, and the traps that it handles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from worthbook.definitions.mapping import MappingDefinition
from worthbook.kernel.language import Text

_HEAD = (
    "Recognised layouts · 可识别的文件格式:",
    "",
    "| Layout · 格式 | Needs the columns · 必需的列 | Gives · 导入到 | Handled · 已处理的问题 |",
    "| --- | --- | --- | --- |",
)
_HEADER_LINES = Text(en="several lines of headers", zh="多行表头")
_WIDE = Text(en="one column a product or question", zh="每种产品或每道题一列")
_CARRIED = Text(en="order fields on one of several lines", zh="订单信息只写在其中一行")
_DIVIDED = Text(en="totals of an order counted once", zh="订单合计只计一次")
_REPEATED = Text(en="repeated lines", zh="重复行")
_CLOCK = Text(en="time of day in a column of its own", zh="日期与时间分列")
_ZONES = Text(en="times on other clocks than the book's", zh="时间所属时区与账簿不同")
_REFUNDS = Text(en="refunds in a column or the status", zh="退款单列或以状态表示")


def mapping_table(mappings: Iterable[MappingDefinition]) -> Iterator[str]:
    """The lines of the table; layouts that follow from our own tables are left out."""
    yield from _HEAD
    for mapping in mappings:
        if not mapping.generic:
            needed = ", ".join(field.names[0] for field in mapping.fields.values() if field.needed)
            fed = ", ".join(dict.fromkeys(feed.table for feed in mapping.feeds))
            traps = "; ".join(f"{each.en} · {each.zh}" for each in traps_of(mapping))
            name = f"[{mapping.name}](#{mapping.name}): {mapping.title.en} · {mapping.title.zh}"
            yield "| " + " | ".join(cell.replace("|", r"\|") for cell in (name, needed, fed, traps)) + " |"
    yield ""


def traps_of(mapping: MappingDefinition) -> Iterator[Text]:
    """What would be read wrongly, or twice, without this mapping."""
    if mapping.header_lines > 1:
        yield _HEADER_LINES
    if mapping.wide:
        yield _WIDE
    if any(field.with_time for field in mapping.fields.values()):
        yield _CLOCK
    if any(field.zone or field.zone_in for field in mapping.fields.values()):
        yield _ZONES
    if mapping.carry_down is not None and mapping.carry_down.fields:
        yield _CARRIED
    if mapping.carry_down is not None and mapping.carry_down.totals:
        yield _DIVIDED
    if any(feed.columns.get("is_return") == "true" for feed in mapping.feeds):
        yield _REFUNDS
    if mapping.identical_lines == "reject":
        yield _REPEATED
    yield from dict.fromkeys(skip.because for skip in mapping.skip)
