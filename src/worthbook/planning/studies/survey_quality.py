"""How far answers can be relied on: who answered, how carefully, what is missing, which items point the wrong way."""

from __future__ import annotations

import numpy as np

from worthbook.data.answers import Answers
from worthbook.data.invited import Invited
from worthbook.definitions.instrument import InstrumentDefinition
from worthbook.definitions.study import StudyDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding, Table
from worthbook.kernel.units import Unit, Value
from worthbook.models.base import IntArray
from worthbook.models.perception.answer_quality import copies, item_rest, speeders, straight_liners
from worthbook.models.perception.means import means
from worthbook.planning.studies.context import Made, Method, StudyContext, column, share, table
from worthbook.planning.studies.response_rate import response
from worthbook.planning.studies.surveyed import few, instrument_of, known, listed, nobody, option
from worthbook.planning.surveys import grouped

STRAIGHT = Text(en="Same answer to all items of a scale", zh="同一量表全部选同一答案")
FAST = Text(en="Less than two fifths of the median time", zh="用时不足中位数的五分之二")
COPIED = Text(en="All answers as another respondent", zh="答案与他人完全相同")
HALF_EMPTY = Text(en="Less than half answered", zh="作答不足一半")
NO_QUESTION = Text(en="Not asked in this file: {names}.", zh="文件中没有以下题目：{names}。")
CONSTANT = Text(
    en="Everybody answered the same to: {names}. Such an item measures nothing.",
    zh="以下题目所有人答案相同，无法用于测量：{names}。",
)
WRONG_WAY = Text(
    en="Points against the rest of its construct: {names}. Either the item is reversed and not declared so, or the "
    "file holds it turned round already.",
    zh="与同一构念的其他题方向相反：{names}。可能是反向题未声明，也可能是文件中已作反向处理。",
)
OWN_ONLY = Text(
    en="Only own customers answered. What they say of rivals, and of our price against theirs, flatters us; a value "
    "map needs a sample of the market.",
    zh="仅自有客户作答。他们对竞争对手及相对价格的评价会偏向本企业；绘制价值图需要市场样本。",
)


def make_survey_quality(definition: StudyDefinition, context: StudyContext) -> Made:
    """Look at items, respondents and who they are."""
    instrument = instrument_of(definition, context)
    answers = context.surveys.answers(instrument)
    if answers is None or not len(answers):
        return nobody()
    flags = _flags(answers)
    careless = np.logical_or.reduce([flag for _, flag in flags])
    tables = [_items(answers), _respondents(answers, flags)]
    told: list[Finding] = [*few(len(answers)), *_told(answers)]
    by = option(definition, "by")
    if by is not None:
        tables.append(_who(answers, by))
    responded = response(answers, context.invited or _invited(context, instrument), by)
    tables += responded.tables
    told += responded.findings
    facts: dict[str, Value] = {
        "respondents": len(answers),
        "questions": len(answers.questions),
        "careless": int(careless.sum()),
        "careless_share": share(float(careless.sum()), len(answers)),
        "missing_share": known(float(np.isnan(answers.values).mean())) if answers.values.size else None,
        "effective": float(answers.weights.sum() ** 2 / (answers.weights**2).sum()),
        "weighted": bool(np.ptp(answers.weights) > 0),
        "customers_known": int((answers.customers != "").sum()),
        **responded.facts,
        **{name: int(flag.sum()) for name, (_, flag) in zip(_NAMES, flags, strict=True)},
    }  # fmt: skip
    return Made(tuple(tables), facts, ("answers",), tuple(told))


def _invited(context: StudyContext, instrument: InstrumentDefinition) -> Invited | None:
    """As the book's surveys say, which know no groups."""
    total = context.surveys.invited(instrument)
    return None if total is None else Invited(total)


_NAMES = ("straight_liners", "speeders", "copies", "half_empty")


def _flags(answers: Answers) -> list[tuple[Text, np.ndarray[tuple[int], np.dtype[np.bool_]]]]:
    instrument = answers.instrument
    ratings = [name for name in answers.questions if instrument.scale_of(name).kind == "rating"]
    scales = sorted({instrument.questions[name].scale for name in ratings})
    scale: IntArray = np.array([scales.index(instrument.questions[name].scale) for name in ratings], dtype=int)
    raw = np.stack([answers.column(name) for name in ratings], axis=1) if ratings else np.empty((len(answers), 0))
    half = np.isnan(answers.values).mean(axis=1) > 0.5 if answers.values.size else np.zeros(len(answers), dtype=bool)  # noqa: PLR2004
    return [
        (STRAIGHT, straight_liners(raw, scale)),
        (FAST, speeders(answers.seconds)),
        (COPIED, copies(answers.values)),
        (HALF_EMPTY, np.asarray(half, dtype=bool)),
    ]


