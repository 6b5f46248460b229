"""Imports of CSV beside DuckDB's own reader, which writes the same rows to Parquet and keeps what it cannot read.

The reader guesses what the columns hold and writes them as they come. A book holds the rows by customer and day, so it
is told beside what the same reader takes to write them in that order.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from benchmarks.figures import Figure, apart, median
from benchmarks.processes import PROGRAM, run, seconds_of
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


def imported(folder: Path, customers: int, times: int) -> tuple[Figure, ...]:
    """The five figures, each a median of some rounds; a customer has about ten lines."""
    text = _orders(folder, customers)
    lines = _count(text)
    chinese = folder / "orders-gb18030.csv"
    chinese.write_bytes(text.read_bytes().replace(b"Category", "品类".encode("gb18030")))
    reader = [PROGRAM[0], "-c", _READ, str(text), str(folder / "read.parquet")]
    book = folder / "import.book"
    theirs, in_order, ours, slower, later = (list[float]() for _ in range(5))
    for number in range(1, times + 1):
        theirs.append(seconds_of([*reader, ""]))
        ours.append(seconds_of(_into(text, book)))
        in_order.append(seconds_of([*reader, "ORDER BY customer_id, ordered_on"]))
        later.append(seconds_of(_into(_changed(text, folder, number), book, fresh=False)))
        slower.append(seconds_of(_into(chinese, folder / "gb18030.book")))
    peak = run(_into(text, book)).gigabytes  # by itself: to look at the memory all the time takes time
    name = f"{lines:,} CSV lines ingested, checked and committed"
    return (
        _beside(name, ours, BAR, theirs, "read_csv to Parquet"),
        _beside("the same", ours, BAR, in_order, "read_csv to Parquet, by customer and day"),
        Figure("peak memory of it", peak, "GB", MEMORY_BAR),
        _beside("the same in GB18030", slower, GB18030_BAR, ours, "UTF-8"),
        _beside(f"{CHANGED:,} changed lines", later, UPSERT_BAR, ours, "the first import"),
    )


def _beside(name: str, ours: list[float], bar: float, theirs: list[float], other: str) -> Figure:
    return Figure(name, median(ours), "s", bar, median(theirs), other, apart(ours))


def _into(file: Path, book: Path, *, fresh: bool = True) -> list[str]:
    """The command that imports a file into a book, or into a new one in its place."""
    if fresh:
        shutil.rmtree(book, ignore_errors=True)
    return [*PROGRAM, "ingest", str(file), "--book", str(book)]


def _orders(folder: Path, customers: int) -> Path:
    """The shop's orders as CSV, in the order in which they came in, as a shop's program exports them."""
    rows, text = folder / "orders.parquet", folder / f"orders-{customers}.csv"
    if not text.exists():
        write_orders(rows, 0, customers)
        duckdb.execute(f"COPY (FROM '{rows}') TO '{text}' (FORMAT csv, HEADER)")
        rows.unlink()
    return text


def _changed(text: Path, folder: Path, by: int) -> Path:
    """Some orders, spread over all customers, with other amounts."""
    target = folder / "changed.csv"
    every = max(_count(text) // CHANGED, 1)
    duckdb.execute(
        f"COPY (SELECT * REPLACE (amount + {by} AS amount) FROM read_csv('{text}') "
        f"WHERE hash(order_id) % {every} = 0 LIMIT {CHANGED}) TO '{target}' (FORMAT csv, HEADER)"
    )
    return target


def _count(text: Path) -> int:
    ((lines,),) = duckdb.execute(f"SELECT count(*) FROM read_csv('{text}')").fetchall()
    return int(lines)
