"""Which facts about customers earn what it costs to collect them (A25)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from worthbook.data.information import TABLE, FieldUse, read_field_uses
from worthbook.definitions.study import StudyDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.units import Unit, Value
from worthbook.planning.studies.context import Made, Method, StudyContext, column, table

VALUE_PER_USE = "value_per_use"
"""The constant C of the formula, in `book.toml`."""

VALUE = "value"
"""The column of the same value customer by customer, which changes with whatever this study rests on."""

FIELDS = Text(en="Fields of information", zh="客户信息项")
EARNS = Text(en="earns its keep", zh="值得收集")
LOSES = Text(en="costs more than it brings", zh="得不偿失")
UNUSED = Text(en="not used at all", zh="从未使用")
UNPRICED = Text(en="cost of collecting unknown", zh="收集成本未知")


def make_information_fields(definition: StudyDefinition, context: StudyContext) -> Made:
    """Z = C × Σ pᵢMᵢ − N × J for each field, best first, and the value of a use at which it breaks even."""
    by_customer = definition.optional.get(VALUE)
    uses = read_field_uses(context.engine, context.snapshot, context.tables, context.as_of)
    if not uses:
        return Made((), dict.fromkeys(FACTS), ())
    said = context.snapshot.settings.get(VALUE_PER_USE)
    per_use = None if said is None else Decimal(str(said))
    valued = sorted(((worth(each, per_use), each) for each in uses), key=_best_first)
    rows = [_row(each, value) for value, each in valued]
    columns = (
        column("field", Unit.TEXT, "Field", "信息项"),
        column("customers", Unit.COUNT, "Customers", "涉及客户数"),
        column("used", Unit.COUNT, "Pieces × uses", "信息数×使用次数"),
        column("collections", Unit.COUNT, "Times collected", "收集次数"),
        column("cost", Unit.MONEY, "Cost of collecting", "收集成本"),
        column("break_even", Unit.MONEY, "Cost of one use", "单次使用成本"),
        column("value", Unit.MONEY, "Value", "信息价值"),
        column("verdict", Unit.TEXT, "Verdict", "结论"),
    )
    return Made(
        (table("fields", FIELDS, columns, rows),),
        _facts(valued, per_use),
        (TABLE, *([by_customer] if by_customer and context.has(by_customer) else [])),
    )


def worth(use: FieldUse, per_use: Decimal | None) -> Decimal | None:
    """Z of one field; None where the value of a use or the cost of collecting is not known."""
    return None if use.cost is None or per_use is None else per_use * use.used - use.cost


def break_even(use: FieldUse) -> Decimal | None:
    """What a use must be worth for the field to pay; None where it is never used, or the cost is not known."""
    return use.cost / use.used if use.used and use.cost is not None else None


def _best_first(valued: tuple[Decimal | None, FieldUse]) -> tuple[bool, Decimal, bool, Decimal, str]:
    value, use = valued
    once = break_even(use)
    return value is None, -(value or Decimal(0)), once is None, once or Decimal(0), use.field


def _row(use: FieldUse, value: Decimal | None) -> Sequence[Value | Text]:
    counts = (use.field, use.customers, use.used, use.collections, use.cost)
    return (*counts, break_even(use), value, _verdict(use, value))


def _verdict(use: FieldUse, value: Decimal | None) -> Text | None:
    if not use.used:
        return UNUSED
    if use.cost is None:
        return UNPRICED
    if value is None:
        return None
    return EARNS if value >= 0 else LOSES


def _facts(valued: Sequence[tuple[Decimal | None, FieldUse]], per_use: Decimal | None) -> dict[str, Value]:
    losing = [value for value, _ in valued if value is not None and value < 0]
    known = [(value, use) for value, use in valued if value is not None]
    priced = sorted((once, use.field) for _, use in valued if (once := break_even(use)) is not None)
    return {
        "fields": len(valued),
        "losing": len(losing),
        "total": sum((value for value, _ in known), Decimal(0)) if known else None,
        "saved": -sum(losing, Decimal(0)),
        "best": known[0][1].field if known else None,
        "per_use": per_use,
        "unused": sum(not use.used for _, use in valued),
        "cheapest": priced[0][1] if priced else None,
        "cheapest_use": priced[0][0] if priced else None,
        "dearest": priced[-1][1] if priced else None,
        "dearest_use": priced[-1][0] if priced else None,
    }


FACTS = (
    *("fields", "losing", "total", "saved", "best", "per_use", "unused"),
    *("cheapest", "cheapest_use", "dearest", "dearest_use"),
)

INFORMATION_FIELDS = Method(
    make=make_information_fields,
    maker="information_fields 2",
    roles=frozenset({VALUE}),
    tables={
        "fields": frozenset(
            {"field", "customers", "used", "collections", "cost", "break_even", "value", "verdict"},
        ),
    },
    facts=frozenset(FACTS),
)
