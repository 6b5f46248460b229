"""What goes with how often customers buy and how readily they leave: models with covariates beside those without."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from worthbook.data import columns
from worthbook.definitions.model import GivenColumn, ModelDefinition
from worthbook.kernel.errors import Fault, Problem, WorthbookError
from worthbook.kernel.language import Text
from worthbook.kernel.result import ColumnMeta
from worthbook.kernel.units import Unit
from worthbook.models.base import Estimate, FloatArray
from worthbook.models.interval import Interval
from worthbook.models.lifetime.covariate_model import DescribedCustomers, StaticCovariates, StaticCovariatesFit
from worthbook.models.lifetime.covariate_rows import SYMBOLS, Family
from worthbook.models.likelihood_ratio import LikelihoodRatio, likelihood_ratio
from worthbook.planning.described import Describing, coded, decoded
from worthbook.planning.estimate import FIT_CUSTOMERS
from worthbook.planning.estimators import PLAIN, PURCHASE_MODELS
from worthbook.planning.index import Catalogue
from worthbook.planning.lifetimes import purchase_roles
from worthbook.planning.outlook import SEED, read_customers, sample_parts
from worthbook.planning.run import Workbench
from worthbook.planning.segments_ahead import ALL_UNKNOWN

DESCRIBED = Text(en="{label} with {names}", zh="{label}（含“{names}”）")
NOT_FITTED = Fault(
    "covariates-without-model",
    what=Text(en="No model with these covariates could be fitted. {why}", zh="含这些协变量的模型均无法拟合。{why}"),
    hint=Text(
        en="Choose columns that are known for most customers and differ between them.",
        zh="请选择多数客户已知且彼此不同的列。",
    ),
)


@dataclass(frozen=True)
class Compared:
    """One model of purchases without and with covariates."""

    name: Family
    label: str
    plain: StaticCovariatesFit | None
    fit: StaticCovariatesFit | None
    test: LikelihoodRatio | None
    problem: Problem | None
    """Why there are no fits."""


@dataclass(frozen=True)
class Effects:
    """What was found for some covariates."""

    covariates: tuple[ColumnMeta, ...]
    models: tuple[Compared, ...]
    best: Compared
    """Of the models with covariates the one whose BIC is smallest."""
    fit: StaticCovariatesFit
    """Of the best."""
    total: Interval
    """Purchases until the horizon, of the customers whose covariates are known."""
    known: int
    customers: int
    steps: Mapping[str, float]
    """Covariate of numbers → a round number near its standard deviation, for which its effect is told."""


def effects_of(bench: Workbench, covariates: Sequence[str], weeks: float) -> Effects:
    """Fit the models in which covariates can act, without them and with them.

    Args:
        bench: with the covariates and the columns that models of purchases read made.
        covariates: columns of numbers or words.
        weeks: how far to look ahead.

    Raises:
        WorthbookError: `covariates-without-model`, or what is wrong with a covariate.
    """
    names = tuple(dict.fromkeys(covariates))
    data, ratio, customers = _described(bench, names)
    compared = [_compared(name, data, names) for name in SYMBOLS]
    fitted = [(each.fit, each) for each in compared if each.fit is not None]
    if not fitted:
        raise NOT_FITTED(why=next((each.problem.what for each in compared if each.problem is not None), ""))
    fit, best = min(fitted, key=lambda pair: float(pair[0].facts["bic"]))
    weights = data.history.weights
    everybody = DescribedCustomers(data.history.weighted(weights * ratio), data.covariates)
    return Effects(
        covariates=tuple(bench.catalogue.meta(name) for name in names),
        models=tuple(compared),
        best=best,
        fit=fit,
        total=fit.total_purchases(everybody, weeks, seed=SEED),
        known=round(everybody.history.customers),
        customers=customers,
        steps={
            name: step_of(values, weights)
            for name, values in data.covariates.columns.items()
            if values.dtype.kind == "f"
        },
    )


def described_models(catalogue: Catalogue, covariates: Sequence[str]) -> tuple[ModelDefinition, ...]:
    """The models with covariates, as definitions would say them."""
    titles = [catalogue.meta(name).title for name in dict.fromkeys(covariates)]
    names = Text(en=", ".join(each.en for each in titles), zh="、".join(each.zh for each in titles))
    given = GivenColumn(title=names, description=names, unit=Unit.QUANTITY, quantity="expected_purchases")
    return tuple(
        ModelDefinition(
            name=f"{family}_described",
            title=DESCRIBED.format(label=PURCHASE_MODELS[family].label, names=names),
            description=names,
            source="A10",
            estimator=family,
            inputs={role: name for role, name in purchase_roles(catalogue).items() if role in PLAIN},
            covariates=tuple(dict.fromkeys(covariates)),
            gives={f"{family}_described": given},
        )
        for family in SYMBOLS
    )


def _described(bench: Workbench, names: Sequence[str]) -> tuple[DescribedCustomers, float, int]:
    """The customers of whom everything is known, of how many others each stands for one, and how many there are."""
    roles = {role: name for role, name in purchase_roles(bench.catalogue).items() if role in PLAIN}
    sheet = bench.sheets[roles["x"]]
    customers = columns.count(bench.engine, sheet)
    parts = sample_parts(len(sheet.parts), customers, FIT_CUSTOMERS)
    read = read_customers(bench.engine, sheet, customers, parts)
    with coded(bench, [*roles.values(), *names]) as given:
        groups = columns.grouped(bench.engine, given.sheets, given.by, parts=parts)
    if not len(groups["customers"]):
        raise ALL_UNKNOWN(name=", ".join(names))
    found = decoded(groups, given.names, given.words)
    inputs = {**found, **{role: found[name] for role, name in roles.items()}}
    return Describing(tuple(names))(inputs, groups["customers"]), customers / read, customers


def _compared(name: Family, data: DescribedCustomers, covariates: Sequence[str]) -> Compared:
    formula, label = " + ".join(covariates), PURCHASE_MODELS[name].label
    try:
        plain, fit = StaticCovariates(name).fit(data), StaticCovariates(name, formula, formula).fit(data)
        return Compared(name, label, plain, fit, likelihood_ratio(plain.fitted, fit.fitted), None)
    except WorthbookError as error:
        return Compared(name, label, None, None, None, error.problems[0])


def step_of(values: FloatArray, weights: FloatArray) -> float:
    """A power of ten near the standard deviation, so that an effect is neither tiny nor huge.

    >>> step_of(np.array([20.0, 60.0, 250.0]), np.ones(3)), step_of(np.array([0.0, 1.0]), np.ones(2))
    (100.0, 1.0)
    """
    if np.isin(values, (0.0, 1.0)).all():
        return 1.0
    share = weights / weights.sum()
    spread = float(np.sqrt(share @ (values - share @ values) ** 2))
    return float(10.0 ** round(math.log10(spread))) if spread > 0 else 1.0


Factors = tuple[float, float | None, float | None]
"""A factor, with the ends of its 95 % interval where it is determined."""


@dataclass(frozen=True)
class Effect:
    """What one term of a covariate goes with, as factors: 1 is nothing."""

    covariate: ColumnMeta
    word: str | None
    """The word that is compared with the reference; None for a number."""
    step: float
    buys: Factors
    """How many times as often customers buy."""
    leaves: Factors
    """How many times as readily they leave."""


def terms_of(found: Effects) -> Iterator[Effect]:
    """Every term of the best model's covariates, in the order in which they were named."""
    rows = {row.symbol: row for row in found.fit.summary}
    for meta, coding in zip(found.covariates, found.fit.trans.codings, strict=True):
        words = coding.levels[1:] or (None,)
        for word, term in zip(words, coding.terms, strict=True):
            step = found.steps.get(meta.name, 1.0)
            of_buying, of_leaving = (rows[f"{side}:{term}"] for side in ("trans", "life"))
            yield Effect(meta, word, step, _factors(of_buying, step), _factors(of_leaving, step))


def _factors(row: Estimate, step: float) -> Factors:
    low, high = (None if end is None else _factor(end * step) for end in (row.low, row.high))
    return _factor(row.estimate * step), low, high


def _factor(exponent: float) -> float:
    return math.exp(min(exponent, 700.0))
