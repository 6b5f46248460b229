"""What changed between two dates: the matrix of moves and the bridge of revenue, each beside a query by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from benchmarks.figures import Figure, apart, median, rounds
from benchmarks.shop import AS_OF
from worthbook.data.book import Book
from worthbook.data.bridge import Spans, read_bridge
from worthbook.data.duckdb import DuckDB
from worthbook.data.moves import Standing, count_moves
from worthbook.kernel.period import Window, months_before
from worthbook.planning.bridge import together
from worthbook.services.open_book import open_book

FRAMEWORK, VALUE = "customer_pyramid", "revenue_12m"
EARLIER = months_before(AS_OF, 12)
BRIDGE = Path(__file__).with_name("bridge_by_hand.sql")

MOVES_BAR, BRIDGE_BAR = 1.0, 3.0
"""Seconds for a million customers."""
RATIO = 1.2
"""Of the query by hand, at most."""

_SIDE = """(
    SELECT f.customer_id, f.{label}, v.{value}
    FROM read_parquet({labels}) AS f JOIN read_parquet({values}) AS v USING (customer_id))"""
_MOVES = """
    SELECT b.{label}, a.{label}, count(*), sum(b.{value}), sum(a.{value})
    FROM {before} AS b FULL JOIN {after} AS a USING (customer_id) GROUP BY ALL"""


def figures(book: Book, times: int) -> Iterator[Figure]:
    """Both, as seconds and as a ratio."""
    yield from _moves(book, times)
    yield from _bridge(book, times)


def _moves(book: Book, times: int) -> Iterator[Figure]:
    with open_book(book.folder) as opened:
        standings, sides = [], []
        for day in (EARLIER, AS_OF):
            bench = opened.make([FRAMEWORK, VALUE], as_of=day)
            standings.append(Standing(bench.sheets_of([FRAMEWORK, VALUE]), FRAMEWORK, VALUE))
            labels, values = (list(bench.sheets[name].parts) for name in (FRAMEWORK, VALUE))
            sides.append(_SIDE.format(label=FRAMEWORK, value=VALUE, labels=labels, values=values))
        engine, connection = DuckDB(), duckdb.connect(config={"preserve_insertion_order": False})
        query = _MOVES.format(label=FRAMEWORK, value=VALUE, before=sides[0], after=sides[1])

        def ours() -> object:
            return count_moves(engine, *standings)

        def theirs() -> object:
            return connection.execute(query).fetchall()

        found = {tuple(move[1:3]): move[5:] for move in count_moves(engine, *standings)}
        by_hand = {tuple(row[:2]): row[2:] for row in connection.execute(query).fetchall()}
        if found != by_hand:
            print("DIFFERS moves between two dates")
        yield from _figures("moves of 1 million customers", rounds(times, ours, theirs), MOVES_BAR)
        engine.close()


def _bridge(book: Book, times: int) -> Iterator[Figure]:
    year = Window.parse("12 months")
    spans = Spans(year.span(EARLIER), year.span(AS_OF))
    with open_book(book.folder) as opened:
        engine, connection = DuckDB(), duckdb.connect(config={"preserve_insertion_order": False})
        snapshot, tables = opened.snapshot, opened.catalogue.tables
        days = {
            "first_start": spans.first[0], "first_end": spans.first[1],
            "last_start": spans.last[0], "last_end": spans.last[1],
        }  # fmt: skip
        query = BRIDGE.read_text(encoding="utf-8").format(
            lines=list(snapshot.tables["transactions"].files),
            **{name: f"DATE '{day}'" for name, day in days.items()},
        )

        def ours() -> object:
            return read_bridge(engine, snapshot, tables, spans, "revenue")

        def theirs() -> object:
            return connection.execute(query).fetchall()

        found = together(read_bridge(engine, snapshot, tables, spans, "revenue").values())
        answer = connection.execute(query)
        names = [column[0] for column in answer.description]
        by_hand = dict(zip(names, answer.fetchall()[0], strict=True))
        whole = {"opening": found.opening, "closing": found.closing, **found.parts}
        for name, amount in by_hand.items():
            if whole[name] != (amount or 0):
                print(f"DIFFERS bridge, {name}: {whole[name]} of ours, {amount} of the query by hand")
        yield from _figures("bridge of 1 million customers", rounds(times, ours, theirs), BRIDGE_BAR)
        engine.close()


def _figures(name: str, found: tuple[list[float], ...], bar: float) -> Iterator[Figure]:
    mine, hand = found
    yield Figure(name, median(mine), "s", bar, spread=apart(mine))
    yield Figure(name, median(mine), "s", RATIO, median(hand), "one query by hand")
