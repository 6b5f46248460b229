"""The ledger of imports: a Delta table of events, and the one place that decides what the book holds.

A change of any number of tables counts from the moment at which its one event is appended here. The event names the
version of every table that it changed, so whoever has read the ledger once knows one consistent state of all tables,
however many others write meanwhile.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, fields, replace
from pathlib import Path
from typing import cast

from worthbook.data.delta import SQL_TYPES, DataFile, StoredTable, cursor
from worthbook.data.history import Change, Event, History
from worthbook.kernel.language import Text
from worthbook.kernel.units import Storage

_FILES_BEFORE_FOLDING = 48
"""The ledger is rewritten as one file when it has more, so that reading it stays quick."""


class Ledger:
    """The events of a book, in `tables/imports/`. Whoever appends holds the book's lock."""

    def __init__(self, folder: Path) -> None:
        self._table = StoredTable(folder)
        self._known: tuple[tuple[str, ...], History] = (), History(())  # the log that was read, and what it says

    def read(self) -> History:
        """All events so far; read anew only where the log has grown."""
        log = self._table.log
        if self._known[0] != log:
            self._known = log, self._read()
        return self._known[1]

    def _read(self) -> History:
        if not self._table.exists:
            return History(())
        files = [str(file.path) for file in self._table.files()]
        if not files:
            return History(())
        rows = cursor().execute(f"SELECT {_NAMES} FROM read_parquet(?) ORDER BY seq", [files]).fetchall()
        return History(tuple(_event(row) for row in rows))

    def append(self, history: History, event: Event) -> History:
        """Add an event to what was read under the same lock; the history that now counts."""
        self._table.ensure(_COLUMNS, bucketed=False)
        last = history.events[-1].seq if history.events else 0
        longer = History((*history.events, replace(event, seq=last + 1)))
        names = ", ".join(f'CAST(? AS {SQL_TYPES[storage]}) AS "{name}"' for name, storage in _COLUMNS.items())
        self._table.append([self._write(f"SELECT {names}", list(_values(longer.events[-1])), 1)])
        files = self._table.files()
        if len(files) > _FILES_BEFORE_FOLDING:
            query = f"SELECT {_NAMES} FROM read_parquet(?) ORDER BY seq"
            self._table.replace(files, [self._write(query, [[str(each.path) for each in files]], len(longer.events))])
        return longer

    def _write(self, query: str, values: Sequence[object], rows: int) -> DataFile:
        path = self._table.place(f"events-{uuid.uuid4().hex}", None)
        cursor().execute(f"COPY ({query}) TO '{quoted(path)}' (FORMAT parquet)", values)
        return DataFile(path, rows, None)


def quoted(path: Path) -> str:
    """A path for the inside of an SQL string."""
    return str(path).replace("'", "''")


def list_sql(texts: Iterable[str]) -> str:
    """Texts as a list in SQL.

    >>> list_sql(["a", "it's"])
    "['a', 'it''s']::VARCHAR[]"
    """
    return "[" + ", ".join("'" + each.replace("'", "''") + "'" for each in texts) + "]::VARCHAR[]"


_COLUMNS: Mapping[str, Storage] = {
    "event": "text",
    "import_id": "text",
    "at": "time",
    "who": "text",
    "file": "text",
    "mapping": "text",
    "content": "text",
    "read": "integer",
    "accepted": "integer",
    "rejected": "integer",
    "skipped": "integer",
    "notes": "text",
    "tables": "text",
    "buckets": "integer",
    "seq": "integer",
}
_NAMES = ", ".join(f'"{name}"' for name in _COLUMNS)


def _values(event: Event) -> Iterable[object]:
    for each in fields(event):
        value = getattr(event, each.name)
        if each.name == "notes":
            yield json.dumps([[note.en, note.zh] for note in event.notes], ensure_ascii=False)
        elif each.name == "tables":
            yield json.dumps({name: list(astuple(change)) for name, change in event.tables.items()})
        else:
            yield value


def _event(row: tuple[object, ...]) -> Event:
    value = dict(zip(_COLUMNS, row, strict=True))
    value["notes"] = tuple(Text(en=en, zh=zh) for en, zh in json.loads(cast("str", value["notes"])))
    value["tables"] = {name: Change(*change) for name, change in json.loads(cast("str", value["tables"])).items()}
    return Event(**value)  # type: ignore[arg-type] # the columns are the fields, with the types that `_values` wrote
