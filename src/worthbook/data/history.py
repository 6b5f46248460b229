"""What the ledger says: every import as it stands, which files of a table count, and which of their rows do not."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, cast

from worthbook.kernel.language import Text
from worthbook.kernel.provenance import fingerprint

Kind = Literal["started", "committed", "abandoned", "undone", "compacted", "decided", "erased", "purged"]
State = Literal["started", "committed", "abandoned", "undone"]

LINKS = "customer_links"
"""The stored table that says which id stands for a customer who was merged."""
_NO_IMPORT = frozenset({"compacted", "decided", "erased", "purged"})
"""Events that are not a step of one import: `decided` is a decision on who is whom, `erased` removed a customer from
all files, and with `purged` the files from before were deleted."""


@dataclass(frozen=True)
class Change:
    """What an event did to one table."""

    version: int
    """The table's version after it."""
    rows: int = 0
    """How many rows an import brought."""
    changed: int = 0
    """How many of them were there already, with other values."""
    same: int = 0
    """How many of them were there already as they are."""
    replaced: int = 0
    """How many lines of earlier imports no longer count because of them."""
    moved: int = 0
    """How many rows have a key under which earlier imports brought rows of another customer, or of none."""

    @property
    def new(self) -> int:
        """How many rows were not there before."""
        return self.rows - self.changed - self.same


@dataclass(frozen=True)
class View:
    """Which rows in the files of a table count."""

    hidden: tuple[str, ...]
    """Undone imports of which there are rows."""
    superseded_by: tuple[str, ...]
    """Imports that supersede lines of which there are rows."""
    with_earlier: bool
    """Whether the files count that compaction put aside: something that superseded their rows was undone since."""


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
    tables: Mapping[str, Change]
    """What it brought to each table."""

    @property
    def rows(self) -> Mapping[str, int]:
        """Table → rows."""
        return {name: change.rows for name, change in self.tables.items()}


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
                found[event.import_id] = record_of(event)
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

    @functools.cached_property
    def _changes(self) -> Mapping[str, Mapping[str, Change]]:
        return {each.import_id: each.tables for each in self.imports}

    def view(self, table: str) -> View:
        """Which rows in the files of a table count.

        Compaction drops the rows of undone imports and puts superseded ones aside. So only what happened since then
        must be looked at, unless an import was undone whose superseded rows were put aside.
        """
        undone: list[str] = []
        superseding: list[str] = []
        reopened = False
        for event in self.events:
            change = self._changes.get(event.import_id, {}).get(table, _NOTHING)
            if event.event == "compacted" and table in event.tables:
                undone.clear()
                superseding.clear()
                reopened = False
            elif event.event == "committed" and change.replaced:
                superseding.append(event.import_id)
            elif event.event == "undone" and change.rows:
                undone.append(event.import_id)
                reopened |= bool(change.replaced) and event.import_id not in superseding
                superseding = [each for each in superseding if each != event.import_id]
        if reopened:
            return self.whole_view(table)
        return View(tuple(sorted(undone)), tuple(sorted(superseding)), with_earlier=False)

    def whole_view(self, table: str) -> View:
        """The same when all files are read, those that were put aside among them."""
        undone = [each.import_id for each in self.imports if each.state == "undone" and each.rows.get(table, 0)]
        superseding = [each.import_id for each in self.visible if each.tables.get(table, _NOTHING).replaced]
        return View(tuple(sorted(undone)), tuple(sorted(superseding)), with_earlier=True)

    def state(self, table: str) -> tuple[object, ...]:
        """What changes when somebody changes the table or what counts of it."""
        return self.versions.get(table, -1), self.view(table), self.bringing(table)

    def content(self, table: str) -> str:
        """A hash of what was imported into a table; the layout of files does not matter.

        The order of imports matters only where one changed what another had brought.
        """
        visible = {each.import_id: each for each in self.visible if each.rows.get(table, 0)}
        bringing = [visible[event.import_id] for event in self.events
                    if event.event == "committed" and event.import_id in visible]  # fmt: skip
        erased = [event.content for event in self.events if event.event == "erased" and table in event.tables]
        contents = [*(each.content for each in bringing), *erased]
        return fingerprint(contents if any(each.tables[table].changed for each in bringing) else sorted(contents))

    def bringing(self, table: str) -> int:
        """How many visible imports brought rows to a table."""
        return sum(1 for each in self.visible if each.rows.get(table, 0))

    def moved(self, table: str) -> bool:
        """Whether visible imports name different customers under one key of a table."""
        return any(each.tables[table].moved for each in self.visible if table in each.tables)

    def rows(self, table: str) -> int:
        """How many rows the visible imports brought to a table; those that later imports superseded among them."""
        return sum(each.rows.get(table, 0) for each in self.visible)

    @property
    def links(self) -> tuple[str, int]:
        """A hash of the merges of customers that count, and how many ids they merge away."""
        kinds = {"decided", "erased"}
        events = (each for each in reversed(self.events) if each.event in kinds and LINKS in each.tables)
        event = next(events, None)
        return ("", 0) if event is None else (event.content, event.tables[LINKS].rows)

    @property
    def purge_due(self) -> bool:
        """Whether files from before an erasure are still there, because its process was killed."""
        kinds = [each.event for each in self.events if each.event in {"erased", "purged"}]
        return kinds[-1:] == ["erased"]

    def imported(self, import_id: str) -> ImportRecord:
        """One import, by its id."""
        return next(each for each in self.imports if each.import_id == import_id)

    def with_content(self, content: str) -> ImportRecord | None:
        """The visible import that brought this content, if any did."""
        return next((each for each in self.visible if each.content == content), None)


_NOTHING = Change(0)


def record_of(event: Event) -> ImportRecord:
    """An import as one of its events has it."""
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
        tables=event.tables,
    )


def _utc(at: dt.datetime) -> dt.datetime:
    return at.replace(tzinfo=dt.UTC)
