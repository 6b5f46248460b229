"""How the contracts of a book end, and what those that run are to bring."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from worthbook.kernel.language import Text
from worthbook.kernel.period import DAYS_PER_YEAR, MONTHS_PER_YEAR
from worthbook.kernel.result import Finding, Table
from worthbook.planning.contract_words import contract_findings, contract_tables
from worthbook.planning.contracts_ahead import (
    CONTRACT_COLUMNS,
    NO_CONTRACTS,
    ContractModel,
    ContractsAhead,
    contracts_ahead,
)
from worthbook.services.lifetime import HORIZON, parse_horizon, with_covariate
from worthbook.services.open_book import OpenBook, open_book

CONTRACTS = "contracts"
DISCOUNT_RATE = 0.10
"""Where the book sets none."""

HEADLINE = Text(en="{title}: models of contracts as of {as_of}", zh="{title}：合约模型，评估日 {as_of}")


@dataclass(frozen=True)
class ContractAnswer:
    """What was found."""

    title: str
    currency: str
    as_of: dt.date
    until: dt.date
    found: ContractsAhead

    @property
    def headline(self) -> Text:
        """What it is about."""
        return HEADLINE.format(title=self.title, as_of=self.as_of)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is expected of the contracts that run."""
        return contract_findings(self.found, self.until, self.currency)

    @property
    def tables(self) -> tuple[Table, ...]:
        """The models side by side, and their parameters."""
        return contract_tables(self.found)

    def as_json(self) -> dict[str, object]:
        """Plain values for programs; times are in months."""
        found, value = self.found, self.found.value
        return {
            "as_of": self.as_of.isoformat(),
            "until": self.until.isoformat(),
            "contracts": found.contracts,
            "running": found.running,
            "covariates": list(found.covariates),
            "models": [_model(each) for each in found.models],
            "used": None if found.used is None else found.used.name,
            "value": None if value is None else {"estimate": value.estimate, "low": value.low, "high": value.high},
            "priced": found.priced,
        }


def _model(model: ContractModel) -> dict[str, object]:
    if model.fit is None:
        problem = None if model.problem is None else model.problem.as_json()
        return {"name": model.name, "label": model.label, "problem": problem}
    return {
        "name": model.name,
        "label": model.label,
        "parameters": {each.symbol: each.estimate for each in model.fit.summary},
        "intervals": {each.symbol: [each.low, each.high] for each in model.fit.summary},
        "log_likelihood": model.fit.facts.get("log_likelihood"),
        "bic": model.fit.facts.get("bic"),
        "p_12_months": model.year,
        "months": model.months,
        "cautions": [{"en": each.en, "zh": each.zh} for each in model.fit.cautions],
    }


def contracts_of_book(
    folder: Path, *, as_of: str | None = None, horizon: str = HORIZON, covariates: tuple[str, ...] = ()
) -> ContractAnswer:
    """Fit the models of contracts to a book.

    Args:
        folder: The book.
        as_of: The date; by default the last day of its transactions.
        horizon: How far to look ahead: 12m, 3y; rounded to whole months.
        covariates: Columns of numbers or words for Cox and Weibull regression.

    Raises:
        WorthbookError: `contracts-missing`, `horizon-unreadable`, `name-unknown`, `book-empty`.
    """
    with open_book(folder) as opened:
        return _answer(opened, as_of, horizon, covariates)


def _answer(opened: OpenBook, as_of: str | None, horizon: str, covariates: tuple[str, ...]) -> ContractAnswer:
    window, day = parse_horizon(horizon), opened.day(as_of)
    if opened.snapshot.tables.get(CONTRACTS) is None:
        raise NO_CONTRACTS()  # noqa: RSE102  # a fault makes the exception
    for name in covariates:
        opened = with_covariate(opened, name)
    until = window.after(day)
    months = float(max(round((until - day).days / DAYS_PER_YEAR * MONTHS_PER_YEAR), 1))
    bench = opened.make(dict.fromkeys((*CONTRACT_COLUMNS, *covariates)), as_of=day)
    rate = float(opened.snapshot.settings.get("discount_rate", DISCOUNT_RATE))
    found = contracts_ahead(bench, covariates, months, rate)
    return ContractAnswer(opened.book.title, opened.book.currency, day, until, found)
