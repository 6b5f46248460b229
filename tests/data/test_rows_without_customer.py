"""Rows that name no customer are rows all the same, into however many parts a book is split."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sqlglot import exp

from tests.data.importing import bring_text, mappings, tables
from worthbook.data.book import Book
from worthbook.data.compaction import rebucket
from worthbook.data.engine import Engine
from worthbook.data.ingest import Manner, ingest
from worthbook.data.merges import Pair, merge
from worthbook.data.passes import one_pass
from worthbook.data.relations import Relations
from worthbook.data.typed import column
from worthbook.kernel.units import Value

ORDERS = "customer_id,date,amount\nA,2026-01-02,10\nB,2026-01-03,11\nC,2026-01-04,12\n"
COMPLAINTS = (
    "no,who,when\n1,A,2026-02-01\n2,,2026-02-02\n3,B,2026-02-03\n4,,2026-02-04\n5,C,2026-02-05\n6,,2026-02-06\n"
)
BY_HAND = ("complaints.complaint_id=no", "complaints.customer_id=who", "complaints.opened_at=when")
EVERY = [("1", "A"), ("2", None), ("3", "B"), ("4", None), ("5", "C"), ("6", None)]


def complaints(engine: Engine, book: Book) -> list[tuple[Value, ...]]:
    """All complaints, read bucket by bucket as measures and studies read them."""

    def query(relations: Relations) -> exp.Query:
        names = ("complaint_id", "customer_id")
        rows = relations.relation("complaints", names).subquery(alias="complaints")
        return exp.select(*(column(each) for each in names)).from_(rows)

    passes = one_pass(book.snapshot(), tables(), dt.date(2026, 6, 30), query)
    return sorted((row for asked, files in passes for row in engine.rows(asked, files)), key=lambda row: str(row[0]))


@pytest.fixture
def shop(tmp_path: Path) -> Book:
    """A book of three buckets, into which complaints were imported."""
    book, _ = bring_text(tmp_path, ORDERS)
    rebucket(book, 3)
    file = tmp_path / "complaints.csv"
    file.write_text(COMPLAINTS)
    report = ingest(book, file, mappings(), tables(), Manner(pairs=BY_HAND))
    assert (report.accepted, report.rows) == (6, {"complaints": 6})
    return book


def test_they_are_imported_into_a_book_of_several_buckets(engine: Engine, shop: Book) -> None:
    assert shop.snapshot().buckets == 3
    assert complaints(engine, shop) == EVERY


def test_they_stay_when_customers_are_split_anew_and_merged(engine: Engine, shop: Book) -> None:
    rebucket(shop, 5)
    merge(shop, [Pair("C", "A")])
    assert complaints(engine, shop) == [*EVERY[:4], ("5", "A"), EVERY[5]]
