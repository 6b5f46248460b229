"""The demonstration with all its records: what was planted in them is found again, and every framework is reported."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from worthbook.models.company.accounts import LATE_BY
from worthbook.models.company.company import records_of, simulate_company
from worthbook.models.company.dealing import COSTLY_RATE, HOBBIES, REGIONS, USUAL_RATE, WALLET_SHARES, Dealings
from worthbook.services.evaluate import Evaluated
from worthbook.services.make_demo import make_demo
from worthbook.services.open_book import OpenBook, open_book

CUSTOMERS = 1_500


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("full") / "lantern"


@pytest.fixture(scope="module")
def demo(folder: Path) -> Evaluated:
    return make_demo(folder, customers=CUSTOMERS, full=True)


@pytest.fixture(scope="module")
def records() -> Dealings:
    return records_of(simulate_company(CUSTOMERS))


@pytest.fixture(scope="module")
def book(demo: Evaluated, folder: Path) -> Iterator[OpenBook]:
    with open_book(folder / "orders.book") as opened:
        assert demo.evaluation.run_id in opened.store.run_ids()
        yield opened


def values(book: OpenBook, name: str) -> dict[str, float]:
    """Of those for whom the column is known."""
    rows = book.column(name).to_arrow().to_pydict()
    pairs = zip(rows["customer_id"], rows[name], strict=True)
    return {customer: float(value) for customer, value in pairs if value is not None}


def test_every_record_is_accepted(demo: Evaluated, records: Dealings) -> None:
    rows = {f"{table}.csv": len(next(iter(columns.values()))) for table, columns in records.files.items()}
    found = {each.file: each.accepted for each in demo.evaluation.sources if each.file in rows}
    assert found == rows


def test_the_same_records_again_are_the_same(records: Dealings) -> None:
    again = records_of(simulate_company(CUSTOMERS))
    for table, columns in records.files.items():
        for name, column in columns.items():
            assert np.array_equal(column, again.files[table][name], equal_nan=column.dtype.kind in "fM")


def test_the_late_payers_are_found_by_their_days(book: OpenBook, records: Dealings) -> None:
    late = values(book, "days_late_12m")
    slow = {customer for customer, days in late.items() if days > LATE_BY / 2}
    assert slow == {customer for customer in records.businesses.late if customer in late}


def test_the_indebted_accounts_are_found_by_their_statements(book: OpenBook, records: Dealings) -> None:
    found = {customer for customer, ratio in values(book, "account_debt_ratio").items() if ratio > 0.8}
    assert found == records.businesses.indebted


def test_the_costly_customers_are_found_by_what_they_cost(book: OpenBook, records: Dealings) -> None:
    middle = (COSTLY_RATE + USUAL_RATE) / 2
    rates = values(book, "cost_to_serve_rate_12m")
    assert {customer for customer, rate in rates.items() if rate > middle} == records.costly & set(rates)


def test_the_share_of_wallet_is_that_of_the_region(book: OpenBook, records: Dealings) -> None:
    region = dict(zip(*(records.files["customers"][name].tolist() for name in ("customer_id", "region")), strict=True))
    planted = dict(zip((each.en for each in REGIONS), WALLET_SHARES, strict=True))
    found = values(book, "wallet_share")
    assert len(found) > 50
    assert all(share == pytest.approx(planted[region[customer]], abs=0.01) for customer, share in found.items())


def test_the_unanswered_complaints_are_open(book: OpenBook, records: Dealings) -> None:
    assert {customer for customer, count in values(book, "complaints_open").items() if count} == records.unanswered


def test_the_advocates_have_brought_customers(book: OpenBook, records: Dealings) -> None:
    found = {customer for customer, count in values(book, "referred_customers_lifetime").items() if count}
    assert found == records.advocates


def test_hobbies_cost_and_are_never_used(records: Dealings) -> None:
    uses = records.files["information_uses"]
    hobbies = uses["field"] == HOBBIES
    assert (uses["uses"][hobbies].sum(), uses["collection_cost"][hobbies].min()) == (0, 8)


def test_frameworks_of_accounts_place_just_the_accounts(demo: Evaluated, records: Dealings) -> None:
    placed = {each.name: CUSTOMERS - each.unplaced for each in demo.evaluation.frameworks}
    assert placed["buying_mode"] == len(records.businesses.ids)


def test_the_holders_of_a_card_have_money_on_it(book: OpenBook, records: Dealings) -> None:
    found = {customer for customer, balance in values(book, "balance_held").items() if balance}
    assert found == set(records.files["holdings"]["customer_id"].tolist())


def test_no_framework_waits(demo: Evaluated) -> None:
    assert demo.evaluation.waiting == ()
