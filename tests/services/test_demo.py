"""The demonstration end to end: what was planted in the simulated firm is found again in its book."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.kernel.language import Text
from worthbook.models.company.company import END, Company, simulate_company
from worthbook.models.company.selling import PRICE_RISE, RETURN_RATE
from worthbook.services.evaluate import Evaluated
from worthbook.services.make_demo import make_demo
from worthbook.services.open_book import OpenBook, open_book

CUSTOMERS = 3_000
GONE = {"slipping", "lapsed"}
SURVEYS = {"nps.csv", "importance_performance.csv", "kano_shop.csv"}


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "lantern"


@pytest.fixture(scope="session")
def demo(folder: Path) -> Evaluated:
    return make_demo(folder, customers=CUSTOMERS)


@pytest.fixture(scope="session")
def company() -> Company:
    return simulate_company(CUSTOMERS)


@pytest.fixture(scope="session")
def book(demo: Evaluated, folder: Path) -> Iterator[OpenBook]:
    with open_book(folder / "orders.book") as opened:
        assert opened.store.run_ids() == [demo.evaluation.run_id]
        yield opened


def values(book: OpenBook, name: str) -> dict[str, object]:
    rows = book.column(name).to_arrow().to_pydict()
    return dict(zip(rows["customer_id"], rows[name], strict=True))


def total(book: OpenBook, name: str) -> float:
    return sum(float(str(value)) for value in values(book, name).values() if value is not None)


def fact(demo: Evaluated, study: str, name: str) -> float:
    found = demo.evaluation.study(study)
    assert found is not None
    return float(str(found.facts[name]))


def test_everybody_is_evaluated_at_the_last_day(demo: Evaluated) -> None:
    assert (demo.evaluation.customers, demo.evaluation.as_of) == (CUSTOMERS, END)


def test_the_report_and_the_lists_lie_in_the_book(demo: Evaluated, folder: Path) -> None:
    names = {path.name for path in demo.written}
    assert {"report.html", "customers.xlsx", "customers.csv", "customers.parquet"} <= names
    assert {path.parent for path in demo.written} == {folder / "orders.book"}
    assert all(path.stat().st_size for path in demo.written)


def test_every_line_is_accepted(demo: Evaluated, company: Company) -> None:
    source = next(each for each in demo.evaluation.sources if each.file == "orders.csv")
    assert (source.mapping, source.read, source.accepted) == (
        "worthbook_orders",
        len(company.lines["amount"]),
        source.read,
    )


def test_the_firm_has_a_name(demo: Evaluated) -> None:
    assert (demo.evaluation.title, demo.evaluation.currency) == ("Lantern Tea", "CNY")


def test_the_big_account_brings_the_most_revenue(book: OpenBook, company: Company) -> None:
    revenue = values(book, "revenue_lifetime")
    assert max(revenue, key=lambda customer: float(str(revenue[customer]))) == company.truth.big_account


def test_the_big_account_has_a_negative_margin(book: OpenBook, company: Company) -> None:
    lines = company.lines
    big = lines["customer_id"] == company.truth.big_account
    planted = float(lines["amount"][big].sum()) - float(lines["cost"][big].sum())
    found = float(str(values(book, "gross_margin_lifetime")[company.truth.big_account]))
    assert found == pytest.approx(planted, abs=0.01)
    assert found < 0


def test_the_big_account_is_the_tail_of_the_whale_curve(demo: Evaluated, book: OpenBook, company: Company) -> None:
    margin = float(str(values(book, "gross_margin_lifetime")[company.truth.big_account]))
    assert fact(demo, "concentration", "loss_amount") == pytest.approx(-margin, rel=0.01)


def test_the_leavers_are_seen_to_leave(book: OpenBook, company: Company) -> None:
    activity = values(book, "activity")
    gone = [activity[customer] in GONE for customer in company.truth.leavers]
    assert sum(gone) / len(gone) >= 0.9


def test_most_customers_who_buy_as_often_are_not_taken_for_leavers(book: OpenBook, company: Company) -> None:
    activity, often = values(book, "activity"), values(book, "purchase_days_lifetime")
    least = min(int(str(often[customer])) for customer in company.truth.leavers)
    gone = [activity[customer] in GONE for customer in company.truth.base if int(str(often[customer])) >= least]
    assert gone
    assert sum(gone) / len(gone) < 0.5


def test_the_price_rise_is_found(book: OpenBook, company: Company) -> None:
    """Against the last 12 months at the prices of the year before, of products that a customer bought in both."""
    effect = total(book, "price_effect_12m")
    assert effect / comparable_revenue(company) == pytest.approx(PRICE_RISE, abs=0.01)


def comparable_revenue(company: Company) -> float:
    lines = company.lines
    names = np.char.add(lines["customer_id"].astype(str), lines["product_id"].astype(str))
    pair = np.unique(names, return_inverse=True)[1]
    day = lines["ordered_on"].astype("datetime64[D]")
    year, before = np.datetime64("2025-06-30"), np.datetime64("2024-06-30")
    now, then = day > year, (day > before) & (day <= year)
    quantity, amount = lines["quantity"].astype(np.float64), lines["amount"].astype(np.float64)
    units, units_before = (np.bincount(pair, quantity * span) for span in (now, then))
    amount_before = np.bincount(pair, amount * then)
    both = (units > 0) & (units_before > 0)
    return float((units[both] * amount_before[both] / units_before[both]).sum())


def test_the_returns_rate_is_found(book: OpenBook) -> None:
    """Of money: lines differ in value, so that the rate is less certain than that of lines."""
    returns = total(book, "returns_lifetime")
    assert returns / (total(book, "revenue_lifetime") + returns) == pytest.approx(RETURN_RATE, abs=0.005)


def test_the_interval_of_the_next_year_holds_what_then_came(demo: Evaluated, company: Company) -> None:
    low, high = (fact(demo, "expected_12m", name) for name in ("purchases_low", "purchases_high"))
    assert low <= company.truth.future_purchases <= high
    low, high = (fact(demo, "expected_12m", name) for name in ("value_low", "value_high"))
    assert low <= company.truth.future_revenue <= high


def test_the_same_firm_again_adds_nothing(demo: Evaluated, folder: Path) -> None:
    again = make_demo(folder, customers=CUSTOMERS)
    assert again.evaluation.run_id == demo.evaluation.run_id
    assert len(again.evaluation.sources) == 1 + len(SURVEYS)


@pytest.mark.usefixtures("demo")
def test_another_firm_needs_another_folder(folder: Path) -> None:
    with pytest.raises(WorthbookError) as caught:
        make_demo(folder, customers=CUSTOMERS, seed=8)
    assert caught.value.say("en") == (
        f"[demo-folder-taken] {folder} already holds the orders of another firm or of another demonstration.\n"
        "  hint: Choose another folder: worthbook demo --to another-folder"
    )
    assert caught.value.say("zh") == (
        f"[demo-folder-taken] {folder} 中已有其他企业或其他演示的订单。\n"
        "  提示: 请另选一个文件夹：worthbook demo --to 其他文件夹"
    )
    assert not list(folder.glob(".demo-*"))


def test_the_demonstration_speaks_chinese_and_opens_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> NoReturn:
        pytest.fail("the network was asked for")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    found = make_demo(tmp_path, customers=100, language="zh")
    assert found.evaluation.title == "灯笼茶行"
    assert "绿茶" in (tmp_path / "orders.csv").read_text(encoding="utf-8")


def test_hostages_are_found_by_what_they_say_and_do(book: OpenBook, company: Company) -> None:
    placed = values(book, "satisfaction_loyalty")
    planted = [placed[customer] for customer in company.asked.hostages]

    assert len(planted) >= 30
    assert sum(cell == "hostage" for cell in planted) / len(planted) > 0.9


def test_satisfaction_is_unknown_for_those_who_did_not_answer(book: OpenBook, company: Company) -> None:
    asked = set(company.asked.files["nps"]["customer_id"].tolist())
    known = {customer for customer, value in values(book, "satisfaction_latest").items() if value is not None}

    assert known == asked


def test_the_feature_that_becomes_expected_is_found(demo: Evaluated) -> None:
    study = demo.evaluation.study("kano_features")
    assert study is not None
    drift = study.table("drift")
    ageing = [name for name, found in zip(drift.column("feature"), drift.column("ageing"), strict=True) if found]

    assert ageing == [Text(en="Delivery the next day", zh="次日送达")]


def test_the_fall_of_the_last_wave_and_the_urgent_attributes_are_told(demo: Evaluated) -> None:
    assert fact(demo, "net_promoter", "change_high") < 0
    study = demo.evaluation.study("importance_satisfaction")
    assert study is not None
    first = study.table("attributes").column("attribute")[:2]
    assert {each.en for each in first if isinstance(each, Text)} == {"Low prices", "Good service"}
