"""How the columns of a book become the data of an estimator, and its quantities columns: one entry per estimator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Protocol, TypeVar, cast

import numpy as np

from worthbook.definitions.model import ModelDefinition
from worthbook.kernel.errors import Fault, Problem, did_you_mean, raise_all
from worthbook.kernel.language import Text
from worthbook.models.base import FloatArray
from worthbook.models.lifetime.bg_nbd import BGNBD, BGNBDFit
from worthbook.models.lifetime.choose import Candidate
from worthbook.models.lifetime.cnbd import BGCNBD, MBGCNBD, BGCNBDFit, MBGCNBDFit
from worthbook.models.lifetime.correlated_pareto_nbd import CorrelatedParetoNBD, CorrelatedParetoNBDFit
from worthbook.models.lifetime.covariate_model import StaticCovariates, StaticCovariatesFit
from worthbook.models.lifetime.covariate_rows import SYMBOLS, Family
from worthbook.models.lifetime.data import PERIODS_PER_YEAR, PurchaseHistory, SpendHistory
from worthbook.models.lifetime.gamma_gamma import GammaGamma, GammaGammaFit
from worthbook.models.lifetime.ggompertz_nbd import GGompertzNBD, GGompertzNBDFit
from worthbook.models.lifetime.mbg_nbd import MBGNBD, MBGNBDFit
from worthbook.models.lifetime.nbd import NBD, NBDFit
from worthbook.models.lifetime.pareto_ggg import ParetoGGG, ParetoGGGFit
from worthbook.models.lifetime.pareto_nbd import ParetoNBD, ParetoNBDFit
from worthbook.models.lifetime.purchase_model import PurchaseFit, PurchaseModel
from worthbook.planning.contract_estimators import CONTRACT_ESTIMATORS
from worthbook.planning.described import Describing
from worthbook.planning.estimator import Ahead, Estimator, Inputs, Quantity
from worthbook.planning.learned_estimators import LEARNED_ESTIMATORS
from worthbook.planning.potential_estimators import POTENTIAL_ESTIMATORS
from worthbook.planning.season_estimators import SEASON_ESTIMATORS

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

COVARIATES_NEEDED = Fault(
    "model-needs-covariates",
    what=Text(en="The estimator '{estimator}' needs covariates.", zh="估计方法“{estimator}”需要协变量。"),
    hint=Text(
        en="Name columns under `covariates`; without them contracts have kaplan_meier, and purchases mbg_nbd.",
        zh="请在 `covariates` 下列出列名；没有协变量时，合约可用 kaplan_meier，购买可用 mbg_nbd。",
    ),
)
WINDOW_NEEDED = Fault(
    "model-needs-window",
    what=Text(
        en="The estimator '{estimator}' needs a window: how long after its covariates the outcome is counted.",
        zh="估计方法“{estimator}”需要 window：从协变量统计日到结果统计日的时长。",
    ),
    hint=Text(
        en="Write for example `window: 12 months`, and take an outcome of the same window.",
        zh="例如写 `window: 12 months`，并选用相同窗口的结果列。",
    ),
)
WINDOW_UNUSED = Fault(
    "model-without-window",
    what=Text(en="The estimator '{estimator}' has no window.", zh="估计方法“{estimator}”不使用 window。"),
    hint=Text(
        en="Leave it out; how far a column looks ahead is its `horizon`.",
        zh="请删除；某列预测多远由其 `horizon` 决定。",
    ),
)
UNIT_UNKNOWN = Fault(
    "model-unit-unknown",
    what=Text(en="'{unit}' is not a unit of time.", zh="“{unit}”不是有效的时间单位。"),
    hint=Text(en="Choose one of: {known}.", zh="可选：{known}。"),
)
SEASONS_NEEDED = Fault(
    "model-needs-seasons",
    what=Text(en="The estimator '{estimator}' needs seasons.", zh="估计方法“{estimator}”需要 seasons。"),
    hint=Text(
        en="Write for example `seasons: [quarters]` or `seasons: [11-01..12-31]`; without them use pareto_nbd.",
        zh="例如写 `seasons: [quarters]` 或 `seasons: [11-01..12-31]`；没有季节时请用 pareto_nbd。",
    ),
)
NO_SEASONS = Fault(
    "model-without-seasons",
    what=Text(en="Seasons do not act in the estimator '{estimator}'.", zh="估计方法“{estimator}”不支持 seasons。"),
    hint=Text(en="They do in: seasonal_pareto_nbd.", zh="支持的方法：seasonal_pareto_nbd。"),
)
NO_COVARIATES = Fault(
    "model-without-covariates",
    what=Text(en="Covariates do not act in the estimator '{estimator}'.", zh="估计方法“{estimator}”不支持协变量。"),
    hint=Text(en="They do in: {known}.", zh="支持协变量的方法：{known}。"),
)

Data = TypeVar("Data")
Data_contra = TypeVar("Data_contra", contravariant=True)


def _history(inputs: Inputs, customers: FloatArray) -> PurchaseHistory:
    return PurchaseHistory(inputs["x"], inputs["t_x"], inputs["T"], customers, log_gaps=inputs.get("log_gaps"))


def _spend(inputs: Inputs, customers: FloatArray) -> SpendHistory:
    return SpendHistory(inputs["x"], inputs["mean_value"], customers)


class Foretelling(Protocol[Data_contra]):
    """A fit that foretells purchases, of whatever describes customers."""

    def p_alive(self, data: Data_contra, /) -> FloatArray:
        """Probability that each has not dropped out."""
        ...

    def expected_purchases(self, data: Data_contra, horizon: float, /) -> FloatArray:
        """Expected purchases of each until the horizon."""
        ...

    def discounted_purchases(self, data: Data_contra, horizon: float, discount_rate_per_year: float, /) -> FloatArray:
        """The same, discounted."""
        ...


def _p_alive(fit: Foretelling[Data], history: Data, ahead: Ahead) -> FloatArray:
    del ahead
    return fit.p_alive(history)


def _p_no_purchase(fit: PurchaseFit, history: PurchaseHistory, ahead: Ahead) -> FloatArray:
    return fit.purchase_probabilities(0, history, ahead.weeks)


def _expected_purchases(fit: Foretelling[Data], history: Data, ahead: Ahead) -> FloatArray:
    return fit.expected_purchases(history, ahead.weeks)


def _discounted_purchases(fit: Foretelling[Data], history: Data, ahead: Ahead) -> FloatArray:
    return fit.discounted_purchases(history, ahead.weeks, ahead.discount_rate)


def _purchases_sd(fit: PurchaseFit, history: PurchaseHistory, ahead: Ahead) -> FloatArray:
    """Chance, unknown rate and unknown dropout together."""
    return np.asarray(np.sqrt(np.maximum(fit.process.purchase_variance(history, ahead.weeks), 0.0)))


def _spend_of_pairs(fit: GammaGammaFit, spend: SpendHistory, ahead: Ahead) -> FloatArray:
    """E[m^2] / E[m]^2 of a customer's mean spend m: what two purchases of one customer have in common."""
    del ahead
    return fit.process.dispersion(spend) * fit.process.next_level(spend.x + 1) ** 2


