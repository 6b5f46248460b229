"""Cox regression: how covariates multiply the readiness to leave, with nothing assumed about tenure.

Cox (1972), "Regression Models and Life-Tables", JRSS B 34, 187-220; ties by Efron (1977), estimated by lifelines. The
fit keeps the coefficients and Breslow's cumulative hazard, and needs no library to be read again or to predict.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from worthbook.kernel.language import Text
from worthbook.kernel.period import PeriodUnit
from worthbook.models.base import Estimate, Fact, FloatArray, RecordedFit, Specification
from worthbook.models.cautions import about_identification
from worthbook.models.design import Design
from worthbook.models.interval import DRAWS, ENDS, Interval
from worthbook.models.laplace import Z_95
from worthbook.models.retention.contract_value import ContractTerms, contract_value
from worthbook.models.retention.contracts import ContractHistory, refuse_without_losses
from worthbook.models.retention.described_contracts import (
    DescribedContracts,
    converging,
    fingerprint_of,
    lifelines_module,
    table_of,
)
from worthbook.models.retention.kaplan_meier import BEYOND_OBSERVATION
from worthbook.models.retention.survival_intervals import total_value, value_ends

DOUBT = 0.01
"""Hazards that are not proportional are spoken of if chance alone would give as much in one case of a hundred."""

WEAK_ERROR = 2.0
"""A coefficient with a larger standard error is not determined: hazards fifty times as high would fit as well."""

NOT_PROPORTIONAL = Text(
    en="The effect of {names} changes with tenure (test of Grambsch and Therneau 1994): read it as an average.",
    zh="{names} 的作用随时长变化（Grambsch 与 Therneau 1994 检验）：请将其理解为平均作用。",
)


@dataclass(frozen=True, slots=True)
class CoxRegression(Specification[DescribedContracts, "CoxFit"]):
    """Proportional hazards.

    Attributes:
        formula: What acts on the readiness to leave, such as "plan + age".
        penalty: Weight of the squared coefficients that is taken off the mean log-likelihood, as lifelines does it.
    """

    estimator: ClassVar[str] = "cox"

    formula: str
    penalty: float = 0.0

    def fit(self, data: DescribedContracts) -> CoxFit:
        """Estimate the coefficients, then the hazard of a customer whose covariates are all 0.

        Raises:
            WorthbookError: If lifelines is absent, no contract has ended, covariates cannot be used, or the search
                does not converge.
        """
        lifelines = lifelines_module("lifelines")
        refuse_without_losses(data.history)
        design = Design.of(self.formula, data.covariates)
        matrix = design.matrix(data.covariates)
        table, roles = table_of(matrix, data.history)
        fitter = converging(lambda: lifelines.CoxPHFitter(penalizer=self.penalty).fit(table, **roles))
        coefficients = fitter.params_.to_numpy(dtype=np.float64)
        times, hazard, events = _breslow(data.history, np.einsum("ij,j->i", matrix, coefficients))
        return CoxFit(
            design=design,
            coefficients=tuple(coefficients.tolist()),
            covariance=tuple(tuple(row) for row in fitter.variance_matrix_.to_numpy(dtype=np.float64).tolist()),
            times=tuple(times.tolist()),
            cumulative_hazard=tuple(hazard.tolist()),
            events=tuple(events.tolist()),
            centre=tuple((data.history.weights @ matrix / data.history.customers).tolist()),
            last=float(data.history.tenure.max()),
            log_likelihood=float(fitter.log_likelihood_),
            concordance=float(fitter.concordance_index_),
            not_proportional=_not_proportional(fitter, table, design.terms),
            customers=data.history.customers,
            losses=data.history.losses,
            unit=data.history.unit,
            data_fingerprint=fingerprint_of(data.history, matrix),
        )


def _breslow(history: ContractHistory, score: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Times at which contracts ended, the cumulative hazard of a customer with score 0, and how many ended."""
    times, of_time = np.unique(history.tenure, return_inverse=True)
    risk = history.weights * np.exp(score)
    later = np.searchsorted(times, history.entry, side="right")
    entered = np.cumsum(np.bincount(later, risk, minlength=len(times) + 1))[: len(times)]
    left = np.bincount(of_time, risk)
    ended = np.bincount(of_time, history.weights * history.ended).astype(np.float64)
    some = ended > 0
    at_risk = entered - (np.cumsum(left) - left)
    return times[some], np.cumsum(ended[some] / at_risk[some]), ended[some]


