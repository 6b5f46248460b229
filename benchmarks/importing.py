"""Imports of CSV beside DuckDB's own reader, which writes the same rows to Parquet and keeps what it cannot read.

The reader guesses what the columns hold and writes them as they come. A book holds the rows by customer and day, so it
is told beside what the same reader takes to write them in that order.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from benchmarks.figures import Figure
from benchmarks.processes import PROGRAM, Ran, run
from benchmarks.shop import write_orders

BAR = 3.0
GB18030_BAR = 2.0
UPSERT_BAR = 0.1
MEMORY_BAR = 3.0
CHANGED = 100_000

_READ = """
import duckdb, sys
file, target, order = sys.argv[1:]
duckdb.execute(
    f"COPY (SELECT * FROM read_csv('{file}', store_rejects = true) {order}) TO '{target}' "
    f"(FORMAT parquet, COMPRESSION zstd)"
)
"""


def imported(folder: Path, customers: int) -> tuple[Figure, ...]:
    """The five figures; a customer has about ten lines."""
    text = _orders(folder, customers)
    lines = _count(text)
    reader = [PROGRAM[0], "-c", _READ, str(text), str(folder / "read.parquet")]
    theirs, in_order = (run([*reader, order]).seconds for order in ("", "ORDER BY customer_id, ordered_on"))
    ours = _ingest(text, folder / "import.book")
    chinese = folder / "orders-gb18030.csv"
    chinese.write_bytes(text.read_bytes().replace(b"Category", "品类".encode("gb18030")))
    slower = _ingest(chinese, folder / "gb18030.book")
    changed = _ingest(_changed(text, folder), folder / "import.book", fresh=False)
    name = f"{lines:,} CSV lines ingested, checked and committed"
    return (
        Figure(name, ours.seconds, "s", BAR, theirs, "read_csv to Parquet"),
        Figure("the same", ours.seconds, "s", BAR, in_order, "read_csv to Parquet, by customer and day"),
        Figure("peak memory of it", ours.gigabytes, "GB", MEMORY_BAR),
        Figure("the same in GB18030", slower.seconds, "s", GB18030_BAR, ours.seconds, "UTF-8"),
        Figure(f"{CHANGED:,} changed lines", changed.seconds, "s", UPSERT_BAR, ours.seconds, "the first import"),
    )


def _ingest(file: Path, book: Path, *, fresh: bool = True) -> Ran:
    if fresh:
        shutil.rmtree(book, ignore_errors=True)
    return run([*PROGRAM, "ingest", str(file), "--book", str(book)])


def _orders(folder: Path, customers: int) -> Path:
    """The shop's orders as CSV, in the order in which they came in, as a shop's program exports them."""
    rows, text = folder / "orders.parquet", folder / f"orders-{customers}.csv"
    if not text.exists():
        write_orders(rows, 0, customers)
        duckdb.execute(f"COPY (FROM '{rows}') TO '{text}' (FORMAT csv, HEADER)")
        rows.unlink()
    return text


def _changed(text: Path, folder: Path) -> Path:
    """Some orders, spread over all customers, with other amounts."""
    target = folder / "changed.csv"
    every = max(_count(text) // CHANGED, 1)
    duckdb.execute(
        f"COPY (SELECT * REPLACE (amount + 1 AS amount) FROM read_csv('{text}') "
        f"WHERE hash(order_id) % {every} = 0 LIMIT {CHANGED}) TO '{target}' (FORMAT csv, HEADER)"
    )
    return target


def _count(text: Path) -> int:
    ((lines,),) = duckdb.execute(f"SELECT count(*) FROM read_csv('{text}')").fetchall()
    return int(lines)
