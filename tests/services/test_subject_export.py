"""What a book holds about a person is handed over whole."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.services.people import people_book
from worthbook.data.book import Book
from worthbook.kernel.errors import WorthbookError
from worthbook.kernel.language import Language
from worthbook.services.duplicates import accept
from worthbook.services.evaluate import evaluate
from worthbook.services.ingest_files import ingest_files
from worthbook.services.open_book import open_book
from worthbook.services.subject_export import export_subject

PEOPLE = (
    "WANG-17,王小明明,18600000505,wang17@example.com,,1990-05-01,\nWANG-18,王小明明,,,,,\nLI-2,李雷雷,13900000202,,,,\n"
)
ORDERS = "WANG-17,2026-01-02,5,W1\nLI-2,2026-01-03,6,L1\nWANG-18,2026-02-02,7.5,W2\nWANG-17,someday,8,W3\n"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("subject")
    home = people_book(folder, PEOPLE, ORDERS)
    undone = folder / "undone.csv"
    undone.write_text("customer_id,date,amount,order_id\nWANG-17,2026-03-01,9,U1\n")
    _, (report,) = ingest_files([undone], home)
    Book.open(home).undo(report.import_id)
    accept(home, ["WANG-18", "WANG-17"], why="same person")
    with open_book(home) as opened:
        evaluate(opened)
    return home


def exported(shop: Path, to: Path, language: Language = "en") -> tuple[dict[str, Any], str]:
    export_subject(shop, "WANG-18", to, language=language)
    with zipfile.ZipFile(to) as archive:
        return json.loads(archive.read("data.json")), archive.read("index.html").decode()


def test_every_table_with_file_and_line(shop: Path, tmp_path: Path) -> None:
    data, _ = exported(shop, tmp_path / "s.zip")
    assert data["ids"] == ["WANG-17", "WANG-18"]
    assert set(data["tables"]) == {"transactions", "customers", "rejects", "identity_decisions", "customer_links"}
    orders = {row["order_id"]: row["held_from"] for row in data["tables"]["transactions"]}
    assert {order: (held["file"], held["line"], held["counts"]) for order, held in orders.items()} == {
        "W1": ("orders.csv", 2, True),
        "W2": ("orders.csv", 4, True),
        "U1": ("undone.csv", 2, False),
    }
    (reject,) = data["tables"]["rejects"]
    assert (reject["held_from"]["line"], reject["value"]) == (5, "someday")
    assert data["tables"]["identity_decisions"][0]["why"] == "same person"


def test_what_was_worked_out_says_from_what(shop: Path, tmp_path: Path) -> None:
    data, _ = exported(shop, tmp_path / "s.zip")
    revenue = data["worked_out"]["revenue_lifetime"]
    assert (float(revenue["value"]), "transactions" in revenue["made_by"]) == (12.5, True)


def test_it_can_be_read_by_a_person_in_both_languages(shop: Path, tmp_path: Path) -> None:
    _, page = exported(shop, tmp_path / "s.zip")
    assert "<h2>Transactions</h2>" in page
    assert "wang17@example.com" in page
    _, chinese = exported(shop, tmp_path / "z.zip", language="zh")
    assert "<h2>交易明细</h2>" in chinese
    assert "LI-2" not in page
    assert "李雷雷" not in page


def test_an_unknown_customer_is_refused(shop: Path, tmp_path: Path) -> None:
    with pytest.raises(WorthbookError) as error:
        export_subject(shop, "nobody", tmp_path / "s.zip")
    assert error.value.slugs == ("customer-not-in-book",)
    assert not (tmp_path / "s.zip").exists()
