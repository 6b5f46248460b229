"""What satisfaction is worth: answers joined to what the same customers did in the twelve months after (B14)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from worthbook.data import columns
from worthbook.data.answers import Answers
from worthbook.definitions.instrument import InstrumentDefinition
from worthbook.definitions.study import StudyDefinition
from worthbook.kernel.errors import WorthbookError
from worthbook.kernel.language import Text
from worthbook.kernel.period import Window
from worthbook.kernel.result import Finding, Table
from worthbook.kernel.units import Unit, Value
from worthbook.models.base import FloatArray
from worthbook.models.perception.money import (
    BaseEffect,
    LoyaltyCurve,
    PointValue,
    effect_on_base,
    loyalty_curve,
    point_value,
)
from worthbook.models.perception.money import driver_money as money_of_drivers
from worthbook.models.perception.rivals.ratings import Measured
from worthbook.planning.studies.context import Made, Method, StudyContext, column, table
from worthbook.planning.studies.rated import ends
from worthbook.planning.studies.surveyed import instrument_of, nobody, option

AFTER = Window.parse("12 months")
"""How long customers are watched after they answered."""
OLDEST = Window.parse("36 months")
"""Older answers are not taken for what a customer thought at the beginning of the twelve months."""

WAIT = Text(
    en="Answers are joined to the 12 months after them; {count} answers are old enough so far, 30 are needed.",
    zh="答卷与其后12个月的行为相联系；目前仅有{count}份答卷满12个月，至少需要30份。",
)
DRIVER = Text(en="One point more of {driver}", zh="“{driver}”每提高1分")
POINT = Text(en="One point more of satisfaction", zh="满意度每提高1分")
PER_CUSTOMER = Text(en="a respondent and year", zh="每位受访客户每年")
WHOLE_BASE = Text(en="all customers and year", zh="全体客户每年")


@dataclass(frozen=True)
class Joined:
    """Answers beside what the same customers did later; one entry a customer."""

    customers: Sequence[str]
    answers: Answers
    score: FloatArray
    later: FloatArray
    earlier: FloatArray
    group: Sequence[str]


def make_satisfaction_money(definition: StudyDefinition, context: StudyContext) -> Made:
    """Join the last answer of each customer from before the last twelve months to these twelve months."""
    instrument = instrument_of(definition, context)
    answers = context.surveys.answers(instrument)
    question = option(definition, "question") or instrument.rated[0]
    if answers is None or not answers.has(question) or not all(map(context.has, definition.inputs.values())):
        return nobody()
    joined = _joined(definition, context, answers, question)
    five = instrument.scale_of(question).bounds == (1.0, 5.0)
    stayed = (joined.later > 0).astype(float)
    try:
        curve = loyalty_curve(joined.score, stayed, joined.later, joined.answers.weights, five_points=five)
        money = point_value(joined.score, joined.later, joined.earlier, joined.answers.weights)
    except WorthbookError:
        said = WAIT.format(count=int(np.isfinite(joined.score).sum()))
        return Made((), {"respondents": int(np.isfinite(joined.score).sum())}, ("answers",), (Finding(said),))
    base = _base(definition, context, joined, money)
    tables = (_levels(curve), _worth(instrument, joined, question, money, base))
    told = tuple(Finding(note) for note in curve.cautions)
    used = ("answers", *definition.inputs.values())
    return Made(tables, _facts(curve, money, base), used, told)


def _joined(definition: StudyDefinition, context: StudyContext, answers: Answers, question: str) -> Joined:
    """The last answer of each customer that is old enough, with the columns of that customer."""
    newest, oldest = (_before(window, context.as_of) for window in (AFTER, OLDEST))
    usable = (answers.answered_on <= newest) & (answers.answered_on > oldest) & (answers.customers != "")
    usable &= np.isfinite(answers.column(question))
    rows = np.flatnonzero(usable)
    rows = rows[np.argsort(answers.answered_on[rows], kind="stable")[::-1]]
    names, first = np.unique(answers.customers[rows], return_index=True)
    chosen = answers.where(_mask(rows[first], len(answers)))
    order = np.argsort(chosen.customers)
    wanted = [definition.inputs["later"], definition.inputs["earlier"]]
    framework = definition.optional.get("group")
    group = [framework] if framework is not None and context.has(framework) else []
    found = columns.of_customers(context.engine, context.sheets, names.tolist(), [*wanted, *group])
    values = [found.get(str(name), (None,) * (len(wanted) + len(group))) for name in chosen.customers[order]]
    placed = [np.array([_number(row[index]) for row in values]) for index in range(2)]
    back = np.empty(len(order), dtype=np.intp)
    back[order] = np.arange(len(order))
    later, earlier = (each[back] for each in placed)
    groups = [str(values[index][2]) if group and values[index][2] is not None else "" for index in back]
    return Joined(chosen.customers.tolist(), chosen, chosen.column(question), later, earlier, groups)


def _before(window: Window, as_of: dt.date) -> np.datetime64:
    return np.datetime64(window.span(as_of)[0])


def _mask(rows: np.ndarray, size: int) -> np.ndarray:
    mask = np.zeros(size, dtype=bool)
    mask[rows] = True
    return mask


def _number(value: Value) -> float:
    return float("nan") if value is None else float(value)  # type: ignore[arg-type]


def _base(definition: StudyDefinition, context: StudyContext, joined: Joined, money: PointValue) -> BaseEffect | None:
    """One point more for everybody: the slope in each group, carried over to the groups of the base."""
    framework = definition.optional.get("group")
    if framework is None or not any(joined.group):
        return None
    counted = columns.by_label(context.engine, [s for s in context.sheets if framework in s.columns], framework, [])
    sizes = {str(label): float(count) for label, count in counted if label is not None}  # type: ignore[arg-type]
    known = np.array([each in sizes for each in joined.group]) & np.isfinite(joined.later)
    if not sizes or not known.any():
        return None
    # What a point is worth differs between groups as their spend does: each customer's share of the mean slope.
    mean = float(np.mean(joined.later[known]))
    if mean <= 0:
        return None
    worth = money.per_point.value * joined.later[known] / mean
    groups = [each for each, keep in zip(joined.group, known.tolist(), strict=True) if keep]
    try:
        found = effect_on_base(groups, worth, list(sizes), np.array(list(sizes.values())))
    except WorthbookError:
        return None
    return _widened(found, money)


def _widened(found: BaseEffect, money: PointValue) -> BaseEffect:
    """The interval with the uncertainty of the slope itself added, as independent errors add."""
    slope, total = money.per_point, found.total
    if None in (slope.low, slope.high, total.low, total.high) or slope.value == 0:
        return found
    relative = (slope.high - slope.low) / 2 / abs(slope.value)  # type: ignore[operator]
    within = (total.high - total.low) / 2  # type: ignore[operator]
    half = float(np.hypot(within, relative * abs(total.value)))
    wide = Measured(total.value, total.value - half, total.value + half)
    return BaseEffect(found.respondents, wide, found.customers, found.answered, found.silent_groups)


def _levels(curve: LoyaltyCurve) -> Table:
    rows = [
        (
            f"{each.score:g}",
            round(each.customers),
            *ends(each.stayed),
            *ends(each.fitted),
            *(each.reference or (None, None)),
            *(ends(each.spend) if each.spend is not None else (None,) * 3),
        )
        for each in curve.levels
    ]
    columns_ = (
        column("score", Unit.TEXT, "Score", "评分"),
        column("customers", Unit.COUNT, "Customers", "客户数"),
        column("stayed", Unit.SHARE, "Bought again", "继续购买"),
        column("stayed_low", Unit.SHARE, "from", "下限"),
        column("stayed_high", Unit.SHARE, "to", "上限"),
        column("fitted", Unit.SHARE, "Rising curve", "单调曲线"),
        column("fitted_low", Unit.SHARE, "from", "下限"),
        column("fitted_high", Unit.SHARE, "to", "上限"),
        column("reference_low", Unit.SHARE, "Textbook from", "教材参考下限"),
        column("reference_high", Unit.SHARE, "to", "上限"),
        column("spend", Unit.MONEY, "Mean spend", "平均消费"),
        column("spend_low", Unit.MONEY, "from", "下限"),
        column("spend_high", Unit.MONEY, "to", "上限"),
    )
    title = Text(en="Twelve months after the answer, by score", zh="各评分客户在其后12个月的表现")
    return table("levels", title, columns_, rows)


def _worth(
    instrument: InstrumentDefinition, joined: Joined, question: str, money: PointValue, base: BaseEffect | None
) -> Table:
    rows: list[Sequence[Value | Text]] = [(POINT, PER_CUSTOMER, *ends(money.per_point))]
    if base is not None:
        rows.append((POINT, WHOLE_BASE, *ends(base.total)))
    effects = dict(_effects(joined, instrument, question))
    for each in money_of_drivers(effects, money):
        title = instrument.questions[each.name].text
        topic = instrument.questions[each.name].topic
        driver = instrument.topics[topic] if topic else title
        rows.append((DRIVER.format(driver=driver), PER_CUSTOMER, *ends(each.per_point)))
    columns_ = (
        column("change", Unit.TEXT, "Change", "变化"),
        column("of", Unit.TEXT, "Worth, for", "口径"),
        column("money", Unit.MONEY, "Money", "金额"),
        column("money_low", Unit.MONEY, "from", "下限"),
        column("money_high", Unit.MONEY, "to", "上限"),
    )
    return table("worth", Text(en="Money per point", zh="每分价值"), columns_, rows)


def _effects(
    joined: Joined, instrument: InstrumentDefinition, question: str
) -> Iterator[tuple[str, tuple[float, float]]]:
    """What one point of each other rated question adds to the score, all others equal, with its standard error."""
    asked = [
        name
        for name in instrument.rated
        if name != question and joined.answers.has(name) and instrument.questions[name].aspect == "rating"
    ]
    if not asked:
        return
    matrix = joined.answers.matrix(asked)
    whole = np.isfinite(matrix).all(axis=1) & np.isfinite(joined.score)
    design = np.column_stack([matrix[whole], np.ones(whole.sum())])
    if len(design) <= 2 * design.shape[1] or np.linalg.matrix_rank(design) < design.shape[1]:
        return
    gram = np.linalg.inv(design.T @ design)
    slopes = gram @ (design.T @ joined.score[whole])
    residual = joined.score[whole] - design @ slopes
    error = np.sqrt(np.diag(gram) * (residual @ residual) / (len(design) - design.shape[1]))
    for index, name in enumerate(asked):
        yield name, (float(slopes[index]), float(error[index]))


def _facts(curve: LoyaltyCurve, money: PointValue, base: BaseEffect | None) -> Mapping[str, Value]:
    low, high = curve.levels[0], curve.levels[-1]
    slope = money.per_point
    return {
        "respondents": curve.customers,
        "lowest_score": low.score,
        "highest_score": high.score,
        "stayed_lowest": low.fitted.value,
        "stayed_highest": high.fitted.value,
        "rises": curve.rises.value,
        "rises_is_sure": curve.rises.excludes(0.0),
        "per_point": slope.value,
        "per_point_low": slope.low,
        "per_point_high": slope.high,
        "per_point_is_sure": slope.excludes(0.0),
        "base": None if base is None else base.total.value,
        "base_low": None if base is None else base.total.low,
        "base_high": None if base is None else base.total.high,
        "base_customers": None if base is None else int(base.customers),
    }


SATISFACTION_MONEY = Method(
    make=make_satisfaction_money,
    maker="satisfaction_money 1",
    roles=frozenset({"later", "earlier", "group"}),
    tables={
        "levels": frozenset({
            "score", "customers", "stayed", "stayed_low", "stayed_high", "fitted", "fitted_low", "fitted_high",
            "reference_low", "reference_high", "spend", "spend_low", "spend_high",
        }),
        "worth": frozenset({"change", "of", "money", "money_low", "money_high"}),
    },
    facts=frozenset({
        "respondents", "lowest_score", "highest_score", "stayed_lowest", "stayed_highest", "rises", "rises_is_sure",
        "per_point", "per_point_low", "per_point_high", "per_point_is_sure", "base", "base_low", "base_high",
        "base_customers",
    }),
)  # fmt: skip
