"""How the columns of a book become the data of an estimator, and its quantities columns: one entry per estimator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from worthbook.models.base import Fit, Specification
from worthbook.models.lifetime.bg_nbd import BGNBD, BGNBDFit
from worthbook.models.lifetime.data import PurchaseHistory, SpendHistory
from worthbook.models.lifetime.gamma_gamma import GammaGamma, GammaGammaFit

FloatArray = NDArray[np.float64]
Inputs = Mapping[str, FloatArray]
"""Role → values, one per group of customers."""


@dataclass(frozen=True)
class Ahead:
    """How far a quantity looks ahead, and at what yearly discount."""

    weeks: float
    discount_rate: float


@dataclass(frozen=True)
class Estimator:
    """What the planner needs to know of an estimator."""

    specification: Specification[Any, Any]
    fit_class: type[Fit[Any]]
    read: Callable[[Inputs, FloatArray], Any]
    """Roles and the number of customers per row → the estimator's data."""
    quantities: Mapping[str, Callable[[Any, Any, Ahead], FloatArray]]
    """Quantity → how the fit gives it for some data."""


def _history(inputs: Inputs, customers: FloatArray) -> PurchaseHistory:
    return PurchaseHistory(inputs["x"], inputs["t_x"], inputs["T"], customers)


def _spend(inputs: Inputs, customers: FloatArray) -> SpendHistory:
    return SpendHistory(inputs["x"], inputs["mean_value"], customers)


def _p_alive(fit: BGNBDFit, history: PurchaseHistory, ahead: Ahead) -> FloatArray:
    del ahead
    return fit.p_alive(history)


def _expected_purchases(fit: BGNBDFit, history: PurchaseHistory, ahead: Ahead) -> FloatArray:
    return fit.expected_purchases(history, ahead.weeks)


def _discounted_purchases(fit: BGNBDFit, history: PurchaseHistory, ahead: Ahead) -> FloatArray:
    return fit.discounted_purchases(history, ahead.weeks, ahead.discount_rate)


def _expected_spend(fit: GammaGammaFit, spend: SpendHistory, ahead: Ahead) -> FloatArray:
    del ahead
    return fit.expected_spend(spend)


ESTIMATORS: Mapping[str, Estimator] = {
    "bg_nbd": Estimator(
        BGNBD(),
        BGNBDFit,
        _history,
        {
            "p_alive": _p_alive,
            "expected_purchases": _expected_purchases,
            "discounted_purchases": _discounted_purchases,
        },
    ),
    "gamma_gamma": Estimator(GammaGamma(), GammaGammaFit, _spend, {"expected_spend": _expected_spend}),
}
