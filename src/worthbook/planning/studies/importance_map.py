"""Attributes by importance and satisfaction: the map, the cut, what comes first."""

from __future__ import annotations

from typing import cast

import numpy as np

from worthbook.data.answers import Answers
from worthbook.definitions.study import StudyDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding, Table
from worthbook.kernel.units import Unit, Value
from worthbook.models.base import FloatArray
from worthbook.models.perception.importance_performance import Cut, ImportancePerformance, importance_performance
from worthbook.models.perception.points import share_out
from worthbook.planning.studies.context import Made, Method, StudyContext, column, table
from worthbook.planning.studies.surveyed import few, instrument_of, known, listed, nobody, option, points_note

FIELDS = {
    "improve": (
        Text(en="Minor improvement", zh="次要改进区"),
        Text(en="Nice to have", zh="锦上添花区"),
        Text(en="Urgent improvement", zh="急需改进区"),
        Text(en="Competitive advantage", zh="竞争优势区"),
    ),
    "strengthen": (
        Text(en="Ignore", zh="忽略区"),
        Text(en="Develop", zh="发展区"),
        Text(en="Strengthen", zh="加强区"),
        Text(en="Keep", zh="保持区"),
    ),
}
"""The two namings, each: low importance and low satisfaction, low and high, high and low, high and high."""
WHAT = (
    Text(en="Improve where it costs little.", zh="成本低时再改进。"),
    Text(en="Do not spend more; money may be better used elsewhere.", zh="不再加大投入，资源可转用他处。"),
    Text(en="Begin here: it matters and falls short.", zh="优先改进：重要而表现不足。"),
    Text(en="Keep it and tell customers about it.", zh="保持并加以宣传。"),
)
IN_FIELD = Text(en="{field}: {names}. {what}", zh="{field}：{names}。{what}")
OPEN = Text(
    en="Within the uncertainty these could lie in a neighbouring field: {names}.",
    zh="考虑误差后，以下要素可能落入相邻区域：{names}。",
)
CUT_AT = {
    "means": Text(en="Fields are cut at the means of all attributes.", zh="区域以各要素的均值为界。"),
    "middle": Text(en="Fields are cut at the middle of the scales.", zh="区域以量表中点为界。"),
    "medians": Text(en="Fields are cut at the medians of the attributes.", zh="区域以各要素的中位数为界。"),
}
URGENT = 2


def make_importance_map(definition: StudyDefinition, context: StudyContext) -> Made:
    """Place every attribute that was asked about twice."""
    instrument = instrument_of(definition, context, "dual", "points")
    answers = context.surveys.answers(instrument)
    cut, naming = option(definition, "cut") or "means", option(definition, "naming") or "improve"
    asked = None if answers is None else _asked(answers)
    if answers is None or not asked or not len(answers):
        return nobody()
    importance, bounds, notes = _importance(answers, asked, option(definition, "sums") or "rescale")
    satisfaction = [answers.instrument.asking("rating")[topic] for topic in asked]
    both = np.array([bounds, answers.bounds(satisfaction)[0]])
    found = importance_performance(
        importance, answers.matrix(satisfaction), answers.weights, both, cast("Cut", cut)
    )  # fmt: skip
    told = (
        *few(found.performance.count.max()), *notes, *_told(answers, asked, found, naming), Finding(CUT_AT[cut]),
    )  # fmt: skip
    tables = (_attributes(answers, asked, found, naming),)
    return Made(tables, _facts(asked, found, cut), ("answers",), told)


def _asked(answers: Answers) -> list[str]:
    """Topics with both questions."""
    instrument = answers.instrument
    rated, weighed = instrument.asking("rating"), _weighing(answers)
    return [topic for topic in rated if topic in weighed and answers.has(rated[topic], weighed[topic])]


def _weighing(answers: Answers) -> dict[str, str]:
    instrument = answers.instrument
    return dict(instrument.asking("points" if instrument.scoring == "points" else "importance"))


