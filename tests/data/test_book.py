from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from tests.data.importing import bring, bring_text, count, data_files, new_book, rows, tables
from worthbook.data.book import Book
from worthbook.data.compaction import compact, rebucket
from worthbook.data.feeds import stored_columns
from worthbook.kernel.errors import WorthbookError

LINES = "customer_id,date,amount\nA,2026-01-02,10\nB,2026-01-03,20.5\n"

EVERY = ", ".join(f'"{name}"' for name in stored_columns(tables()["transactions"]))


def numbered_file(folder: Path, number: int, customers: int = 3) -> Path:
    """A file unlike every other."""
    file = folder / f"orders{number}.csv"
    lines = "".join(f"C{customer},2026-01-{number + 1:02},{number}.5\n" for customer in range(customers))
    file.write_text(f"customer_id,date,amount\n{lines}")
    return file


def test_a_new_book_is_empty(tmp_path: Path) -> None:
    assert new_book(tmp_path).snapshot().tables == {}


def test_settings_are_read_from_the_toml(tmp_path: Path) -> None:
    assert new_book(tmp_path).settings == {"discount_rate": 0.1}


def test_words_of_the_toml_survive_quotes(tmp_path: Path) -> None:
    Book.create(tmp_path / "b", '茶 "House"', "CNY", "zh")
    book = Book.open(tmp_path / "b")
    assert (book.title, book.currency, book.language, book.engine) == ('茶 "House"', "CNY", "zh", "duckdb")


def test_a_second_book_in_a_folder_is_refused(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    with pytest.raises(WorthbookError) as error:
        Book.create(book.folder, "Again")
    assert error.value.slugs == ("book-exists",)


def test_a_folder_without_a_book_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorthbookError) as error:
        Book.open(tmp_path)
    assert error.value.say("en").startswith(f"[book-missing] There is no book in {tmp_path}.")


def test_a_broken_toml_says_where(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    (book.folder / "book.toml").write_text("title = \n")
    with pytest.raises(WorthbookError) as error:
        Book.open(book.folder)
    assert "[book-unreadable] book.toml cannot be read: Invalid value" in error.value.say("en")


def test_a_snapshot_holds_what_was_imported(tmp_path: Path) -> None:
    book, _ = bring_text(tmp_path, LINES)
    assert rows(book, "customer_id, ordered_on::VARCHAR, amount::VARCHAR, import_line") == [
        ("A", "2026-01-02", "10.0000", 2),
        ("B", "2026-01-03", "20.5000", 3),
    ]


def test_a_snapshot_is_quick(tmp_path: Path) -> None:
    book, _ = bring_text(tmp_path, LINES)
    book.snapshot()
    taken = []
    for _ in range(5):
        start = time.perf_counter()
        book.snapshot()
        taken.append(time.perf_counter() - start)
    assert min(taken) < 0.05


def test_the_ledger_tells_who_imported_what(tmp_path: Path) -> None:
    book, report = bring_text(tmp_path, LINES)
    (record,) = book.imports()
    assert (record.import_id, record.state, record.file, record.mapping, record.read, record.rows) == (
        report.import_id, "committed", "orders.csv", "generic_orders", 2, {"transactions": 2},
    )  # fmt: skip


def test_an_undone_import_no_longer_counts(tmp_path: Path) -> None:
    book, report = bring_text(tmp_path, LINES)
    bring(book, numbered_file(tmp_path, 1))
    book.undo(report.import_id)
    assert (count(book), book.snapshot().tables["transactions"].rows) == (3, 3)


def test_an_undone_import_can_be_imported_again(tmp_path: Path) -> None:
    book, report = bring_text(tmp_path, LINES)
    before = book.snapshot().content
    book.undo(report.import_id)
    again = bring(book, tmp_path / "orders.csv")
    assert (again.new, count(book), book.snapshot().content) == (True, 2, before)


def test_an_unknown_import_cannot_be_undone(tmp_path: Path) -> None:
    book, _ = bring_text(tmp_path, LINES)
    with pytest.raises(WorthbookError) as error:
        book.undo("nothing")
    assert "[import-unknown] There is no import 'nothing' to undo." in error.value.say("en")


def test_content_changes_with_what_is_imported(tmp_path: Path) -> None:
    book, _ = bring_text(tmp_path, LINES)
    before = book.snapshot().content
    bring(book, numbered_file(tmp_path, 1))
    assert book.snapshot().content != before


def test_compaction_keeps_the_content_and_the_rows(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    for number in range(4):
        bring(book, numbered_file(tmp_path, number))
    before, kept = book.snapshot(), rows(book, EVERY)
    assert compact(book, "transactions")
    after = book.snapshot()
    assert (len(data_files(before)), len(data_files(after))) == (4, 1)
    assert (after.content, rows(book, EVERY)) == (before.content, kept)


def test_compaction_drops_undone_rows_for_good(tmp_path: Path) -> None:
    book, report = bring_text(tmp_path, LINES)
    bring(book, numbered_file(tmp_path, 1))
    book.undo(report.import_id)
    compact(book, "transactions")
    assert (book.snapshot().tables["transactions"].hidden_imports, count(book)) == ((), 3)


def test_an_import_undone_after_compaction_is_hidden(tmp_path: Path) -> None:
    book, report = bring_text(tmp_path, LINES)
    bring(book, numbered_file(tmp_path, 1))
    compact(book, "transactions")
    book.undo(report.import_id)
    assert (book.snapshot().tables["transactions"].hidden_imports, count(book)) == ((report.import_id,), 3)


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a book of twenty imports."""
    folder = tmp_path_factory.mktemp("crowded")
    book = new_book(folder)
    for number in range(20):
        bring(book, numbered_file(folder, number))
    return book.folder


def test_many_imports_leave_few_files(crowded: Path) -> None:
    book = Book.open(crowded)
    assert count(book) == 60
    assert len(data_files(book.snapshot())) <= 9


def test_the_ledger_stays_in_few_files(crowded: Path, tmp_path: Path) -> None:
    book = Book.open(shutil.copytree(crowded, tmp_path / "undone.book"))
    for each in book.imports():
        book.undo(each.import_id)
    assert [each.state for each in book.imports()] == ["undone"] * 20
    assert len(book.table("imports").files()) <= 49


def test_rebucketing_keeps_every_row_in_the_bucket_of_its_customer(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    bring(book, numbered_file(tmp_path, 1, customers=50))
    kept = rows(book, EVERY)
    rebucket(book, 4)
    snapshot = book.snapshot()
    assert (snapshot.buckets, len(snapshot.tables["transactions"].buckets)) == (4, 4)
    assert rows(book, EVERY) == kept
    bring(book, numbered_file(tmp_path, 2, customers=50))
    assert len(data_files(book.snapshot())) == 2 * 4


def test_what_a_killed_process_left_in_a_table_is_taken_back(tmp_path: Path) -> None:
    book, _ = bring_text(tmp_path, LINES)
    table = book.table("transactions")
    table.append(table.files())  # as if the process had been killed before its event was written
    assert count(book) == 2
    bring(book, numbered_file(tmp_path, 1))
    assert count(book) == 5
