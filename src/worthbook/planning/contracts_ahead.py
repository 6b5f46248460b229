"""How contracts end, by every model of contracts, and what those that run are to bring."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from worthbook.data import columns
from worthbook.kernel.errors import Fault, Problem, WorthbookError
from worthbook.kernel.language import Text
from worthbook.kernel.period import MONTHS_PER_YEAR
from worthbook.models.base import Fit, FloatArray
from worthbook.models.design import Covariates
from worthbook.models.interval import Interval
from worthbook.models.retention import BetaDiscreteWeibull, ContractHistory, ContractTerms, ShiftedBetaGeometric
from worthbook.models.retention.cox import CoxRegression
from worthbook.models.retention.described_contracts import DescribedContracts
from worthbook.models.retention.kaplan_meier import KaplanMeier
from worthbook.models.retention.renewal_models import RenewalFit
from worthbook.models.retention.weibull_aft import WeibullRegression
from worthbook.planning.described import coded, decoded
from worthbook.planning.outlook import SEED
from worthbook.planning.run import Workbench

MONTHS, WHOLE, ENDED, PRICE = "contract_months", "contract_whole_months", "contract_ended", "contract_price_month"
CONTRACT_COLUMNS = (MONTHS, WHOLE, ENDED, PRICE)

NO_CONTRACTS = Fault(
    "contracts-missing",
    what=Text(en="The book holds no contracts.", zh="账簿中没有合约。"),
    hint=Text(
        en="Import a list of them (contract, customer, start, end): worthbook ingest contracts.csv --book shop.book",
        zh="请导入合约清单（合约、客户、生效日期、终止日期）：worthbook ingest contracts.csv --book shop.book",
    ),
)

AnyFit = Fit[Any]


@dataclass(frozen=True)
class ContractModel:
    """One model of contracts, and what it says of those that run."""

    name: str
    label: str
    fit: AnyFit | None
    problem: Problem | None = None
    """Why there is no fit."""
    year: float | None = None
    """Mean chance to run for 12 months more."""
    months: float | None = None
    """Months to come until the horizon, of all together."""


@dataclass(frozen=True)
class ContractsAhead:
    """All models of contracts side by side."""

    contracts: float
    running: float
    horizon: float
    """Months."""
    models: tuple[ContractModel, ...]
    covariates: tuple[str, ...]
    used: ContractModel | None
    """Of the models of renewals the one whose BIC is smallest."""
    value: Interval | None
    """What the months to come are to bring by that model, discounted; None where prices are not known."""
    priced: float
    """Running contracts of which the price is known."""


def contracts_ahead(
    bench: Workbench, covariates: Sequence[str], months: float, discount_rate_per_year: float
) -> ContractsAhead:
    """Fit every model of contracts; those that need covariates where some are named.

    Args:
        bench: with `CONTRACT_COLUMNS` and the covariates made.
        covariates: columns of numbers or words.
        months: how far to look ahead, in whole months.
        discount_rate_per_year: at which later months count less.

    Raises:
        WorthbookError: `contracts-missing`, or what is wrong with a covariate.
    """
    names = tuple(dict.fromkeys(covariates))
    found = _groups(bench, (MONTHS, WHOLE, ENDED, *names))
    customers = found["customers"]
    if not len(customers):
        raise NO_CONTRACTS()  # noqa: RSE102  # a fault makes the exception
    exact, whole = (ContractHistory(found[name], found[ENDED], customers) for name in (MONTHS, WHOLE))
    models = [
        _model("kaplan_meier", "Kaplan-Meier", KaplanMeier(), exact, months),
        _model("shifted_beta_geometric", "sBG", ShiftedBetaGeometric(), whole, months),
        _model("beta_discrete_weibull", "BdW", BetaDiscreteWeibull(), whole, months),
    ]
    if names:
        described = DescribedContracts(exact, Covariates({name: found[name] for name in names}))
        formula = " + ".join(names)
        models += [
            _model("cox", "Cox", CoxRegression(formula), described, months),
            _model("weibull_aft", "Weibull", WeibullRegression(formula), described, months),
        ]
    renewing = [(each.fit.facts["bic"], each) for each in models if isinstance(each.fit, RenewalFit)]
    used = min(renewing, key=lambda pair: float(pair[0]), default=(0.0, None))[1]
    value, priced = _value(bench, used, ContractTerms(1.0, discount_rate_per_year, horizon=months))
    return ContractsAhead(exact.customers, exact.running.customers, months, tuple(models), names, used, value, priced)


def _groups(bench: Workbench, names: Sequence[str]) -> dict[str, np.ndarray]:
    """Equal customers, of whom all is known, and how many there are."""
    with coded(bench, names) as given:
        groups = columns.grouped(bench.engine, given.sheets, given.by)
    return {**decoded(groups, given.names, given.words), "customers": groups["customers"]}


def _model(name: str, label: str, specification: Any, data: Any, months: float) -> ContractModel:  # noqa: ANN401 - of two kinds
    try:
        fit = specification.fit(data)
    except WorthbookError as error:
        return ContractModel(name, label, None, error.problems[0])
    running = data.running
    weights = running.history.weights if isinstance(running, DescribedContracts) else running.weights
    if not len(weights):
        return ContractModel(name, label, fit)
    year = _known(lambda: fit.survival_ahead(running, float(MONTHS_PER_YEAR)))
    ahead = _known(lambda: fit.renewals(running, 1.0, months))
    return ContractModel(
        name,
        label,
        fit,
        year=None if year is None else float(weights @ year / weights.sum()),
        months=None if ahead is None else float(weights @ ahead),
    )


def _known(quantity: Callable[[], FloatArray]) -> FloatArray | None:
    """A quantity, where the model reaches so far: curves end with the longest tenure that was seen."""
    try:
        return quantity()
    except WorthbookError:
        return None


def _value(bench: Workbench, used: ContractModel | None, terms: ContractTerms) -> tuple[Interval | None, float]:
    """What running contracts with a known price are to bring, and how many there are."""
    if used is None or not isinstance(used.fit, RenewalFit):
        return None, 0.0
    found = _groups(bench, (WHOLE, ENDED, PRICE))
    runs = found[ENDED] == 0
    if not runs.any():
        return None, 0.0
    history = ContractHistory(found[WHOLE][runs], found[ENDED][runs], found["customers"][runs])
    return used.fit.total_value(history, replace(terms, margin=found[PRICE][runs]), seed=SEED), history.customers
