"""What of a file's fields becomes what column of a row."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from tests.data.importing import bring_text, mappings, new_book, rows, tables
from worthbook.data.ingest import Manner, ingest

REGISTER = "no,who,opened,answered\n1,A,2026-02-01,2026-02-06\n2,B,2026-02-02,\n"
PAIRS = ("complaint_id=no", "customer_id=who", "opened_at=opened", "answered_at=answered")


def test_a_day_without_a_time_is_no_time_where_a_column_of_dates_has_it(tmp_path: Path) -> None:
    book, _ = bring_text(tmp_path, "customer,date,amount\nA,2026-01-02,1\n")
    assert rows(book, "ordered_on, ordered_at") == [(dt.date(2026, 1, 2), None)]


def test_a_day_without_a_time_is_kept_where_nothing_else_would_hold_it(tmp_path: Path) -> None:
    file, book = tmp_path / "complaints.csv", new_book(tmp_path)
    file.write_text(REGISTER)
    ingest(book, file, mappings(), tables(), Manner(pairs=tuple(f"complaints.{each}" for each in PAIRS)))
    assert rows(book, "answered_at", "complaints") == [(dt.datetime(2026, 2, 6),), (None,)]  # noqa: DTZ001 - the book's own clock
