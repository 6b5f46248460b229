"""A column that is declared on a stored table after files were written is unknown in them, on both engines."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection
from decimal import Decimal
from pathlib import Path

from sqlglot import exp

from tests.data.importing import data_files, mappings, new_book, tables
from worthbook.data.book import Book
from worthbook.data.compaction import compact, rebucket
from worthbook.data.delta import StoredTable, cursor
from worthbook.data.engine import SHAPE, Engine
from worthbook.data.feeds import IMPORT_COLUMNS
from worthbook.data.ingest import ingest
from worthbook.data.relations import Relations
from worthbook.data.sheets import quoted
from worthbook.definitions.mapping import MappingDefinition
from worthbook.definitions.table import TableDefinition

LATER = {"store", "payment_method", "subsidy"}


def before() -> dict[str, TableDefinition]:
    """The tables as they were before some columns of transactions were declared."""
    older = {name: column for name, column in tables()["transactions"].columns.items() if name not in LATER}
    return {**tables(), "transactions": tables()["transactions"].model_copy(update={"columns": older})}


def older_mappings() -> dict[str, MappingDefinition]:
    found = mappings()["worthbook_orders"]
    feeds = tuple(
        feed.model_copy(update={"columns": {name: each for name, each in feed.columns.items() if name not in LATER}})
        for feed in found.feeds
    )
    return {"worthbook_orders": found.model_copy(update={"feeds": feeds})}


def imported(folder: Path) -> Book:
    """A book with one import of before."""
    book = new_book(folder)
    file = folder / "before.csv"
    file.write_text("customer_id,ordered_on,amount\nA,2026-01-02,10\nB,2026-01-03,20\n")
    ingest(book, file, older_mappings(), before())
    return book


def imported_again(folder: Path, book: Book) -> None:
    file = folder / "after.csv"
    file.write_text("customer_id,ordered_on,amount,store\nA,2026-02-02,30,North\n")
    ingest(book, file, mappings(), tables())


def rows(engine: Engine, book: Book, names: Collection[str]) -> list[tuple[object, ...]]:
    snapshot = book.snapshot()
    relation = Relations(tables(), snapshot, dt.date(2026, 12, 31)).relation("transactions", names)
    query = exp.select(*(exp.column(name, quoted=True) for name in names)).from_(relation.subquery(alias=quoted("t")))
    query = query.order_by(exp.Ordered(this=exp.column("amount", quoted=True), nulls_first=True))
    return list(engine.rows(query, {"transactions": snapshot.tables["transactions"].files}))


def test_a_file_holds_only_the_columns_that_were_given(tmp_path: Path) -> None:
    book = imported(tmp_path)
    (file,) = data_files(book.snapshot())
    described = cursor().execute("DESCRIBE SELECT * FROM read_parquet(?, hive_partitioning = false)", [file]).fetchall()
    given = {"customer_id", "ordered_on", "order_id", "quantity", "amount", "is_return"}
    assert {str(row[0]) for row in described} == given | set(IMPORT_COLUMNS)


def test_no_file_has_it(tmp_path: Path, engine: Engine) -> None:
    book = imported(tmp_path)
    found = rows(engine, book, ["customer_id", "amount", "store", "subsidy"])
    assert found == [("A", Decimal(10), None, None), ("B", Decimal(20), None, None)]


def test_some_files_have_it(tmp_path: Path, engine: Engine) -> None:
    book = imported(tmp_path)
    imported_again(tmp_path, book)
    found = rows(engine, book, ["customer_id", "amount", "store"])
    assert found == [("A", Decimal(10), None), ("B", Decimal(20), None), ("A", Decimal(30), "North")]


def test_a_bucket_of_older_files_alone_is_read(tmp_path: Path, engine: Engine) -> None:
    book = imported(tmp_path)
    imported_again(tmp_path, book)
    files = book.snapshot().tables["transactions"]
    first = book.imports()[0].import_id
    older = dataclasses.replace(files, buckets=(tuple(path for path in files.files if first in path or SHAPE in path),))
    snapshot = dataclasses.replace(book.snapshot(), tables={"transactions": older})
    relation = Relations(tables(), snapshot, dt.date(2026, 12, 31)).relation("transactions", ["store"])
    assert {tuple(row) for row in engine.rows(relation, {"transactions": older.files})} == {(None,)}


def test_compaction_and_rebucketing_keep_it_unknown(tmp_path: Path, embedded: Engine) -> None:
    book = imported(tmp_path)
    imported_again(tmp_path, book)
    expected = rows(embedded, book, ["customer_id", "amount", "store"])
    assert compact(book, "transactions")
    assert rows(embedded, book, ["customer_id", "amount", "store"]) == expected
    rebucket(book, 3)
    assert rows(embedded, book, ["customer_id", "amount", "store"]) == expected


def test_the_file_without_rows_survives_a_vacuum(tmp_path: Path) -> None:
    table = StoredTable(tmp_path / "things")
    table.ensure({"a": "text"}, bucketed=False)
    assert table.shape is None
    table.ensure({"a": "text", "b": "money"}, bucketed=False)
    table.vacuum(0)
    assert table.shape is not None
