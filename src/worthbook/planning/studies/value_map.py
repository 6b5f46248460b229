"""Quality and price against rivals: Gale's map, head to head, and the value curve (B03, B17)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

import numpy as np

from worthbook.data.answers import Answers
from worthbook.definitions.study import StudyDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding, Table
from worthbook.kernel.units import Unit, Value
from worthbook.models.perception.rivals import MarketValue, ValueCurve, market_value, value_curve
from worthbook.models.perception.rivals.market_value import Ratio
from worthbook.models.weights import Weights
from worthbook.planning.studies.context import Made, Method, StudyContext, column, table
from worthbook.planning.studies.rated import ends, ratings_of, stated_weights, us_of
from worthbook.planning.studies.surveyed import few, instrument_of, nobody, option

QUALITY, PRICE = "quality", "price"
"""The constructs that questions of such an instrument indicate."""

BANDS = {
    "below_parity": Text(en="below parity", zh="低于同行"),
    "parity": Text(en="at parity", zh="与同行相当"),
    "above_parity": Text(en="above parity", zh="高于同行"),
    "world_class": Text(en="world class", zh="世界一流"),
}
ACTIONS = {
    "raise": Text(en="Raise", zh="提升"),
    "create": Text(en="Create", zh="创造"),
    "reduce": Text(en="Reduce", zh="减少"),
    "eliminate": Text(en="Eliminate", zh="剔除"),
    "keep": Text(en="Keep", zh="保持"),
}
ADDS = Text(
    en="What speaks for us most is {attribute}: it adds {share} points of 100 to our relative quality.",
    zh="我们最大的优势是“{attribute}”，使相对质量提高{share}个百分点。",
)
TAKES = Text(
    en="What costs us most is {attribute}: it takes {share} points of 100 from our relative quality.",
    zh="我们最大的短板是“{attribute}”，使相对质量降低{share}个百分点。",
)
LEVER = Text(
    en="The shortest way to the fair-value line: {attribute} rated {points} points better.",
    zh="达到公允线的最短途径：“{attribute}”的评分提高{points}分。",
)
WON = {
    True: Text(en="ahead", zh="领先"),
    False: Text(en="behind", zh="落后"),
    None: Text(en="as good as equal", zh="无明显差异"),
}


def make_value_map(definition: StudyDefinition, context: StudyContext) -> Made:
    """Place every brand, and say what brought us where we are."""
    instrument = instrument_of(definition, context, "profile")
    answers = context.surveys.answers(instrument)
    if answers is None or not len(answers):
        return nobody()
    us = us_of(definition, answers)
    quality, prices = instrument.indicators(QUALITY), instrument.indicators(PRICE)
    topics = [instrument.questions[name].topic or name for name in quality]
    stated = stated_weights(answers, topics)
    weights = Weights(tuple(quality), stated.values, stated.method, stated.facts, stated.notes)
    ratings = ratings_of(answers, [*quality, *prices], us)
    share = _quality_share(answers, definition)
    ratio = cast("Ratio", option(definition, "ratio") or "mean_of_ratios")
    found = market_value(ratings, weights, prices, quality_share=share, ratio=ratio)
    curve = value_curve(ratings, weights)
    tables = (_brands(found), _attributes(answers, found), _curve(answers, curve, ratings.suppliers))
    notes = (Finding(note, "warning") for note in (*found.cautions, *stated.notes))
    told = (*few(found.respondents), *_told(answers, found), *notes)
    return Made(tables, _facts(found, curve, us), ("answers",), told)


def _quality_share(answers: Answers, definition: StudyDefinition) -> float:
    """How much quality counts against price: as an option says, else as respondents do, else half."""
    given = definition.options.get("quality_share")
    if given is not None:
        return float(given)
    asked = answers.instrument.asking("importance")
    topics = {answers.instrument.questions[name].topic for name in answers.instrument.indicators(PRICE)}
    names = [name for topic, name in asked.items() if topic in topics and answers.has(name)]
    if not names:
        return 0.5
    low, high = answers.bounds(names)[0]
    told = (answers.column(names[0]) - low) / (high - low)
    return 0.5 if np.isnan(told).all() else float(np.clip(1 - np.nanmean(told), 0.05, 0.95))


def _title(answers: Answers, question: str) -> Text:
    """The topic that a question is about."""
    topic = answers.instrument.questions[question].topic
    return answers.instrument.topics[topic] if topic else answers.instrument.questions[question].text


def _brands(found: MarketValue) -> Table:
    def row(index: int) -> Sequence[Value | Text]:
        each = found.positions[index]
        quality, price = (
            [None if end is None else end - 1 for end in ends(number)] for number in (each.quality, each.price)
        )
        above = each.better_than_fair
        return (each.supplier, *quality, *price, each.value.value, BANDS[each.band], *ends(above))

    columns = (
        column("brand", Unit.TEXT, "Brand", "品牌"),
        column("quality", Unit.RATE, "Quality against the others", "相对质量"),
        column("quality_low", Unit.RATE, "from", "下限"),
        column("quality_high", Unit.RATE, "to", "上限"),
        column("price", Unit.RATE, "Price against the others", "相对价格"),
        column("price_low", Unit.RATE, "from", "下限"),
        column("price_high", Unit.RATE, "to", "上限"),
        column("value", Unit.RATIO, "Value ratio", "价值比"),
        column("band", Unit.TEXT, "Band", "等级"),
        column("above_fair", Unit.RATE, "Better than fair", "优于公允线"),
        column("above_fair_low", Unit.RATE, "from", "下限"),
        column("above_fair_high", Unit.RATE, "to", "上限"),
    )
    title = Text(en="Brands on the value map", zh="价值图中的各品牌")
    return table("brands", title, columns, [row(index) for index in range(len(found.positions))])


def _attributes(answers: Answers, found: MarketValue) -> Table:
    ordered = sorted(found.attributes, key=lambda each: -abs(each.contribution))
    rows = [
        (
            _title(answers, each.name),
            each.weight,
            each.ours,
            each.others,
            *(None if end is None else end - 1 for end in ends(each.ratio)),
            WON[each.won],
            each.contribution,
            each.points_to_fair,
        )
        for each in ordered
    ]
    columns = (
        column("attribute", Unit.TEXT, "Attribute", "要素"),
        column("weight", Unit.SHARE, "Weight", "权重"),
        column("ours", Unit.SCORE, "Ours", "本企业"),
        column("others", Unit.SCORE, "The others", "其他品牌"),
        column("lead", Unit.RATE, "Ours against the others", "相对领先"),
        column("lead_low", Unit.RATE, "from", "下限"),
        column("lead_high", Unit.RATE, "to", "上限"),
        column("verdict", Unit.TEXT, "Verdict", "结论"),
        column("contribution", Unit.RATE, "Adds to relative quality", "对相对质量的贡献"),
        column("points_to_fair", Unit.SCORE, "Points that would reach fair value", "达到公允线所需分数"),
    )
    return table("attributes", Text(en="Head to head", zh="逐项对比"), columns, rows)


def _curve(answers: Answers, found: ValueCurve, brands: Sequence[str]) -> Table:
    """One row an element and brand, as a profile is drawn."""
    rows = [
        (_title(answers, each.name), brand, *ends(each.ratings[brand]), ACTIONS[each.action] if place == 0 else None)
        for each in found.elements
        for place, brand in enumerate(brands)
    ]
    columns = (
        column("element", Unit.TEXT, "Element", "价值要素"),
        column("brand", Unit.TEXT, "Brand", "品牌"),
        column("rating", Unit.SCORE, "Rating", "评分"),
        column("low", Unit.SCORE, "from", "下限"),
        column("high", Unit.SCORE, "to", "上限"),
        column("action", Unit.TEXT, "What follows for us", "建议行动"),
    )
    return table("curve", Text(en="Value curve", zh="价值曲线"), columns, rows)


def _told(answers: Answers, found: MarketValue) -> Iterator[Finding]:
    """What made the difference, and the shortest way to the fair-value line."""
    strongest = max(found.attributes, key=lambda each: each.contribution)
    weakest = min(found.attributes, key=lambda each: each.contribution)
    for each, form in ((strongest, ADDS), (weakest, TAKES)):
        if (each.contribution > 0) == (form is ADDS) and each.won is not None:
            share = f"{100 * abs(each.contribution):.1f}"
            yield Finding(form.format(attribute=_title(answers, each.name), share=share))
    levers = [each for each in found.attributes if each.points_to_fair]
    if levers and found.ours.better_than_fair.value < 0:
        nearest = min(levers, key=lambda each: each.points_to_fair or np.inf)
        points = f"{nearest.points_to_fair:.1f}"
        yield Finding(LEVER.format(attribute=_title(answers, nearest.name), points=points))


def _facts(found: MarketValue, curve: ValueCurve, us: str) -> dict[str, Value]:
    ours, level = found.ours, found.ours.better_than_fair
    return {
        "respondents": found.respondents,
        "us": us,
        "rivals": len(found.positions) - 1,
        "quality": ours.quality.value,
        "price": ours.price.value,
        "value_ratio": ours.value.value,
        "band": ours.band,
        "above_fair": level.value,
        "above_fair_low": level.low,
        "above_fair_high": level.high,
        "clearly_above": level.low is not None and level.low > 0,
        "clearly_below": level.high is not None and level.high < 0,
        "par": 0.0,
        "slope": found.slope,
        "quality_share": found.quality_share,
        "to_raise": sum(each.action == "raise" for each in curve.elements),
    }


_BOUNDS = frozenset({"low", "high"})
VALUE_MAP = Method(
    make=make_value_map,
    maker="value_map 2",
    roles=frozenset(),
    tables={
        "brands": frozenset({
            "brand", "quality", "quality_low", "quality_high", "price", "price_low", "price_high", "value", "band",
            "above_fair", "above_fair_low", "above_fair_high",
        }),
        "attributes": frozenset({
            "attribute", "weight", "ours", "others", "lead", "lead_low", "lead_high", "verdict", "contribution",
            "points_to_fair",
        }),
        "curve": _BOUNDS | {"element", "brand", "rating", "action"},
    },
    facts=frozenset({
        "respondents", "us", "rivals", "quality", "price", "value_ratio", "band", "above_fair", "above_fair_low",
        "above_fair_high", "clearly_above", "clearly_below", "par", "slope", "quality_share", "to_raise",
    }),
)  # fmt: skip
