"""Where a customer is in the files of a book: which rows of which tables, and which lines that were rejected."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from worthbook.data.book import DECISIONS, REJECTS
from worthbook.data.delta import DataFile, StoredTable
from worthbook.data.history import LINKS
from worthbook.data.ledger import list_sql
from worthbook.data.links import MERGED
from worthbook.data.sheets import CUSTOMER
from worthbook.definitions.table import TableDefinition
from worthbook.kernel.units import Unit

_LEAST_VALUE = 4
"""Shorter values of a person say too little to look for them in lines of files; of names in Chinese two characters."""
_TELLING = frozenset({"name", "email", "phone", "credit_code", "address"})
"""Columns whose values are looked for in lines that were rejected."""
_OURS = frozenset({"import_id", "reason", "file"})
"""Texts of the table of rejects that come from us."""


@dataclass(frozen=True)
class Traces:
    """The rows of one table that are about a customer, as conditions in SQL of DuckDB."""

    drop: str
    """Rows that are about nobody else."""
    blank: Mapping[str, str]
    """Column → rows of others in which it names the customer."""

    @property
    def touches(self) -> str:
        """All of these rows."""
        return " OR ".join(f"({each})" for each in (self.drop, *self.blank.values()))


def traces_in(  # noqa: PLR0913, PLR0917 - a table, what is known of it, and of whom
    name: str,
    table: StoredTable,
    tables: Mapping[str, TableDefinition],
    ids: Collection[str],
    cells: str,
    undone: Collection[str],
) -> Traces | None:
    """Where a table may be about a customer; None where it cannot be.

    Args:
        name: the table.
        table: its files.
        tables: definitions of all tables.
        ids: all ids of the customer.
        cells: what `cells_naming` gave.
        undone: imports that no longer count.
    """
    listed, columns = _listed(ids), set(table.columns)
    if name == REJECTS:
        texts = [each for each, storage in table.columns.items() if storage == "text" and each not in _OURS]
        return Traces(" OR ".join(f"regexp_matches(coalesce(\"{each}\", ''), {cells})" for each in texts), {})
    if name in {DECISIONS, LINKS}:
        return Traces(f'"{CUSTOMER}" IN ({listed}) OR "{MERGED}" IN ({listed})', {})
    definition = tables.get(name)
    if definition is None:  # a table that is defined no more
        return Traces(f'"{CUSTOMER}" IN ({listed})', {}) if CUSTOMER in columns else None
    drop = [definition.customer] if definition.customer in columns else []
    blank: list[str] = []
    for column, each in definition.columns.items():
        names_somebody = each.refers_to is not None or (each.personal and each.unit is Unit.ID)
        if names_somebody and column in columns and column != definition.customer:
            (drop if each.required or column in definition.key else blank).append(column)
    if not drop and not blank:
        return None
    whose = [f'"{each}" IN ({listed})' for each in drop]
    if drop and definition.key and not definition.columns[drop[0]].required:
        whose.append(_nameless(definition, table, listed, undone))
    return Traces(" OR ".join(whose) or "FALSE", {each: f'"{each}" IN ({listed})' for each in blank})


def _nameless(definition: TableDefinition, table: StoredTable, listed: str, undone: Collection[str]) -> str:
    """Rows that name nobody and belong to whom other rows of their key name, as last known."""
    keys, customer = ", ".join(f'"{each}"' for each in definition.key), f'"{definition.customer}"'
    every = f"FROM {_read(table, [file.path for file in table.files()])}"
    named = f"{customer} IS NOT NULL AND NOT list_contains({list_sql(undone)}, import_id)"
    once_theirs = f"SELECT ({keys}) {every} WHERE {customer} IN ({listed})"
    theirs = (
        f"SELECT ({keys}) {every} WHERE {named} AND ({keys}) IN ({once_theirs}) "
        f"GROUP BY {keys} HAVING max_by({customer}, import_id) IN ({listed})"
    )
    return f"{customer} IS NULL AND ({keys}) IN ({theirs})"


def cells_naming(
    connection: duckdb.DuckDBPyConnection,
    stored: Mapping[str, StoredTable],
    tables: Mapping[str, TableDefinition],
    ids: Collection[str],
) -> str:
    """A regular expression, as a text of SQL, for a cell of a line that says who the customer is."""
    wanted = sorted({*ids, *_values(connection, stored, tables, ids)}, key=len, reverse=True)
    either = "|".join(re.escape(each) for each in wanted)
    pattern = f"(^|[,;|\"'\\s=])({either})($|[,;|\"'\\s])"
    return "'" + pattern.replace("'", "''") + "'"


def rows_of(table: StoredTable, file: DataFile) -> str:
    """The rows of a file with all columns of its table, as the end of a query."""
    return f"FROM {_read(table, [file.path])}"


def _read(table: StoredTable, files: Sequence[Path]) -> str:
    paths = [*files, *([] if table.shape is None else [table.shape])]
    return f"read_parquet({list_sql(map(str, paths))}, union_by_name = true, hive_partitioning = false)"


def _values(
    connection: duckdb.DuckDBPyConnection,
    stored: Mapping[str, StoredTable],
    tables: Mapping[str, TableDefinition],
    ids: Collection[str],
) -> Iterator[str]:
    """Texts by which the customer can be told, from the tables that have them."""
    for name, table in stored.items():
        definition = tables.get(name)
        if definition is None or definition.customer is None:
            continue
        personal = {column for column, each in definition.columns.items() if each.personal}
        telling = sorted(personal & _TELLING & table.columns.keys())
        listed = ", ".join(f'"{each}"' for each in telling)
        for file in table.files() if telling else ():
            query = f'SELECT {listed} {rows_of(table, file)} WHERE "{definition.customer}" IN ({_listed(ids)})'
            for row in connection.execute(query).fetchall():
                yield from (str(value) for value in row if value is not None and _tells(str(value)))


def _tells(value: str) -> bool:
    return len(value) >= (_LEAST_VALUE if value.isascii() else _LEAST_VALUE // 2)


def _listed(ids: Collection[str]) -> str:
    return ", ".join("'" + each.replace("'", "''") + "'" for each in ids)
