"""Whether the questions of an instrument can be answered and scored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from worthbook.definitions.instrument import Aspect, InstrumentDefinition, Scale, Scoring
from worthbook.definitions.mapping import header_key
from worthbook.kernel.errors import Fault, Problem, did_you_mean
from worthbook.kernel.language import Text

PART_UNKNOWN = Fault(
    "instrument-part-unknown",
    what=Text(en="The instrument has no {kind} '{name}'.", zh="该问卷没有名为“{name}”的{kind}。"),
    hint=Text(en="Declare it under `{key}:`. {near}", zh="请在 `{key}:` 下声明。{near}"),
)
SCALE_UNFIT = Fault(
    "instrument-scale-unfit",
    what=Text(en="The scale '{name}' is not complete: {why}.", zh="量表“{name}”不完整：{why}。"),
    hint=Text(
        en="A rating has `low` below `high`, with every label between them; points have a `total`.",
        zh="评分量表须有 low 与 high（low 小于 high），标签取值在两者之间；分配点数的量表须有 total。",
    ),
)
QUESTIONS_MISSING = Fault(
    "instrument-questions-missing",
    what=Text(
        en="The scoring '{scoring}' needs questions of aspect '{aspect}' about a topic; there is none{about}.",
        zh="计分方式“{scoring}”需要针对某一主题、aspect 为“{aspect}”的题目，此处缺少{about}。",
    ),
    hint=Text(
        en="Give each topic one question with `aspect: {aspect}`.",
        zh="请为每个主题设置一道 `aspect: {aspect}` 的题目。",
    ),
)
HEADER_TWICE = Fault(
    "instrument-header-twice",
    what=Text(
        en="'{header}' heads two questions: '{first}' and '{second}'.",
        zh="表头“{header}”同时对应两道题：“{first}”与“{second}”。",
    ),
    hint=Text(en="Take it out of one of them.", zh="请从其中一题删除。"),
)
QUESTION_TWICE = Fault(
    "instrument-question-twice",
    what=Text(
        en="'{first}' and '{second}' ask the same of the topic '{topic}'.",
        zh="“{first}”与“{second}”对主题“{topic}”问的是同一方面。",
    ),
    hint=Text(en="Give one of them another topic or aspect.", zh="请修改其中一题的 topic 或 aspect。"),
)

_SCALE, _CONSTRUCT, _TOPIC = (
    Text(en="scale", zh="量表"),
    Text(en="construct", zh="构念"),
    Text(en="topic", zh="主题"),
)
_SECTIONS = {"scale": "scales", "indicates": "constructs", "topic": "topics"}
_BOUNDS = Text(en="`low` and `high` are missing or not in order", zh="缺少 low、high 或两者次序有误")
_LABELS = Text(en="the label {label} lies outside of it", zh="标签 {label} 超出范围")
_TOTAL = Text(en="points without a `total`", zh="分配点数却没有 total")
_MISSING = Text(en="the missing code {code} is a possible answer", zh="缺失代码 {code} 同时是有效答案")
_NEEDED: Mapping[Scoring, tuple[Aspect, ...]] = {
    "servqual": ("perception",),
    "kano": ("functional", "dysfunctional"),
    "dual": ("rating", "importance"),
    "points": ("points",),
}
_WHOLE: frozenset[Scoring] = frozenset({"kano", "dual"})
"""Scorings that need every topic to have all of the aspects."""


def problems(instrument: InstrumentDefinition) -> Iterator[Problem]:
    """What is wrong with one instrument."""
    for name, scale in instrument.scales.items():
        for why in _scale(scale):
            yield SCALE_UNFIT.problem(instrument.place_of("scales", name), name=name, why=why)
    yield from _parts(instrument)
    yield from _scored(instrument)
    yield from _headers(instrument)
    yield from _told_apart(instrument)


def _scale(scale: Scale) -> Iterator[Text]:
    if scale.kind == "points" and scale.total is None:
        yield _TOTAL
    if scale.kind != "rating":
        return
    if scale.low is None or scale.high is None or scale.low >= scale.high:
        yield _BOUNDS
        return
    low, high = scale.bounds
    for label in [*scale.labels, *scale.spellings.values()]:
        if not low <= label <= high:
            yield _LABELS.format(label=label)
    for code in scale.missing:
        if isinstance(code, float) and low <= code <= high:
            yield _MISSING.format(code=f"{code:g}")


def _parts(instrument: InstrumentDefinition) -> Iterator[Problem]:
    """Scales, constructs and topics that questions name."""
    for question, each in instrument.questions.items():
        named = (
            ("scale", _SCALE, each.scale, instrument.scales),
            ("indicates", _CONSTRUCT, each.indicates, instrument.constructs),
            ("topic", _TOPIC, each.topic, instrument.topics),
        )
        for key, kind, name, known in named:
            if name is not None and name not in known:
                where = instrument.place_of("questions", question, key)
                near = did_you_mean(name, known)
                yield PART_UNKNOWN.problem(where, kind=kind, name=name, key=_SECTIONS[key], near=near)


def _scored(instrument: InstrumentDefinition) -> Iterator[Problem]:
    """The aspects that the scoring reads, for at least one topic, or for every one."""
    for aspect in _NEEDED.get(instrument.scoring, ()):
        asked = instrument.asking(aspect)
        lacking = [topic for topic in instrument.topics if topic not in asked]
        if not asked or (instrument.scoring in _WHOLE and lacking):
            about = Text(en="", zh="")
            if asked:
                about = Text(en=f" about '{lacking[0]}'", zh=f"（主题“{lacking[0]}”）")
            where = instrument.place_of("scoring")
            yield QUESTIONS_MISSING.problem(where, scoring=instrument.scoring, aspect=aspect, about=about)


def _headers(instrument: InstrumentDefinition) -> Iterator[Problem]:
    given: dict[str, str] = {}
    for question, each in instrument.questions.items():
        for header in dict.fromkeys((question, *each.names)):
            first = given.setdefault(header_key(header), question)
            if first != question:
                where = instrument.place_of("questions", question, "names")
                yield HEADER_TWICE.problem(where, header=header, first=first, second=question)


def _told_apart(instrument: InstrumentDefinition) -> Iterator[Problem]:
    """One question for each aspect of a topic, where the scoring goes by topics."""
    if instrument.scoring not in _NEEDED:
        return
    given: dict[tuple[str, Aspect], str] = {}
    for question, each in instrument.questions.items():
        if each.topic is not None and each.aspect != "comment":
            first = given.setdefault((each.topic, each.aspect), question)
            if first != question:
                where = instrument.place_of("questions", question)
                yield QUESTION_TWICE.problem(where, first=first, second=question, topic=each.topic)
