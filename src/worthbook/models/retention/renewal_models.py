"""How contracts end at renewals, fitted: the shifted beta-geometric and the beta-discrete-Weibull model.

Customers differ in how readily they leave; in the second model one customer's readiness may also change with tenure.
Fader and Hardie (2007), Journal of Interactive Marketing 21(1); Fader, Hardie, Liu, Davin and Steenburgh (2018), the
same journal, 43.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

import numpy as np

from worthbook.kernel.errors import Fault, raise_all
from worthbook.kernel.language import Text
from worthbook.kernel.period import PeriodUnit
from worthbook.models.base import Estimate, Fact, FloatArray, RecordedFit, Specification
from worthbook.models.cautions import about_identification
from worthbook.models.columns import rows_where
from worthbook.models.interval import Interval, ends_of, interval_of_total
from worthbook.models.laplace import Estimates
from worthbook.models.lifetime.data import UNIT_NAMES
from worthbook.models.optimise import maximise
from worthbook.models.posterior import Posterior
from worthbook.models.retention.beta_weibull_likelihood import BetaWeibullLikelihood
from worthbook.models.retention.beta_weibull_process import BetaWeibullProcess
from worthbook.models.retention.contract_value import ContractTerms, contract_value
from worthbook.models.retention.contracts import ContractHistory, refuse_without_losses
from worthbook.models.retention.renewal_posterior import renewal_posterior

FEWEST_PERIODS = 2

PERIODS_NOT_WHOLE = Fault(
    "contract-periods-not-whole",
    what=Text(
        en="The tenure is not a whole number of periods in {count} rows (the first is row {row}).",
        zh="合同时长有 {count} 行不是整数个周期（首个为第 {row} 行）。",
    ),
    hint=Text(
        en="Count renewal periods; for contracts that can end at any time use Kaplan-Meier, Cox or Weibull.",
        zh="请按续约周期计数；若合同可随时终止，请使用 Kaplan-Meier、Cox 或 Weibull 模型。",
    ),
)
ENDED_AT_ONCE = Fault(
    "contract-ended-at-once",
    what=Text(
        en="{count} rows ended with a tenure of zero (the first is row {row}).",
        zh="有 {count} 行在时长为零时即终止（首个为第 {row} 行）。",
    ),
    hint=Text(
        en="A contract that is not renewed at the first renewal has a tenure of 1.",
        zh="首次续约时未续的合同，其时长应为 1。",
    ),
)
OTHER_PERIOD = Fault(
    "contract-unit-differs",
    what=Text(
        en="The model was fitted to contracts in {fitted}, these are in {given}.",
        zh="模型以{fitted}为周期拟合，而这些合同以{given}为周期。",
    ),
    hint=Text(en="Count periods as in the fit.", zh="请按拟合时的周期计数。"),
)
ONE_PERIOD = Text(
    en="Contracts were seen over {periods} renewal only: how much customers differ cannot be known yet.",
    zh="合同只经历了 {periods} 次续约：尚无法了解客户之间的差异。",
)


@dataclass(frozen=True, slots=True)
class RenewalFit(RecordedFit[ContractHistory], ABC):
    """A fitted model of contracts that end at renewals."""

    estimates: Estimates
    customers: float
    losses: float
    lost: tuple[float, ...]
    """Of tenures 1, 2, ...: which share of the customers ended there."""
    reached: tuple[float, ...]
    """And how often surviving so long counts, as the likelihood takes it."""
    periods: int
    unit: PeriodUnit
    log_likelihood: float
    evaluations: int
    data_fingerprint: str

    @property
    def process(self) -> BetaWeibullProcess:
        """The process at the estimates."""
        return BetaWeibullProcess(*self.estimates.values.tolist())

    @property
    def summary(self) -> tuple[Estimate, ...]:
        """How customers differ (alpha, beta) and, where it is estimated, how churn changes with tenure (c)."""
        return self.estimates.summary

    @property
    def facts(self) -> Mapping[str, Fact]:
        """What was fitted, and how well."""
        return {
            "log_likelihood": self.log_likelihood,
            "bic": -2 * self.log_likelihood + len(self.estimates.symbols) * math.log(self.customers),
            "customers": self.customers,
            "losses": self.losses,
            "periods": self.periods,
            "unit": self.unit,
            "converged": True,  # a fit that did not converge is an error, not a fit
            "iterations": self.evaluations,
            "identified": not self.cautions,
            "data_fingerprint": self.data_fingerprint,
        }

    @property
    def cautions(self) -> tuple[Text, ...]:
        """Too few losses, too few periods, open parameters."""
        said = about_identification(self.losses, self.estimates.undetermined)
        return said if self.periods >= FEWEST_PERIODS else (*said, ONE_PERIOD.format(periods=self.periods))

    def predict(self, data: ContractHistory, terms: ContractTerms | None = None) -> Mapping[str, FloatArray]:
        """For contracts that run: the chance of the next renewal; with terms also the lifetime value."""
        columns = {"p_renewal": self.p_renewal(data)}
        if terms is not None:
            columns["lifetime_value"] = self.lifetime_value(data, terms)
        return columns

    def p_renewal(self, history: ContractHistory) -> FloatArray:
        """P(the next renewal | the contract still runs) of each row."""
        return self._in_unit(history).retention(history.tenure + 1)

    def survival_ahead(self, history: ContractHistory, periods: float) -> FloatArray:
        """P(still a customer after so many further periods | the contract still runs) of each row."""
        return self._in_unit(history).survival_ahead(history.tenure, np.array([periods]))[:, 0]

    def renewals(self, data: ContractHistory, discount: float = 1.0, horizon: float = math.inf) -> FloatArray:
        """Expected renewals to come of each row that runs; with a discount (DERL) the next one counts in full."""
        return self._in_unit(data).renewals(data.tenure, discount, horizon)

    def elasticity(self, history: ContractHistory, discount_rate_per_year: float) -> FloatArray:
        """By how many per cent the value of each row rises if all retention rates rise by one per cent."""
        discount = ContractTerms(1.0, discount_rate_per_year).discount(history.unit)
        return self._in_unit(history).elasticity(history.tenure, discount)

    def lifetime_value(self, history: ContractHistory, terms: ContractTerms) -> FloatArray:
        """Expected present value of all that each running contract is to bring."""
        return contract_value(self, history, terms, self.unit)

    def value_of_new(self, terms: ContractTerms) -> float:
        """Expected present value of a new customer, who pays the first period now; one margin for all."""
        discount = terms.discount(self.unit)
        later = self.process.renewals([0.0], discount, terms.horizon) / discount
        return float(terms.margins(1)[0] * (1 + later[0]))

    def posterior(self, *, seed: int) -> Posterior:
        """Draws of the parameters, from which the intervals of values come."""
        likelihood = BetaWeibullLikelihood(np.asarray(self.lost), np.asarray(self.reached))
        return renewal_posterior(likelihood, self.customers, self.estimates, seed=seed)

    def value_ends(self, history: ContractHistory, terms: ContractTerms, *, seed: int) -> tuple[FloatArray, FloatArray]:
        """Both ends of the 95 % interval of the expected value of each row."""
        discount, margins = terms.discount(self.unit), terms.margins(len(history))
        groups, of_group = np.unique(history.tenure, return_inverse=True)
        low, high = ends_of(
            lambda values: BetaWeibullProcess(*values.tolist()).renewals(groups, discount, terms.horizon),
            self.posterior(seed=seed).draws,
        )
        worth = margins * discount**-terms.due_in
        ends = np.sort([worth * low[of_group], worth * high[of_group]], axis=0)
        return ends[0], ends[1]

    def total_value(self, history: ContractHistory, terms: ContractTerms, *, seed: int) -> Interval:
        """Present value of all running contracts together: unknown parameters and chance are both in the interval."""
        discount, margins = terms.discount(self.unit), terms.margins(len(history))
        groups, of_group = np.unique(history.tenure, return_inverse=True)
        weight = np.bincount(of_group, history.weights * margins)
        square = np.bincount(of_group, history.weights * margins**2)
        now = discount**-terms.due_in

        def total(process: BetaWeibullProcess) -> float:
            return float(now * (weight @ process.renewals(groups, discount, terms.horizon)))

        process = self._in_unit(history)
        drawn = self.posterior(seed=seed).draws
        totals = np.array([total(BetaWeibullProcess(*values.tolist())) for values in drawn])
        variance = float(square @ process.renewal_variance(groups, discount, terms.horizon)) * now**2
        return interval_of_total(total(process), totals, variance)

    def _in_unit(self, history: ContractHistory) -> BetaWeibullProcess:
        if history.unit != self.unit:
            raise OTHER_PERIOD(fitted=UNIT_NAMES[self.unit], given=UNIT_NAMES[history.unit])
        return self.process


AnyRenewalFit = TypeVar("AnyRenewalFit", bound=RenewalFit)
RenewalFit_co = TypeVar("RenewalFit_co", bound=RenewalFit, covariant=True)


class RenewalSpecification(Specification[ContractHistory, RenewalFit_co], Generic[RenewalFit_co]):
    """A model of contracts that end at renewals, estimated by maximum likelihood."""

    symbols: ClassVar[tuple[str, ...]]

    @abstractmethod
    def fit(self, data: ContractHistory) -> RenewalFit_co:
        """Estimate the parameters."""

    def estimate(self, data: ContractHistory, fit_class: type[AnyRenewalFit]) -> AnyRenewalFit:
        """Find the maximum, and put it into a fit of the given class.

        Raises:
            WorthbookError: If no contract has ended, or tenures are not whole numbers of periods.
        """
        _refuse(data)
        likelihood = BetaWeibullLikelihood.of(data)
        starts = [np.log(each)[: len(self.symbols)] for each in ((1.0, 2.0, 1.0), (0.5, 5.0, 1.2), (5.0, 20.0, 0.8))]
        best = maximise(likelihood, starts)
        return fit_class(
            estimates=Estimates.at(best, self.symbols, data.customers, (0.0,) * len(self.symbols)),
            customers=data.customers,
            losses=data.losses,
            lost=tuple(likelihood.lost.tolist()),
            reached=tuple(likelihood.reached.tolist()),
            periods=int(data.tenure.max()),
            unit=data.unit,
            log_likelihood=best.value * data.customers,
            evaluations=best.evaluations,
            data_fingerprint=data.fingerprint,
        )


class ShiftedBetaGeometricFit(RenewalFit):
    """A fitted shifted beta-geometric model."""

    estimator: ClassVar[str] = "shifted_beta_geometric"


@dataclass(frozen=True, slots=True)
class ShiftedBetaGeometric(RenewalSpecification[ShiftedBetaGeometricFit]):
    """The shifted beta-geometric model (sBG): customers differ, but no customer's readiness to leave changes.

    >>> fit = ShiftedBetaGeometric().fit(ContractHistory.of_survivors([[1000, 869, 743, 653, 593, 551, 517, 491]]))
    >>> [(row.symbol, round(row.estimate, 3)) for row in fit.summary]
    [('alpha', 0.668), ('beta', 3.806)]
    """

    estimator: ClassVar[str] = "shifted_beta_geometric"
    symbols: ClassVar[tuple[str, ...]] = ("alpha", "beta")

    def fit(self, data: ContractHistory) -> ShiftedBetaGeometricFit:
        """Estimate alpha and beta.

        Raises:
            WorthbookError: If no contract has ended, or tenures are not whole numbers of periods.
        """
        return self.estimate(data, ShiftedBetaGeometricFit)


class BetaDiscreteWeibullFit(RenewalFit):
    """A fitted beta-discrete-Weibull model."""

    estimator: ClassVar[str] = "beta_discrete_weibull"


@dataclass(frozen=True, slots=True)
class BetaDiscreteWeibull(RenewalSpecification[BetaDiscreteWeibullFit]):
    """The beta-discrete-Weibull model (BdW): a customer's readiness to leave rises (c > 1) or falls with tenure.

    >>> fit = BetaDiscreteWeibull().fit(ContractHistory.of_survivors([[1000, 869, 743, 653, 593, 551, 517, 491]]))
    >>> [(row.symbol, round(row.estimate, 2)) for row in fit.summary]
    [('alpha', 0.21), ('beta', 1.43), ('c', 1.72)]
    """

    estimator: ClassVar[str] = "beta_discrete_weibull"
    symbols: ClassVar[tuple[str, ...]] = ("alpha", "beta", "c")

    def fit(self, data: ContractHistory) -> BetaDiscreteWeibullFit:
        """Estimate alpha, beta and c.

        Raises:
            WorthbookError: If no contract has ended, or tenures are not whole numbers of periods.
        """
        return self.estimate(data, BetaDiscreteWeibullFit)


def _refuse(data: ContractHistory) -> None:
    refuse_without_losses(data)
    problems = rows_where(data.tenure != np.floor(data.tenure), PERIODS_NOT_WHOLE)
    problems += rows_where(data.entry != np.floor(data.entry), PERIODS_NOT_WHOLE)
    raise_all(problems or rows_where((data.tenure == data.entry) & (data.ended == 1), ENDED_AT_ONCE))
