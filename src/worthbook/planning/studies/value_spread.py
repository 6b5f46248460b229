"""How a value, such as lifetime value, is spread over customers, and in which tiers the valuable ones are (A10)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal

from worthbook.data.columns import totals
from worthbook.data.formula import parse
from worthbook.data.studies import sums_by
from worthbook.definitions.study import StudyDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.result import Table
from worthbook.kernel.units import Unit, Value, show
from worthbook.planning.studies.context import Made, Method, StudyContext, column, share, table

BANDS = 8
"""At most so many bands of value, each twice to two and a half times as wide as the one below."""
STEPS = (1, 2, 5)

SPREAD = Text(en="Customers by value", zh="客户价值分布")
NOTHING = Text(en="0 or less", zh="不高于 0")
BELOW = Text(en="below {high}", zh="低于 {high}")
BETWEEN = Text(en="{low} to {high}", zh="{low}–{high}")
ABOVE = Text(en="{low} and more", zh="{low} 及以上")


def make_value_spread(definition: StudyDefinition, context: StudyContext) -> Made:
    """Bands of value on a scale of 1, 2, 5, with the customers of each tier in them."""
    asked = {**definition.inputs, **definition.optional}
    value, tiers = asked["value"], asked.get("tiers")
    if not context.has(value):
        return Made((), {"customers": 0}, ())
    found = totals(context.engine, [sheet for sheet in context.sheets if value in sheet.columns], [value])[value]
    highest = float(str(found.highest)) if found.highest is not None else 0.0
    if not found.known or highest <= 0:
        return Made((), {"customers": found.known, "total": None, "mean": None}, (value,))
    labels = context.known[tiers].labels if tiers is not None and context.has(tiers) else {}
    edges = edges_up_to(highest)
    made = _spread(context, value, tiers if labels else None, edges)
    facts = {"customers": found.known, "total": found.sum, "mean": found.mean, **_facts(made, labels)}
    return Made((made,), facts, (value, *([tiers] if tiers and labels else [])))


def edges_up_to(highest: float) -> list[float]:
    """Round values at which bands begin, the last at or below the highest.

    >>> edges_up_to(730)
    [5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0]
    """
    power = math.floor(math.log10(highest))
    steps = [step * 10.0**each for each in range(power - 3, power + 1) for step in STEPS]
    return [round(step, 6) for step in steps if step <= highest][-(BANDS - 1) :]


def _spread(context: StudyContext, value: str, tiers: str | None, edges: Sequence[float]) -> Table:
    """One row a band; one column of customers a tier, highest first, where there are tiers."""
    labels = context.known[tiers].labels if tiers is not None else {}
    bounds = [(None, 0.0), (0.0, edges[0]), *zip(edges, [*edges[1:], None], strict=True)]
    conditions = [parse(_within(value, low, high)) for low, high in bounds]
    units = {value: context.known[value].unit}
    sums = sums_by(context.engine, context.sheets, units, [value], conditions, tiers)
    everyone = sum(band.customers for bands in sums.values() for band in bands)
    rows: list[Sequence[Value | Text]] = []
    for index, (low, high) in enumerate(bounds):
        here = {key: bands[index] for key, bands in sums.items()}
        customers = sum(each.customers for each in here.values())
        worth = sum((each.amounts[0] or Decimal(0) for each in here.values()), Decimal(0))
        counts = [here[key].customers if key in here else 0 for key in reversed(list(labels))]
        rows.append((_name(low, high, context.currency), customers, share(customers, everyone), worth, *counts))
    shown = [row for place, row in enumerate(rows) if place or row[1]]
    columns = (
        column("band", Unit.TEXT, "Value", "价值"),
        column("customers", Unit.COUNT, "Customers", "客户数"),
        column("share", Unit.SHARE, "Share of customers", "客户占比"),
        column("worth", Unit.MONEY, "Worth together", "价值合计"),
        *(
            column(f"tier_{place}", Unit.COUNT, labels[key].en, labels[key].zh)
            for place, key in enumerate(reversed(list(labels)), start=1)
        ),
    )
    return table("spread", SPREAD, columns, shown)


def _within(value: str, low: float | None, high: float | None) -> str:
    """Zero and less together, then from each edge to below the next."""
    if low is None:
        return f"{value} <= 0"
    above = f"{value} > 0" if low == 0 else f"{value} >= {low:.6f}"
    return above if high is None else f"{above} and {value} < {high:.6f}"


def _name(low: float | None, high: float | None, currency: str) -> Text:
    if low is None:
        return NOTHING
    words = {
        name: Text(en=show(edge, Unit.MONEY, "en", currency), zh=show(edge, Unit.MONEY, "zh", currency))
        for name, edge in (("low", low), ("high", high))
        if edge is not None
    }
    return (BELOW if low == 0 else ABOVE if high is None else BETWEEN).format(**words)


def _facts(made: Table, labels: Mapping[str, Text]) -> dict[str, Value]:
    """The band that holds most value, and how many customers are in it."""
    best = max(made.rows, key=lambda row: float(str(row[3])))
    return {"bands": len(made.rows), "tiers": len(labels), "best_customers": best[1], "best_worth": best[3]}  # type: ignore[dict-item]


VALUE_SPREAD = Method(
    make=make_value_spread,
    maker="value_spread 1",
    roles=frozenset({"value", "tiers"}),
    tables={
        "spread": frozenset({"band", "customers", "share", "worth", *(f"tier_{place}" for place in range(1, 9))}),
    },
    facts=frozenset({"customers", "total", "mean", "bands", "tiers", "best_customers", "best_worth"}),
)
