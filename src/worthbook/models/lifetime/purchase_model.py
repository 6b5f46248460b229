"""How every model of purchases is fitted, and what every such fit offers: one interface for all of them."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Self, TypeVar, cast

import numpy as np

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.kernel.period import PeriodUnit
from worthbook.models.base import Estimate, Fact, FloatArray, Specification
from worthbook.models.cautions import about_identification
from worthbook.models.distinct import weighted_sum
from worthbook.models.laplace import Estimates
from worthbook.models.lifetime.data import UNIT_NAMES, PurchaseHistory
from worthbook.models.lifetime.foretelling import ForetellingFit
from worthbook.models.lifetime.nbd_likelihood import NBDLikelihood
from worthbook.models.lifetime.process import PurchaseProcess
from worthbook.models.optimise import Objective, maximise

DROPOUT_EVIDENCE = 3.0
"""Dropout is visible if it raises the log-likelihood by more: half the 95 % point of chi-squared(2)."""

FINGERPRINT_LENGTH = 16

LARGE = 20_000
"""From so many distinct rows on, the first guess comes from a sample of `SAMPLE` customers."""
SAMPLE = 10_000

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
class PurchaseFit(ForetellingFit[PurchaseHistory], ABC):
    """A fitted model of purchases: a value, which can be written as JSON and predicts the same when read back."""

    process_class: ClassVar[type[PurchaseProcess]]

    estimates: Estimates
    customers: float
    repeat_buyers: float
    purchases: float
    groups: int
    unit: PeriodUnit
    log_likelihood: float
    log_likelihood_without_dropout: float
    evaluations: int
    data_fingerprint: str

    @property
    def process(self) -> PurchaseProcess:
        """The process at the estimates."""
        return self.process_at(self.estimates.values)

    def process_at(self, values: FloatArray) -> PurchaseProcess:
        """The process of this model at other values of the parameters."""
        return self.process_class(*values.tolist())

    def rough_process_at(self, values: FloatArray) -> PurchaseProcess:
        """The same, a little less exact if that is faster: for the spread over many draws."""
        return self.process_at(values)

    @property
    def learnt_from(self) -> float:
        """On how many of the customers the estimates rest."""
        return self.customers

    @property
    def summary(self) -> tuple[Estimate, ...]:
        """One row for each parameter, in the literature's symbols."""
        return self.estimates.summary

    @property
    def dropout_visible(self) -> bool:
        """Whether the history shows that customers leave."""
        return self.log_likelihood - self.log_likelihood_without_dropout > DROPOUT_EVIDENCE

    @property
    def bic(self) -> float:
        """Schwarz's criterion: smaller is better, comparable between models of one history."""
        return -2 * self.log_likelihood + self.free_parameters * float(np.log(self.customers))

    @property
    def free_parameters(self) -> int:
        """How many numbers were fitted."""
        return len(self.estimates.symbols)

    @property
    def facts(self) -> Mapping[str, Fact]:
        """What was fitted, and how well."""
        return {
            "log_likelihood": self.log_likelihood,
            "log_likelihood_without_dropout": self.log_likelihood_without_dropout,
            "bic": self.bic,
            "customers": self.customers,
            "repeat_buyers": self.repeat_buyers,
            "purchases": self.purchases,
            "groups": self.groups,
            "unit": self.unit,
            "converged": True,  # a fit that did not converge is an error, not a fit
            "iterations": self.evaluations,
            "identified": self.dropout_visible and not self._doubts,
            "data_fingerprint": self.data_fingerprint,
        }

    @property
    def cautions(self) -> tuple[Text, ...]:
        """Too few repeat buyers, open parameters, no visible dropout."""
        return self._doubts if self.dropout_visible else (*self._doubts, NO_DROPOUT)

    @property
    def _doubts(self) -> tuple[Text, ...]:
        return about_identification(self.repeat_buyers, self.estimates.undetermined)

    def p_alive(self, history: PurchaseHistory) -> FloatArray:
        """Probability that each customer has not dropped out."""
        return self.in_unit(history).p_alive(history)

    def expected_purchases(self, history: PurchaseHistory, horizon: float, start: float = 0.0) -> FloatArray:
        """Expected purchases of each customer between `start` and `horizon` units of time ahead."""
        return self.in_unit(history).expected_purchases(history, horizon, start)

    def discounted_purchases(
        self, history: PurchaseHistory, horizon: float, discount_rate_per_year: float
    ) -> FloatArray:
        """Expected purchases, each discounted to the end of observation at a yearly rate (0.1 is 10 %)."""
        return self.in_unit(history).discounted_purchases(history, horizon, discount_rate_per_year)

    def purchase_probabilities(self, n: int, history: PurchaseHistory, horizon: float) -> FloatArray:
        """P(exactly n purchases of each customer in the next `horizon` units of time)."""
        return self.in_unit(history).purchase_probabilities(n, history, horizon)

    def expected_purchases_new(self, horizon: float) -> float:
        """Expected repeat purchases of a new customer."""
        return self.process.expected_purchases_new(horizon)

    def probability_of(self, n: int, horizon: float) -> float:
        """Probability that a new customer makes exactly n repeat purchases."""
        return self.process.probability_of(n, horizon)

    def in_unit(self, history: PurchaseHistory) -> PurchaseProcess:
        """The process, if the history is in the unit of time of the fit.

        Raises:
            WorthbookError: `history-unit-differs`.
        """
        if history.unit != self.unit:
            raise OTHER_UNIT(fitted=UNIT_NAMES[self.unit], given=UNIT_NAMES[history.unit])
        return self.process


