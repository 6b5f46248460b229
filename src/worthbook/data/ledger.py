"""The ledger of imports: a Delta table of events, and the one place that decides what the book holds.

A change of any number of tables counts from the moment at which its one event is appended here. The event names the
version of every table that it changed, so whoever has read the ledger once knows one consistent state of all tables,
however many others write meanwhile.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Literal, cast

import duckdb

from worthbook.data.delta import SQL_TYPES, DataFile, StoredTable
from worthbook.kernel.language import Text
from worthbook.kernel.provenance import fingerprint
from worthbook.kernel.units import Storage

Kind = Literal["started", "committed", "abandoned", "undone", "compacted", "decided"]
State = Literal["started", "committed", "abandoned", "undone"]

LINKS = "customer_links"
"""The stored table that says which id stands for a customer who was merged."""
_NO_IMPORT = frozenset({"compacted", "decided"})
"""Events that are not a step of one import; `decided` is a decision on who is whom."""
_FILES_BEFORE_FOLDING = 48
"""The ledger is rewritten as one file when it has more, so that reading it stays quick."""


@dataclass(frozen=True)
class Change:
    """What an event did to one table."""

    version: int
    """The table's version after it."""
    rows: int = 0
    """How many rows an import brought."""


@dataclass(frozen=True)
class Event:
    """One line of the ledger."""

    event: Kind
    import_id: str
    at: dt.datetime
    """UTC, without a zone."""
    who: str = ""
    file: str = ""
    mapping: str = ""
    content: str = ""
    """What the import would bring: hash of the file's bytes and of the mapping."""
    read: int = 0
    accepted: int = 0
    rejected: int = 0
    skipped: int = 0
    notes: tuple[Text, ...] = ()
    tables: Mapping[str, Change] = field(default_factory=dict)
    buckets: int = 0
    """Into how many buckets customers are split from now on; 0 leaves it as it is."""
    seq: int = 0
    """Its number in the ledger."""


@dataclass(frozen=True)
class ImportRecord:
    """One import as it stands now."""

    import_id: str
    state: State
    """`started` is an import that is running, or whose process was killed."""
    imported_at: dt.datetime
    """When its last step was taken, in UTC."""
    who: str
    file: str
    mapping: str
    content: str
    read: int
    accepted: int
    rejected: int
    skipped: int
    notes: tuple[Text, ...]
    rows: Mapping[str, int]
    """Table → rows."""


@dataclass(frozen=True)
class History:
    """All events, in order."""

    events: tuple[Event, ...]

    @functools.cached_property
    def imports(self) -> tuple[ImportRecord, ...]:
        """Every import in the order in which they started."""
        found: dict[str, ImportRecord] = {}
        for event in self.events:
            if event.event in _NO_IMPORT:
                continue
            known = found.get(event.import_id)
            if event.event == "undone" and known is not None:
                found[event.import_id] = replace(known, state="undone", imported_at=_utc(event.at))
            elif known is None or known.state == "started":  # what was committed cannot be abandoned any more
                found[event.import_id] = _record(event)
        return tuple(found.values())

    @property
    def visible(self) -> tuple[ImportRecord, ...]:
        """The imports whose rows count."""
        return tuple(each for each in self.imports if each.state == "committed")

    @property
    def buckets(self) -> int:
        """Into how many buckets customers are split; 0 before the first import."""
        return next((event.buckets for event in reversed(self.events) if event.buckets), 0)

    @functools.cached_property
    def versions(self) -> Mapping[str, int]:
        """Table → the version that counts."""
        return {name: change.version for event in self.events for name, change in event.tables.items()}

    def hidden(self, table: str) -> tuple[str, ...]:
        """The undone imports whose rows are still in the table's files: compaction drops them."""
        rows = {each.import_id: each.rows for each in self.imports}
        found: list[str] = []
        for event in self.events:
            if event.event == "compacted" and table in event.tables:
                found.clear()
            elif event.event == "undone" and rows.get(event.import_id, {}).get(table, 0):
                found.append(event.import_id)
        return tuple(sorted(found))

    def content(self, table: str) -> str:
        """A hash of what was imported into a table; the order of imports and the layout of files do not matter."""
        return fingerprint(sorted(each.content for each in self.visible if each.rows.get(table, 0)))

    def rows(self, table: str) -> int:
        """How many rows of a table count."""
        return sum(each.rows.get(table, 0) for each in self.visible)

    @property
    def links(self) -> tuple[str, int]:
        """A hash of the merges of customers that count, and how many ids they merge away."""
        events = (each for each in reversed(self.events) if each.event == "decided" and LINKS in each.tables)
        event = next(events, None)
        return ("", 0) if event is None else (event.content, event.tables[LINKS].rows)

    def imported(self, import_id: str) -> ImportRecord:
        """One import, by its id."""
        return next(each for each in self.imports if each.import_id == import_id)

    def with_content(self, content: str) -> ImportRecord | None:
        """The visible import that brought this content, if any did."""
        return next((each for each in self.visible if each.content == content), None)


class Ledger:
    """The events of a book, in `tables/imports/`. Whoever appends holds the book's lock."""

    def __init__(self, folder: Path) -> None:
        self._table = StoredTable(folder)

    def read(self) -> History:
        """All events so far."""
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


@functools.cache
def _connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


def cursor() -> duckdb.DuckDBPyConnection:
    """A connection for small questions; each thread takes its own."""
    return _connection().cursor()


def quoted(path: Path) -> str:
    """A path for the inside of an SQL string."""
    return str(path).replace("'", "''")


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
            yield json.dumps({name: [change.version, change.rows] for name, change in event.tables.items()})
        else:
            yield value


def _event(row: tuple[object, ...]) -> Event:
    value = dict(zip(_COLUMNS, row, strict=True))
    value["notes"] = tuple(Text(en=en, zh=zh) for en, zh in json.loads(cast("str", value["notes"])))
    value["tables"] = {name: Change(*change) for name, change in json.loads(cast("str", value["tables"])).items()}
    return Event(**value)  # type: ignore[arg-type] # the columns are the fields, with the types that `_values` wrote


def _record(event: Event) -> ImportRecord:
    return ImportRecord(
        import_id=event.import_id,
        state=cast("State", event.event),
        imported_at=_utc(event.at),
        who=event.who,
        file=event.file,
        mapping=event.mapping,
        content=event.content,
        read=event.read,
        accepted=event.accepted,
        rejected=event.rejected,
        skipped=event.skipped,
        notes=event.notes,
        rows={name: change.rows for name, change in event.tables.items()},
    )


def _utc(at: dt.datetime) -> dt.datetime:
    return at.replace(tzinfo=dt.UTC)
