"""Purchases and dropout that depend on what customers are: static covariates in Pareto/NBD, BG/NBD and MBG/NBD."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.kernel.period import PeriodUnit
from worthbook.models.base import Estimate, Fact, FloatArray, Specification
from worthbook.models.cautions import about_identification
from worthbook.models.design import COVARIATE_ROWS, Covariates, Design
from worthbook.models.distinct import weighted_sum
from worthbook.models.interval import COVARIATE_DRAWS, Interval, ends_of, interval_of_total
from worthbook.models.laplace import Estimates
from worthbook.models.lifetime.covariate_effects import (
    Layout,
    customer_logs,
    in_units_of_the_data,
    summary_with_effects,
)
from worthbook.models.lifetime.covariate_objective import TIME_POWERS, CovariateObjective, grouped_with
from worthbook.models.lifetime.covariate_process import CovariateProcess
from worthbook.models.lifetime.covariate_rows import Family
from worthbook.models.lifetime.data import UNIT_NAMES, PurchaseHistory
from worthbook.models.lifetime.foretelling import ForetellingFit
from worthbook.models.lifetime.purchase_model import OTHER_UNIT, fingerprint_of, refuse_hopeless
from worthbook.models.likelihood_ratio import Fitted
from worthbook.models.optimise import maximise

RIDGE_NEGATIVE = Fault(
    "covariate-ridge-negative",
    what=Text(en="A penalty of {ridge} on effects is not possible.", zh="对协变量作用的惩罚不能为 {ridge}。"),
    hint=Text(en="Give 0 for none, or a number above it.", zh="填 0 表示不惩罚，或填大于零的数。"),
)
SHRUNK = Text(
    en="Effects were drawn towards zero by a penalty of {ridge}; their intervals take that as knowledge.",
    zh="协变量作用以惩罚系数 {ridge} 向零收缩；其区间把这一设定当作已知信息。",
)


@dataclass(frozen=True, eq=False)
class DescribedCustomers:
    """Purchase histories and, in the same rows, covariates of the customers.

    >>> history, channels = PurchaseHistory([1, 0], [2, 0], [9, 9]), Covariates({"channel": ["web", "shop"]})
    >>> len(DescribedCustomers(history, channels))
    2
    """

    history: PurchaseHistory
    covariates: Covariates

    def __post_init__(self) -> None:
        """Check that both have the same rows.

        Raises:
            WorthbookError: `covariate-rows-differ`.
        """
        for name, values in self.covariates.columns.items():
            if len(values) != len(self.history):
                raise COVARIATE_ROWS(name=name, found=len(values), rows=len(self.history))

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.history)


@dataclass(frozen=True, slots=True)
class StaticCovariates(Specification[DescribedCustomers, "StaticCovariatesFit"]):
    """A model of purchases in which covariates act on how often customers buy and on how readily they leave.

    Attributes:
        family: The model without covariates.
        life: Formula of what acts on dropout, such as "gender + channel"; empty for nothing.
        trans: Formula of what acts on purchases.
        equal: Names of terms that have one effect on both.
        ridge: Penalty: ridge times the sum of squared effects, each for one standard deviation of its covariate, is
            taken off the log-likelihood. The same as a normal prior with a standard deviation of 1 / sqrt(2 ridge).
    """

    estimator: ClassVar[str] = "static_covariates"

    family: Family = "pareto_nbd"
    life: str = ""
    trans: str = ""
    equal: tuple[str, ...] = ()
    ridge: float = 0.0

    def fit(self, data: DescribedCustomers) -> StaticCovariatesFit:
        """Estimate four parameters and the effects.

        Raises:
            WorthbookError: If the histories cannot carry the model, or the covariates are missing, constant or
                dependent.
        """
        refuse_hopeless(data.history)
        if not self.ridge >= 0:
            raise RIDGE_NEGATIVE(ridge=self.ridge)
        life, trans = (Design.of(formula, data.covariates) for formula in (self.life, self.trans))
        layout = Layout.of(life.terms, trans.terms, self.equal)
        groups, matrices = grouped_with(data.history, [each.matrix(data.covariates) for each in (life, trans)])
        scale = float(groups.T.max())
        objective = CovariateObjective(self.family, groups.scaled(1 / scale), matrices, layout, self.ridge)
        purchases = weighted_sum(groups.weights, groups.x)
        best = maximise(objective, objective.starts(purchases / weighted_sum(groups.weights, groups.T / scale)))
        return StaticCovariatesFit(
            family=self.family,
            life=life,
            trans=trans,
            equal=self.equal,
            ridge=float(self.ridge),
            estimates=in_units_of_the_data(
                best,
                self.family,
                layout,
                life=objective.standards[0],
                trans=objective.standards[1],
                weight=data.history.customers,
                log_scale=[power * float(np.log(scale)) for power in TIME_POWERS[self.family]],
            ),
            customers=data.history.customers,
            repeat_buyers=float(groups.weights[groups.x > 0].sum()),
            purchases=purchases,
            groups=len(groups),
            unit=data.history.unit,
            log_likelihood=objective.log_likelihood(best.point) - purchases * float(np.log(scale)),
            evaluations=best.evaluations,
            data_fingerprint=fingerprint_of(data.history.group()),
        )


@dataclass(frozen=True, slots=True)
class StaticCovariatesFit(ForetellingFit[DescribedCustomers]):
    """A fitted model of purchases with covariates."""

    estimator: ClassVar[str] = "static_covariates"

    family: Family
    life: Design
    trans: Design
    equal: tuple[str, ...]
    ridge: float
    estimates: Estimates
    customers: float
    repeat_buyers: float
    purchases: float
    groups: int
    unit: PeriodUnit
    log_likelihood: float
    evaluations: int
    data_fingerprint: str

    @property
    def summary(self) -> tuple[Estimate, ...]:
        """The four parameters of a customer whose covariates are all 0, and the effects (life:, trans:, both:)."""
        return summary_with_effects(self.estimates)

    @property
    def facts(self) -> Mapping[str, Fact]:
        """What was fitted, and how well."""
        return {
            "family": self.family,
            "log_likelihood": self.log_likelihood,
            "bic": -2 * self.log_likelihood + len(self.estimates.symbols) * float(np.log(self.customers)),
            "ridge": self.ridge,
            "customers": self.customers,
            "repeat_buyers": self.repeat_buyers,
            "purchases": self.purchases,
            "groups": self.groups,
            "unit": self.unit,
            "converged": True,  # a fit that did not converge is an error, not a fit
            "iterations": self.evaluations,
            "identified": not about_identification(self.repeat_buyers, self.estimates.undetermined),
            "data_fingerprint": self.data_fingerprint,
        }

    @property
    def cautions(self) -> tuple[Text, ...]:
        """Too few repeat buyers, open parameters or effects, a penalty."""
        said = about_identification(self.repeat_buyers, self.estimates.undetermined)
        return (*said, SHRUNK.format(ridge=f"{self.ridge:g}")) if self.ridge else said

    @property
    def fitted(self) -> Fitted:
        """For the likelihood-ratio test."""
        parameters = len(self.estimates.symbols)
        return Fitted(self.log_likelihood, parameters, self.data_fingerprint, shrunk=self.ridge > 0)

    def p_alive(self, data: DescribedCustomers) -> FloatArray:
        """Probability that each customer has not dropped out."""
        return self.process(data).p_alive(data.history)

    def expected_purchases(self, data: DescribedCustomers, horizon: float) -> FloatArray:
        """Expected purchases of each customer in the next `horizon` units of time."""
        return self.process(data).expected_purchases(data.history, horizon)

    def discounted_purchases(
        self, data: DescribedCustomers, horizon: float, discount_rate_per_year: float
    ) -> FloatArray:
        """The same, each purchase discounted to the end of observation; the horizon may be infinite."""
        return self.process(data).discounted_purchases(data.history, horizon, discount_rate_per_year)

    def purchase_variance(self, data: DescribedCustomers, horizon: float) -> FloatArray:
        """Variance of each customer's number of purchases to come."""
        return self.process(data).purchase_variance(data.history, horizon)

    def expected_ends(self, data: DescribedCustomers, horizon: float, *, seed: int) -> tuple[FloatArray, FloatArray]:
        """Both ends of the 95 % interval of the expected purchases of each customer."""
        return ends_of(
            lambda drawn: self.process(data, drawn).expected_purchases(data.history, horizon), self._drawn(seed)
        )

    def total_purchases(self, data: DescribedCustomers, horizon: float, *, seed: int) -> Interval:
        """Purchases of all customers together: unknown parameters and chance are both in the interval."""
        weights, process = data.history.weights, self.process(data)
        drawn = [self.process(data, each).expected_purchases(data.history, horizon) for each in self._drawn(seed)]
        totals = np.array([weighted_sum(weights, each) for each in drawn])
        variance = weighted_sum(weights, process.purchase_variance(data.history, horizon))
        expected = weighted_sum(weights, process.expected_purchases(data.history, horizon))
        return interval_of_total(expected, totals, variance)

    def process(self, data: DescribedCustomers, drawn: FloatArray | None = None) -> CovariateProcess:
        """The process of each customer at the estimates, or at drawn values of parameters and effects.

        Raises:
            WorthbookError: If the unit of time is another, or covariates are not those of the fit.
        """
        if data.history.unit != self.unit:
            raise OTHER_UNIT(fitted=UNIT_NAMES[self.unit], given=UNIT_NAMES[data.history.unit])
        logs = np.asarray(self.estimates.log_values) if drawn is None else np.log(drawn)
        layout = Layout.of(self.life.terms, self.trans.terms, self.equal)
        life, trans = self.life.matrix(data.covariates), self.trans.matrix(data.covariates)
        if len(life) != len(data):
            life, trans = np.zeros((len(data), 0)), np.zeros((len(data), 0))
        logs_of_all = customer_logs(self.family, logs, life, trans, layout)
        return CovariateProcess(self.family, np.exp(logs_of_all))

    def _drawn(self, seed: int) -> FloatArray:
        return self.estimates.draws(COVARIATE_DRAWS, np.random.default_rng(seed))
