"""Estimators of contracts, and of occasions that are taken or not: tenures and counts become their data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar, cast

import numpy as np

from worthbook.definitions.model import ModelDefinition
from worthbook.kernel.period import WEEKS_PER_YEAR, PeriodUnit
from worthbook.models.base import Fit, FloatArray, Specification
from worthbook.models.design import Covariates
from worthbook.models.lifetime.data import PERIODS_PER_YEAR
from worthbook.models.retention import (
    BGBB,
    BetaDiscreteWeibull,
    ContractHistory,
    OpportunityHistory,
    ShiftedBetaGeometric,
)
from worthbook.models.retention.bg_bb import BGBBFit
from worthbook.models.retention.contract_value import ContractTerms
from worthbook.models.retention.cox import CoxFit, CoxRegression
from worthbook.models.retention.described_contracts import DescribedContracts
from worthbook.models.retention.kaplan_meier import KaplanMeier, KaplanMeierFit
from worthbook.models.retention.renewal_models import BetaDiscreteWeibullFit, ShiftedBetaGeometricFit
from worthbook.models.retention.weibull_aft import WeibullFit, WeibullRegression
from worthbook.planning.estimator import Ahead, Estimator, Inputs

Data = TypeVar("Data", ContractHistory, DescribedContracts)
Data_contra = TypeVar("Data_contra", contravariant=True)


@dataclass(frozen=True)
class Contracts:
    """Makes contracts from tenures; a value that can travel."""

    unit: PeriodUnit

    def __call__(self, inputs: Inputs, customers: FloatArray) -> ContractHistory:
        """From roles to contracts, equal ones in one row."""
        return ContractHistory(inputs["tenure"], inputs["ended"], customers, unit=self.unit)


@dataclass(frozen=True)
class DescribingContracts:
    """The same with covariates of the customers."""

    unit: PeriodUnit
    covariates: tuple[str, ...]

    def __call__(self, inputs: Inputs, customers: FloatArray) -> DescribedContracts:
        """From roles and covariates to contracts, equal ones in one row."""
        history = Contracts(self.unit)(inputs, customers)
        return DescribedContracts(history, Covariates({name: inputs[name] for name in self.covariates}))


@dataclass(frozen=True)
class Occasions:
    """Makes counts of occasions that were taken; a value that can travel."""

    unit: PeriodUnit

    def __call__(self, inputs: Inputs, customers: FloatArray) -> OpportunityHistory:
        """From roles to customers, equal ones in one row."""
        return OpportunityHistory(inputs["x"], inputs["t_x"], inputs["n"], customers, unit=self.unit)


class Lasting(Protocol[Data_contra]):
    """A fit that says how long contracts last."""

    @property
    def unit(self) -> PeriodUnit:
        """Of the tenure."""
        ...

    def survival_ahead(self, data: Data_contra, periods: float, /) -> FloatArray:
        """P(a contract that runs still runs after so many periods) of each row."""
        ...

    def renewals(self, data: Data_contra, discount: float, horizon: float, /) -> FloatArray:
        """Expected renewals to come, the next one in full, later ones discounted."""
        ...


def _p_renewal(fit: Lasting[Data], data: Data, ahead: Ahead) -> FloatArray:
    del ahead
    return _of_running(data, fit.survival_ahead(data, 1.0))


def _p_retained(fit: Lasting[Data], data: Data, ahead: Ahead) -> FloatArray:
    return _of_running(data, fit.survival_ahead(data, _periods(fit.unit, ahead)))


def _expected_renewals(fit: Lasting[Data], data: Data, ahead: Ahead) -> FloatArray:
    return _of_running(data, fit.renewals(data, 1.0, _periods(fit.unit, ahead)))


def _discounted_renewals(fit: Lasting[Data], data: Data, ahead: Ahead) -> FloatArray:
    discount = ContractTerms(1.0, ahead.discount_rate).discount(fit.unit)
    return _of_running(data, fit.renewals(data, discount, _periods(fit.unit, ahead)))


def _of_running(data: ContractHistory | DescribedContracts, values: FloatArray) -> FloatArray:
    """Nothing is expected of a contract that has ended; the customer may come back, which these models do not know."""
    history = data if isinstance(data, ContractHistory) else data.history
    return np.where(history.ended == 1, np.nan, values)


def _p_alive(fit: BGBBFit, history: OpportunityHistory, ahead: Ahead) -> FloatArray:
    del ahead
    return fit.p_alive(history)


def _expected_purchases(fit: BGBBFit, history: OpportunityHistory, ahead: Ahead) -> FloatArray:
    return fit.expected_purchases(history, _periods(fit.unit, ahead))


def _p_no_purchase(fit: BGBBFit, history: OpportunityHistory, ahead: Ahead) -> FloatArray:
    return fit.purchase_probabilities(0, history, _periods(fit.unit, ahead))


def _discounted_purchases(fit: BGBBFit, history: OpportunityHistory, ahead: Ahead) -> FloatArray:
    return fit.discounted_purchases(history, _periods(fit.unit, ahead), ahead.discount_rate)


def _periods(unit: PeriodUnit, ahead: Ahead) -> float:
    """The horizon in whole periods, one at least."""
    return float(max(round(ahead.weeks / WEEKS_PER_YEAR * PERIODS_PER_YEAR[unit]), 1))


LASTING = {
    "p_renewal": _p_renewal,
    "p_retained": _p_retained,
    "expected_renewals": _expected_renewals,
    "discounted_renewals": _discounted_renewals,
}
TENURE = frozenset({"tenure", "ended"})
UNIT: PeriodUnit = "months"


def _unit_of(model: ModelDefinition, usual: PeriodUnit) -> PeriodUnit:
    return cast("PeriodUnit", model.options.get("unit", usual))


def _of_contracts(label: str, specification: Specification[Any, Any], fit_class: type[Fit[Any]]) -> Estimator:
    plain = Estimator(label, specification, fit_class, TENURE, Contracts(UNIT), LASTING)
    return replace(plain, chosen=lambda model: replace(plain, read=Contracts(_unit_of(model, UNIT))))


def _of_described(
    label: str, specification: type[CoxRegression | WeibullRegression], fit_class: type[Fit[Any]]
) -> Estimator:
    plain = Estimator(
        label, specification(""), fit_class, TENURE, DescribingContracts(UNIT, ()), LASTING, covariates="needed"
    )

    def chosen(model: ModelDefinition) -> Estimator:
        read = DescribingContracts(_unit_of(model, UNIT), model.covariates)
        return replace(plain, specification=specification(" + ".join(model.covariates)), read=read)

    return replace(plain, chosen=chosen)


def _of_occasions() -> Estimator:
    quantities = {
        "p_alive": _p_alive,
        "p_no_purchase": _p_no_purchase,
        "expected_purchases": _expected_purchases,
        "discounted_purchases": _discounted_purchases,
    }
    plain = Estimator("BG/BB", BGBB(), BGBBFit, frozenset({"x", "t_x", "n"}), Occasions("years"), quantities)
    return replace(plain, chosen=lambda model: replace(plain, read=Occasions(_unit_of(model, "years"))))


CONTRACT_ESTIMATORS = {
    "bg_bb": _of_occasions(),
    "shifted_beta_geometric": _of_contracts("sBG", ShiftedBetaGeometric(), ShiftedBetaGeometricFit),
    "beta_discrete_weibull": _of_contracts("BdW", BetaDiscreteWeibull(), BetaDiscreteWeibullFit),
    "kaplan_meier": _of_contracts("Kaplan-Meier", KaplanMeier(), KaplanMeierFit),
    "cox": _of_described("Cox", CoxRegression, CoxFit),
    "weibull_aft": _of_described("Weibull", WeibullRegression, WeibullFit),
}
