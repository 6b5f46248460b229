"""How concentrated value is: Lorenz and whale curves, Gini, and who brings how much (A04)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from worthbook.data.studies import ValueCurve, value_curve
from worthbook.definitions.study import StudyDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.money import to_money
from worthbook.kernel.result import Table, TableColumn
from worthbook.kernel.units import Unit, Value
from worthbook.planning.studies.context import Made, Method, StudyContext, column, share, table

ROLES = ("value", "recent", "margin", "orders")
"""What customers are ranked by. Orders stand in where no amount is known."""

TOPS = (1, 5, 10, 20)
LARGEST = 10

WHALE = Text(en="Customers from the most to the least valuable", zh="客户价值累计（从高到低）")
LORENZ = Text(en="Customers from the least to the most valuable", zh="客户价值累计（从低到高）")
GROUPS = Text(en="Who brings how much", zh="各部分客户的贡献")
MEASURES = Text(en="How concentrated each value is", zh="各项价值的集中程度")
TOP = Text(en="Top {percent} %", zh="前 {percent}%")
TEN = Text(en="The {count} largest", zh="最大的 {count} 位客户")
EVERYONE = Text(en="All customers", zh="全部客户")


def make_concentration(definition: StudyDefinition, context: StudyContext) -> Made:
    """Curves of every value that is known for someone; the first of them is what the findings are about."""
    asked = {**definition.inputs, **definition.optional}
    curves: dict[str, ValueCurve] = {}
    for role in ROLES:
        if context.has(asked.get(role)) and (role != "orders" or "value" not in curves):
            curve = value_curve(context.engine, context.sheets, asked[role])
            if curve is not None:
                curves[role] = curve
    titles = {role: context.known[asked[role]].title for role in curves}
    main = "value" if "value" in curves else "orders"
    subject = curves.get(main)
    unit = Unit.COUNT if main == "orders" else Unit.MONEY
    tables = (
        ()
        if subject is None
        else (
            _whale(curves, titles),
            _lorenz(curves, titles),
            _groups(subject, unit, titles[main]),
            _measures(curves, titles),
        )
    )
    facts = {"subject": main, **_facts(subject, context.customers), **_recent(curves), **_margin(curves)}
    return Made(tables, facts, tuple(asked[role] for role in curves))


def _whale(curves: Mapping[str, ValueCurve], titles: Mapping[str, Text]) -> Table:
    rows = [(percent / 100, *(curve.share_at(percent) for curve in curves.values())) for percent in range(101)]
    return table("whale", WHALE, list(_curve_columns(titles)), rows)


def _lorenz(curves: Mapping[str, ValueCurve], titles: Mapping[str, Text]) -> Table:
    def below(curve: ValueCurve, percent: int) -> float | None:
        above = curve.share_at(100 - percent)
        return None if above is None else 1 - above

    rows = [(percent / 100, *(below(curve, percent) for curve in curves.values())) for percent in range(101)]
    return table("lorenz", LORENZ, list(_curve_columns(titles)), rows)


def _curve_columns(titles: Mapping[str, Text]) -> Iterator[TableColumn]:
    yield column("customers", Unit.SHARE, "Share of customers", "客户占比")
    for role, title in titles.items():
        yield TableColumn(role, title, Unit.SHARE)


def _groups(curve: ValueCurve, unit: Unit, title: Text) -> Table:
    """What the top per cents, the ten largest and all customers bring."""
    tops = {percent: Fraction(percent * curve.customers, 100) for percent in TOPS}
    parts = [(TOP.format(percent=percent), rank) for percent, rank in tops.items() if rank >= 1]
    ten = [(TEN.format(count=LARGEST), Fraction(LARGEST))] if curve.customers > LARGEST else []
    rows = []
    for name, rank in [*ten, *parts, (EVERYONE, Fraction(curve.customers))]:
        amount = curve.amount_at(rank)
        rows.append((name, round(rank), to_money(amount), share(float(amount), float(curve.total))))
    columns = (
        column("group", Unit.TEXT, "Customers", "客户范围"),
        column("customers", Unit.COUNT, "Number", "客户数"),
        TableColumn("amount", title, unit),
        column("share", Unit.SHARE, "Share of the total", "占总额比例"),
    )
    return table("groups", GROUPS, columns, rows)


def _measures(curves: Mapping[str, ValueCurve], titles: Mapping[str, Text]) -> Table:
    rows: list[Sequence[Value | Text]] = [
        (
            titles[role],
            curve.customers,
            curve.gini,
            curve.share_at(20),
            curve.customers_for(50),
            curve.customers_for(80),
            curve.customers - curve.positive_customers - curve.negative_customers,
            curve.negative_customers,
        )
        for role, curve in curves.items()
    ]
    columns = (
        column("value", Unit.TEXT, "Value", "价值口径"),
        column("customers", Unit.COUNT, "Customers with a known value", "口径已知的客户数"),
        column("gini", Unit.RATIO, "Gini coefficient", "基尼系数"),
        column("top_20_share", Unit.SHARE, "Share of the top 20 %", "前 20% 客户占比"),
        column("customers_50", Unit.COUNT, "Customers who bring 50 %", "贡献 50% 的客户数"),
        column("customers_80", Unit.COUNT, "Customers who bring 80 %", "贡献 80% 的客户数"),
        column("zero_customers", Unit.COUNT, "Customers at zero", "为零的客户数"),
        column("negative_customers", Unit.COUNT, "Customers below zero", "为负的客户数"),
    )
    return table("measures", MEASURES, columns, rows)


def _facts(curve: ValueCurve | None, customers: int) -> dict[str, Value]:
    if curve is None:
        return {"customers": 0, "unknown_customers": customers}
    ten = curve.amount_at(Fraction(LARGEST))
    return {
        "customers": curve.customers,
        "unknown_customers": max(0, customers - curve.customers),
        "total": curve.total,
        "gini": curve.gini,
        **{f"top_{percent}_share": curve.share_at(percent) for percent in TOPS},
        **{f"top_{percent}_customers": round(Fraction(percent * curve.customers, 100)) for percent in TOPS},
        **{f"customers_{goal}": curve.customers_for(goal) for goal in (50, 80)},
        **{f"customers_{goal}_share": share(curve.customers_for(goal) or 0, curve.customers) for goal in (50, 80)},
        "ten_amount": to_money(ten),
        "ten_share": share(float(ten), float(curve.total)),
        "zero_customers": curve.customers - curve.positive_customers - curve.negative_customers,
        "negative_customers": curve.negative_customers,
        "negative_total": curve.negative_total,
    }


def _recent(curves: Mapping[str, ValueCurve]) -> dict[str, Value]:
    """The last 12 months: only those who brought something then."""
    curve = curves.get("recent")
    if curve is None:
        return {}
    return {
        "recent_customers": curve.positive_customers,
        "recent_total": curve.total,
        "recent_gini": curve.gini,
        "recent_top_20_share": curve.share_at(20),
        "recent_customers_80": curve.customers_for(80),
    }


def _margin(curves: Mapping[str, ValueCurve]) -> dict[str, Value]:
    """The whale curve proper: profit rises to a peak above the total, and the loss-making tail eats the rest."""
    curve = curves.get("margin")
    if curve is None:
        return {}
    return {
        "margin_customers": curve.customers,
        "margin_total": curve.total,
        "margin_gini": curve.gini,
        "margin_top_20_share": curve.share_at(20),
        "peak_amount": curve.positive_total,
        "peak_share": share(float(curve.positive_total), float(curve.total)),
        "peak_customers": curve.positive_customers,
        "loss_customers": curve.negative_customers,
        "loss_total": curve.negative_total,
        "loss_amount": -curve.negative_total,
    }


_CURVE = frozenset({"customers", *ROLES})

CONCENTRATION = Method(
    make=make_concentration,
    maker="concentration 1",
    roles=frozenset(ROLES),
    tables={
        "whale": _CURVE,
        "lorenz": _CURVE,
        "groups": frozenset({"group", "customers", "amount", "share"}),
        "measures": frozenset({
            "value", "customers", "gini", "top_20_share", "customers_50", "customers_80", "zero_customers",
            "negative_customers",
        }),
    },
    facts=frozenset({
        "subject", "customers", "unknown_customers", "total", "gini", "customers_50", "customers_80",
        "customers_50_share", "customers_80_share", "ten_amount", "ten_share", "zero_customers",
        "negative_customers", "negative_total", "recent_customers", "recent_total", "recent_gini",
        "recent_top_20_share", "recent_customers_80", "margin_customers", "margin_total", "margin_gini",
        "margin_top_20_share", "peak_amount", "peak_share", "peak_customers", "loss_customers", "loss_total",
        "loss_amount", *(f"top_{percent}_share" for percent in TOPS), *(f"top_{percent}_customers" for percent
        in TOPS),
    }),
)  # fmt: skip