AnyFit_co = TypeVar("AnyFit_co", bound=PurchaseFit, covariant=True)


@dataclass(frozen=True, slots=True)
class PurchaseModel(Specification[PurchaseHistory, AnyFit_co], ABC, Generic[AnyFit_co]):
    """A model of purchases, estimated by maximum likelihood on grouped rows."""

    fit_class: ClassVar[type[PurchaseFit]]
    noise: ClassVar[float] = 0.0
    """Of the gradient, if its integrals are not exact to more digits."""

    @property
    def tells_gaps(self) -> bool:
        """Whether customers with other times between purchases are not alike to this model."""
        return self.fit_class.process_class.tells_gaps

    @abstractmethod
    def objective(self, scaled: PurchaseHistory) -> Objective:
        """The mean log-likelihood per customer and its gradient in the logarithms of the parameters."""

    @abstractmethod
    def starts(self, pace: float) -> Sequence[FloatArray]:
        """Logarithms of starting values, the best guess first, where customers buy `pace` times in a unit of time."""

    def objective_staying(self, scaled: PurchaseHistory, best: FloatArray) -> Objective:
        """The same if nobody ever leaves, in the logarithms of r and alpha; `best` is the maximum of all."""
        del best
        return NBDLikelihood(scaled)

    def rough_objective(self, scaled: PurchaseHistory) -> Objective | None:
        """One that leads near to the maximum in less time, if that is worth while."""
        return self.objective(scaled.sample(SAMPLE)) if len(scaled) > LARGE else None

    def group(self, data: PurchaseHistory) -> PurchaseHistory:
        """The rows to which the model is fitted: customers who are alike in all that it reads are one."""
        return data.group(self.fit_class.process_class.distinct(data))

    def mean_log_likelihood(self, scaled: PurchaseHistory) -> Callable[[FloatArray], float]:
        """The objective without its gradient, for where it is evaluated a thousand times."""
        objective = self.objective(scaled)
        return lambda point: objective(point)[0]

    def like(self, fit: PurchaseFit) -> Self:
        """This model with the choices that were made while fitting."""
        del fit
        return self

    def extras(self) -> Mapping[str, Any]:
        """Fields of the fit that only this model has."""
        return {}

    def fit(self, data: PurchaseHistory) -> AnyFit_co:
        """Estimate the parameters.

        Raises:
            WorthbookError: If there is one customer, no repeat buyer, no time between purchases, or no maximum.
        """
        refuse_hopeless(data)
        groups = self.group(data)
        scale = float(groups.T.max())
        scaled = groups.scaled(1 / scale)
        purchases = weighted_sum(groups.weights, groups.x)
        pace = purchases / weighted_sum(scaled.weights, scaled.T)
        best = maximise(self.objective(scaled), self.starts(pace), self.rough_objective(scaled), self.noise)
        staying = maximise(self.objective_staying(scaled, best.point), NBDLikelihood.starts(pace), noise=self.noise)
        back = purchases * float(np.log(scale))  # densities of purchase times change with the unit
        process = self.fit_class.process_class
        log_scale = log_scale_of(process, scale)
        fit = self.fit_class(
            estimates=Estimates.at(best, process.symbols, groups.customers, log_scale),
            customers=groups.customers,
            repeat_buyers=float(groups.weights[groups.x > 0].sum()),
            purchases=purchases,
            groups=len(groups),
            unit=data.unit,
            log_likelihood=best.value * groups.customers - back,
            log_likelihood_without_dropout=staying.value * groups.customers - back,
            evaluations=best.evaluations,
            data_fingerprint=fingerprint_of(groups),
            **self.extras(),
        )
        return cast("AnyFit_co", fit)


def log_scale_of(process: type[PurchaseProcess], scale: float) -> tuple[float, ...]:
    """What to add to the logarithms that a likelihood of scaled times takes, to return to those of the data.

    >>> from worthbook.models.lifetime.nbd import NBDProcess
    >>> log_scale_of(NBDProcess, np.e)
    (0.0, 1.0)
    """
    pairs = zip(process.time_powers, process.log_shifts or (0.0,) * len(process.symbols), strict=True)
    return tuple(power * float(np.log(scale)) + shift for power, shift in pairs)


def refuse_hopeless(data: PurchaseHistory) -> None:
    """Stop where nothing at all can be learnt.

    Raises:
        WorthbookError: If there is one customer, no repeat buyer, or no time between purchases.
    """
    if data.customers <= 1:
        raise ONE_CUSTOMER()  # noqa: RSE102  # a fault makes the exception
    if not data.T.any():
        raise NO_TIME()  # noqa: RSE102  # a fault makes the exception
    if not data.x.any():
        raise NO_REPEAT_BUYER(customers=f"{data.customers:g}")


def fingerprint_of(groups: PurchaseHistory) -> str:
    """A short hash of grouped rows, the same whatever the order of the customers was.

    >>> one = PurchaseHistory([2, 0], [3, 0], [9, 9])
    >>> fingerprint_of(one.group()) == fingerprint_of(one.take(np.array([1, 0])).group())
    True
    """
    order = np.lexsort((groups.T, groups.t_x, groups.x))
    found = hashlib.sha256(groups.unit.encode())
    for column in (groups.x, groups.t_x, groups.T, groups.weights):
        found.update(column[order].tobytes())
    return found.hexdigest()[:FINGERPRINT_LENGTH]
