"""Times that say how far they are from UTC fall on the days of the book's own clocks."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.data.importing import FILES, bring, mappings, new_book, notes, rows, tables
from worthbook.data.book import Book
from worthbook.data.convert import add_macros
from worthbook.data.ingest import Manner, ingest
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


# --- times whose zone stands in the layout, in the header, or in a column of its own ---


def by_hand(book: Book, file: Path, *pairs: str) -> None:
    ingest(book, file, mappings(), tables(), Manner(pairs=pairs))


STRIPE = "id,Created date (UTC),Amount,Currency,Status,Customer ID\n"


def stripe(folder: Path, created: str, zone: str = "America/New_York") -> Book:
    book = book_in(zone, folder)
    file = folder / "payments.csv"
    file.write_text(STRIPE + f"ch_1,{created},49.00,,Paid,cus_A\n")
    bring(book, file)
    return book


@pytest.mark.parametrize(
    ("written", "day", "time"),
    [
        ("2026-02-01 04:59:00", "2026-01-31", "01-31 23:59"),
        ("2026-07-01 04:01:00", "2026-07-01", "07-01 00:01"),
        ("2026-02-01 00:00:00", "2026-01-31", "01-31 19:00"),
        ("2026-02-01", "2026-02-01", None),
        ("2026-02-01T04:30:00+02:00", "2026-01-31", "01-31 21:30"),
        ("46054.125", "2026-01-31", "01-31 22:00"),
    ],
)
def test_times_in_utc_are_turned_to_the_book(tmp_path: Path, written: str, day: str, time: str | None) -> None:
    assert times(stripe(tmp_path, written)) == [(day, time)]


def test_without_a_zone_of_the_book_they_stay_and_that_is_said(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    report = bring(book, FILES / "stripe_payments.csv")
    (said,) = [note for note in notes(report) if "UTC" in note]
    assert said.startswith("Times in 'Created date (UTC)' are in UTC and are read as they stand;")


def test_the_turn_is_said(tmp_path: Path) -> None:
    book = book_in("Asia/Shanghai", tmp_path)
    said = notes(bring(book, FILES / "stripe_payments.csv"))
    assert "Times in 'Created date (UTC)' are in UTC and were turned to the book's, Asia/Shanghai." in said
    found = inspect_file(FILES / "stripe_payments.csv", book=book.folder)
    assert "“Created date (UTC)”列的时间采用 UTC 时区，已换算为账簿时区 Asia/Shanghai。" in [
        note.zh for note in found.notes
    ]


def test_a_header_that_says_utc_is_believed_in_any_layout(tmp_path: Path) -> None:
    book = book_in("Asia/Shanghai", tmp_path)
    file = tmp_path / "sales.csv"
    file.write_text("buyer,paid_at_utc,paid\nA,2026-01-31 16:30:00,10\n")
    by_hand(book, file, "customer_id=buyer", "ordered_at=paid_at_utc", "amount=paid")
    assert times(book) == [("2026-02-01", "02-01 00:30")]


def square(folder: Path, *lines: str) -> tuple[Book, list[str]]:
    book = book_in("America/New_York", folder)
    file = folder / "transactions.csv"
    header = "Date,Time,Time Zone,Gross Sales,Net Sales,Total Collected,Transaction ID,Customer ID\n"
    file.write_text(header + "".join(f"2026-01-31,22:30:00,{line},1,1,1,T{line},C1\n" for line in lines))
    return book, notes(bring(book, file))


def test_a_column_names_the_zone_of_each_line(tmp_path: Path) -> None:
    book, _ = square(tmp_path, "Pacific Time (US & Canada)", "Eastern Time (US & Canada)", "Europe/Berlin")
    assert times(book) == [("2026-02-01", "02-01 01:30"), ("2026-01-31", "01-31 22:30"), ("2026-01-31", "01-31 16:30")]


def test_a_zone_that_nobody_knows_is_said_and_the_time_stays(tmp_path: Path) -> None:
    book, said = square(tmp_path, "Mare Tranquillitatis", "")
    assert times(book) == [("2026-01-31", "01-31 22:30")] * 2
    assert (
        "Lines whose time zone is not known: 2, the first is line 2: 'Mare Tranquillitatis'; their times were read as "
        "they stand." in said
    )


def test_long_files_are_read_so_too(tmp_path: Path) -> None:
    book = book_in("America/New_York", tmp_path)
    file = tmp_path / "orders.csv"
    plain = "A,2025-01-02,2025-01-02 03:00,1\n" * FEWEST
    file.write_text("customer_id,ordered_on,ordered_at (UTC),amount\n" + plain)
    by_hand(book, file, "customer_id=customer_id", "ordered_at=ordered_at (UTC)", "amount=amount")
    assert set(times(book)) == {("2025-01-01", "01-01 22:00")}


ZONES = st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"])
SECONDS = st.integers(min_value=600_000_000, max_value=2_000_000_000)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        add_macros(made)
        yield made


@given(zone=ZONES, second=SECONDS)
def test_a_moment_in_utc_is_what_the_clocks_of_the_zone_show(
    connection: duckdb.DuckDBPyConnection, zone: str, second: int
) -> None:
    """Python's own zones are asked, summer time included."""
    moment = dt.datetime.fromtimestamp(second, dt.UTC)
    ((found,),) = connection.execute(
        "SELECT wb_moved(?::TIMESTAMP, 'UTC', ?)", [moment.replace(tzinfo=None), zone]
    ).fetchall()
    assert moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == found


def test_the_zone_that_a_further_line_of_headers_names_counts(tmp_path: Path) -> None:
    book = book_in("Asia/Shanghai", tmp_path)
    report = bring(book, FILES / "qualtrics_answers.csv")
    found = rows(book, "DISTINCT respondent_id, strftime(answered_at, '%m-%d %H:%M')", "answers")
    assert sorted(found) == [("R_1", "05-03 00:03"), ("R_3", "05-05 00:02"), ("R_5", "05-07 13:02")]
    assert notes(report)[0] == (
        "Times in 'RecordedDate' are in America/Denver and were turned to the book's, Asia/Shanghai."
    )


@pytest.mark.parametrize("said", ['{""timeZone"":""Nowhere/At_all""}', "[1]", "no JSON", "{}", ""])
def test_where_it_names_none_times_are_read_as_they_stand(tmp_path: Path, said: str) -> None:
    text = (
        (FILES / "qualtrics_answers.csv")
        .read_text()
        .replace('"{""ImportId"":""recordedDate"",""timeZone"":""America/Denver""}"', f'"{said}"')
    )
    file = tmp_path / "qualtrics.csv"
    file.write_text(text)
    book = book_in("Asia/Shanghai", tmp_path)
    bring(book, file)
    assert ("R_1", "05-02 10:03") in rows(book, "respondent_id, strftime(answered_at, '%m-%d %H:%M')", "answers")
