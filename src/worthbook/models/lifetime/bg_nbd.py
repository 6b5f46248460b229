"""BG/NBD: how often customers buy and when they silently stop (Fader, Hardie and Lee 2005, Marketing Science 24(2))."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import ClassVar

import numpy as np

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.kernel.period import PeriodUnit
from worthbook.models.base import Estimate, Fact, Fit, FloatArray, Record, Specification
from worthbook.models.cautions import about_identification
from worthbook.models.distinct import weighted_sum
from worthbook.models.laplace import Estimates
from worthbook.models.lifetime.bg_nbd_likelihood import BGNBDLikelihood
from worthbook.models.lifetime.bg_nbd_process import BGNBDProcess
from worthbook.models.lifetime.data import UNIT_NAMES, PurchaseHistory
from worthbook.models.optimise import maximise

SYMBOLS = ("r", "alpha", "a", "b")

DROPOUT_EVIDENCE = 3.0
"""Dropout is visible if it raises the log-likelihood by more: half the 95 % point of chi-squared(2)."""

ONE_CUSTOMER = Fault(
    "history-of-one-customer",
    what=Text(en="There is only one customer.", zh="只有一位客户。"),
    hint=Text(
        en="A lifetime model learns from how customers differ; it needs at least a few dozen of them.",
        zh="生命周期模型要从客户之间的差异中学习，至少需要几十位客户。",
    ),
)
NO_TIME = Fault(
    "history-without-time",
    what=Text(
        en="No time has passed since any customer's first purchase (all orders lie on one day).",
        zh="所有客户自首次购买以来都没有经过任何时间（全部订单都在同一天）。",
    ),
    hint=Text(
        en="Give a history of several months, or choose a later date of evaluation.",
        zh="请提供至少几个月的历史数据，或选择更晚的评估日期。",
    ),
)
NO_REPEAT_BUYER = Fault(
    "history-without-repeat-buyer",
    what=Text(
        en="None of the {customers} customers has bought a second time.",
        zh="{customers} 位客户中没有一位再次购买。",
    ),
    hint=Text(
        en=(
            "Without repeat purchases nothing can be said about lifetimes. Check that customers are recognised "
            "across orders."
        ),
        zh="没有复购就无法推断客户生命周期。请检查不同订单中的同一客户是否被正确识别。",
    ),
)
OTHER_UNIT = Fault(
    "history-unit-differs",
    what=Text(
        en="The model was fitted in {fitted}, the history is in {given}.",
        zh="模型以{fitted}为时间单位拟合，而该历史数据的单位是{given}。",
    ),
    hint=Text(en="Convert the history to {fitted}.", zh="请把历史数据换算为{fitted}。"),
)
NO_DROPOUT = Text(
    en=(
        "No dropout is visible in this history: a model in which nobody ever leaves fits as well. P(alive) is near 1 "
        "for everyone and says nothing yet; a longer history is needed."
    ),
    zh=(
        "这段历史中看不出客户流失：假设无人离开的模型拟合得同样好。"
        "所有人的存活概率都接近 1，暂时没有参考意义，需要更长的历史数据。"
    ),
)


@dataclass(frozen=True, slots=True)
class BGNBD(Specification[PurchaseHistory, "BGNBDFit"]):
    """The BG/NBD model, estimated by maximum likelihood.

    >>> history = PurchaseHistory([0, 0, 3, 1, 0, 6, 2], [0, 0, 20, 5, 0, 29, 14], [30, 31, 30, 32, 30, 30, 33])
    >>> fit = BGNBD().fit(history)
    >>> [row.symbol for row in fit.summary], fit.facts["identified"]
    (['r', 'alpha', 'a', 'b'], False)
    """

    estimator: ClassVar[str] = "bg_nbd"

    def fit(self, data: PurchaseHistory) -> BGNBDFit:
        """Estimate r, alpha, a and b.

        Raises:
            WorthbookError: If there is one customer, no repeat buyer, or no time between purchases.
        """
        _refuse(data)
        groups = data.group()
        scale = float(groups.T.max())
        scaled = PurchaseHistory(groups.x, groups.t_x / scale, groups.T / scale, groups.weights)
        likelihood = BGNBDLikelihood(scaled)
        purchases = weighted_sum(groups.weights, groups.x)
        pace = purchases / weighted_sum(scaled.weights, scaled.T)
        starts = [np.log([r, r / pace, a, b]) for r, a, b in ((0.5, 0.7, 2.0), (2.0, 0.2, 2.0), (0.1, 1.0, 1.0))]
        best = maximise(likelihood, starts)
        staying = maximise(likelihood.without_dropout, [start[:2] for start in starts])
        back = purchases * float(np.log(scale))  # densities of purchase times change with the unit
        return BGNBDFit(
            estimates=Estimates.at(best, SYMBOLS, data.customers, (0.0, float(np.log(scale)), 0.0, 0.0)),
            customers=data.customers,
            repeat_buyers=float(groups.weights[groups.x > 0].sum()),
            purchases=purchases,
            groups=len(groups),
            unit=data.unit,
            log_likelihood=best.value * data.customers - back,
            log_likelihood_without_dropout=staying.value * data.customers - back,
            evaluations=best.evaluations,
        )


@dataclass(frozen=True, slots=True)
class BGNBDFit(Fit[PurchaseHistory]):
    """A fitted BG/NBD model."""

    estimator: ClassVar[str] = "bg_nbd"

    estimates: Estimates
    customers: float
    repeat_buyers: float
    purchases: float
    groups: int
    unit: PeriodUnit
    log_likelihood: float
    log_likelihood_without_dropout: float
    evaluations: int

    @property
    def process(self) -> BGNBDProcess:
        """The process at the estimates."""
        return BGNBDProcess(*self.estimates.values.tolist())

    @property
    def summary(self) -> tuple[Estimate, ...]:
        """How often customers buy while alive (r, alpha) and how readily they stop after a purchase (a, b)."""
        return self.estimates.summary

    @property
    def dropout_visible(self) -> bool:
        """Whether the history shows that customers leave."""
        return self.log_likelihood - self.log_likelihood_without_dropout > DROPOUT_EVIDENCE

    @property
    def facts(self) -> Mapping[str, Fact]:
        """What was fitted, and how well."""
        return {
            "log_likelihood": self.log_likelihood,
            "log_likelihood_without_dropout": self.log_likelihood_without_dropout,
            "customers": self.customers,
            "repeat_buyers": self.repeat_buyers,
            "purchases": self.purchases,
            "groups": self.groups,
            "unit": self.unit,
            "converged": True,  # a fit that did not converge is an error, not a fit
            "iterations": self.evaluations,
            "identified": self.dropout_visible and not self._doubts,
        }

    @property
    def cautions(self) -> tuple[Text, ...]:
        """Too few repeat buyers, open parameters, no visible dropout."""
        return self._doubts if self.dropout_visible else (*self._doubts, NO_DROPOUT)

    @property
    def _doubts(self) -> tuple[Text, ...]:
        return about_identification(self.repeat_buyers, self.estimates.undetermined)

    def predict(
        self, data: PurchaseHistory, horizon: float | None = None, discount_rate_per_year: float | None = None
    ) -> Mapping[str, FloatArray]:
        """P(alive); with a horizon also the purchases to come; with a discount rate also their present number."""
        columns = {"p_alive": self.p_alive(data)}
        if horizon is not None:
            columns["expected_purchases"] = self.expected_purchases(data, horizon)
            if discount_rate_per_year is not None:
                columns["discounted_purchases"] = self.discounted_purchases(data, horizon, discount_rate_per_year)
        return columns

    def p_alive(self, history: PurchaseHistory) -> FloatArray:
        """Probability that each customer has not dropped out."""
        return self._in_unit(history).p_alive(history)

    def expected_purchases(self, history: PurchaseHistory, horizon: float) -> FloatArray:
        """Expected purchases of each customer in the next `horizon` units of time."""
        return self._in_unit(history).expected_purchases(history, horizon)

    def discounted_purchases(
        self, history: PurchaseHistory, horizon: float, discount_rate_per_year: float
    ) -> FloatArray:
        """The same, each purchase discounted to the end of observation at a yearly rate (0.1 is 10 %)."""
        return self._in_unit(history).discounted_purchases(history, horizon, discount_rate_per_year)

    def expected_purchases_new(self, horizon: float) -> float:
        """Expected repeat purchases of a new customer."""
        return self.process.expected_purchases_new(horizon)

    def probability_of(self, n: int, horizon: float) -> float:
        """Probability that a new customer makes exactly n repeat purchases."""
        return self.process.probability_of(n, horizon)

    def as_record(self) -> Record:
        """Plain values for JSON."""
        return {**asdict(self), "estimates": self.estimates.as_record()}

    @classmethod
    def from_record(cls, record: Record) -> BGNBDFit:
        """The inverse of `as_record`."""
        values = {each.name: record[each.name] for each in fields(cls)}
        return cls(**{**values, "estimates": Estimates.from_record(record["estimates"])})

    def _in_unit(self, history: PurchaseHistory) -> BGNBDProcess:
        if history.unit != self.unit:
            raise OTHER_UNIT(fitted=UNIT_NAMES[self.unit], given=UNIT_NAMES[history.unit])
        return self.process


def _refuse(data: PurchaseHistory) -> None:
    """Raise if nothing at all can be learnt."""
    if data.customers <= 1:
        raise ONE_CUSTOMER()  # noqa: RSE102  # a fault makes the exception
    if not data.T.any():
        raise NO_TIME()  # noqa: RSE102  # a fault makes the exception
    if not data.x.any():
        raise NO_REPEAT_BUYER(customers=f"{data.customers:g}")