def _spend_of_one(fit: GammaGammaFit, spend: SpendHistory, ahead: Ahead) -> FloatArray:
    """E[z^2] / E[m]^2 of a single purchase z, which differs from the customer's mean as well."""
    del ahead
    return fit.process.dispersion(spend) * (1 + 1 / fit.process.p)


def _expected_spend(fit: GammaGammaFit, spend: SpendHistory, ahead: Ahead) -> FloatArray:
    del ahead
    return fit.expected_spend(spend)


PLAIN = frozenset({"x", "t_x", "T"})
REGULAR = PLAIN | {"log_gaps"}
"""Models of regular buying read how evenly purchases follow each other, too."""


COVARIATE_QUANTITIES: Mapping[str, Quantity] = {
    "p_alive": _p_alive,
    "expected_purchases": _expected_purchases,
    "discounted_purchases": _discounted_purchases,
}


def _of_purchases(
    label: str, specification: PurchaseModel[Any], fit_class: type[PurchaseFit], roles: frozenset[str] = PLAIN
) -> Estimator:
    """A model of purchases; all of them give the same quantities."""
    plain = Estimator(
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
            "purchases_sd": _purchases_sd,
        },
    )
    if specification.estimator not in SYMBOLS:
        return plain
    return replace(plain, covariates="optional", chosen=partial(_described, plain))


def _described(plain: Estimator, model: ModelDefinition) -> Estimator:
    """The model of purchases in which covariates act, if a definition names some."""
    if not model.covariates:
        return plain
    both = " + ".join(model.covariates)
    life, trans = (str(model.options.get(name, both)) for name in ("life", "trans"))
    ridge = float(model.options.get("ridge", 0.0))
    return replace(
        plain,
        specification=StaticCovariates(cast("Family", model.estimator), life, trans, ridge=ridge),
        fit_class=StaticCovariatesFit,
        read=Describing(model.covariates),
        quantities=COVARIATE_QUANTITIES,
    )


