"""Scores of constructs from 0 to 100: items count the same, against the bounds of their scales."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from worthbook.data.answers import Answers
from worthbook.definitions.study import StudyDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding, Table
from worthbook.kernel.units import Unit, Value
from worthbook.models.base import FloatArray
from worthbook.models.perception.means import Means, alpha, means
from worthbook.planning.studies.context import Made, Method, StudyContext, column, table
from worthbook.planning.studies.surveyed import few, instrument_of, known, least_of, nobody, option, withheld
from worthbook.planning.surveys import grouped

EQUAL_WEIGHTS = Text(
    en="All items of a construct count the same here; `worthbook survey model` weighs them by a structural model.",
    zh="此处同一构念的各题等权计分；`worthbook survey model` 可按结构模型加权。",
)
DIVIDED = {
    "wave": ("waves", Text(en="Scores by wave", zh="各期得分"), ("wave", "Wave", "期次")),
    "brand": ("brands", Text(en="Scores by brand", zh="各品牌得分"), ("brand", "Brand", "品牌")),
    "segment": ("segments", Text(en="Scores by segment", zh="各群体得分"), ("segment", "Segment", "群体")),
}


def make_construct_scores(definition: StudyDefinition, context: StudyContext) -> Made:
    """Score each construct, then by wave, brand and segment where there are several."""
    instrument = instrument_of(definition, context)
    answers = context.surveys.answers(instrument)
    constructs = () if answers is None else _constructs(answers)
    if answers is None or not constructs or not len(answers):
        return nobody()
    scores = _scores(answers, constructs)
    tables = [_table(answers, constructs, scores)]
    found = means(scores, answers.weights)
    told: list[Finding] = [*few(found.count.max())]
    by, least = option(definition, "by"), least_of(definition)
    for kind, name in (("wave", "wave"), ("brand", "brand"), ("segment", by)):
        if name is not None and not (kind == "segment" and name in {"wave", "brand"}):
            more, said = _divided(answers, constructs, scores, (kind, name), least)
            tables += more
            told += said
    best, worst = int(np.nanargmax(found.mean)), int(np.nanargmin(found.mean))
    facts: dict[str, Value] = {
        "respondents": int(found.count.max()),
        "constructs": len(constructs),
        "highest": known(found.mean[best]),
        "lowest": known(found.mean[worst]),
        "satisfaction": known(found.mean[constructs.index("satisfaction")]) if "satisfaction" in constructs else None,
    }
    return Made(tuple(tables), facts, ("answers",), (*told, Finding(EQUAL_WEIGHTS)))


def _constructs(answers: Answers) -> tuple[str, ...]:
    return tuple(name for name in answers.instrument.constructs if _items(answers, name))


def _items(answers: Answers, construct: str) -> list[str]:
    """The rated items that were found; points and importances are no indicators."""
    asked = answers.instrument.questions
    return [
        name for name in answers.instrument.indicators(construct)
        if answers.has(name) and asked[name].aspect not in {"importance", "points"}
        and answers.instrument.scale_of(name).kind == "rating"
    ]  # fmt: skip


def _scores(answers: Answers, constructs: Sequence[str]) -> FloatArray:
    """Respondents by constructs: the mean over the items answered, 100 the best."""
    columns = []
    for construct in constructs:
        items = _items(answers, construct)
        low, high = answers.bounds(items).T
        scaled = 100 * (answers.matrix(items) - low) / (high - low)
        answered = ~np.isnan(scaled)
        with np.errstate(invalid="ignore", divide="ignore"):
            columns.append(np.nansum(scaled, axis=1) / answered.sum(axis=1))
    return np.stack(columns, axis=1)


def _table(answers: Answers, constructs: Sequence[str], scores: FloatArray) -> Table:
    found = means(scores, answers.weights)
    low, high = found.interval()
    rows = [
        (answers.instrument.constructs[name], len(_items(answers, name)), int(found.count[index]),
         known(found.mean[index]), known(low[index]), known(high[index]),
         alpha(answers.matrix(_items(answers, name)), answers.weights))
        for index, name in enumerate(constructs)
    ]  # fmt: skip
    columns = (
        column("construct", Unit.TEXT, "Construct", "构念"),
        column("items", Unit.COUNT, "Items", "题数"),
        column("respondents", Unit.COUNT, "Respondents", "受访者"),
        column("score", Unit.SCORE, "Score, 0 to 100", "得分（0至100）"),
        column("low", Unit.SCORE, "95 % from", "95%下限"),
        column("high", Unit.SCORE, "to", "上限"),
        column("alpha", Unit.RATIO, "Alpha", "α系数"),
    )
    return table("constructs", Text(en="Constructs", zh="各构念得分"), columns, rows)


def _divided(
    answers: Answers, constructs: Sequence[str], scores: FloatArray, by: tuple[str, str], least: int
) -> tuple[list[Table], tuple[Finding, ...]]:
    kind, name = by
    names, group = grouped(answers, name)
    parts = [group == index for index in range(len(names))]
    sizes = np.array([float(part.sum()) for part in parts])
    told = withheld(names, sizes, least)
    shown = [index for index in range(len(names)) if sizes[index] >= least]
    if len(shown) < 2:  # noqa: PLR2004 - nothing to compare
        return [], told
    found: dict[int, Means] = {index: means(scores[parts[index]], answers.weights[parts[index]]) for index in shown}
    rows: list[tuple[Value | Text, ...]] = []
    for place, construct in enumerate(constructs):
        for index in shown:
            low, high = found[index].interval()
            rows.append((
                names[index], answers.instrument.constructs[construct], int(found[index].count[place]),
                known(found[index].mean[place]), known(low[place]), known(high[place]),
            ))  # fmt: skip
    title, heading, (first, en, zh) = DIVIDED[kind]
    columns = (
        column(first, Unit.TEXT, en, zh),
        column("construct", Unit.TEXT, "Construct", "构念"),
        column("respondents", Unit.COUNT, "Respondents", "受访者"),
        column("score", Unit.SCORE, "Score", "得分"),
        column("low", Unit.SCORE, "95 % from", "95%下限"),
        column("high", Unit.SCORE, "to", "上限"),
    )
    return [table(title, heading, columns, rows)], told


_CELLS = frozenset({"construct", "respondents", "score", "low", "high"})
CONSTRUCT_SCORES = Method(
    make=make_construct_scores,
    maker="construct_scores 1",
    roles=frozenset(),
    tables={
        "constructs": _CELLS | {"items", "alpha"},
        "waves": _CELLS | {"wave"},
        "brands": _CELLS | {"brand"},
        "segments": _CELLS | {"segment"},
    },
    facts=frozenset({"respondents", "constructs", "highest", "lowest", "satisfaction"}),
)
