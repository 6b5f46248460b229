"""The bridge from a value at one date to that at another: what it is made of, and in which words (A02, A11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from worthbook.data.bridge import Bridged, Of
from worthbook.data.column_bridge import Kept
from worthbook.definitions.definition import Definition
from worthbook.definitions.measure import MeasureDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.result import ColumnMeta

RULES = "rules"
"""What was kept at the earlier date against what the rows and definitions of today give for it."""

PART_TITLES: Mapping[str, Text] = {
    RULES: Text(en="Rules and corrections", zh="口径与数据更正"),
    "acquired": Text(en="New customers", zh="新客户"),
    "won_back": Text(en="Won back", zh="召回客户"),
    "expanded": Text(en="Bought more", zh="增购"),
    "contracted": Text(en="Bought less", zh="减购"),
    "price": Text(en="Prices", zh="价格"),
    "unit_cost": Text(en="Unit costs", zh="单位成本"),
    "per_unit": Text(en="Amount per unit, products unknown", zh="件均金额（商品未注明）"),
    "mix": Text(en="Other products (mix)", zh="商品结构"),
    "undivided": Text(en="Not divisible", zh="无法拆分"),
    "quiet": Text(en="Quiet at both dates", zh="两个时点均不活跃"),
    "margin_rate": Text(en="Margin rate", zh="毛利率"),
    "model": Text(en="Model fitted again", zh="模型重新拟合"),
    "unknown": Text(en="Value not known at a date", zh="某一时点价值未知"),
    "lost": Text(en="Lost customers", zh="流失客户"),
    "added": Text(en="Products added", zh="新购商品"),
    "dropped": Text(en="Products dropped", zh="停购商品"),
}
WORTH: Mapping[str, Text] = {
    "expanded": Text(en="Worth more", zh="价值上升"),
    "contracted": Text(en="Worth less", zh="价值下降"),
}
"""In the bridge of an estimate, where nobody says what was bought."""

LINE_STEPS = (
    RULES, "acquired", "won_back", "expanded", "mix", "price", "unit_cost", "per_unit", "undivided", "unknown",
    "contracted", "lost",
)  # fmt: skip
ESTIMATE_STEPS = (
    RULES, "acquired", "won_back", "expanded", "margin_rate", "model", "unknown", "quiet", "contracted", "lost",
)  # fmt: skip
"""In the order in which they are shown."""

MIX = ("added", "dropped")
NOTHING = Bridged(Decimal(0), Decimal(0), {}, {})

REVENUE = "sum(amount)"
GROSS_MARGIN = "case when count(gross_margin) = count(amount) then sum(gross_margin) end"
"""The formulas of measures whose change can be divided line by line."""


def divisible(measure: Definition) -> Of | None:
    """What a measure sums over the lines of its window, where its change can be divided into price, volume and mix."""
    if not isinstance(measure, MeasureDefinition) or measure.table != "transactions" or measure.span is None:
        return None
    if measure.formula == REVENUE:
        return "revenue"
    return "gross_margin" if measure.formula == GROSS_MARGIN else None


@dataclass(frozen=True)
class Bridge:
    """A value at two dates, and what led from one to the other; it adds up to the last digit."""

    measure: ColumnMeta
    first: dt.date
    last: dt.date
    segments: Mapping[str, Bridged]
    """By the label of the earlier date."""
    titles: Mapping[str, Text]
    """Of the labels, in order; empty where customers are not divided."""
    by_lines: bool
    """Whether the change was divided line by line."""
    from_start: bool = True
    """Whether the earlier window lies within the history."""

    @cached_property
    def whole(self) -> Bridged:
        """All customers together."""
        return together(self.segments.values())

    @property
    def steps(self) -> tuple[str, ...]:
        """The parts that are something for anybody, as they are shown."""
        steps = LINE_STEPS if self.by_lines else ESTIMATE_STEPS
        return tuple(name for name in steps if self.customers(self.whole, name))

    def amount(self, segment: Bridged, step: str) -> Decimal:
        """A part of a segment's change; mix is what was added less what was dropped."""
        names = MIX if step == "mix" else (step,)
        return sum((segment.parts.get(name, Decimal(0)) for name in names), Decimal(0))

    def customers(self, segment: Bridged, step: str) -> int:
        """For how many customers the part is not nothing; of mix, at least for so many."""
        names = MIX if step == "mix" else (step,)
        return max(segment.customers.get(name, 0) for name in names)

    def title(self, step: str) -> Text:
        """What people call a part."""
        return PART_TITLES[step] if self.by_lines else WORTH.get(step, PART_TITLES[step])


def restated(segments: Mapping[str, Bridged], kept: Mapping[str, Kept]) -> dict[str, Bridged]:
    """The bridges from what was kept at the earlier date; what today's rows and rules give instead is a step."""
    found = {}
    for label in sorted({*segments, *kept}):
        was, now = kept.get(label, Kept(Decimal(0), 0, 0)), segments.get(label, NOTHING)
        parts = {**now.parts, RULES: now.opening - was.amount}
        customers = {**now.customers, "opening": was.customers, RULES: was.different}
        found[label] = Bridged(was.amount, now.closing, parts, customers, now.not_known)
    return found


def together(segments: Iterable[Bridged]) -> Bridged:
    """Several segments as one."""
    found = list(segments)
    names = dict.fromkeys(name for each in found for name in each.parts)
    counted = dict.fromkeys(name for each in found for name in each.customers)
    nothing = Decimal(0)
    return Bridged(
        sum((each.opening for each in found), Decimal(0)),
        sum((each.closing for each in found), Decimal(0)),
        {name: sum((each.parts.get(name, nothing) for each in found), nothing) for name in names},
        {name: sum(each.customers.get(name, 0) for each in found) for name in counted},
        sum(each.not_known for each in found),
    )