PURCHASE_MODELS: Mapping[str, Estimator] = {
    "nbd": _of_purchases("NBD", NBD(), NBDFit),
    "bg_nbd": _of_purchases("BG/NBD", BGNBD(), BGNBDFit),
    "mbg_nbd": _of_purchases("MBG/NBD", MBGNBD(), MBGNBDFit),
    "pareto_nbd": _of_purchases("Pareto/NBD", ParetoNBD(), ParetoNBDFit),
    "bg_cnbd_k": _of_purchases("BG/CNBD-k", BGCNBD(), BGCNBDFit, REGULAR),
    "mbg_cnbd_k": _of_purchases("MBG/CNBD-k", MBGCNBD(), MBGCNBDFit, REGULAR),
    "ggompertz_nbd": _of_purchases("GGompertz/NBD", GGompertzNBD(), GGompertzNBDFit),
    "correlated_pareto_nbd": _of_purchases("Pareto/NBD + ρ", CorrelatedParetoNBD(), CorrelatedParetoNBDFit),
    "pareto_ggg": _of_purchases("Pareto/GGG", ParetoGGG(), ParetoGGGFit, REGULAR),
}
"""Those that foretell purchases, and so can be tested and compared; a further model is one line here."""

ON_REQUEST = frozenset({"correlated_pareto_nbd", "pareto_ggg"})
"""Tried only where they are asked for: they take longer, for a question that seldom matters."""

ESTIMATORS: Mapping[str, Estimator] = {
    **PURCHASE_MODELS,
    **CONTRACT_ESTIMATORS,
    **POTENTIAL_ESTIMATORS,
    **LEARNED_ESTIMATORS,
    **SEASON_ESTIMATORS,
    "gamma_gamma": Estimator(
        "Gamma-Gamma",
        GammaGamma(),
        GammaGammaFit,
        frozenset({"x", "mean_value"}),
        _spend,
        {"expected_spend": _expected_spend, "spend_of_pairs": _spend_of_pairs, "spend_of_one": _spend_of_one},
    ),
}

ALL_CANDIDATES: tuple[Candidate, ...] = tuple(
    Candidate(name, each.label, cast("PurchaseModel[PurchaseFit]", each.specification))
    for name, each in PURCHASE_MODELS.items()
)
"""What may be asked for by name."""

CANDIDATES: tuple[Candidate, ...] = tuple(each for each in ALL_CANDIDATES if each.name not in ON_REQUEST)
"""What may be chosen for a book where nothing is asked for."""

QUICK_CANDIDATES: tuple[Candidate, ...] = tuple(
    each for each in CANDIDATES if each.name in {"nbd", "bg_nbd", "mbg_nbd"}
)
"""Those with closed formulas, which cost an evaluation hardly anything; `worthbook lifetime` compares all."""


def estimator_of(model: ModelDefinition) -> Estimator:
    """The estimator that a model definition asks for, with what it chooses.

    Raises:
        WorthbookError: What the definition asks for that there is not.
    """
    raise_all(check_model(model))
    plain = ESTIMATORS[model.estimator]
    return plain if plain.chosen is None else plain.chosen(model)


def check_model(model: ModelDefinition) -> tuple[Problem, ...]:
    """What a model definition asks for that its estimator does not have, each with its place."""
    estimator = ESTIMATORS.get(model.estimator)
    if estimator is None:
        near = did_you_mean(model.estimator, ESTIMATORS)
        return (ESTIMATOR_UNKNOWN.problem(model.place_of("estimator"), name=model.estimator, near=near),)
    problems = tuple(_chosen(model, estimator))
    if not problems and estimator.chosen is not None:
        estimator = estimator.chosen(model)
    return (*problems, *_roles(model, estimator), *_quantities(model, estimator))


def _chosen(model: ModelDefinition, estimator: Estimator) -> Iterator[Problem]:
    if model.covariates and estimator.covariates == "none":
        known = ", ".join(sorted(name for name, each in ESTIMATORS.items() if each.covariates != "none"))
        yield NO_COVARIATES.problem(model.place_of("covariates"), estimator=model.estimator, known=known)
    if not model.covariates and estimator.covariates == "needed":
        yield COVARIATES_NEEDED.problem(model.place_of("estimator"), estimator=model.estimator)
    if estimator.seasons and not model.seasons:
        yield SEASONS_NEEDED.problem(model.place_of("estimator"), estimator=model.estimator)
    if model.seasons and not estimator.seasons:
        yield NO_SEASONS.problem(model.place_of("seasons"), estimator=model.estimator)
    if model.window is None and estimator.outcome is not None:
        yield WINDOW_NEEDED.problem(model.place_of("estimator"), estimator=model.estimator)
    if model.window is not None and estimator.outcome is None:
        yield WINDOW_UNUSED.problem(model.place_of("window"), estimator=model.estimator)
    unit = model.options.get("unit")
    if unit is not None and unit not in PERIODS_PER_YEAR:
        near = ", ".join(PERIODS_PER_YEAR)
        yield UNIT_UNKNOWN.problem(model.place_of("options", "unit"), unit=unit, known=near)


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
