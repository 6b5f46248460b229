"""SERVQUAL: gaps of items and dimensions, what matters more, and the five gaps behind the one that customers feel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from worthbook.data.answers import Answers
from worthbook.definitions.study import StudyDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding, Table, TableColumn
from worthbook.kernel.units import Unit, Value, show
from worthbook.models.perception.means import Means
from worthbook.models.perception.points import share_out
from worthbook.models.perception.servqual import Quality, quality
from worthbook.planning.studies.context import Made, Method, StudyContext, column, table
from worthbook.planning.studies.five_gaps import five_gaps
from worthbook.planning.studies.inside_gaps import INSIDE, inside_gaps
from worthbook.planning.studies.surveyed import few, instrument_of, known, listed, nobody, option, points_note

_SURE = 0.05
PERCEPTIONS_ONLY = Text(
    en="Expectations were not asked: perceptions alone are shown (SERVPERF).",
    zh="未询问期望，仅显示感知得分（SERVPERF）。",
)
WORST = Text(
    en="Furthest below expectation: {names}.",
    zh="与期望差距最大：{names}。",
)
WEAK = Text(
    en="The statements about '{name}' hang together weakly (alpha {alpha}): read them one by one.",
    zh="“{name}”各题一致性较弱（α={alpha}），宜逐题解读。",
)
_WEAK_BELOW = 0.7
_NAMED = 3


@dataclass(frozen=True)
class _Asked:
    """The statements that were found, by topic."""

    answers: Answers
    topics: tuple[str, ...]
    dimensions: tuple[str, ...]
    with_expectations: bool

    @classmethod
    def of(cls, answers: Answers) -> _Asked:
        instrument = answers.instrument
        perceived, expected = instrument.asking("perception"), instrument.asking("expectation")
        topics = [topic for topic, name in perceived.items() if answers.has(name)]
        both = [topic for topic in topics if topic in expected and answers.has(expected[topic])]
        constructs = [instrument.questions[perceived[topic]].indicates for topic in both or topics]
        dimensions = tuple(name for name in instrument.constructs if name in constructs)
        return cls(answers, tuple(both or topics), dimensions, bool(both))

    def questions(self, aspect: str) -> list[str]:
        asked = self.answers.instrument.asking(aspect)  # type: ignore[arg-type]
        return [asked[topic] for topic in self.topics]

    @property
    def dimension(self) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
        """Of each statement, as a place among the dimensions."""
        each = [self.answers.instrument.questions[name].indicates or "" for name in self.questions("perception")]
        return np.array([self.dimensions.index(name) for name in each])

    def title(self, construct: str) -> Text:
        return self.answers.instrument.constructs[construct]


def make_service_quality(definition: StudyDefinition, context: StudyContext) -> Made:
    """Gaps, their tests, and the sheet of the five gaps."""
    instrument = instrument_of(definition, context, "servqual")
    answers = context.surveys.answers(instrument)
    asked = None if answers is None else _Asked.of(answers)
    if answers is None or asked is None or not asked.topics or not len(answers):
        return nobody()
    perception = answers.matrix(asked.questions("perception"))
    expectation = answers.matrix(asked.questions("expectation")) if asked.with_expectations else None
    points, off = _points(asked, option(definition, "sums") or "rescale")
    found = quality(perception, expectation, asked.dimension, answers.weights, points)
    inside = inside_gaps(context, option(definition, "staff"), answers)
    sizes = {**inside.sizes, 5: found.overall} if asked.with_expectations else inside.sizes
    tables = (_dimensions(asked, found), _items(asked, found), five_gaps(sizes), *inside.tables)
    told = (*few(found.dimensions.count.max()), *off, *_told(asked, found), *inside.findings)
    facts = {**_facts(asked, found), "staff": inside.people, "knowledge_gap": inside.size(1)}
    return Made(tables, facts, ("answers",), told)


def _points(
    asked: _Asked, sums: str
) -> tuple[np.ndarray[tuple[int, int], np.dtype[np.float64]] | None, tuple[Finding, ...]]:
    given = asked.answers.instrument.asking("points")
    names = [given[name] for name in asked.dimensions if name in given]
    if len(names) < len(asked.dimensions) or not asked.answers.has(*names):
        return None, ()
    scale = asked.answers.instrument.scale_of(names[0])
    shared = share_out(asked.answers.matrix(names), scale.total or 1.0, sums)  # type: ignore[arg-type]
    return shared.points, points_note(shared, scale.total or 1.0, sums)  # type: ignore[arg-type]


# --- tables ----------------------------------------------------------------------------------------------------------


def _dimensions(asked: _Asked, found: Quality) -> Table:
    rows = [_row(asked.title(name), index, found.dimension_expectation, found.dimension_perception, found.dimensions,
                 found.alphas[index], None if found.importance is None else float(found.importance[index]))
            for index, name in enumerate(asked.dimensions)]  # fmt: skip
    for title, total in ((Text(en="All, unweighted", zh="总体（不加权）"), found.overall),
                         (Text(en="All, by importance", zh="总体（按重要性加权）"), found.weighted)):  # fmt: skip
        if total is not None:
            rows.append(_row(title, 0, None, None, total, None, None))
    return _table("dimensions", Text(en="Dimensions", zh="各维度"), ("dimension", "Dimension", "维度"), rows, asked)


def _row(  # noqa: PLR0913, PLR0917 - one cell each
    title: Text, index: int, expectation: Means | None, perception: Means | None, gap: Means, alpha: float | None,
    importance: float | None,
) -> tuple[Value | Text, ...]:  # fmt: skip
    low, high = gap.interval()
    means = [None if each is None else known(each.mean[index]) for each in (expectation, perception)]
    return (title, *means, known(gap.mean[index]), known(low[index]), known(high[index]), alpha, importance)


def _items(asked: _Asked, found: Quality) -> Table:
    low, high = found.items.interval()
    rows: list[tuple[Value | Text, ...]] = []
    for index, topic in enumerate(asked.topics):
        rows.append((
            asked.answers.instrument.topics[topic], asked.title(asked.dimensions[asked.dimension[index]]),
            None if found.expectation is None else known(found.expectation.mean[index]),
            known(found.perception.mean[index]), known(found.items.mean[index]), known(low[index]), known(high[index]),
            known(found.item_p[index]) if asked.with_expectations else None,
        ))  # fmt: skip
    columns = (
        column("item", Unit.TEXT, "Statement", "题目"),
        column("dimension", Unit.TEXT, "Dimension", "维度"),
        column("expectation", Unit.SCORE, "Expected", "期望"),
        column("perception", Unit.SCORE, "Perceived", "感知"),
        _gap(asked),
        column("low", Unit.SCORE, "95 % from", "95%下限"),
        column("high", Unit.SCORE, "to", "上限"),
        column("p_holm", Unit.RATIO, "p (Holm)", "p值（Holm）"),
    )
    return table("items", Text(en="Statements", zh="各题"), columns, rows)


def _table(
    name: str, title: Text, head: tuple[str, str, str], rows: list[tuple[Value | Text, ...]], asked: _Asked
) -> Table:
    columns = (
        column(head[0], Unit.TEXT, head[1], head[2]),
        column("expectation", Unit.SCORE, "Expected", "期望"),
        column("perception", Unit.SCORE, "Perceived", "感知"),
        _gap(asked),
        column("low", Unit.SCORE, "95 % from", "95%下限"),
        column("high", Unit.SCORE, "to", "上限"),
        column("alpha", Unit.RATIO, "Alpha", "α系数"),
        column("importance", Unit.SHARE, "Importance", "重要性"),
    )
    return table(name, title, columns, rows)


def _gap(asked: _Asked) -> TableColumn:
    if asked.with_expectations:
        return column("gap", Unit.SCORE, "Gap P − E", "差距 P − E")
    return column("gap", Unit.SCORE, "Score", "得分")


# --- words -----------------------------------------------------------------------------------------------------------


def _told(asked: _Asked, found: Quality) -> list[Finding]:
    told: list[Finding] = []
    if not asked.with_expectations:
        told.append(Finding(PERCEPTIONS_ONLY))
    else:
        order = np.argsort(found.items.mean)
        worst = [index for index in order[:_NAMED] if found.items.mean[index] < 0 and found.item_p[index] < _SURE]
        if worst:
            named = [_with_number(asked.answers.instrument.topics[asked.topics[index]], found.items.mean[index])
                     for index in worst]  # fmt: skip
            told.append(Finding(WORST.format(names=listed(named)), "warning"))
    for name, alpha in zip(asked.dimensions, found.alphas, strict=True):
        if alpha is not None and alpha < _WEAK_BELOW:
            said = Text(en=show(alpha, Unit.RATIO, "en"), zh=show(alpha, Unit.RATIO, "zh"))
            told.append(Finding(WEAK.format(name=asked.title(name), alpha=said), "warning"))
    return told


def _with_number(title: Text, number: float) -> Text:
    return Text(
        en=f"{title.en} ({show(number, Unit.SCORE, 'en')})", zh=f"{title.zh}（{show(number, Unit.SCORE, 'zh')}）"
    )


def _facts(asked: _Asked, found: Quality) -> dict[str, Value]:
    low, high = found.overall.interval()
    worst = int(np.argmin(found.dimensions.mean))
    return {
        "respondents": int(found.dimensions.count.max()),
        "items": len(asked.topics),
        "with_expectations": asked.with_expectations,
        "gap": known(found.overall.mean[0]),
        "gap_low": known(low[0]),
        "gap_high": known(high[0]),
        "weighted_gap": None if found.weighted is None else known(found.weighted.mean[0]),
        "below": int((found.dimensions.interval()[1] < 0).sum()) if asked.with_expectations else None,
        "dimensions": len(asked.dimensions),
        "lowest": known(found.dimensions.mean[worst]),
    }


_CELLS = frozenset({"expectation", "perception", "gap", "low", "high"})
SERVICE_QUALITY = Method(
    make=make_service_quality,
    maker="service_quality 2",
    roles=frozenset(),
    tables={
        "dimensions": _CELLS | {"dimension", "alpha", "importance"},
        "items": _CELLS | {"item", "dimension", "p_holm"},
        "five_gaps": frozenset({"gap", "between", "arises", "look_at", "size", "size_low", "size_high"}),
        "inside": INSIDE,
    },
    facts=frozenset({
        "respondents", "items", "with_expectations", "gap", "gap_low", "gap_high", "weighted_gap", "below",
        "dimensions", "lowest", "staff", "knowledge_gap",
    }),
)  # fmt: skip
