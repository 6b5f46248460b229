"""Contracts, the whole way from a list of them to models and columns."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from worthbook.data import columns
from worthbook.kernel.errors import WorthbookError
from worthbook.models.retention import ContractHistory, ShiftedBetaGeometric
from worthbook.models.retention.beta_weibull_process import BetaWeibullProcess
from worthbook.models.retention.simulate import simulate_contracts
from worthbook.services.contracts import ContractAnswer, contracts_of_book
from worthbook.services.ingest_files import ingest_files
from worthbook.services.open_book import OpenBook, open_book

CUSTOMERS, LAST_DAY, MONTH = 1500, np.datetime64("2025-12-31"), 30.4375
PRICES = {"basic": 10, "gold": 30}


@pytest.fixture(scope="module")
def history() -> ContractHistory:
    """Seen for 6 to 35 months; whole months, as the book counts them."""
    rng = np.random.default_rng(8)
    seen = rng.integers(6, 36, CUSTOMERS).astype(np.float64)
    return simulate_contracts(BetaWeibullProcess(0.8, 9.0), seen, rng)[0]


@pytest.fixture(scope="module")
def book(history: ContractHistory, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Each contract was seen until the last day or ended in the middle of its last month; one customer has no price."""
    folder = tmp_path_factory.mktemp("contracts")
    with (
        (folder / "orders.csv").open("w", newline="", encoding="utf-8") as orders,
        (folder / "contracts.csv").open("w", newline="", encoding="utf-8") as contracts,
    ):
        sold, agreed = csv.writer(orders), csv.writer(contracts)
        sold.writerow(["customer_id", "ordered_on", "amount"])
        agreed.writerow(["contract_id", "customer_id", "started_on", "cancelled_on", "plan", "price", "period_months"])
        for place, (tenure, ended) in enumerate(zip(history.tenure, history.ended, strict=True)):
            days = int(np.ceil((tenure - 0.5 if ended else tenure + 0.5) * MONTH))
            began = LAST_DAY - days - (40 if ended else 0)
            plan = "gold" if place % 3 == 0 else "basic"
            price = "" if not ended and place == int(np.argmin(history.ended)) else PRICES[plan]
            agreed.writerow([f"K{place}", f"C{place}", began, began + days if ended else "", plan, price, 1])
            sold.writerow([f"C{place}", began, 10])
        sold.writerow(["C0", LAST_DAY, 10])
    for name in ("orders", "contracts"):
        ingest_files([folder / f"{name}.csv"], folder / "shop.book")
    return folder / "shop.book"


@pytest.fixture(scope="module")
def answer(book: Path) -> ContractAnswer:
    return contracts_of_book(book, horizon="2y")


@pytest.fixture(scope="module")
def opened(book: Path) -> Iterator[OpenBook]:
    with open_book(book) as found:
        yield found


def facts(answer: ContractAnswer) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(answer.as_json()))
    return found


def test_parameters_are_those_of_the_simulated_contracts(answer: ContractAnswer, history: ContractHistory) -> None:
    """The book's whole months are the periods that were simulated, so the fit is the same to the last digit but two."""
    found = {each["name"]: each for each in facts(answer)["models"]}
    direct = {row.symbol: row.estimate for row in ShiftedBetaGeometric().fit(history).summary}
    assert found["shifted_beta_geometric"]["parameters"] == pytest.approx(direct, rel=1e-6)
    for symbol, true in {"alpha": 0.8, "beta": 9.0}.items():
        low, high = found["shifted_beta_geometric"]["intervals"][symbol]
        assert low < true < high


def test_months_to_come_and_their_worth(answer: ContractAnswer, history: ContractHistory) -> None:
    told, running = facts(answer), history.running
    expected = ShiftedBetaGeometric().fit(history).renewals(running, 1.0, 24).sum()
    assert told["running"] == running.customers
    assert next(each["months"] for each in told["models"] if each["name"] == told["used"]) == pytest.approx(
        expected, rel=0.02
    )
    assert told["priced"] == running.customers - 1
    assert told["value"]["low"] < told["value"]["estimate"] < told["value"]["high"]
    assert PRICES["basic"] * expected * 0.8 < told["value"]["estimate"] < PRICES["gold"] * expected


def test_columns_of_customers_agree_with_the_answer(opened: OpenBook, answer: ContractAnswer) -> None:
    names = ["p_contract_12m", "contract_value_36m", "contract_ended"]
    bench = opened.make(names, as_of=opened.day(None))
    found = columns.totals(bench.engine, bench.sheets_of(names), names)
    told = facts(answer)
    assert found["p_contract_12m"].known == told["running"]
    assert found["contract_value_36m"].known == told["priced"]
    assert found["contract_ended"].sum == told["contracts"] - told["running"]
    sbg = next(each for each in told["models"] if each["name"] == "shifted_beta_geometric")
    assert found["p_contract_12m"].mean == pytest.approx(sbg["p_12_months"])


def test_covariates_bring_regressions(book: Path) -> None:
    pytest.importorskip("lifelines")
    found = facts(contracts_of_book(book, covariates=("contract_plan",)))
    names = [each["name"] for each in found["models"]]
    assert names == ["kaplan_meier", "shifted_beta_geometric", "beta_discrete_weibull", "cox", "weibull_aft"]
    low, high = found["models"][3]["intervals"]["contract_plan[gold]"]
    assert low < 0 < high  # plans were drawn without any effect


def test_a_book_without_contracts_is_told(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("customer_id,ordered_on,amount\nA,2024-01-01,5\nB,2024-02-01,6\n")
    ingest_files([tmp_path / "orders.csv"], tmp_path / "shop.book")
    with pytest.raises(WorthbookError) as caught:
        contracts_of_book(tmp_path / "shop.book")
    assert caught.value.slugs == ("contracts-missing",)
