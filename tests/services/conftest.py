from __future__ import annotations

import functools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from worthbook.data.tabular import write_csv
from worthbook.models.company.company import Company, simulate_company
from worthbook.services.ingest_files import ingest_files
from worthbook.services.open_book import OpenBook, open_book

CUSTOMERS = 400


@pytest.fixture(scope="session")
def company() -> Company:
    return simulate_company(customers=CUSTOMERS, seed=3)


@pytest.fixture(scope="session")
def orders(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The orders of a simulated firm, as its shop exports them."""
    file = tmp_path_factory.mktemp("shop") / "orders.csv"
    write_csv(company.lines, file)
    return file


@pytest.fixture(scope="session")
def book_folder(orders: Path) -> Path:
    """A book that tests only read and evaluate."""
    book, _ = ingest_files([orders], currency="CNY")
    return book.folder


@pytest.fixture
def opened(book_folder: Path) -> Iterator[OpenBook]:
    with open_book(book_folder) as shop:
        yield shop


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A folder with the text of a CSV file and the book of it: each text is imported once."""

    @functools.cache
    def once(text: str) -> Path:
        folder = tmp_path_factory.mktemp("imported")
        (folder / "orders.csv").write_text(text, encoding="utf-8")
        ingest_files([folder / "orders.csv"])
        return folder

    return once


@pytest.fixture
def book_of(imported: Callable[[str], Path], tmp_path: Path) -> Callable[[str], Path]:
    """Makes a book from the text of a CSV file: a copy, which may be changed."""

    def make(text: str) -> Path:
        book = tmp_path / "orders.book"
        assert not book.exists()
        shutil.copytree(imported(text), tmp_path, dirs_exist_ok=True)
        return book

    return make
