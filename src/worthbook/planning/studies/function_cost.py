"""What customers care about beside what it costs: where to save, where to spend (CFV, B16)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from worthbook.data.answers import Answers
from worthbook.data.cost_sheet import CostSheet
from worthbook.definitions.instrument import InstrumentDefinition
from worthbook.definitions.mapping import header_key
from worthbook.definitions.study import StudyDefinition
from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding, Table
from worthbook.kernel.units import Unit, Value
from worthbook.models.base import FloatArray
from worthbook.models.perception.function_cost import FunctionCost, function_cost
from worthbook.models.perception.points import drawn_shares
from worthbook.models.perception.rivals.ratings import DRAWS
from worthbook.models.weights import Weights, constant_sum, direct
from worthbook.planning.studies.context import Made, Method, StudyContext, column, table
from worthbook.planning.studies.rated import told_once
from worthbook.planning.studies.surveyed import few, instrument_of, listed, nobody

COST = "cost_"
"""An option `cost_brew: 50` says what the topic `brew` costs."""

IMPORTANCE_NOT_ASKED = Fault(
    "function-importance-not-asked",
    what=Text(
        en="The answers to '{name}' do not say how important its topics are.",
        zh="“{name}”的答卷未涉及各要素的重要程度。",
    ),
    hint=Text(
        en="Use an instrument that asks for points or importance, such as points_100.",
        zh="请使用询问点数或重要程度的问卷，如 points_100。",
    ),
)
VERDICTS = {
    "cut_cost": Text(en="costs more than it is worth", zh="成本高于其价值"),
    "in_balance": Text(en="in balance", zh="大致平衡"),
    "invest": Text(en="worth more than it costs", zh="价值高于成本"),
}
SAVE = Text(en="Look for cheaper ways first to: {names}.", zh="应优先为以下功能寻找更省的实现方式：{names}。")
SPEND = Text(en="Customers care more than is spent for: {names}.", zh="以下功能客户重视而投入不足：{names}。")
RATED = Text(
    en="Importance was rated, not shared out: ratings tell attributes apart less than points do.",
    zh="重要性来自评分而非点数分配，区分度较低。",
)


def make_function_cost(definition: StudyDefinition, context: StudyContext) -> Made:
    """Set shares of importance against shares of cost."""
    instrument = instrument_of(definition, context)
    sheet = context.costs or _from_options(definition)
    told: list[Finding] = []
    drawn: FloatArray | None = None
    if sheet.importance is not None:
        importance, titles, respondents = direct(sheet.importance), _plain(sheet.importance), None
        costs: Mapping[str, float] = sheet.costs
    else:
        answers = context.surveys.answers(instrument)
        if answers is None or not len(answers) or not sheet.costs:
            return nobody()
        importance, drawn, respondents, told = _asked(answers)
        titles, costs = instrument.topics, _by_topic(sheet.costs, instrument)
    given = definition.options.get("target_total")
    found = function_cost(importance, costs, target_total=None if given is None else float(given), drawn=drawn)
    findings = (*few(respondents or 0), *_told(found, titles), *told)
    return Made((_functions(found, titles),), _facts(found, respondents), ("answers",), findings)


def _from_options(definition: StudyDefinition) -> CostSheet:
    costs = {name.removeprefix(COST): value for name, value in definition.options.items() if name.startswith(COST)}
    return CostSheet({name: float(value) for name, value in costs.items()})


def _plain(names: Mapping[str, float]) -> Mapping[str, Text]:
    return {name: Text(en=name, zh=name) for name in names}


def _by_topic(costs: Mapping[str, float], instrument: InstrumentDefinition) -> Mapping[str, float]:
    """Costs by topic, whether they were given by its name or its title in either language."""
    topics = {
        header_key(word): topic for topic, title in instrument.topics.items() for word in (title.zh, title.en, topic)
    }
    return {topics.get(header_key(name), name): cost for name, cost in costs.items()}


def _asked(answers: Answers) -> tuple[Weights, FloatArray | None, int, list[Finding]]:
    """Importance as respondents shared it out or rated it, resampled shares, and how many told it.

    Raises:
        WorthbookError: function-importance-not-asked, constant-sum-unusable.
    """
    instrument = answers.instrument
    for aspect in ("points", "importance"):
        asked = {topic: name for topic, name in instrument.asking(aspect).items() if answers.has(name)}
        if asked:
            break
    else:
        raise IMPORTANCE_NOT_ASKED(name=instrument.name)
    questions, topics = list(asked.values()), tuple(asked)
    points = answers.matrix(questions)[told_once(answers, questions)]
    if aspect == "points":
        points = np.nan_to_num(points)  # who gave points to others and none here gave 0
        weights = constant_sum(topics, points, total=instrument.scale_of(questions[0]).total or 100.0)
        notes = [Finding(note, "warning") for note in weights.notes]
    else:
        points = points[~np.isnan(points).any(axis=1)]
        weights = constant_sum(topics, points)
        weights = Weights(topics, weights.values, "importance rated", {"answers": len(points)}, (RATED,))
        notes = [Finding(RATED)]
    drawn = drawn_shares(points, DRAWS, 0)
    return weights, None if drawn is None else drawn / 100, len(points), notes


def _functions(found: FunctionCost, titles: Mapping[str, Text]) -> Table:
    rows = [
        (
            titles[each.name], each.importance, each.importance_low, each.importance_high, each.cost_share, each.value,
            *each.value_range, each.cost, each.target_cost, max(each.excess, 0.0), VERDICTS[each.verdict],
        )
        for each in found.functions
    ]  # fmt: skip
    columns = (
        column("function", Unit.TEXT, "Function", "功能"),
        column("importance", Unit.SHARE, "Importance (F)", "重要性占比（F）"),
        column("importance_low", Unit.SHARE, "from", "下限"),
        column("importance_high", Unit.SHARE, "to", "上限"),
        column("cost_share", Unit.SHARE, "Share of cost (C)", "成本占比（C）"),
        column("value", Unit.RATIO, "Value (F/C)", "价值系数（F/C）"),
        column("value_low", Unit.RATIO, "from", "下限"),
        column("value_high", Unit.RATIO, "to", "上限"),
        column("cost", Unit.MONEY, "Cost", "成本"),
        column("target_cost", Unit.MONEY, "Target cost", "目标成本"),
        column("to_save", Unit.MONEY, "To save", "应降成本"),
        column("verdict", Unit.TEXT, "Verdict", "判断"),
    )
    return table("functions", Text(en="Functions, most to save first", zh="各功能（按应降成本）"), columns, rows)


def _told(found: FunctionCost, titles: Mapping[str, Text]) -> Iterator[Finding]:
    for verdict, form in (("cut_cost", SAVE), ("invest", SPEND)):
        chosen: Sequence[Text] = [titles[each.name] for each in found.functions if each.verdict == verdict]
        ordered = chosen if verdict == "cut_cost" else chosen[::-1]
        if ordered:
            yield Finding(form.format(names=listed(ordered)), "warning" if verdict == "cut_cost" else "neutral")


def _facts(found: FunctionCost, respondents: int | None) -> dict[str, Value]:
    return {
        "respondents": respondents,
        "functions": len(found.functions),
        "total": found.total,
        "target_total": found.target_total,
        "to_save": found.to_save,
        "has_target": found.target_total != found.total,
        "balance": 1.0,
    }


FUNCTION_COST = Method(
    make=make_function_cost,
    maker="function_cost 1",
    roles=frozenset(),
    tables={
        "functions": frozenset({
            "function", "importance", "importance_low", "importance_high", "cost_share", "cost_share_low",
            "cost_share_high", "value", "value_low", "value_high", "cost", "target_cost", "to_save", "verdict",
        }),
    },
    facts=frozenset({
        "respondents", "functions", "total", "target_total", "to_save", "has_target", "balance",
    }),
)  # fmt: skip
