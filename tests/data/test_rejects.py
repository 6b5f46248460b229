"""Rejected lines: listed, exported, corrected, and imported again to complete the first import."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.data.importing import FILES, bring, bring_text, new_book, rows
from worthbook.data.book import REJECTS, Book
from worthbook.data.correction import waiting, write_corrections
from worthbook.data.rejects import Tally, tally
from worthbook.kernel.errors import WorthbookError

LINES = (
    "order_id,customer_id,date,product_id,amount\n"
    "1,A,2026-01-02,tea,10\n"
    "1,A,2026-01-02,tea,ten\n"
    "2,B,2026-13-03,tea,10\n"
    "3,=cmd|calc,2026-01-04,pot,x\n"
    "4,C,2026-01-05,pot,10,more\n"
)


def tallied(book: Book) -> dict[str, Tally]:
    history = book.history()
    return tally(book.files_about(history, REJECTS), [each.import_id for each in history.visible])


def exported(book: Book, import_id: str, folder: Path) -> Path:
    path = folder / "orders.rejects.csv"
    write_corrections(book, import_id, path, "en")
    return path


def corrected(path: Path, *changes: tuple[str, str]) -> Path:
    text = path.read_text(encoding="utf-8-sig")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)
    return path


def test_the_file_to_correct_has_the_lines_and_what_is_wrong(tmp_path: Path) -> None:
    book, report = bring_text(tmp_path, LINES)
    path = exported(book, report.import_id, tmp_path)
    header, *found = csv.reader(path.read_text(encoding="utf-8-sig").splitlines())
    assert header == [
        "worthbook_import", "worthbook_line", "worthbook_problem",
        "order_id", "customer_id", "date", "product_id", "amount",
    ]  # fmt: skip
    assert [row[1:] for row in found] == [
        ["3", "'ten' cannot be read as a number.", "1", "A", "2026-01-02", "tea", "ten"],
        ["4", "'2026-13-03' cannot be read as a date.", "2", "B", "2026-13-03", "tea", "10"],
        ["5", "'x' cannot be read as a number.", "3", "'=cmd|calc", "2026-01-04", "pot", "x"],
        ["6", "The line has too many columns.", "4", "C", "2026-01-05", "pot", "10", "more"],
    ]


def test_a_corrected_file_completes_the_first_import(tmp_path: Path) -> None:
    book, report = bring_text(tmp_path, LINES)
    path = exported(book, report.import_id, tmp_path)
    corrected(path, (",ten", ",20"), (",2026-13-03,", ",2026-01-03,"), ("pot,x", "pot,30"), (",10,more", ",10"))
    again = bring(book, path)
    assert (again.read, again.accepted, again.tables["transactions"].new) == (4, 4, 4)
    assert sorted(rows(book, "order_id, customer_id, amount::INT"), key=str) == [
        ("1", "A", 10), ("1", "A", 20), ("2", "B", 10), ("3", "=cmd|calc", 30), ("4", "C", 10),
    ]  # fmt: skip
    assert (tallied(book), list(waiting(book))) == ({report.import_id: Tally(4, 0)}, [])


def test_lines_that_are_still_wrong_wait_under_the_import_they_are_of(tmp_path: Path) -> None:
    book, report = bring_text(tmp_path, LINES)
    path = corrected(exported(book, report.import_id, tmp_path), (",ten", ",20"))
    second = bring(book, path)
    assert tallied(book) == {report.import_id: Tally(4, 3)}
    assert [(each.reject.import_id, each.reject.line, each.reject.file) for each in waiting(book)] == [
        (report.import_id, line, "orders.csv") for line in (4, 5, 6)
    ]
    path = corrected(exported(book, report.import_id, tmp_path), ("pot,x", "pot,30"))
    bring(book, path)
    assert [each.reject.line for each in waiting(book)] == [4, 6]
    book.undo(second.import_id)
    assert [each.reject.line for each in waiting(book)] == [3, 4, 6]


def test_a_corrected_line_of_an_order_is_read_with_the_others(tmp_path: Path) -> None:
    """Shopify writes the order's total on its first line; it is divided among all lines of the order."""
    with (FILES / "shopify_orders.csv").open(newline="") as stream:
        header, *lines = csv.reader(stream)
    at = next(index for index in range(1, len(lines)) if lines[index][0] == lines[index - 1][0])
    quantity = header.index("Lineitem quantity")
    good, lines[at][quantity] = lines[at][quantity], "many"
    broken = tmp_path / "shopify.csv"
    with broken.open("w", newline="") as stream:
        csv.writer(stream).writerows([header, *lines])
    book = new_book(tmp_path)
    first = bring(book, broken)
    path = exported(book, first.import_id, tmp_path)
    bring(book, corrected(path, (",many,", f",{good},")))
    (tmp_path / "whole").mkdir()
    whole = new_book(tmp_path / "whole")
    bring(whole, FILES / "shopify_orders.csv")
    columns = "order_id, product_id, quantity, amount::VARCHAR, is_return"
    assert sorted(rows(book, columns), key=str) == sorted(rows(whole, columns), key=str)


def test_a_corrected_file_in_another_book_is_refused(tmp_path: Path) -> None:
    book, report = bring_text(tmp_path, LINES)
    path = exported(book, report.import_id, tmp_path)
    (tmp_path / "other").mkdir()
    with pytest.raises(WorthbookError) as error:
        bring(new_book(tmp_path / "other"), path)
    assert error.value.slugs == ("completed-import-unknown",)


def test_nothing_is_written_where_no_line_waits(tmp_path: Path) -> None:
    book, report = bring_text(tmp_path, "customer_id,date,amount\nA,2026-01-02,10\n")
    assert write_corrections(book, report.import_id, tmp_path / "none.csv", "en") == 0
    assert not (tmp_path / "none.csv").exists()
