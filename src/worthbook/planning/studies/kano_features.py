"""Kano's method: the class of each feature, the better–worse plane, segments, and drift over waves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np

from worthbook.data.answers import Answers
from worthbook.definitions.instrument import InstrumentDefinition
from worthbook.definitions.study import StudyDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding, Table
from worthbook.kernel.units import Unit, Value, show
from worthbook.models.base import FloatArray, IntArray
from worthbook.models.perception.intervals import holm
from worthbook.models.perception.kano import (
    CLASSES,
    Continuous,
    Kano,
    Rule,
    TableName,
    classify,
    continuous,
    drift,
    ellipses,
    kano,
)
from worthbook.models.perception.means import means
from worthbook.models.perception.tally import Tally
from worthbook.planning.studies import kano_words as words
from worthbook.planning.studies.context import Made, Method, StudyContext, column, table
from worthbook.planning.studies.surveyed import few, instrument_of, known, least_of, listed, nobody, option, withheld
from worthbook.planning.surveys import grouped

DRAWS, SEED = 10_000, 1
BY_WAVE = Text(en="Features by wave", zh="各期分类")
BY_SEGMENT = Text(en="Features by segment", zh="各群体分类")
_SURE = 0.05


@dataclass(frozen=True)
class _Features:
    """The pairs of answers to each feature of one survey."""

    answers: Answers
    table: TableName
    rule: Rule

    @property
    def instrument(self) -> InstrumentDefinition:
        return self.answers.instrument

    @cached_property
    def topics(self) -> tuple[str, ...]:
        """Features whose two questions were both found."""
        ask = self.instrument.asking
        functional, dysfunctional = ask("functional"), ask("dysfunctional")
        both = [topic for topic in functional if topic in dysfunctional]
        return tuple(topic for topic in both if self.answers.has(functional[topic], dysfunctional[topic]))

    def title(self, topic: str) -> Text:
        return self.instrument.topics[topic]

    @cached_property
    def pairs(self) -> tuple[FloatArray, FloatArray]:
        functional, dysfunctional = self.instrument.asking("functional"), self.instrument.asking("dysfunctional")
        return tuple(  # type: ignore[return-value]
            self.answers.matrix([asked[topic] for topic in self.topics]) for asked in (functional, dysfunctional)
        )

    @cached_property
    def kinds(self) -> IntArray:
        """Respondents by features."""
        return classify(*self.pairs, table=self.table)

    def tally(self, group: IntArray, groups: int) -> list[Tally]:
        """For each feature, groups by classes."""
        return [
            Tally.of(group, self.kinds[:, index], self.answers.weights, (groups, len(CLASSES)))
            for index in range(len(self.topics))
        ]

    @cached_property
    def found(self) -> Kano:
        """All respondents together."""
        each = self.tally(np.zeros(len(self.answers), int), 1)
        stacked = (np.concatenate([getattr(one, part) for one in each]) for part in ("count", "weight", "square"))
        return kano(Tally(*stacked), self.rule)

    @cached_property
    def scored(self) -> Continuous:
        return continuous(*self.pairs, self.answers.weights)

    @cached_property
    def importance(self) -> Mapping[str, float]:
        """Mean importance of each feature, where it was asked."""
        asked = {topic: name for topic, name in self.instrument.asking("importance").items() if self.answers.has(name)}
        if not asked:
            return {}
        found = means(self.answers.matrix(list(asked.values())), self.answers.weights)
        return dict(zip(asked, map(float, found.mean), strict=True))


def make_kano(definition: StudyDefinition, context: StudyContext) -> Made:
    """Classes of all features, then by segment, then over waves."""
    instrument = instrument_of(definition, context, "kano")
    answers = context.surveys.answers(instrument)
    options = option(definition, "table") or "pouliot", option(definition, "rule") or "grouped"
    features = None if answers is None else _Features(answers, cast("TableName", options[0]), cast("Rule", options[1]))
    if features is None or not features.topics or not features.found.tally.count.sum():
        return nobody()
    by, least = option(definition, "by"), least_of(definition)
    tables = [_classes(features), _counts(features), _plane(features), _continuous(features)]
    told: list[Finding] = [*few(features.found.tally.respondents.max()), *_told(features)]
    facts = _facts(features)
    for name in ("wave", by):
        if name is not None:
            more, said, also = _divided(features, name, least)
            tables += more
            told += said
            facts |= also
    return Made(tuple(tables), facts, ("answers",), (*told, Finding(_read_as(features))))


# --- tables ----------------------------------------------------------------------------------------------------------


def _classes(features: _Features) -> Table:
    found = features.found
    rows = [
        (
            features.title(topic), _class(found, index), known(found.better[index]), known(found.worse[index]),
            known(found.strength[index]), known(found.total_strength[index]), bool(found.decided[index]),
            features.importance.get(topic),
        )
        for index, topic in enumerate(features.topics)
    ]  # fmt: skip
    columns = (
        column("feature", Unit.TEXT, "Feature", "功能"),
        column("class", Unit.TEXT, "Class", "类别"),
        column("better", Unit.RATIO, "Better", "better"),
        column("worse", Unit.RATIO, "Worse", "worse"),
        column("strength", Unit.SHARE, "Lead", "领先幅度"),
        column("total_strength", Unit.SHARE, "A+O+M", "A+O+M"),
        column("decided", Unit.FLAG, "Settled", "可判定"),
        column("importance", Unit.SCORE, "Importance", "重要程度"),
    )
    return table("features", Text(en="Features", zh="功能分类"), columns, rows)


def _counts(features: _Features) -> Table:
    tally = features.found.tally
    rows: list[tuple[Value | Text, ...]] = [
        (features.title(topic), int(tally.respondents[index]), *(int(count) for count in tally.count[index]))
        for index, topic in enumerate(features.topics)
    ]
    columns = (
        column("feature", Unit.TEXT, "Feature", "功能"),
        column("respondents", Unit.COUNT, "Respondents", "受访者"),
        *(column(letter.lower(), Unit.COUNT, letter, letter) for letter in CLASSES),
    )
    return table("counts", Text(en="Respondents by class", zh="各类别人数"), columns, rows)


def _plane(features: _Features) -> Table:
    """Better and worse with the ellipse of each feature; worse lies across and without its sign: a quarter turn."""
    found = features.found
    drawn = ellipses(found.tally, DRAWS, SEED)
    rows: list[tuple[Value | Text, ...]] = []
    for index, topic in enumerate(features.topics):
        ellipse = drawn[index]
        axes: tuple[Value, ...] = (None, None, None) if ellipse is None else (*ellipse.axes, ellipse.angle + np.pi / 2)
        rows.append((
            features.title(topic), _class(found, index), known(-found.worse[index]), known(found.better[index]), *axes,
        ))  # fmt: skip
    columns = (
        column("feature", Unit.TEXT, "Feature", "功能"),
        column("class", Unit.TEXT, "Class", "类别"),
        column("worse", Unit.SHARE, "Worse: annoyed by its absence", "worse：缺少时的不满"),
        column("better", Unit.SHARE, "Better: pleased by its presence", "better：具备时的满意"),
        column("longer", Unit.RATIO, "Longer half-axis of the 95 % ellipse", "95%椭圆长半轴"),
        column("shorter", Unit.RATIO, "Shorter half-axis", "短半轴"),
        column("angle", Unit.RATIO, "Angle", "角度"),
    )
    return table("plane", Text(en="Better and worse", zh="better–worse 系数"), columns, rows)


def _continuous(features: _Features) -> Table:
    scored = features.scored
    rows = [
        (features.title(topic), known(scored.functional[index]), known(scored.functional_error[index]),
         known(scored.dysfunctional[index]), known(scored.dysfunctional_error[index]))
        for index, topic in enumerate(features.topics)
    ]  # fmt: skip
    columns = (
        column("feature", Unit.TEXT, "Feature", "功能"),
        column("functional", Unit.SCORE, "If it is there (−2 to 4)", "具备时（−2至4）"),
        column("functional_error", Unit.SCORE, "Standard error", "标准误"),
        column("dysfunctional", Unit.SCORE, "If it is not there (−2 to 4)", "不具备时（−2至4）"),
        column("dysfunctional_error", Unit.SCORE, "Standard error", "标准误"),
    )
    return table("continuous", Text(en="Continuous form", zh="连续形式"), columns, rows)


def _divided(features: _Features, by: str, least: int) -> tuple[list[Table], list[Finding], dict[str, Value]]:
    """Classes by wave or segment, and whether they differ by more than chance."""
    names, group = grouped(features.answers, by)
    size = Tally.of(group, np.zeros(len(group), int), features.answers.weights, (len(names), 1)).respondents
    kept = np.flatnonzero(size >= least)
    told = list(withheld(names, size, least))
    if len(kept) < 2:  # noqa: PLR2004 - nothing to compare
        return [], told, {}
    place = np.full(len(names) + 1, -1)
    place[kept] = np.arange(len(kept))
    shown, tallies = tuple(names[index] for index in kept), features.tally(place[group], len(kept))
    tables = [_by_group(features, shown, tallies, by)]
    changes = [drift(tally) for tally in tallies]
    corrected = holm(np.array([change.p for change in changes]))
    if by != "wave":
        told += _split(features, shown, tallies, corrected)
        return tables, told, {"segments_apart": int((corrected < _SURE).sum())}
    rows: list[tuple[Value | Text, ...]] = []
    ageing = [change.ageing and bool(p < _SURE) for change, p in zip(changes, corrected, strict=True)]
    for index, (change, p) in enumerate(zip(changes, corrected, strict=True)):
        classes = kano(tallies[index], features.rule)
        rows.append((
            features.title(features.topics[index]), shown[0], shown[-1], _class(classes, 0), _class(classes, -1),
            change.better, change.better_low, change.better_high, change.worse, change.worse_low, change.worse_high,
            change.p, float(p), ageing[index],
        ))  # fmt: skip
        if ageing[index]:
            told.append(_ageing(features.title(features.topics[index]), shown, change.better, change.worse, float(p)))
    if not (corrected < _SURE).any():
        told.append(Finding(words.STEADY.format(first=shown[0], last=shown[-1])))
    return [*tables, _drift_table(rows)], told, {"waves": len(shown), "ageing": sum(ageing)}


def _by_group(features: _Features, names: tuple[str, ...], tallies: list[Tally], by: str) -> Table:
    rows = []
    for topic, tally in zip(features.topics, tallies, strict=True):
        found = kano(tally, features.rule)
        rows += [
            (name, features.title(topic), int(tally.respondents[index]), _class(found, index),
             known(found.better[index]), known(found.worse[index]))
            for index, name in enumerate(names)
        ]  # fmt: skip
    title = ("wave", "Wave", "期次") if by == "wave" else ("segment", "Segment", "群体")
    columns = (
        column(title[0], Unit.TEXT, title[1], title[2]),
        column("feature", Unit.TEXT, "Feature", "功能"),
        column("respondents", Unit.COUNT, "Respondents", "受访者"),
        column("class", Unit.TEXT, "Class", "类别"),
        column("better", Unit.RATIO, "Better", "better 系数"),
        column("worse", Unit.RATIO, "Worse", "worse 系数"),
    )
    heading = (
        Text(en="Features by wave", zh="各期分类") if by == "wave" else Text(en="Features by segment", zh="各群体分类")
    )
    return table(f"{title[0]}s", heading, columns, rows)


def _drift_table(rows: list[tuple[Value | Text, ...]]) -> Table:
    columns = (
        column("feature", Unit.TEXT, "Feature", "功能"),
        column("first", Unit.TEXT, "From", "由"),
        column("last", Unit.TEXT, "To", "至"),
        column("class_first", Unit.TEXT, "Class then", "当时类别"),
        column("class_last", Unit.TEXT, "Class now", "当前类别"),
        column("better", Unit.RATIO, "Better changed by", "better 变动"),
        column("better_low", Unit.RATIO, "95 % from", "95%下限"),
        column("better_high", Unit.RATIO, "to", "上限"),
        column("worse", Unit.RATIO, "Worse changed by", "worse 变动"),
        column("worse_low", Unit.RATIO, "95 % from", "95%下限"),
        column("worse_high", Unit.RATIO, "to", "上限"),
        column("p", Unit.RATIO, "p, all classes and waves", "p值（全部类别与期次）"),
        column("p_holm", Unit.RATIO, "p, corrected (Holm)", "校正后p值（Holm）"),
        column("ageing", Unit.FLAG, "Ageing", "老化"),
    )
    return table("drift", Text(en="Drift over waves", zh="各期漂移"), columns, rows)


# --- words -----------------------------------------------------------------------------------------------------------


def _class(found: Kano, index: int) -> Text:
    kind = int(found.kind[index])
    return words.UNKNOWN if kind < 0 else words.CLASS[CLASSES[kind]]


def _told(features: _Features) -> Iterator[Finding]:
    """Which features are in each class, and what to do with them."""
    found = features.found
    for letter, strategy in words.STRATEGY.items():
        named = [features.title(topic) for topic, kind in zip(features.topics, found.kind, strict=True)
                 if kind == CLASSES.index(letter)]  # fmt: skip
        if named:
            tone = "warning" if letter in {"R", "Q"} else "neutral"
            said = words.IN_CLASS.format(kind=words.CLASS[letter], names=listed(named), strategy=strategy)
            yield Finding(said, tone)  # type: ignore[arg-type]
    open_ones = [features.title(topic) for topic, sure in zip(features.topics, found.decided, strict=True) if not sure]
    if open_ones:
        yield Finding(words.UNDECIDED.format(names=listed(open_ones)), "warning")


def _ageing(name: Text, waves: tuple[str, ...], better: float, worse: float, p: float) -> Finding:
    numbers = {key: Text(en=show(value, Unit.RATIO, "en"), zh=show(value, Unit.RATIO, "zh"))
               for key, value in {"better": better, "worse": worse}.items()}  # fmt: skip
    chance = "p < 0.001" if p < 0.001 else f"p = {p:.3f}"  # noqa: PLR2004 - as p is written
    said = words.AGEING.format(name=name, first=waves[0], last=waves[-1], chance=chance, **numbers)
    return Finding(said, "warning")


def _split(features: _Features, names: tuple[str, ...], tallies: list[Tally], p: FloatArray) -> Iterator[Finding]:
    for topic, tally, each in zip(features.topics, tallies, p, strict=True):
        found = kano(tally, features.rule)
        if each < _SURE and len(set(found.kind.tolist())) > 1:
            parts = [Text(en=f"{name} {_class(found, index).en.lower()}", zh=f"{name}为{_class(found, index).zh}")
                     for index, name in enumerate(names)]  # fmt: skip
            yield Finding(words.SPLIT.format(name=features.title(topic), parts=listed(parts)))


def _read_as(features: _Features) -> Text:
    return words.READ_AS.format(
        table=words.TABLE[features.table], rule=words.RULE[features.rule], draws=f"{DRAWS:,}", seed=SEED
    )


def _facts(features: _Features) -> dict[str, Value]:
    found = features.found
    in_class = {name: int((found.kind == index).sum()) for index, name in enumerate(
        ("attractive", "one_dimensional", "must_be", "indifferent", "reverse", "questionable"))}  # fmt: skip
    return {
        "respondents": int(found.tally.respondents.max()),
        "features": len(features.topics),
        "undecided": int((~found.decided).sum()),
        "table": features.table,
        "rule": features.rule,
        **in_class,
    }


KANO = Method(
    make=make_kano,
    maker="kano 1",
    roles=frozenset(),
    tables={
        "features": frozenset({
            "feature", "class", "better", "worse", "strength", "total_strength", "decided", "importance",
        }),
        "counts": frozenset({"feature", "respondents", *(letter.lower() for letter in CLASSES)}),
        "plane": frozenset({"feature", "class", "better", "worse", "longer", "shorter", "angle"}),
        "continuous": frozenset({
            "feature", "functional", "functional_error", "dysfunctional", "dysfunctional_error",
        }),
        "waves": frozenset({"wave", "feature", "respondents", "class", "better", "worse"}),
        "segments": frozenset({"segment", "feature", "respondents", "class", "better", "worse"}),
        "drift": frozenset({
            "feature", "first", "last", "class_first", "class_last", "better", "better_low", "better_high", "worse",
            "worse_low", "worse_high", "p", "p_holm", "ageing",
        }),
    },
    facts=frozenset({
        "respondents", "features", "undecided", "table", "rule", "attractive", "one_dimensional", "must_be",
        "indifferent", "reverse", "questionable", "waves", "ageing", "segments_apart",
    }),
)  # fmt: skip
