"""How the columns of a book become the data of an estimator, and its quantities columns: one entry per estimator."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from worthbook.definitions.model import ModelDefinition
from worthbook.kernel.errors import Fault, Problem, did_you_mean, raise_all
from worthbook.kernel.language import Text
from worthbook.models.base import Fit, Specification
from worthbook.models.lifetime.bg_nbd import BGNBD, BGNBDFit
from worthbook.models.lifetime.choose import Candidate
from worthbook.models.lifetime.cnbd import BGCNBD, MBGCNBD, BGCNBDFit, MBGCNBDFit
from worthbook.models.lifetime.data import PurchaseHistory, SpendHistory
from worthbook.models.lifetime.gamma_gamma import GammaGamma, GammaGammaFit
from worthbook.models.lifetime.ggompertz_nbd import GGompertzNBD, GGompertzNBDFit
from worthbook.models.lifetime.mbg_nbd import MBGNBD, MBGNBDFit
from worthbook.models.lifetime.nbd import NBD, NBDFit
from worthbook.models.lifetime.pareto_nbd import ParetoNBD, ParetoNBDFit
from worthbook.models.lifetime.purchase_model import PurchaseFit, PurchaseModel

ESTIMATOR_UNKNOWN = Fault(
    "estimator-unknown",
    what=Text(en="There is no estimator '{name}'.", zh="没有名为“{name}”的估计方法。"),
    hint=Text(en="{near}", zh="{near}"),
)
ROLE_MISSING = Fault(
    "model-input-missing",
    what=Text(en="The estimator '{estimator}' needs the input '{role}'.", zh="估计方法“{estimator}”缺少输入“{role}”。"),
    hint=Text(en="Name the column that holds it under `inputs`.", zh="请在 `inputs` 下指明对应的列。"),
)
ROLE_UNKNOWN = Fault(
    "model-input-unknown",
    what=Text(
        en="The estimator '{estimator}' has no input '{role}'.", zh="估计方法“{estimator}”没有名为“{role}”的输入。"
    ),
    hint=Text(en="{near}", zh="{near}"),
)
QUANTITY_UNKNOWN = Fault(
    "model-quantity-unknown",
    what=Text(en="The estimator '{estimator}' does not give '{name}'.", zh="估计方法“{estimator}”不提供“{name}”。"),
    hint=Text(en="{near}", zh="{near}"),
)

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

    label: str
    """Its name in the literature, which is the same in every language."""
    specification: Specification[Any, Any]
    fit_class: type[Fit[Any]]
    roles: frozenset[str]
    """The inputs that a definition must name."""
    read: Callable[[Inputs, FloatArray], Any]
    """Roles and the number of customers per row → the estimator's data."""
    quantities: Mapping[str, Callable[[Any, Any, Ahead], FloatArray]]
    """Quantity → how the fit gives it for some data."""


def _history(inputs: Inputs, customers: FloatArray) -> PurchaseHistory:
    return PurchaseHistory(inputs["x"], inputs["t_x"], inputs["T"], customers, log_gaps=inputs.get("log_gaps"))


def _spend(inputs: Inputs, customers: FloatArray) -> SpendHistory:
    return SpendHistory(inputs["x"], inputs["mean_value"], customers)


def _p_alive(fit: PurchaseFit, history: PurchaseHistory, ahead: Ahead) -> FloatArray:
    del ahead
    return fit.p_alive(history)


def _p_no_purchase(fit: PurchaseFit, history: PurchaseHistory, ahead: Ahead) -> FloatArray:
    return fit.purchase_probabilities(0, history, ahead.weeks)


def _expected_purchases(fit: PurchaseFit, history: PurchaseHistory, ahead: Ahead) -> FloatArray:
    return fit.expected_purchases(history, ahead.weeks)


def _discounted_purchases(fit: PurchaseFit, history: PurchaseHistory, ahead: Ahead) -> FloatArray:
    return fit.discounted_purchases(history, ahead.weeks, ahead.discount_rate)


def _expected_spend(fit: GammaGammaFit, spend: SpendHistory, ahead: Ahead) -> FloatArray:
    del ahead
    return fit.expected_spend(spend)