def _importance(
    answers: Answers, asked: list[str], sums: str
) -> tuple[FloatArray, tuple[float, float], tuple[Finding, ...]]:
    """Stated importance with its scale: rated, or from points that are made to add up."""
    names = [_weighing(answers)[topic] for topic in asked]
    values = answers.matrix(names)
    if answers.instrument.scoring != "points":
        low, high = answers.bounds(names)[0]
        return values, (float(low), float(high)), ()
    total = answers.instrument.scale_of(names[0]).total or 1.0
    shared = share_out(values, total, sums)  # type: ignore[arg-type]
    return shared.points, (0.0, total), points_note(shared, total, sums)  # type: ignore[arg-type]


def _attributes(answers: Answers, asked: list[str], found: ImportancePerformance, naming: str) -> Table:
    ends = [*found.importance.interval(), *found.performance.interval()]

    def row(index: int) -> tuple[Value | Text, ...]:
        numbers = (
            found.importance.mean, ends[0], ends[1], found.performance.mean, ends[2], ends[3], found.priority,
        )  # fmt: skip
        title, field = answers.instrument.topics[asked[index]], FIELDS[naming][found.quadrant[index]]
        return (title, field, *(known(each[index]) for each in numbers), bool(found.certain[index]))

    rows = [row(index) for index in np.argsort(-np.nan_to_num(found.priority))]
    columns = (
        column("attribute", Unit.TEXT, "Attribute", "要素"),
        column("field", Unit.TEXT, "Field", "区域"),
        column("importance", Unit.SCORE, "Importance", "重要性"),
        column("importance_low", Unit.SCORE, "from", "下限"),
        column("importance_high", Unit.SCORE, "to", "上限"),
        column("satisfaction", Unit.SCORE, "Satisfaction", "满意度"),
        column("satisfaction_low", Unit.SCORE, "from", "下限"),
        column("satisfaction_high", Unit.SCORE, "to", "上限"),
        column("priority", Unit.SCORE, "Priority", "优先度"),
        column("certain", Unit.FLAG, "Certain", "可确定"),
    )
    return table("attributes", Text(en="Attributes, most pressing first", zh="各要素（按优先度）"), columns, rows)


def _told(answers: Answers, asked: list[str], found: ImportancePerformance, naming: str) -> list[Finding]:
    told: list[Finding] = []
    order = np.argsort(-np.nan_to_num(found.priority))
    for field in (2, 3, 0, 1):
        named = [answers.instrument.topics[asked[index]] for index in order if found.quadrant[index] == field]
        if named:
            said = IN_FIELD.format(field=FIELDS[naming][field], names=listed(named), what=WHAT[field])
            told.append(Finding(said, "warning" if field == URGENT else "neutral"))
    unsure = [answers.instrument.topics[asked[index]] for index in order if not found.certain[index]]
    if unsure:
        told.append(Finding(OPEN.format(names=listed(unsure))))
    return told


def _facts(asked: list[str], found: ImportancePerformance, cut: str) -> dict[str, Value]:
    low, high = found.index.interval()
    return {
        "respondents": int(found.performance.count.max()),
        "attributes": len(asked),
        "urgent": int((found.quadrant == URGENT).sum()),
        "index": known(found.index.mean[0]),
        "index_low": known(low[0]),
        "index_high": known(high[0]),
        "importance_cut": found.cuts[0],
        "satisfaction_cut": found.cuts[1],
        "priority_slope": found.slope,
        "priority_offset": found.cuts[0] - found.slope * found.cuts[1],
        "cut": cut,
    }


IMPORTANCE_MAP = Method(
    make=make_importance_map,
    maker="importance_map 2",
    roles=frozenset(),
    tables={
        "attributes": frozenset({
            "attribute", "field", "importance", "importance_low", "importance_high", "satisfaction",
            "satisfaction_low", "satisfaction_high", "priority", "certain",
        }),
    },
    facts=frozenset({
        "respondents", "attributes", "urgent", "index", "index_low", "index_high", "importance_cut",
        "satisfaction_cut", "priority_slope", "priority_offset", "cut",
    }),
)  # fmt: skip
