"""Everything that the tables of a book hold about one customer, row by row, with import and line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from worthbook.data.book import Book
from worthbook.data.links import MERGED
from worthbook.data.traces import cells_naming, rows_of, traces_in
from worthbook.definitions.table import TableDefinition
from worthbook.kernel.units import Value


@dataclass(frozen=True)
class HeldRow:
    """One row about the customer, as it was imported."""

    table: str
    import_id: str
    line: int | None
    """Physical line of the file that was imported; None where the row came from no file."""
    counts: bool
    """False for a row of an import that was undone."""
    values: Mapping[str, Value]
    """Its other columns, as far as they are known."""


def held_rows(book: Book, tables: Mapping[str, TableDefinition], customer_ids: Sequence[str]) -> tuple[HeldRow, ...]:
    """The rows of every table that are about a customer, those of undone imports among them."""
    history = book.history()
    undone = {each.import_id for each in history.imports if each.state == "undone"}
    stored = {name: book.table(name) for name in history.versions}
    with duckdb.connect() as connection:
        cells = cells_naming(connection, stored, tables, customer_ids)
        found: list[HeldRow] = []
        for name, table in stored.items():
            traces = traces_in(name, table, tables, customer_ids, cells, undone)
            if traces is None:
                continue
            for file in table.files(history.versions[name]):
                query = f"SELECT * {rows_of(table, file)} WHERE {traces.touches} ORDER BY import_id, import_line"
                found.extend(_rows(connection.execute(query), name, undone))
    return tuple(found)


def _rows(result: duckdb.DuckDBPyConnection, name: str, undone: set[str]) -> Iterator[HeldRow]:
    columns = [each[0] for each in result.description or ()]
    for row in result.fetchall():
        values: dict[str, Value] = dict(zip(columns, row, strict=True))
        import_id, line = str(values.pop("import_id")), values.pop("import_line")
        from_file = isinstance(line, int) and MERGED not in values
        known = {key: value for key, value in values.items() if value is not None}
        yield HeldRow(name, import_id, line if from_file else None, import_id not in undone, known)  # type: ignore[arg-type]
