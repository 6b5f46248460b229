"""All measures over transactions, against one query that a person wrote by hand for the same numbers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb

from benchmarks.figures import Figure, apart, median, rounds
from benchmarks.shop import AS_OF
from worthbook.data.book import Book
from worthbook.data.duckdb import DuckDB
from worthbook.data.engine import Snapshot
from worthbook.data.measures import make_measures
from worthbook.definitions.measure import MeasureDefinition
from worthbook.planning.index import Catalogue, read_catalogue

HAND_QUERY = Path(__file__).with_name("hand_query.sql")
POPULATION = "customers_to_date"
BAR = 1.3

_CLOSE = 1e-9


def transaction_measures(catalogue: Catalogue) -> list[MeasureDefinition]:
    """Every measure of the catalogue that comes from order lines alone, without a model or a setting."""
    return [measure for name, measure in catalogue.measures.items() if _from_lines(catalogue, name)]


def _from_lines(catalogue: Catalogue, name: str) -> bool:
    measure = catalogue.measures.get(name)
    if measure is None or "setting(" in measure.formula:
        return False
    return all(_from_lines(catalogue, each) for each in catalogue.needs_of(measure))


def hand_query(snapshot: Snapshot) -> str:
    """The query by hand over the files of a book."""
    text = HAND_QUERY.read_text(encoding="utf-8")
    return text.format(
        lines=list(snapshot.tables["transactions"].files), products=list(snapshot.tables["products"].files)
    )


def against_hand(book: Book, folder: Path, times: int) -> tuple[Figure, float]:
    """The figure, and the seconds that the query by hand takes."""
    catalogue, snapshot = read_catalogue(), book.snapshot()
    measures = transaction_measures(catalogue)
    engine, connection = DuckDB(), duckdb.connect(config={"preserve_insertion_order": False})
    target, by_hand = folder / "measures", folder / "hand.parquet"
    query = hand_query(snapshot)

    def ours() -> None:
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        make_measures(engine, snapshot, catalogue.tables, catalogue.populations[POPULATION], measures, AS_OF, target)

    def theirs() -> None:
        connection.execute(f"COPY ({query}) TO '{by_hand}' (FORMAT parquet, COMPRESSION zstd)")

    rounds(1, ours, theirs)  # the files are in the system's cache, and both answers are there to compare
    for difference in differences(connection, target, by_hand, [measure.name for measure in measures]):
        print(f"DIFFERS {difference}")
    mine, hand = rounds(times, ours, theirs)
    engine.close()
    connection.close()
    rows = snapshot.tables["transactions"].rows
    name = f"{len(measures)} measures of {rows:,} lines"
    return Figure(name, median(mine), "s", BAR, median(hand), "one query by hand", apart(mine)), median(hand)


def differences(connection: duckdb.DuckDBPyConnection, folder: Path, by_hand: Path, names: list[str]) -> Iterator[str]:
    """In what the two answers differ, customer by customer; numbers may differ in the last digits of a DOUBLE."""
    ours, theirs = f"'{folder}/*.parquet'", f"'{by_hand}'"
    types = dict(row[:2] for row in connection.execute(f"DESCRIBE FROM {theirs}").fetchall())
    yield from (f"{name}: the query by hand does not give it" for name in names if name not in types)
    shared = [name for name in names if name in types]
    counted = ", ".join(f"count(*) FILTER (WHERE {_differs(name, types[name])})" for name in shared)
    (found,) = connection.execute(
        f"SELECT count(*), count(o.customer_id), count(h.customer_id), {counted} "
        f"FROM {ours} AS o FULL JOIN {theirs} AS h ON o.customer_id = h.customer_id"
    ).fetchall()
    total, mine, hand, *counts = found
    if not total == mine == hand:
        yield f"customers: {mine:,} of ours, {hand:,} of the query by hand, {total:,} together"
    yield from (f"{name}: {count:,} customers" for name, count in zip(shared, counts, strict=True) if count)


def _differs(name: str, kind: str) -> str:
    o, h = f'o."{name}"', f'h."{name}"'
    if kind in {"VARCHAR", "DATE", "BOOLEAN"}:
        return f"{o} IS DISTINCT FROM {h}"
    size = f"greatest(abs({o}::DOUBLE), abs({h}::DOUBLE), 1)"
    return f"({o} IS NULL) <> ({h} IS NULL) OR abs({o}::DOUBLE - {h}::DOUBLE) > {_CLOSE} * {size}"
