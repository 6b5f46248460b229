"""Make an import count: its rows are written, compared with those that are there, and entered in one step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from worthbook.data.book import REJECTS, Book, Change, now
from worthbook.data.delta import DataFile, StoredTable
from worthbook.data.feeds import Rows, stored_columns, timeless
from worthbook.data.history import Change as TableChange
from worthbook.data.history import Event, History, ImportRecord
from worthbook.data.recognition import Recognition
from worthbook.data.rejects import COLUMNS as REJECT_COLUMNS
from worthbook.data.superseded import COLUMNS as SUPERSEDED_COLUMNS
from worthbook.data.superseded import SUPERSEDED
from worthbook.data.upsert import Ahead, Overlap, Upsert
from worthbook.definitions.table import TableDefinition
from worthbook.kernel.language import Text

ROWS_PER_BUCKET = 4_000_000
"""How many rows one bucket of customers holds; each is aggregated by itself, in bounded memory."""

OVERLAPPING = Text(
    en="Lines of earlier imports that this file brings again: {changed} changed, {same} the same; {new} lines are new.",
    zh="与先前导入重叠的行：有变更 {changed} 行，相同 {same} 行；新增 {new} 行。",
)
KEPT = Text(
    en="Lines of the same orders that earlier imports brought and this file does not: {lines}; they still count.",
    zh="先前导入的同一批订单中，有 {lines} 行未出现在本文件中，仍予保留。",
)

REPEATED = Text(
    en="Lines without an order number that an earlier import brought too, alike in every value: {lines}; all count. If "
    "this file holds the same orders again, take the earlier import back: worthbook undo {import_id}",
    zh="没有订单编号、且与先前导入的行完全相同：{lines} 行，仍全部计入。如本文件是同一批订单的再次导出，"
    "请撤回先前的导入：worthbook undo {import_id}",
)
TOLD_APART = Text(
    en="Lines of an earlier import with the order numbers, customers and days of this file but other products or "
    "stores: {lines}; all count. If both files tell of the same sales, such as items and totals of a till, take one "
    "back: worthbook undo {import_id}",
    zh="先前导入中与本文件订单编号、客户、日期相同但商品或门店不同的行：{lines} 行，仍全部计入。如两份文件记录的是"
    "同一批销售（例如收银商品明细与收款汇总），请撤回其中一次导入：worthbook undo {import_id}",
)
NOBODY = Text(
    en="Lines without a customer in particular (blank, guest, walk-in): {lines}, kept apart; they make no customer.",
    zh="没有具体客户的行（编号为空、游客、散客等）：{lines} 行，单独保存，不构成客户。",
)


@dataclass(frozen=True)
class Staged:
    """Files that are written and that nobody knows of yet."""

    buckets: int
    files: Mapping[str, tuple[DataFile, ...]]
    """Table → files."""
    ahead: Mapping[str, Ahead]
    """Table → rows there that may be brought again."""


@dataclass(frozen=True)
class Compared:
    """What the staged files do to the book as it was at one moment."""

    state: tuple[object, ...]
    overlaps: Mapping[str, Overlap]
    superseded: tuple[DataFile, ...]


@dataclass(frozen=True)
class Commit:
    """The accepted lines of one import on their way into the book."""

    book: Book
    connection: duckdb.DuckDBPyConnection
    recognition: Recognition
    tables: Mapping[str, TableDefinition]
    completing: bool = False
    """Whether the lines say themselves which lines they stand for."""
    desk: Path | None = None
    """For a dry run: a folder for what would be written."""
    rated: bool = False
    """Whether the lines have an exchange rate each."""

    def table(self, name: str) -> StoredTable:
        """Where the rows of a table are written."""
        return self.book.table(name) if self.desk is None else StoredTable(self.desk / name)

    def preview(self, event: Event, staged: Staged) -> Event:
        """The event that would be entered; nothing is."""
        compared = self.compare(event.import_id, self.book.history(), staged)
        changed = {
            name: compared.overlaps[name].of(TableChange(-1, sum(file.rows for file in files)))
            for name, files in staged.files.items()
            if files
        }
        return replace(
            event, tables=changed, notes=(*event.notes, *self._of_nobody(changed), *_said(changed, compared.overlaps))
        )

    def run(self, event: Event, rejected: tuple[DataFile, ...], staged: Staged) -> ImportRecord | None:
        """Enter everything; None where another process was faster with the same file."""
        history = self.book.history()
        buckets = staged.buckets
        while True:
            compared = self.compare(event.import_id, history, staged)
            with self.book.changing() as change:
                if change.history.with_content(event.content) is not None:
                    return None
                if change.history.buckets not in {0, buckets}:  # another process decided first into how many
                    buckets = change.history.buckets
                elif _state(change.history, staged) == compared.state:
                    self._append(change, event, staged, rejected, compared)
                    return change.history.imported(event.import_id)
                history = change.history
            if staged.buckets != buckets:
                staged = self.stage(event.import_id, buckets)

    def _of_nobody(self, changes: Mapping[str, TableChange]) -> tuple[Text, ...]:
        apart = {each.anonymous.table for each in self.tables.values() if each.anonymous is not None}
        return tuple(NOBODY.format(lines=changes[name].rows) for name in sorted(apart & changes.keys()))

    def stage(self, import_id: str, buckets: int) -> Staged:
        """Write the rows of every table; meanwhile, look for those that are there."""
        every = tuple(self._rows(import_id))
        files: dict[str, tuple[DataFile, ...]] = {}
        with ThreadPoolExecutor(1) as beside:
            ahead = beside.submit(self._look_ahead, self.connection.cursor(), import_id, every)
            for rows in every:
                name, kept = rows.table.name, rows.table.anonymous
                apart = kept is not None and rows.find_nobody(self.connection)
                files[name] = replace(rows, beside_nobody=apart).write(self.connection, self.table(name), buckets)
                if kept is not None and kept.table in self.tables:
                    of_nobody = replace(rows, table=self.tables[kept.table], of_nobody=rows.table.customer)
                    place = self.table(kept.table)
                    files[kept.table] = of_nobody.write(self.connection, place, buckets) if apart else ()
            return Staged(buckets, files, ahead.result())

    def _rows(self, import_id: str) -> Iterator[Rows]:
        """The rows of every table that the mapping feeds."""
        feeds = self.recognition.mapping.feeds
        without_time = timeless(self.connection, self.recognition)
        for name in dict.fromkeys(feed.table for feed in feeds):
            own = [feed for feed in feeds if feed.table == name]
            yield Rows(self.tables[name], own, self.recognition, without_time, import_id, self.tables, self.rated)

    def _look_ahead(
        self, connection: duckdb.DuckDBPyConnection, import_id: str, every: Sequence[Rows]
    ) -> dict[str, Ahead]:
        """What is there already of the keys of the lines: found by reading the book while others write."""
        history = self.book.history()
        upsert = Upsert(connection, import_id, self.completing, ())
        found: dict[str, Ahead] = {}
        for rows in every:
            there = self.book.files_of(history, rows.table.name)
            of_lines = rows.table.line_key and not rows.table.key
            if of_lines and not self.completing and there is not None and there.files:
                ahead = upsert.look_ahead(rows.table, there, rows.first_of_key)
                found |= {} if ahead is None else {rows.table.name: ahead}
        return found

    def compare(self, import_id: str, history: History, staged: Staged) -> Compared:
        """What the staged rows do to those that are there."""
        upsert = Upsert(self.connection, import_id, self.completing, self.book.files_about(history, SUPERSEDED))
        upsert.begin()
        overlaps = {
            name: upsert.compare(self.tables[name], self.book.files_of(history, name), files, staged.ahead.get(name))
            for name, files in staged.files.items()
        }
        path = self.table(SUPERSEDED).place(import_id, None)
        return Compared(_state(history, staged), overlaps, upsert.write(path))

    def _append(
        self, change: Change, event: Event, staged: Staged, rejected: tuple[DataFile, ...], compared: Compared
    ) -> None:
        """All tables, and then the one event that makes it count."""
        changed: dict[str, TableChange] = {}
        for name, files in staged.files.items():
            if files:
                bucketed = self.tables[name].customer is not None
                table = change.table(name)
                table.ensure(stored_columns(self.tables[name]), bucketed=bucketed, sparse=True)
                changed[name] = compared.overlaps[name].of(_appended(table, files))
        for name, columns, files in (
            (REJECTS, REJECT_COLUMNS, rejected),
            (SUPERSEDED, SUPERSEDED_COLUMNS, compared.superseded),
        ):
            if files:
                table = change.table(name)
                table.ensure(columns, bucketed=False)
                changed[name] = _appended(table, files)
        notes = (*event.notes, *self._of_nobody(changed), *_said(changed, compared.overlaps))
        change.append(replace(event, at=now(), tables=changed, buckets=staged.buckets, notes=notes))


def buckets_for(history: History, lines: int) -> int:
    """Into how many buckets the customers of a book are split, or will be by an import of so many lines."""
    return history.buckets or max(-(-lines // ROWS_PER_BUCKET), 1)


def _state(history: History, staged: Staged) -> tuple[object, ...]:
    return tuple(history.state(name) for name in staged.files)


def _said(changes: Mapping[str, TableChange], overlaps: Mapping[str, Overlap]) -> tuple[Text, ...]:
    """What there is to say of lines that were there already."""
    notes: list[Text] = []
    for name, overlap in overlaps.items():
        if overlap.replaced:
            change = changes[name]
            notes.append(OVERLAPPING.format(changed=change.changed, same=change.same, new=change.new))
            if overlap.kept:
                notes.append(KEPT.format(lines=overlap.kept))
        if overlap.told_apart:
            notes.append(TOLD_APART.format(lines=overlap.told_apart, import_id=overlap.told_by))
        if overlap.repeated:
            notes.append(REPEATED.format(lines=overlap.repeated, import_id=overlap.repeats))
    return tuple(notes)


def _appended(table: StoredTable, files: tuple[DataFile, ...]) -> TableChange:
    return TableChange(table.append(files), sum(file.rows for file in files))
