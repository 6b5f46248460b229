"""Buyers who are nobody in particular are kept apart, and never become one large customer."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.data.importing import bring, bring_text, count, notes, rows, tables
from tests.services.people import people_book
from worthbook.data.anonymous import nobody_sql, somebody_sql
from worthbook.data.book import Book
from worthbook.data.delta import cursor
from worthbook.definitions.table import TableDefinition
from worthbook.services.check_data import check_data

NOBODY: list[str | None] = [
    None,
    "",
    " - ",
    "/",
    "--",
    "散客",
    "散 客",
    "匿名",
    "Guest",
    "ＧＵＥＳＴ",
    "walk-in",
    "Walk In",
    "N/A",
    "NULL",
    "00000",
    "-1",
    "13800138000",
]
SOMEBODY: list[str | None] = [
    "1",
    "0",
    "00001",
    "10",
    "A",
    "Ann Guest",
    "散客王",
    "13800138001",
    "C-0",
    "guest17",
    "no-1",
]


def found(ids: list[str | None]) -> list[str | None]:
    """Those of some ids that mean nobody."""
    query = f"SELECT id FROM (SELECT unnest(CAST(? AS VARCHAR[])) AS id) WHERE {nobody_sql('id', tables())}"
    return [each for (each,) in cursor().execute(query, [ids]).fetchall()]


def test_who_is_nobody() -> None:
    assert found(NOBODY) == NOBODY


def test_who_is_somebody() -> None:
    assert found(SOMEBODY) == []


@given(st.lists(st.sampled_from([*NOBODY, *SOMEBODY, "-", "7", "é", "Ａ", " ", "x"]), min_size=1, max_size=3))
def test_who_is_somebody_at_first_sight_is_not_nobody(parts: list[str | None]) -> None:
    customer = "".join(part or "" for part in parts)
    asked = f"SELECT ({somebody_sql('id', tables())}) IS TRUE AND {nobody_sql('id', tables())}"
    assert cursor().execute(f"{asked} FROM (SELECT CAST(? AS VARCHAR) AS id)", [customer]).fetchall() == [(False,)]


def test_most_customers_are_somebody_at_first_sight() -> None:
    ids = ["C00000001", "a-17", "2905", "17850", "guest17", None, "散客", "C1x", "-1"]
    query = f"SELECT id FROM (SELECT unnest(CAST(? AS VARCHAR[])) AS id) WHERE {somebody_sql('id', tables())}"
    assert [each for (each,) in cursor().execute(query, [ids]).fetchall()] == ["C00000001", "a-17", "2905", "guest17"]


def test_a_listed_id_that_ends_in_a_digit_is_not_somebody_at_first_sight() -> None:
    listed = {name: _listing(table, "till7") for name, table in tables().items()}
    query = f"SELECT {somebody_sql('id', listed)} FROM (SELECT unnest(['Till7', 'T-1', 'S1']) AS id)"
    assert [each for (each,) in cursor().execute(query).fetchall()] == [False, False, True]


def _listing(table: TableDefinition, more: str) -> TableDefinition:
    if table.anonymous is None:
        return table
    anonymous = table.anonymous.model_copy(update={"ids": (*table.anonymous.ids, more)})
    return table.model_copy(update={"anonymous": anonymous})


LINES = "客户,下单日期,金额\n散客,2026-01-02,10\nA1,2026-01-05,5\n,2026-01-03,20.5\nGUEST,2026-01-04,1\n"


def test_their_lines_are_kept_apart_and_counted(tmp_path: Path) -> None:
    book, report = bring_text(tmp_path, LINES)
    assert (report.read, report.accepted, report.rejected, report.skipped) == (4, 4, 0, 0)
    assert rows(book, "customer_id") == [("A1",)]
    assert [amount for (amount,) in rows(book, "amount", "anonymous_sales")] == [
        Decimal(10),
        Decimal("20.5"),
        Decimal(1),
    ]
    assert "Lines without a customer in particular (blank, guest, walk-in): 3," in notes(report)[-1]


def test_the_check_says_how_many_and_how_much(tmp_path: Path) -> None:
    book, _ = bring_text(tmp_path, LINES)
    health = check_data(book.folder)
    assert health is not None
    assert "3 lines (75 % of all), 31.50, have no customer in particular." in health.say("en")
    assert "没有具体客户" in health.say("zh")


def test_undoing_takes_them_back_and_the_same_file_again_adds_nothing(tmp_path: Path) -> None:
    book, report = bring_text(tmp_path, LINES)
    assert not bring(book, tmp_path / "orders.csv").new
    book.undo(report.import_id)
    assert count(book, "anonymous_sales") == 0


def test_a_list_of_customers_skips_them(tmp_path: Path) -> None:
    home = people_book(tmp_path, "散客,,,,,,\nC1,Ann,,,,,\n")
    (record,) = Book.open(home).imports()
    assert (record.accepted, record.skipped) == (1, 1)
    assert "an id that means no customer in particular" in record.notes[0].en
