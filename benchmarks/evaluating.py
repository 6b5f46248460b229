"""The whole evaluation of a large book: time beside the query by hand, and memory."""

from __future__ import annotations

import shutil
import time

import duckdb
import numpy as np

from benchmarks.figures import Figure, apart, median
from benchmarks.processes import PROGRAM, Ran, run
from worthbook.data.book import Book
from worthbook.services.explain_column import explain_column
from worthbook.services.open_book import OpenBook, open_book

TIME_BAR = 4.0
MEMORY_BAR = 4.0
LARGE_BAR = 11.0
EXPLAIN_BAR = 50.0
EXPLAINED = "customer_pyramid"


def evaluated(book: Book, times: int) -> list[Ran]:
    """`worthbook evaluate` of a book without kept runs, in fresh processes."""
    return [_evaluated(book) for _ in range(times)]


def time_beside(ran: list[Ran], hand_seconds: float) -> Figure:
    """The evaluation beside the query by hand."""
    seconds = [each.seconds for each in ran]
    return Figure("whole evaluate", median(seconds), "s", TIME_BAR, hand_seconds, "one query by hand", apart(seconds))


def memory(ran: list[Ran], size: str) -> Figure:
    """The largest memory of any round."""
    return Figure(f"peak memory of evaluate, {size}", max(each.gigabytes for each in ran), "GB", MEMORY_BAR)


def times_ten(small: list[Ran], large: list[Ran]) -> Figure:
    """Ten times the customers beside the customers."""
    seconds = [each.seconds for each in large]
    small_seconds = median([each.seconds for each in small])
    name = "evaluate of ten times the lines"
    return Figure(name, median(seconds), "s", LARGE_BAR, small_seconds, "10 million lines", apart(seconds))


def explained(book: Book, customers: int) -> list[Figure]:
    """One customer's whole history with the reasons for the tier, from a book that is open and evaluated."""
    with open_book(book.folder) as opened:
        milliseconds = _explain(opened, customers)
    name = f"explain one of {book.snapshot().tables['transactions'].rows:,} lines' customers"
    return [
        Figure(f"{name}, median", float(np.median(milliseconds)), "ms", EXPLAIN_BAR),
        Figure(f"{name}, 95th of 100", float(np.quantile(milliseconds, 0.95)), "ms", EXPLAIN_BAR),
    ]


def _evaluated(book: Book) -> Ran:
    shutil.rmtree(book.runs_folder, ignore_errors=True)
    return run([*PROGRAM, "evaluate", str(book.folder)])


def _explain(opened: OpenBook, customers: int) -> list[float]:
    """Milliseconds for each of some customers drawn at random; the run was kept by `evaluated`."""
    parts = opened.store.run(opened.store.run_ids()[-1]).sheet_of(EXPLAINED).parts
    with duckdb.connect() as connection:
        drawn = f"SELECT customer_id FROM read_parquet(?) USING SAMPLE {customers + 1} ROWS (reservoir, 7)"
        ids = [customer for (customer,) in connection.execute(drawn, [list(parts)]).fetchall()]
    explain_column(opened, EXPLAINED, ids[0])  # the first one loads what all share
    found = []
    for customer in ids[1:]:
        start = time.perf_counter()
        explain_column(opened, EXPLAINED, customer).say("en")
        found.append((time.perf_counter() - start) * 1000)
    return found
