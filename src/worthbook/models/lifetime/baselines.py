"""Simple rules, as models: what firms do without one, and what a model must beat.

Wuebben and von Wangenheim (2008), "Instant Customer Base Analysis: Managerial Heuristics Often 'Get It Right'", Journal
of Marketing 72(3), 82-93, compared the models with three rules of managers: who has been silent for too long has left;
those who were best stay best; all go on as before. In their data the rules did as well, except for totals.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike

from worthbook.kernel.errors import Fault, raise_all
from worthbook.kernel.language import Text
from worthbook.kernel.period import PeriodUnit
from worthbook.models.base import Estimate, Fact, FloatArray, RecordedFit, Specification
from worthbook.models.columns import LENGTHS_DIFFER, NEGATIVE, as_column, not_finite, rows_where
from worthbook.models.distinct import weighted_sum
from worthbook.models.lifetime.data import UNIT_NAMES, PurchaseHistory
from worthbook.models.lifetime.foretelling import ForetellingFit
from worthbook.models.lifetime.process import DISCOUNT_NOT_POSITIVE, WINDOW_REVERSED, discount_per_period, finite
from worthbook.models.lifetime.purchase_model import NO_TIME, OTHER_UNIT

Rule = Literal["hiatus", "own_pace", "same_for_all", "last_period"]

GAPS_OF_SILENCE = 3.0
"""Without a limit, who has been silent for three average gaps counts as gone: 5 % of exponential gaps are longer."""

LIMIT_UNKNOWN = Fault(
    "baseline-silence-unknown",
    what=Text(
        en="Nobody has bought twice, so that no usual time between purchases is known.",
        zh="没有人购买过两次，因此无法得知通常的购买间隔。",
    ),
    hint=Text(
        en="Give the time of silence after which customers count as gone.", zh="请给出超过多久未购买即视为流失。"
    ),
)
LIMIT_NOT_POSITIVE = Fault(
    "baseline-silence-not-positive",
    what=Text(en="A time of silence of {silence} is not possible.", zh="未购买时长不能为 {silence}。"),
    hint=Text(en="Give a time above zero, in the unit of the history.", zh="请给出大于零的时长，单位与历史数据一致。"),
)
PERIOD_NOT_POSITIVE = Fault(
    "baseline-period-not-positive",
    what=Text(en="A last period of length {period} is not possible.", zh="最近时期的长度不能为 {period}。"),
    hint=Text(
        en="Give a length above zero, in the unit of the history.", zh="请给出大于零的长度，单位与历史数据一致。"
    ),
)
RULE_ONLY = Text(
    en="This is a simple rule, not a model: it has no likelihood and no interval.",
    zh="这是简单规则而非模型：没有似然值，也没有区间。",
)


@dataclass(frozen=True, eq=False)
class RecentPurchases:
    """Histories, and how often each customer bought in the last period before the end of observation.

    >>> RecentPurchases(PurchaseHistory([4, 1], [40, 9], [52, 52]), [2, 0], 26.0).recent.tolist()
    [2.0, 0.0]
    """

    history: PurchaseHistory
    recent: FloatArray
    period: float

    def __init__(self, history: PurchaseHistory, recent: ArrayLike, period: float) -> None:
        """Check the column and keep it.

        Raises:
            WorthbookError: If it does not fit the history, holds no numbers, or the period is not positive.
        """
        column = as_column(recent)
        if len(column) != len(history):
            raise LENGTHS_DIFFER(lengths=f"history {len(history)}, recent {len(column)}")
        raise_all(not_finite({"recent": column}) or rows_where(column < 0, NEGATIVE, column="recent"))
        if not 0 < period < math.inf:
            raise PERIOD_NOT_POSITIVE(period=period)
        column.setflags(write=False)
        for name, value in (("history", history), ("recent", column), ("period", float(period))):
            object.__setattr__(self, name, value)


@dataclass(frozen=True, slots=True)
class Baseline(Specification[PurchaseHistory, "BaselineFit"]):
    """A simple rule.

    Attributes:
        rule: "own_pace": each customer goes on as so far, and the best stay the best; "same_for_all": everybody buys as
            often as the average customer; "hiatus": who has been silent for too long has left, the others go on.
        silence: For "hiatus", after which time; three average gaps between purchases if left out.

    >>> fit = Baseline("hiatus", silence=10.0).fit(PurchaseHistory([4, 1], [48, 9], [52, 52]))
    >>> history = PurchaseHistory([4, 1], [48, 9], [52, 52])
    >>> fit.p_alive(history).tolist(), fit.expected_purchases(history, 26).tolist()
    ([1.0, 0.0], [2.0, 0.0])
    """

    estimator: ClassVar[str] = "baseline"

    rule: Literal["hiatus", "own_pace", "same_for_all"] = "own_pace"
    silence: float | None = None

    def fit(self, data: PurchaseHistory) -> BaselineFit:
        """Take the average pace and, for "hiatus", the usual gap.

        Raises:
            WorthbookError: If no time has passed, or the limit of silence is unknown or not positive.
        """
        silence = _limit(self.silence, data) if self.rule == "hiatus" else None
        return BaselineFit(self.rule, _average_pace(data), silence, data.customers, data.unit)


@dataclass(frozen=True, slots=True)
class BaselineFit(ForetellingFit[PurchaseHistory]):
    """A simple rule with the numbers that it needs."""

    estimator: ClassVar[str] = "baseline"

    rule: Rule
    pace: float
    """Purchases of an average customer in a unit of time."""
    silence: float | None
    customers: float
    unit: PeriodUnit

    @property
    def summary(self) -> tuple[Estimate, ...]:
        """The average pace and, if there is one, the limit of silence; rules know no intervals."""
        rows = [Estimate("pace", self.pace, None, None, None)]
        if self.silence is not None:
            rows.append(Estimate("silence", self.silence, None, None, None))
        return tuple(rows)

    @property
    def facts(self) -> Mapping[str, Fact]:
        """What was counted."""
        return {"rule": self.rule, "customers": self.customers, "unit": self.unit, "converged": True}

    @property
    def cautions(self) -> tuple[Text, ...]:
        """That it is no more than a rule."""
        return (RULE_ONLY,)

    def p_alive(self, history: PurchaseHistory) -> FloatArray:
        """1 for whom the rule counts as a customer, else 0."""
        self._same_unit(history)
        if self.silence is None:
            return np.ones(len(history))
        return (history.T - history.t_x <= self.silence).astype(np.float64)

    def expected_purchases(self, history: PurchaseHistory, horizon: float, start: float = 0.0) -> FloatArray:
        """Purchases of each customer between `start` and `horizon` units of time ahead, by the rule."""
        if not 0 <= start < horizon:
            raise WINDOW_REVERSED(start=start, end=horizon)
        return self._pace_of(history) * (finite(horizon) - start)

    def discounted_purchases(
        self, history: PurchaseHistory, horizon: float, discount_rate_per_year: float
    ) -> FloatArray:
        """The same, discounted to the end of observation at a yearly rate; the horizon may be infinite."""
        discount = discount_per_period(discount_rate_per_year, history.unit)
        if discount > 0:
            return self._pace_of(history) * -math.expm1(-discount * horizon) / discount
        if horizon == math.inf or discount < 0:
            raise DISCOUNT_NOT_POSITIVE(rate=discount_rate_per_year)
        return self.expected_purchases(history, horizon)

    def expected_purchases_new(self, horizon: float) -> float:
        """Purchases of a new customer: those of an average one."""
        return self.pace * finite(horizon)

    def _pace_of(self, history: PurchaseHistory) -> FloatArray:
        """Purchases of each customer in a unit of time; who was first seen on the last day has the average pace."""
        self._same_unit(history)
        if self.rule == "same_for_all":
            return np.full(len(history), self.pace)
        seen = history.T > 0
        own = np.where(seen, history.x / np.where(seen, history.T, 1.0), self.pace)
        return self.p_alive(history) * own

    def _same_unit(self, history: PurchaseHistory) -> None:
        if history.unit != self.unit:
            raise OTHER_UNIT(fitted=UNIT_NAMES[self.unit], given=UNIT_NAMES[history.unit])


@dataclass(frozen=True, slots=True)
class LastPeriod(Specification[RecentPurchases, "LastPeriodFit"]):
    """The rule that everybody goes on as in the last period; who bought nothing in it has left.

    >>> recent = RecentPurchases(PurchaseHistory([4, 1], [40, 9], [52, 52]), [2, 0], 26.0)
    >>> LastPeriod().fit(recent).expected_purchases(recent, 52).tolist()
    [4.0, 0.0]
    """

    estimator: ClassVar[str] = "last_period"

    def fit(self, data: RecentPurchases) -> LastPeriodFit:
        """Take the average pace.

        Raises:
            WorthbookError: `history-without-time`.
        """
        return LastPeriodFit(_average_pace(data.history), data.history.customers, data.history.unit)


@dataclass(frozen=True, slots=True)
class LastPeriodFit(RecordedFit[RecentPurchases]):
    """The rule of the last period, with what it needs for new customers."""

    estimator: ClassVar[str] = "last_period"

    pace: float
    customers: float
    unit: PeriodUnit

    @property
    def summary(self) -> tuple[Estimate, ...]:
        """The average pace; rules know no intervals."""
        return (Estimate("pace", self.pace, None, None, None),)

    @property
    def facts(self) -> Mapping[str, Fact]:
        """What was counted."""
        return {"rule": "last_period", "customers": self.customers, "unit": self.unit, "converged": True}

    @property
    def cautions(self) -> tuple[Text, ...]:
        """That it is no more than a rule."""
        return (RULE_ONLY,)

    def predict(self, data: RecentPurchases, horizon: float | None = None) -> Mapping[str, FloatArray]:
        """P(alive); with a horizon also the purchases to come."""
        columns = {"p_alive": self.p_alive(data)}
        return columns if horizon is None else {**columns, "expected_purchases": self.expected_purchases(data, horizon)}

    def p_alive(self, data: RecentPurchases) -> FloatArray:
        """1 for who bought in the last period, or was first seen in it; else 0."""
        return ((data.recent > 0) | (data.period >= data.history.T)).astype(np.float64)

    def expected_purchases(self, data: RecentPurchases, horizon: float) -> FloatArray:
        """As many as in the last period, or since the first purchase if that lies in it, in proportion to time."""
        if data.history.unit != self.unit:
            raise OTHER_UNIT(fitted=UNIT_NAMES[self.unit], given=UNIT_NAMES[data.history.unit])
        seen = np.minimum(data.history.T, data.period)
        pace = np.where(seen > 0, data.recent / np.where(seen > 0, seen, 1.0), self.pace)
        return pace * finite(horizon)

    def expected_purchases_new(self, horizon: float) -> float:
        """Purchases of a new customer: those of an average one."""
        return self.pace * finite(horizon)


def _average_pace(history: PurchaseHistory) -> float:
    exposure = weighted_sum(history.weights, history.T)
    if not exposure:
        raise NO_TIME()  # noqa: RSE102  # a fault makes the exception
    return weighted_sum(history.weights, history.x) / exposure


def _limit(silence: float | None, history: PurchaseHistory) -> float:
    if silence is not None:
        if not 0 < silence < math.inf:
            raise LIMIT_NOT_POSITIVE(silence=silence)
        return float(silence)
    gaps, waited = weighted_sum(history.weights, history.x), weighted_sum(history.weights, history.t_x)
    if not waited:
        raise LIMIT_UNKNOWN()  # noqa: RSE102  # a fault makes the exception
    return GAPS_OF_SILENCE * waited / gaps
