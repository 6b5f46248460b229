"""Times that say how far they are from UTC fall on the days of the book's own clocks."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import duckdb
import pytest

from tests.data.importing import bring, new_book, rows
from worthbook.data.book import Book
from worthbook.data.plain import FEWEST
from worthbook.kernel.errors import WorthbookError
from worthbook.services.inspect_file import inspect_file

HEADER = "customer_id,ordered_on,ordered_at,amount\n"


def book_in(zone: str, folder: Path) -> Book:
    toml = new_book(folder).folder / "book.toml"
    toml.write_text(toml.read_text().replace('time_zone = ""', f'time_zone = "{zone}"'))
    return Book.open(toml.parent)


def times(book: Book) -> list[tuple[object, ...]]:
    return rows(book, "ordered_on::VARCHAR, strftime(ordered_at, '%m-%d %H:%M')")


@pytest.mark.parametrize(
    ("zone", "written", "day", "time"),
    [
        ("Asia/Shanghai", "2026-01-31T15:59:59Z", "2026-01-31", "01-31 23:59"),
        ("Asia/Shanghai", "2026-01-31T16:01:00Z", "2026-02-01", "02-01 00:01"),
        ("Asia/Shanghai", "2026-01-31 20:00:00 -0500", "2026-02-01", "02-01 09:00"),
        ("Asia/Shanghai", "2026-01-31 20:00:00+08:00", "2026-01-31", "01-31 20:00"),
        ("Asia/Shanghai", "2026-01-31 20:00:00", "2026-01-31", "01-31 20:00"),
        ("Europe/Berlin", "2026-03-29T00:59:00Z", "2026-03-29", "03-29 01:59"),
        ("Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29", "03-29 03:00"),
        ("Europe/Berlin", "2025-07-31T22:30:00Z", "2025-08-01", "08-01 00:30"),
        ("Europe/Berlin", "2025-12-31T22:30:00Z", "2025-12-31", "12-31 23:30"),
        ("America/New_York", "2026-02-01T04:30:00.250Z", "2026-01-31", "01-31 23:30"),
        ("", "2026-01-31 20:00:00 -0500", "2026-01-31", "01-31 20:00"),
    ],
)
def test_a_time_is_read_on_the_clocks_of_the_book(tmp_path: Path, zone: str, written: str, day: str, time: str) -> None:
    book = book_in(zone, tmp_path)
    file = tmp_path / "orders.csv"
    file.write_text(HEADER + f"A,{written},{written},10\n")
    bring(book, file)
    assert times(book) == [(day, time)]


def test_so_it_is_in_a_long_file(tmp_path: Path) -> None:
    book = book_in("Asia/Shanghai", tmp_path)
    file = tmp_path / "orders.csv"
    plain = "A,2025-01-02,2025-01-02 10:00,1\n" * FEWEST
    file.write_text(HEADER + "A,2026-01-31T16:00:00Z,2026-01-31T16:00:00Z,10\n" + plain)
    bring(book, file)
    assert times(book)[:2] == [("2026-02-01", "02-01 00:00"), ("2025-01-02", "01-02 10:00")]


def test_so_is_a_zoned_time_of_a_parquet_file(tmp_path: Path) -> None:
    book = book_in("Asia/Shanghai", tmp_path)
    file = tmp_path / "orders.parquet"
    written = "SELECT 'A' AS customer_id, TIMESTAMPTZ '2026-01-31 16:30:00+00' AS ordered_on, 10 AS amount"
    duckdb.execute(f"COPY ({written}) TO '{file}' (FORMAT parquet)")
    bring(book, file)
    assert rows(book, "ordered_on") == [(dt.date(2026, 2, 1),)]


def test_inspecting_for_a_book_reads_times_as_importing_does(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(HEADER + "A,2026-01-31T16:30:00Z,,10\n")
    found = inspect_file(file, book=book_in("Asia/Shanghai", tmp_path).folder)
    assert "2026-02-01" in json.dumps(found.as_json(), default=str)


def test_a_zone_that_there_is_not_is_said(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(HEADER + "A,2026-01-02,,10\n")
    with pytest.raises(WorthbookError, match="time-zone-unknown"):
        bring(book_in("Asia/Shangri-La", tmp_path), file)
