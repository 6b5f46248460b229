"""What customers get against what they give, brand by brand (B01, B02, B04, B15, B18, B21)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from worthbook.data.answers import Answers
from worthbook.definitions.study import StudyDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding, Table, TableColumn
from worthbook.kernel.units import Unit, Value
from worthbook.models.perception.rivals import Balance, balance
from worthbook.models.perception.rivals.balance import Dimension
from worthbook.planning.studies.context import Made, Method, StudyContext, column, table
from worthbook.planning.studies.rated import ends, ratings_of, us_of
from worthbook.planning.studies.surveyed import few, instrument_of, listed, nobody

LOWEST = Text(en="Customers get least in: {part} ({rating}).", zh="客户所得最少的方面：{part}（{rating}分）。")
AHEAD = Text(en="Ahead of {rival} beyond chance: {parts}.", zh="明显优于{rival}的方面：{parts}。")
BEHIND = Text(en="Behind {rival} beyond chance: {parts}.", zh="明显不及{rival}的方面：{parts}。")
OURSELVES = Text(en="We", zh="本企业")
"""Where only we were asked about and the file names nobody."""
SIDES = {"get": Text(en="value", zh="价值"), "give": Text(en="cost", zh="成本")}


def make_delivered_value(definition: StudyDefinition, context: StudyContext) -> Made:
    """Balance what each brand gives and asks.

    Where questions have topics of their own (Kotler's four values and four costs), these are the dimensions; else the
    constructs that several questions indicate (functional, emotional, … value). A question whose scale is better when
    low is about something that customers give.
    """
    instrument = instrument_of(definition, context, "profile")
    answers = context.surveys.answers(instrument)
    if answers is None or not len(answers):
        return nobody()
    titles, dimensions = _dimensions(answers)
    us = us_of(definition, answers) if len(answers.brand_order) > 1 else next(iter(answers.brand_order), "")
    found = balance(ratings_of(answers, [item for each in dimensions for item in each.items], us), dimensions)
    tables = (_brands(found), _parts(titles, dimensions, found), _leads(titles, dimensions, found))
    return Made(tables, _facts(found), ("answers",), (*few(found.respondents), *_told(titles, dimensions, found)))


def _dimensions(answers: Answers) -> tuple[dict[str, Text], list[Dimension]]:
    instrument = answers.instrument
    asked = [name for name in instrument.rated if answers.has(name)]
    by_topic = all(instrument.questions[name].topic for name in asked)
    titles = instrument.topics if by_topic else instrument.constructs
    items: dict[str, list[str]] = {}
    for name in asked:
        question = instrument.questions[name]
        part = question.topic if by_topic else question.indicates
        if part is not None and instrument.scale_of(name).kind == "rating":
            items.setdefault(part, []).append(name)
    dimensions = [
        Dimension(part, "give" if instrument.scale_of(names[0]).good == "low" else "get", tuple(names))
        for part, names in items.items()
    ]
    return {part: titles[part] for part in items}, dimensions


def _brands(found: Balance) -> Table:
    rows = [
        (
            each.supplier or OURSELVES,
            *ends(each.get),
            *(ends(each.give) if each.give is not None else (None,) * 3),
            *ends(each.difference),
            None if each.ratio is None else each.ratio.value,
        )
        for each in found.suppliers
    ]
    columns = (
        column("brand", Unit.TEXT, "Brand", "品牌"),
        *_interval("get", "Total value", "顾客总价值"),
        *_interval("give", "Total cost", "顾客总成本"),
        *_interval("delivered", "Delivered value", "让渡价值"),
        column("ratio", Unit.RATIO, "Value over cost", "价值成本比"),
    )
    return table("brands", Text(en="Delivered value by brand", zh="各品牌的让渡价值"), columns, rows)


def _parts(titles: dict[str, Text], dimensions: Sequence[Dimension], found: Balance) -> Table:
    rows = [
        (titles[each.name], SIDES[each.side], supplier.supplier or OURSELVES, *ends(supplier.dimensions[each.name]))
        for each in dimensions
        for supplier in found.suppliers
    ]
    columns = (
        column("part", Unit.TEXT, "Part", "组成部分"),
        column("side", Unit.TEXT, "Side", "类别"),
        column("brand", Unit.TEXT, "Brand", "品牌"),
        *_interval("rating", "Mean", "均值"),
    )
    return table("parts", Text(en="Values and costs", zh="各项价值与成本"), columns, rows)


def _leads(titles: dict[str, Text], dimensions: Sequence[Dimension], found: Balance) -> Table:
    rows: list[Sequence[Value | Text]] = []
    for lead in found.leads:
        for each in dimensions:
            ours = lead.dimensions[each.name]
            ahead = None if not ours.excludes(0.0) else (ours.value > 0) == (each.side == "get")
            rows.append((titles[each.name], lead.rival, *ends(ours), ahead))
    columns = (
        column("part", Unit.TEXT, "Part", "组成部分"),
        column("against", Unit.TEXT, "Against", "对比品牌"),
        *_interval("difference", "Ours less theirs", "差值（本企业减对手）"),
        column("ahead", Unit.FLAG, "We are ahead", "本企业占优"),
    )
    return table("leads", Text(en="Against each rival", zh="与各竞争对手对比"), columns, rows)


def _interval(name: str, en: str, zh: str) -> tuple[TableColumn, ...]:
    return (
        column(name, Unit.SCORE, en, zh),
        column(f"{name}_low", Unit.SCORE, "from", "下限"),
        column(f"{name}_high", Unit.SCORE, "to", "上限"),
    )


def _told(titles: dict[str, Text], dimensions: Sequence[Dimension], found: Balance) -> Iterator[Finding]:
    """Where customers get least, and where we are ahead or behind the best rival for sure."""
    got = [each.name for each in dimensions if each.side == "get"]
    ours = found.suppliers[0].dimensions
    lowest = min(got, key=lambda name: ours[name].value)
    yield Finding(LOWEST.format(part=titles[lowest], rating=f"{ours[lowest].value:.1f}"))
    for lead in found.leads:
        sure = [each for each in dimensions if lead.dimensions[each.name].excludes(0.0)]
        ahead = [titles[each.name] for each in sure if (lead.dimensions[each.name].value > 0) == (each.side == "get")]
        behind = [titles[each.name] for each in sure if titles[each.name] not in ahead]
        if ahead:
            yield Finding(AHEAD.format(rival=lead.rival, parts=listed(ahead)), "good")
        if behind:
            yield Finding(BEHIND.format(rival=lead.rival, parts=listed(behind)), "warning")


def _facts(found: Balance) -> dict[str, Value]:
    ours = found.suppliers[0]
    best = max(found.leads, key=lambda lead: -lead.difference.value, default=None)
    lead = None if best is None else best.difference
    return {
        "respondents": found.respondents,
        "us": ours.supplier,
        "rivals": len(found.leads),
        "get": ours.get.value,
        "give": None if ours.give is None else ours.give.value,
        "delivered": ours.difference.value,
        "delivered_low": ours.difference.low,
        "delivered_high": ours.difference.high,
        "ratio": None if ours.ratio is None else ours.ratio.value,
        "best_rival": None if best is None else best.rival,
        "lead": None if lead is None else lead.value,
        "lead_low": None if lead is None else lead.low,
        "lead_high": None if lead is None else lead.high,
        "lead_is_sure": lead is not None and lead.excludes(0.0),
    }


def _ends_of(*names: str) -> frozenset[str]:
    return frozenset(f"{name}{end}" for name in names for end in ("", "_low", "_high"))


DELIVERED_VALUE = Method(
    make=make_delivered_value,
    maker="delivered_value 1",
    roles=frozenset(),
    tables={
        "brands": _ends_of("get", "give", "delivered") | {"brand", "ratio"},
        "parts": _ends_of("rating") | {"part", "side", "brand"},
        "leads": _ends_of("difference") | {"part", "against", "ahead"},
    },
    facts=frozenset({
        "respondents", "us", "rivals", "get", "give", "delivered", "delivered_low", "delivered_high", "ratio",
        "best_rival", "lead", "lead_low", "lead_high", "lead_is_sure",
    }),
)  # fmt: skip