def _items(answers: Answers) -> Table:
    found = means(answers.values, answers.weights)
    rest = item_rest(answers.matrix(answers.questions), _construct(answers)).correlation
    rows: list[tuple[Value | Text, ...]] = []
    for index, name in enumerate(answers.questions):
        values = answers.values[:, index]
        low, high = answers.instrument.scale_of(name).bounds
        given = values[~np.isnan(values)]
        at_top = None if not len(given) or not np.isfinite(high) else float((given == high).mean())
        at_low = None if not len(given) else float((given == low).mean())
        rows.append((
            name, int(found.count[index]), share(float(np.isnan(values).sum()), len(values)),
            known(found.mean[index]), at_low, at_top, known(rest[index]),
        ))  # fmt: skip
    columns = (
        column("question", Unit.ID, "Question", "题目"),
        column("answered", Unit.COUNT, "Answered", "作答数"),
        column("missing", Unit.SHARE, "Missing", "缺失"),
        column("mean", Unit.SCORE, "Mean", "均值"),
        column("at_lowest", Unit.SHARE, "At the lowest", "选最低分"),
        column("at_highest", Unit.SHARE, "At the highest", "选最高分"),
        column("item_rest", Unit.RATIO, "With its construct", "与构念相关"),
    )
    return table("items", Text(en="Questions", zh="题目"), columns, rows)


def _construct(answers: Answers) -> IntArray:
    """Of each question; expectations and perceptions are kept apart, and importance indicates nothing."""
    asked = answers.instrument.questions
    keys = [
        None if asked[name].indicates is None or asked[name].aspect in {"importance", "points"}
        else (asked[name].indicates, asked[name].aspect)
        for name in answers.questions
    ]  # fmt: skip
    order = list(dict.fromkeys(key for key in keys if key is not None))
    return np.array([-1 if key is None else order.index(key) for key in keys], dtype=int)


def _respondents(answers: Answers, flags: list[tuple[Text, np.ndarray[tuple[int], np.dtype[np.bool_]]]]) -> Table:
    rows = [(title, int(flag.sum()), share(float(flag.sum()), len(answers))) for title, flag in flags]
    columns = (
        column("sign", Unit.TEXT, "Sign of carelessness", "敷衍迹象"),
        column("respondents", Unit.COUNT, "Respondents", "受访者"),
        column("share", Unit.SHARE, "Share", "占比"),
    )
    return table("carelessness", Text(en="Respondents", zh="受访者"), columns, rows)


def _who(answers: Answers, by: str) -> Table:
    names, group = grouped(answers, by)
    sizes = np.bincount(group[group >= 0], minlength=len(names))
    weights = np.bincount(group[group >= 0], answers.weights[group >= 0], minlength=len(names))
    rows = [
        (name, int(sizes[index]), share(float(sizes[index]), len(answers)), share(weights[index], float(weights.sum())))
        for index, name in enumerate(names)
    ]
    columns = (
        column("segment", Unit.TEXT, "Segment", "群体"),
        column("respondents", Unit.COUNT, "Respondents", "受访者"),
        column("share", Unit.SHARE, "Share", "占比"),
        column("weighted_share", Unit.SHARE, "Share by weight", "加权占比"),
    )
    return table("segments", Text(en="Who answered", zh="受访者构成"), columns, rows)


def _told(answers: Answers) -> list[Finding]:
    told: list[Finding] = []
    absent = [name for name in answers.instrument.rated if name not in answers.place]
    if absent:
        told.append(Finding(NO_QUESTION.format(names=", ".join(absent)), "warning"))
    constant = [name for name in answers.questions if _is_constant(answers.column(name))]
    if constant:
        told.append(Finding(CONSTANT.format(names=", ".join(constant)), "warning"))
    wrong = item_rest(answers.matrix(answers.questions), _construct(answers)).wrong_way
    turned = [Text(en=name, zh=name) for name, each in zip(answers.questions, wrong, strict=True) if each]
    if turned:
        told.append(Finding(WRONG_WAY.format(names=listed(turned)), "warning"))
    if answers.instrument.compares and len(answers.customers) and (answers.customers != "").all():
        told.append(Finding(OWN_ONLY, "warning"))
    return told


def _is_constant(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> bool:
    given = values[~np.isnan(values)]
    return len(given) > 1 and bool(given.min() == given.max())


SURVEY_QUALITY = Method(
    make=make_survey_quality,
    maker="survey_quality 2",
    roles=frozenset(),
    tables={
        "items": frozenset({
            "question", "answered", "missing", "mean", "at_lowest", "at_highest", "item_rest",
        }),
        "carelessness": frozenset({"sign", "respondents", "share"}),
        "segments": frozenset({"segment", "respondents", "share", "weighted_share"}),
        "response": frozenset({
            "segment", "invited", "answered", "rate", "rate_low", "rate_high", "share_invited", "share_answered",
        }),
    },
    facts=frozenset({
        "respondents", "questions", "careless", "careless_share", "missing_share", "effective", "weighted",
        "customers_known", "invited", "response_rate", "response_low", "response_high", *_NAMES,
    }),
)  # fmt: skip