def _not_proportional(fitter: object, table: object, terms: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the terms whose effect changes with tenure."""
    statistics = lifelines_module("lifelines.statistics")
    found = converging(lambda: statistics.proportional_hazard_test(fitter, table, time_transform="rank"))
    values = np.atleast_1d(found.p_value)
    return tuple(term for term, value in zip(terms, values.tolist(), strict=True) if value < DOUBT)


@dataclass(frozen=True, slots=True)
class CoxFit(RecordedFit[DescribedContracts]):
    """Fitted proportional hazards."""

    estimator: ClassVar[str] = "cox"

    design: Design
    coefficients: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    times: tuple[float, ...]
    cumulative_hazard: tuple[float, ...]
    events: tuple[float, ...]
    """How many contracts ended at each of the times."""
    centre: tuple[float, ...]
    """Mean covariates."""
    last: float
    log_likelihood: float
    concordance: float
    not_proportional: tuple[str, ...]
    customers: float
    losses: float
    unit: PeriodUnit
    data_fingerprint: str

    @property
    def summary(self) -> tuple[Estimate, ...]:
        """The logarithm by which one more unit of each term multiplies the readiness to leave."""
        errors = np.sqrt(np.diag(np.asarray(self.covariance))).tolist()
        rows = zip(self.design.terms, self.coefficients, errors, strict=True)
        return tuple(Estimate(term, b, se, b - Z_95 * se, b + Z_95 * se) for term, b, se in rows)

    @property
    def facts(self) -> Mapping[str, Fact]:
        """What was fitted, and how well."""
        return {
            "log_likelihood": self.log_likelihood,
            "concordance": self.concordance,
            "customers": self.customers,
            "losses": self.losses,
            "longest": self.last,
            "unit": self.unit,
            "converged": True,  # a fit that did not converge is an error, not a fit
            "identified": not about_identification(self.losses, self._open),
            "data_fingerprint": self.data_fingerprint,
        }

    @property
    def cautions(self) -> tuple[Text, ...]:
        """Too few losses, open coefficients, hazards that are not proportional."""
        said = about_identification(self.losses, self._open)
        if not self.not_proportional:
            return said
        names = Text(en=", ".join(self.not_proportional), zh="、".join(self.not_proportional))
        return (*said, NOT_PROPORTIONAL.format(names=names))

    @property
    def _open(self) -> tuple[str, ...]:
        return tuple(row.symbol for row in self.summary if not (row.standard_error or math.inf) <= WEAK_ERROR)

    def predict(self, data: DescribedContracts, terms: ContractTerms | None = None) -> Mapping[str, FloatArray]:
        """For contracts that run: the chance to last one period more; with terms also the lifetime value."""
        columns = {"p_renewal": self.survival_ahead(data, 1.0)}
        return columns if terms is None else {**columns, "lifetime_value": self.lifetime_value(data, terms)}

    def relative_hazard(self, data: DescribedContracts) -> FloatArray:
        """How many times as ready to leave each customer is as one whose covariates are all 0."""
        return np.asarray(np.exp(np.einsum("ij,j->i", self.design.matrix(data.covariates), self.coefficients)))

    def survival(self, data: DescribedContracts, time: float) -> FloatArray:
        """P(a contract of each customer lasts longer than a time).

        Raises:
            WorthbookError: `contract-beyond-observation`.
        """
        return np.asarray(np.exp(-self._hazard(np.array([time])) * self.relative_hazard(data)))

    def survival_ahead(self, data: DescribedContracts, periods: float) -> FloatArray:
        """P(still a customer after so many further periods | the contract still runs) of each row."""
        tenure = data.history.tenure
        ahead = self._hazard(tenure + periods) - self._hazard(tenure)
        return np.asarray(np.exp(-ahead * self.relative_hazard(data)))

    def renewals(self, data: DescribedContracts, discount: float = 1.0, horizon: float = math.inf) -> FloatArray:
        """Expected number of further periods that each contract lasts, later ones discounted; a finite horizon only."""
        if horizon == math.inf:
            raise BEYOND_OBSERVATION(last=f"{self.last:g}", asked="∞")
        tenure, relative = data.history.tenure, self.relative_hazard(data)
        now, total = self._hazard(tenure), np.zeros(len(data))
        for period in range(1, int(horizon) + 1):
            total += np.exp(-(self._hazard(tenure + period) - now) * relative) * discount ** (1 - period)
        return total

    def lifetime_value(self, data: DescribedContracts, terms: ContractTerms) -> FloatArray:
        """Expected present value of what each running contract is to bring within the terms' horizon."""
        return contract_value(self, data, terms, self.unit)

    def survival_ends(self, data: DescribedContracts, time: float, *, seed: int) -> tuple[FloatArray, FloatArray]:
        """Both ends of the 95 % interval of P(a contract of each customer lasts longer than a time)."""
        low, high = np.percentile([each.survival(data, time) for each in self._drawn(seed)], ENDS, axis=0)
        return low, high

    def value_ends(self, data: DescribedContracts, terms: ContractTerms, *, seed: int) -> tuple[FloatArray, FloatArray]:
        """Both ends of the 95 % interval of the expected value of each row."""
        return value_ends(self._drawn(seed), data, terms)

    def total_value(self, data: DescribedContracts, terms: ContractTerms, *, seed: int) -> Interval:
        """Present value of all running contracts together: unknown parameters and chance are both in the interval."""
        return total_value(self, self._drawn(seed), data, terms)

    def _drawn(self, seed: int) -> list[CoxFit]:
        """This fit with drawn coefficients and hazards.

        Coefficients are normal. The hazard of a customer with mean covariates hardly depends on them; its steps are
        gamma variables with as many degrees as contracts ended there (Kalbfleisch 1978, JRSS B 40, 214-221, with a
        prior that says nothing).
        """
        rng = np.random.default_rng(seed)
        events, centre = np.asarray(self.events), np.asarray(self.centre)
        steps = np.diff(self.cumulative_hazard, prepend=0.0) * np.exp(centre @ self.coefficients)
        drawn = rng.multivariate_normal(self.coefficients, np.asarray(self.covariance), DRAWS)
        hazards = np.cumsum(steps * rng.gamma(events, 1 / events, (DRAWS, len(events))), axis=1)
        hazards *= np.exp(-drawn @ centre)[:, None]
        pairs = zip(drawn.tolist(), hazards.tolist(), strict=True)
        return [replace(self, coefficients=tuple(b), cumulative_hazard=tuple(h)) for b, h in pairs]

    def _hazard(self, times: FloatArray) -> FloatArray:
        """Cumulative hazard of a customer whose covariates are all 0."""
        if times.max(initial=0.0) > self.last:
            raise BEYOND_OBSERVATION(last=f"{self.last:g}", asked=f"{times.max():g}")
        steps = np.concatenate([[0.0], self.cumulative_hazard])
        return np.asarray(steps[np.searchsorted(self.times, times, side="right")])
