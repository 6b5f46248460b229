"""Whom a book is evaluated about: customers with orders, or everybody on record."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from worthbook.data.tabular import write_csv
from worthbook.kernel.errors import WorthbookError
from worthbook.kernel.evaluation import Evaluation
from worthbook.models.company.company import Company
from worthbook.planning.estimate import fit_of
from worthbook.services.evaluate import evaluate
from worthbook.services.explain_column import explain_column
from worthbook.services.ingest_files import ingest_files
from worthbook.services.open_book import open_book

ORDERS = """\
customer_id,date,amount,order_id
B1,2026-01-10,100.00,O1
B2,2026-02-10,50.00,O2
B2,2026-06-30,70.00,O3
LATER,2026-06-20,30.00,O4
"""
PEOPLE = """\
customer_id,kind,role,joined_on
B1,consumer,customer,2026-01-10
LATER,consumer,customer,
SUSPECT,consumer,customer,2026-03-01
PROSPECT,consumer,customer,2026-03-01
TOMORROW,consumer,customer,2026-07-01
UNDATED,consumer,customer,
"""
CONTACTS = """\
interaction_id,customer_id,happened_at,kind,purpose,minutes
I1,PROSPECT,2026-04-01,call,advice,10
I2,CALLER,2026-06-01,call,advice,10
I3,,2026-06-02,call,advice,10
I4,B1,2026-06-03,call,advice,10
"""
END = "2026-06-30"
BEFORE = "2026-05-15"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book with people who have not bought, evaluated about those who have."""
    folder, files = tmp_path_factory.mktemp("people"), []
    for name, text in (("orders", ORDERS), ("customers", PEOPLE), ("interactions", CONTACTS)):
        files.append(folder / f"{name}.csv")
        files[-1].write_text(text, encoding="utf-8")
    book, _ = ingest_files(files, folder / "shop.book", currency="CNY")
    return book.folder


@pytest.fixture
def buyers(example: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(example, tmp_path / "shop.book"))


@pytest.fixture
def everybody(buyers: Path) -> Path:
    return about(buyers, "people_on_record")


def about(book: Path, population: str) -> Path:
    """The same book with the line that says whom it is about."""
    toml = book / "book.toml"
    toml.write_text(f'population = "{population}"\n{toml.read_text(encoding="utf-8")}', encoding="utf-8")
    return book


def values(book: Path, name: str, as_of: str = END) -> dict[str, object]:
    with open_book(book) as opened:
        return dict(opened.column(name, as_of=as_of).to_polars().iter_rows())


def evaluated(book: Path, *frameworks: str) -> Evaluation:
    """Everything, or some frameworks alone."""
    with open_book(book) as opened:
        return evaluate(opened, frameworks=frameworks).evaluation


class Fitted(NamedTuple):
    customers: int
    parameters: dict[str, object]


def fitted(book: Path) -> Fitted:
    """The models that every evaluation shows, and how many customers they predict for."""
    named = {"bg_nbd": "p_alive_bg_nbd", "gamma_gamma": "expected_spend", "mbg_nbd": "p_alive"}
    with open_book(book) as opened:
        bench = opened.make(named.values(), as_of=opened.day(None))
        fits = {name: fit_of(bench, opened.catalogue.models[name]).fit for name in named}
        parameters: dict[str, object] = {name: fit.summary for name, fit in fits.items() if fit is not None}
        assert set(parameters) == set(named)
        return Fitted(len(opened.column("p_alive").to_polars()), parameters)


def test_without_a_word_a_book_is_about_those_with_orders(buyers: Path) -> None:
    assert set(values(buyers, "loyalty_ladder")) == {"B1", "B2", "LATER"}


def test_everybody_on_record_stands_on_a_rung(everybody: Path) -> None:
    assert values(everybody, "loyalty_ladder") == {
        "B1": "one_time",
        "B2": "repeat",
        "LATER": "one_time",
        "SUSPECT": "suspect",
        "PROSPECT": "prospect",
        "CALLER": "prospect",
    }


def test_nobody_is_there_before_they_were_known(everybody: Path) -> None:
    """Neither who bought, called or joined later, nor who is on the list without a day."""
    assert set(values(everybody, "loyalty_ladder", BEFORE)) == {"B1", "B2", "SUSPECT", "PROSPECT"}


@pytest.mark.parametrize(("name", "expected"), [("orders_lifetime", 0), ("recency_days", None), ("p_alive", None)])
def test_who_never_bought_has_no_orders_and_no_recency(everybody: Path, name: str, expected: object) -> None:
    found = values(everybody, name)
    assert (found["SUSPECT"], found["PROSPECT"]) == (expected, expected)


@pytest.mark.parametrize("name", ["orders_lifetime", "recency_days", "revenue_12m"])
def test_what_buyers_have_stays(buyers: Path, name: str) -> None:
    alone = values(buyers, name)
    among_others = values(about(buyers, "people_on_record"), name)
    assert {customer: among_others[customer] for customer in alone} == alone


def test_a_prospect_can_be_explained(everybody: Path) -> None:
    with open_book(everybody) as opened:
        said = explain_column(opened, "loyalty_ladder", "PROSPECT").say("en")
    assert "Loyalty ladder = Prospect" in said


def test_the_evaluation_says_whom_it_is_about(everybody: Path) -> None:
    evaluation = evaluated(everybody)
    assert evaluation.findings[0].text.en.startswith("6 people and firms are evaluated as of 2026-06-30; 3 of them")
    assert evaluation.cautions[0].text.en.startswith("Everyone known by the date")


def test_each_population_has_runs_of_its_own(buyers: Path) -> None:
    alone = evaluated(buyers, "loyalty_ladder").run_id
    assert evaluated(about(buyers, "people_on_record"), "loyalty_ladder").run_id != alone


def test_models_learn_from_buyers_alone(company: Company, tmp_path: Path) -> None:
    files = [tmp_path / "orders.csv", tmp_path / "customers.csv"]
    write_csv(company.lines, files[0])
    leads = "".join(f"LEAD{number},consumer,customer,2024-01-01\n" for number in range(40))
    files[1].write_text(f"customer_id,kind,role,joined_on\n{leads}", encoding="utf-8")
    book, _ = ingest_files(files, tmp_path / "shop.book", currency="CNY")
    alone = fitted(book.folder)
    among_leads = fitted(about(book.folder, "people_on_record"))

    assert (among_leads.customers, among_leads.parameters) == (alone.customers + 40, alone.parameters)


def test_an_unknown_population_is_refused_with_a_guess(buyers: Path) -> None:
    with pytest.raises(WorthbookError) as caught, open_book(about(buyers, "people_on_recrod")):
        pass
    said = caught.value.say("en")
    assert "[population-unknown] There is no population 'people_on_recrod'." in said
    assert "Did you mean 'people_on_record'?" in said