PLAIN = frozenset({"x", "t_x", "T"})
REGULAR = PLAIN | {"log_gaps"}
"""Models of regular buying read how evenly purchases follow each other, too."""


def _of_purchases(
    label: str, specification: PurchaseModel[Any], fit_class: type[PurchaseFit], roles: frozenset[str] = PLAIN
) -> Estimator:
    """A model of purchases; all of them give the same quantities."""
    return Estimator(
        label,
        specification,
        fit_class,
        roles,
        _history,
        {
            "p_alive": _p_alive,
            "p_no_purchase": _p_no_purchase,
            "expected_purchases": _expected_purchases,
            "discounted_purchases": _discounted_purchases,
        },
    )


PURCHASE_MODELS: Mapping[str, Estimator] = {
    "nbd": _of_purchases("NBD", NBD(), NBDFit),
    "bg_nbd": _of_purchases("BG/NBD", BGNBD(), BGNBDFit),
    "mbg_nbd": _of_purchases("MBG/NBD", MBGNBD(), MBGNBDFit),
    "pareto_nbd": _of_purchases("Pareto/NBD", ParetoNBD(), ParetoNBDFit),
    "bg_cnbd_k": _of_purchases("BG/CNBD-k", BGCNBD(), BGCNBDFit, REGULAR),
    "mbg_cnbd_k": _of_purchases("MBG/CNBD-k", MBGCNBD(), MBGCNBDFit, REGULAR),
    "ggompertz_nbd": _of_purchases("GGompertz/NBD", GGompertzNBD(), GGompertzNBDFit),
}
"""Those that foretell purchases, and so can be tested and compared; a further model is one line here."""

ESTIMATORS: Mapping[str, Estimator] = {
    **PURCHASE_MODELS,
    "gamma_gamma": Estimator(
        "Gamma-Gamma",
        GammaGamma(),
        GammaGammaFit,
        frozenset({"x", "mean_value"}),
        _spend,
        {"expected_spend": _expected_spend},
    ),
}

CANDIDATES: tuple[Candidate, ...] = tuple(
    Candidate(name, each.label, cast("PurchaseModel[PurchaseFit]", each.specification))
    for name, each in PURCHASE_MODELS.items()
)
"""What may be chosen for a book."""

QUICK_CANDIDATES: tuple[Candidate, ...] = tuple(
    each for each in CANDIDATES if each.name in {"nbd", "bg_nbd", "mbg_nbd"}
)
"""Those with closed formulas, which cost an evaluation hardly anything; `worthbook lifetime` compares all."""


def estimator_of(model: ModelDefinition) -> Estimator:
    """The estimator that a model definition asks for.

    Raises:
        WorthbookError: What the definition asks for that there is not.
    """
    raise_all(check_model(model))
    return ESTIMATORS[model.estimator]


def check_model(model: ModelDefinition) -> tuple[Problem, ...]:
    """What a model definition asks for that its estimator does not have, each with its place."""
    estimator = ESTIMATORS.get(model.estimator)
    if estimator is None:
        near = did_you_mean(model.estimator, ESTIMATORS)
        return (ESTIMATOR_UNKNOWN.problem(model.place_of("estimator"), name=model.estimator, near=near),)
    return (*_roles(model, estimator), *_quantities(model, estimator))


def _roles(model: ModelDefinition, estimator: Estimator) -> Iterator[Problem]:
    for role in sorted(estimator.roles - set(model.inputs)):
        yield ROLE_MISSING.problem(model.place_of("inputs"), estimator=model.estimator, role=role)
    for role in sorted(set(model.inputs) - estimator.roles):
        where, near = model.place_of("inputs", role), did_you_mean(role, estimator.roles)
        yield ROLE_UNKNOWN.problem(where, estimator=model.estimator, role=role, near=near)


def _quantities(model: ModelDefinition, estimator: Estimator) -> Iterator[Problem]:
    for name, given in model.gives.items():
        if given.quantity not in estimator.quantities:
            where = model.place_of("gives", name, "quantity")
            near = did_you_mean(given.quantity, estimator.quantities)
            yield QUANTITY_UNKNOWN.problem(where, estimator=model.estimator, name=given.quantity, near=near)
