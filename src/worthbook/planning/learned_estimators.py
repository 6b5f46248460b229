"""Estimators that learn from all that is known of customers: their covariates become its data, its forecast columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from worthbook.definitions.model import ModelDefinition
from worthbook.models.base import FloatArray
from worthbook.models.learning import Measured, ZeroInflatedLognormal
from worthbook.models.learning.ziln import ZeroInflatedLognormalFit
from worthbook.planning.estimator import Ahead, Estimator, Inputs


@dataclass(frozen=True)
class Measuring:
    """Makes customers with measures of covariates, one a row; a value that can travel."""

    covariates: tuple[str, ...]

    def __call__(self, inputs: Inputs, customers: FloatArray) -> Measured:
        """From covariates to customers whose outcome is to be foretold."""
        del customers
        return Measured({name: inputs[name] for name in self.covariates})


def _p_spend(fit: ZeroInflatedLognormalFit, data: Measured, ahead: Ahead) -> FloatArray:
    del ahead
    return fit.distribution(data).p


def _expected_spend(fit: ZeroInflatedLognormalFit, data: Measured, ahead: Ahead) -> FloatArray:
    del ahead
    return fit.distribution(data).mean


def _spend_low(fit: ZeroInflatedLognormalFit, data: Measured, ahead: Ahead) -> FloatArray:
    del ahead
    return fit.distribution(data).ends()[0]


def _spend_high(fit: ZeroInflatedLognormalFit, data: Measured, ahead: Ahead) -> FloatArray:
    del ahead
    return fit.distribution(data).ends()[1]


def _by_measures(model: ModelDefinition) -> Estimator:
    return replace(_PLAIN, read=Measuring(model.covariates))


_PLAIN = Estimator(
    "ZILN",
    ZeroInflatedLognormal(),
    ZeroInflatedLognormalFit,
    frozenset({"spend"}),
    Measuring(()),
    {"p_spend": _p_spend, "expected_spend": _expected_spend, "spend_low": _spend_low, "spend_high": _spend_high},
    covariates="needed",
    outcome="spend",
)

LEARNED_ESTIMATORS: Mapping[str, Estimator] = {
    ZeroInflatedLognormal.estimator: replace(_PLAIN, chosen=_by_measures),
}
