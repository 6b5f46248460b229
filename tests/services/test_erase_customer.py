"""An erased customer is nowhere in the folder of the book, and does not come back unseen."""

from __future__ import annotations

import io
import json
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.services.people import people_book
from worthbook.data.book import Book
from worthbook.data.compaction import compact
from worthbook.data.erase import erase
from worthbook.data.erasures import id_hash
from worthbook.kernel.errors import WorthbookError
from worthbook.planning.index import read_catalogue
from worthbook.services.duplicates import accept, list_merges
from worthbook.services.erase_customer import erase_customer
from worthbook.services.evaluate import evaluate_files
from worthbook.services.ingest_files import ingest_files
from worthbook.services.open_book import open_book

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = """\
WANG-17,王小明明,18600000505,wang17@example.com,,1990-05-01,
WANG-18,王小明明,+86 18600000505,,,1990-05-01,
LI-2,李雷雷,13900000202,li2@example.com,,,
HAN-3,韩梅梅,13900000203,han3@example.com,,,
"""
TRACES = ("WANG-17", "WANG-18", "王小明明", "18600000505", "wang17@example.com")
OTHERS = ("LI-2", "HAN-3", "li2@example.com")
ORDERS = "".join(
    f"{each},2026-0{month}-1{day},{day}5.5,{each}-{month}\n"
    for month in range(1, 6)
    for day, each in enumerate(("WANG-17", "WANG-18", "LI-2", "HAN-3"), start=1)
)
BAD = "WANG-17,not a date,5,W-9\nLI-2,not a date,6,L-9\n"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book with two ids of one person, rejected lines, an undone import and a kept evaluation."""
    folder = tmp_path_factory.mktemp("erase")
    home = people_book(folder, PEOPLE, ORDERS + BAD)
    undone = folder / "undone.csv"
    undone.write_text("customer_id,date,amount,order_id\nWANG-17,2026-06-01,9,U-1\nLI-2,2026-06-02,9,U-2\n")
    _, (report,) = ingest_files([undone], home)
    Book.open(home).undo(report.import_id)
    accept(home, ["WANG-18", "WANG-17"])
    evaluate_files([home])
    return home


@pytest.fixture
def shop(example: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(example, tmp_path / "shop.book"))


def contents(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every file with all that can be read in it: Parquet as its rows, archives unpacked."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        data = path.read_bytes()
        if path.suffix == ".parquet":
            rows = duckdb.execute(f"SELECT * FROM read_parquet('{path}', hive_partitioning = false)").fetchall()
            yield path, repr(rows)
        elif zipfile.is_zipfile(io.BytesIO(data)):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                yield path, " ".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
        yield path, str(path.relative_to(folder)) + data.decode("utf-8", "replace")


def found(folder: Path, words: tuple[str, ...] = TRACES) -> set[tuple[str, str]]:
    return {(str(path.relative_to(folder)), word) for path, text in contents(folder) for word in words if word in text}


class TestEverywhere:
    def test_no_file_of_the_book_holds_the_person(self, shop: Path) -> None:
        kinds = {place.split("/")[1 if place.startswith("tables") else 0] for place, _ in found(shop)}
        assert kinds >= {"transactions", "customers", "rejects", "identity_decisions", "customer_links", "runs"}
        erase_customer(shop, "WANG-18", why="request 7")
        assert found(shop) == set()
        assert {word for _, word in found(shop, OTHERS)} == set(OTHERS)

    def test_the_rows_of_others_stay(self, shop: Path) -> None:
        with open_book(shop) as opened:
            before = dict(opened.column("revenue_lifetime").to_polars().rows())
            lines = len(opened.book.rejects(opened.imports[0].import_id))
        erase_customer(shop, "WANG-17")
        with open_book(shop) as opened:
            after = dict(opened.column("revenue_lifetime").to_polars().rows())
            assert after == {each: value for each, value in before.items() if each != "WANG-17"}
            assert len(opened.book.rejects(opened.imports[0].import_id)) == lines - 1
        assert list_merges(shop).decisions == ()

    def test_nothing_is_left_where_files_were_put_together_before(self, shop: Path) -> None:
        book = Book.open(shop)
        compact(book, "transactions")
        erase_customer(shop, "WANG-17")
        assert found(shop) == set()


class TestProof:
    def test_it_says_who_when_what_and_nothing_about_the_person(self, shop: Path) -> None:
        erased = erase_customer(shop, "WANG-17", why="request 7")
        kept = json.loads(erased.proof.read_text(encoding="utf-8"))
        assert kept["why"] == "request 7"
        assert kept["tables"] == {
            "transactions": 11, "rejects": 1, "customers": 2, "identity_decisions": 1, "customer_links": 1
        }  # fmt: skip
        assert set(kept["id_hashes"]) == {id_hash(kept["salt"], each) for each in ("WANG-17", "WANG-18")}
        assert found(shop) == set()

    def test_it_is_said_in_both_languages(self, shop: Path) -> None:
        erased = erase_customer(shop, "WANG-17")
        assert "The customer was erased. Rows removed: 16." in erased.say("en")
        assert "移除16行" in erased.say("zh")

    def test_an_unknown_customer_is_refused(self, shop: Path) -> None:
        with pytest.raises(WorthbookError) as error:
            erase_customer(shop, "WANG")
        assert error.value.slugs == ("customer-not-in-book",)


class TestComingBack:
    def test_a_later_import_skips_the_lines_and_says_so(self, shop: Path, tmp_path: Path) -> None:
        erase_customer(shop, "WANG-17")
        again = tmp_path / "again.csv"
        again.write_text(f"customer_id,date,amount,order_id\n{ORDERS}{BAD}NEW-1,2026-06-01,5,N-1\n")
        _, (report,) = ingest_files([again], shop)
        assert (report.read, report.skipped, report.rejected) == (23, 11, 1)
        assert any("a customer who was erased from this book" in note.en for note in report.notes)
        assert found(shop) == set()

    def test_another_erasure_has_the_same_salt(self, shop: Path) -> None:
        first, second = erase_customer(shop, "WANG-17"), erase_customer(shop, "LI-2")
        assert first.erasure.salt == second.erasure.salt
        assert found(shop, ("LI-2", "li2@example.com", "李雷雷")) == set()


KILLED = """
import sys
from worthbook.services.erase_customer import erase_customer
from pathlib import Path
from worthbook.services.open_book import open_book
print("ready", flush=True)
erase_customer(Path(sys.argv[1]), "WANG-17")
"""


def test_a_killed_erasure_leaves_the_book_whole_and_the_next_one_finishes(shop: Path) -> None:
    """Killed at a moment by chance: every reader sees all of the customer's rows, or none."""
    chance = random.Random(1)  # noqa: S311 - a repeatable example
    for _ in range(3):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(shop)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.uniform(0.1, 0.6))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        with open_book(shop) as opened:
            orders = dict(opened.column("orders_lifetime").to_polars().rows())
        assert orders in ({"WANG-17": 10, "LI-2": 5, "HAN-3": 5}, {"LI-2": 5, "HAN-3": 5})
    with open_book(shop) as opened:
        finished = not opened.book.history().purge_due and "WANG-17" not in orders
    if not finished:
        assert erase_customer(shop, "WANG-17").proof.exists()
    assert found(shop) == set()


def test_the_next_import_finishes_a_killed_erasure(shop: Path, tmp_path: Path) -> None:
    book, tables = Book.open(shop), read_catalogue(shop / "definitions").tables
    assert erase(book, tables, ["WANG-17", "WANG-18"]) is not None
    assert {place for place, _ in found(shop) if place.startswith("tables/transactions")}
    later = tmp_path / "later.csv"
    later.write_text("customer_id,date,amount\nNEW-1,2026-06-01,5\n")
    ingest_files([later], shop)
    assert not {place for place, _ in found(shop) if place.startswith("tables/")}
