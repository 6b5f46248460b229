"""Weibull regression: covariates stretch or shorten how long contracts last (accelerated failure time).

    S(t) = exp(-(t / lambda)^rho),   log lambda = intercept + effects' z

Kalbfleisch and Prentice (2002), "The Statistical Analysis of Failure Time Data", chapter 3; estimated by lifelines. It
says how churn goes on beyond the longest contract seen. The fit needs no library to be read again or to predict.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from worthbook.kernel.errors import Fault, raise_all
from worthbook.kernel.language import Text
from worthbook.kernel.period import PeriodUnit
from worthbook.models.base import Estimate, Fact, FloatArray, RecordedFit, Specification
from worthbook.models.cautions import about_identification
from worthbook.models.columns import rows_where
from worthbook.models.design import Design
from worthbook.models.interval import DRAWS, Interval
from worthbook.models.laplace import Z_95
from worthbook.models.retention.beta_weibull_process import LIFETIME_INFINITE, NEGLIGIBLE
from worthbook.models.retention.contract_value import ContractTerms, contract_value
from worthbook.models.retention.contracts import refuse_without_losses
from worthbook.models.retention.described_contracts import (
    DescribedContracts,
    converging,
    fingerprint_of,
    lifelines_module,
    table_of,
)
from worthbook.models.retention.survival_intervals import MOST_PERIODS, total_value, value_ends

WEAK_ERROR = 2.0
"""A coefficient with a larger standard error is not determined: lifetimes fifty times as long would fit as well."""

TENURE_ZERO = Fault(
    "contract-tenure-zero",
    what=Text(
        en="The tenure is zero in {count} rows (the first is row {row}).",
        zh="合同时长有 {count} 行为零（首个为第 {row} 行）。",
    ),
    hint=Text(
        en="Leave out contracts that have only begun, or count the first day as a part of a period.",
        zh="请剔除刚刚开始的合同，或将第一天计为部分周期。",
    ),
)


@dataclass(frozen=True, slots=True)
class WeibullRegression(Specification[DescribedContracts, "WeibullFit"]):
    """Accelerated failure times.

    Attributes:
        formula: What acts on how long contracts last, such as "plan + age".
        penalty: Weight of the squared effects that is taken off the mean log-likelihood, as lifelines does it.
    """

    estimator: ClassVar[str] = "weibull_aft"

    formula: str
    penalty: float = 0.0

    def fit(self, data: DescribedContracts) -> WeibullFit:
        """Estimate the effects, the intercept and log(rho).

        Raises:
            WorthbookError: If lifelines is absent, no contract has ended, tenures are zero, covariates cannot be used,
                or the search does not converge.
        """
        lifelines = lifelines_module("lifelines")
        refuse_without_losses(data.history)
        raise_all(rows_where(data.history.tenure == 0, TENURE_ZERO))
        design = Design.of(self.formula, data.covariates)
        matrix = design.matrix(data.covariates)
        table, roles = table_of(matrix, data.history)
        fitter = converging(lambda: lifelines.WeibullAFTFitter(penalizer=self.penalty).fit(table, **roles))
        order = [("lambda_", f"z{place}") for place in range(len(design.terms))]
        order += [("lambda_", "Intercept"), ("rho_", "Intercept")]
        covariance = fitter.variance_matrix_.loc[order, order].to_numpy(dtype=np.float64)
        return WeibullFit(
            design=design,
            values=tuple(float(fitter.params_[each]) for each in order),
            covariance=tuple(tuple(row) for row in covariance.tolist()),
            log_likelihood=float(fitter.log_likelihood_),
            customers=data.history.customers,
            losses=data.history.losses,
            unit=data.history.unit,
            data_fingerprint=fingerprint_of(data.history, matrix),
        )


@dataclass(frozen=True, slots=True)
class WeibullFit(RecordedFit[DescribedContracts]):
    """Fitted accelerated failure times."""

    estimator: ClassVar[str] = "weibull_aft"

    design: Design
    values: tuple[float, ...]
    """The effects, the intercept, and log(rho)."""
    covariance: tuple[tuple[float, ...], ...]
    log_likelihood: float
    customers: float
    losses: float
    unit: PeriodUnit
    data_fingerprint: str

    @property
    def summary(self) -> tuple[Estimate, ...]:
        """The logarithm by which one more unit of each term stretches the lifetime; the intercept; log(rho)."""
        errors = np.sqrt(np.diag(np.asarray(self.covariance))).tolist()
        rows = zip((*self.design.terms, "intercept", "log_rho"), self.values, errors, strict=True)
        return tuple(Estimate(term, b, se, b - Z_95 * se, b + Z_95 * se) for term, b, se in rows)

    @property
    def facts(self) -> Mapping[str, Fact]:
        """What was fitted, and how well."""
        return {
            "log_likelihood": self.log_likelihood,
            "bic": -2 * self.log_likelihood + len(self.values) * math.log(self.customers),
            "customers": self.customers,
            "losses": self.losses,
            "unit": self.unit,
            "converged": True,  # a fit that did not converge is an error, not a fit
            "identified": not self.cautions,
            "data_fingerprint": self.data_fingerprint,
        }

    @property
    def cautions(self) -> tuple[Text, ...]:
        """Too few losses, open effects."""
        return about_identification(
            self.losses, tuple(row.symbol for row in self.summary if not (row.standard_error or math.inf) <= WEAK_ERROR)
        )

    def predict(self, data: DescribedContracts, terms: ContractTerms | None = None) -> Mapping[str, FloatArray]:
        """For contracts that run: the chance to last one period more; with terms also the lifetime value."""
        columns = {"p_renewal": self.survival_ahead(data, 1.0)}
        return columns if terms is None else {**columns, "lifetime_value": self.lifetime_value(data, terms)}

    def survival(self, data: DescribedContracts, time: float) -> FloatArray:
        """P(a contract of each customer lasts longer than a time)."""
        scale, rho = self._scale(data)
        return np.asarray(np.exp(-((time / scale) ** rho)))

    def survival_ahead(self, data: DescribedContracts, periods: float) -> FloatArray:
        """P(still a customer after so many further periods | the contract still runs) of each row."""
        scale, rho = self._scale(data)
        tenure = data.history.tenure
        return np.asarray(np.exp((tenure / scale) ** rho - ((tenure + periods) / scale) ** rho))

    def median(self, data: DescribedContracts) -> FloatArray:
        """The time by which half of customers like each have left."""
        scale, rho = self._scale(data)
        return np.asarray(scale * math.log(2) ** (1 / rho))

    def renewals(self, data: DescribedContracts, discount: float = 1.0, horizon: float = math.inf) -> FloatArray:
        """Expected number of further periods that each contract lasts, later ones discounted.

        Raises:
            WorthbookError: `contract-lifetime-infinite`, if nearly as much is still to come after 20 000 periods.
        """
        scale, rho = self._scale(data)
        now, total = (data.history.tenure / scale) ** rho, np.zeros(len(data))
        for period in range(1, int(min(horizon, MOST_PERIODS)) + 1):
            hazard = ((data.history.tenure + period) / scale) ** rho - now
            added = np.exp(-hazard) * discount ** (1 - period)
            total += added
            if added.max() < NEGLIGIBLE * total.min():
                return total
        if horizon > MOST_PERIODS:
            raise LIFETIME_INFINITE()  # noqa: RSE102  # a fault makes the exception
        return total

    def lifetime_value(self, data: DescribedContracts, terms: ContractTerms) -> FloatArray:
        """Expected present value of all that each running contract is to bring."""
        return contract_value(self, data, terms, self.unit)

    def value_ends(self, data: DescribedContracts, terms: ContractTerms, *, seed: int) -> tuple[FloatArray, FloatArray]:
        """Both ends of the 95 % interval of the expected value of each row."""
        return value_ends(self._drawn(seed), data, terms)

    def total_value(self, data: DescribedContracts, terms: ContractTerms, *, seed: int) -> Interval:
        """Present value of all running contracts together: unknown parameters and chance are both in the interval."""
        return total_value(self, self._drawn(seed), data, terms)

    def _drawn(self, seed: int) -> list[WeibullFit]:
        """This fit at values drawn from the normal approximation."""
        rng = np.random.default_rng(seed)
        drawn = rng.multivariate_normal(self.values, np.asarray(self.covariance), DRAWS)
        return [replace(self, values=tuple(values)) for values in drawn.tolist()]

    def _scale(self, data: DescribedContracts) -> tuple[FloatArray, float]:
        """Lambda of each customer, and rho."""
        *effects, intercept, log_rho = self.values
        score = np.einsum("ij,j->i", self.design.matrix(data.covariates), np.asarray(effects))
        return np.asarray(np.exp(intercept + score)), math.exp(log_rho)
