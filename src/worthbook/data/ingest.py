"""Import one file into a book: recognise it, read and judge every line, and commit what was accepted in one step."""

from __future__ import annotations

import datetime as dt
import shutil
import time
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from worthbook.data.book import OWN_TABLES, REJECTS, Book, now, who
from worthbook.data.commit import ROWS_PER_BUCKET, Commit
from worthbook.data.compaction import keep_in_order
from worthbook.data.completion import COMPLETED_UNKNOWN, OURS, Completion, completion_of, list_completed
from worthbook.data.convert import add_macros
from worthbook.data.dates import DateOrder, date_order
from worthbook.data.decode import fingerprint_of
from worthbook.data.delta import DataFile
from worthbook.data.erasures import barred_from
from worthbook.data.history import Change, Event, ImportRecord, Kind
from worthbook.data.judge import Judge, is_text
from worthbook.data.notes import Counts, Notes
from worthbook.data.recognise import Recognition, recognise
from worthbook.data.reject_lines import RejectedLines
from worthbook.data.source import Source, open_source
from worthbook.definitions.mapping import MappingDefinition, vocabulary
from worthbook.definitions.table import TableDefinition
from worthbook.kernel.errors import Fault, Place
from worthbook.kernel.language import Text
from worthbook.kernel.provenance import fingerprint

LINES_UNACCOUNTED = Fault(
    "lines-unaccounted",
    what=Text(
        en="{file} has {read} lines of data, but {found} were found: nothing was imported.",
        zh="{file} 应有 {read} 行数据，实际得到 {found} 行：未导入任何数据。",
    ),
    hint=Text(
        en="Look for quotes in the middle of values, or save the file as CSV again.",
        zh="请检查数值中间的引号，或重新将文件另存为 CSV。",
    ),
)
ALL_LINES_REJECTED = Fault(
    "all-lines-rejected",
    what=Text(
        en="None of the {read} lines of {file} could be used. {reasons}",
        zh="{file} 的 {read} 行数据全部无法使用。{reasons}",
    ),
    hint=Text(
        en="Look at these lines; if the columns were read wrongly, name another mapping.",
        zh="请查看上述各行；如列识别有误，请指定其他映射。",
    ),
)

MEMORY = "2GB"
"""How much memory an import takes before it goes on on disk."""
_STALE = 86_400
"""Seconds after which the working folder of another import was left by a killed process."""


@dataclass(frozen=True)
class ImportReport:
    """What an import did. `accepted + rejected + skipped == read`."""

    import_id: str
    file: str
    mapping: str
    read: int
    accepted: int
    rejected: int
    skipped: int
    new: bool
    """False where the same file with the same mapping was in the book already: nothing was added."""
    notes: tuple[Text, ...]
    tables: Mapping[str, Change]
    """Table → how many rows, how many of them new, changed and the same."""

    @property
    def rows(self) -> Mapping[str, int]:
        """Table → rows."""
        return {name: change.rows for name, change in self.tables.items()}


def ingest(
    book: Book,
    file: Path,
    mappings: Mapping[str, MappingDefinition],
    tables: Mapping[str, TableDefinition],
    mapping: str | None = None,
) -> ImportReport:
    """Import a CSV or Parquet file.

    Args:
        book: Where to.
        file: CSV (also compressed by gzip) or Parquet.
        mappings: The known layouts by name.
        tables: The canonical tables by name.
        mapping: The layout to read it by; None to have it recognised.

    Raises:
        WorthbookError: whatever is wrong with the file; the book then holds what it held.
    """
    content = fingerprint_of(file)
    import_id = f"{now():%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex[:6]}"
    folder = _working_folder(book, import_id)
    try:
        source = open_source(file, folder, vocabulary(mappings.values()))
        completion = completion_of(source)
        if completion is not None and mapping is None:
            mapping = _mapping_of(book, completion, file)
        recognition = recognise(source, mappings, mapping)
        content = fingerprint([content, recognition.mapping.fingerprint])
        known = book.history().with_content(content)
        if known is not None:
            return _report(known, new=False)
        with duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(folder)}) as connection:
            report = _Import(book, source, recognition, tables, import_id, content, connection, completion).run()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if report.new:
        keep_in_order(book, ROWS_PER_BUCKET)
    return report


@dataclass(frozen=True)
class _Import:
    """One attempt to import one file."""

    book: Book
    source: Source
    recognition: Recognition
    tables: Mapping[str, TableDefinition]
    import_id: str
    content: str
    connection: duckdb.DuckDBPyConnection
    completion: Completion | None = None
    """What the file completes, if it does."""

    def run(self) -> ImportReport:
        """From the file to the commit."""
        with self.book.changing() as change:
            change.append(self._event("started"))
        try:
            return self._run()
        except BaseException:
            with self.book.changing() as change:
                change.append(self._event("abandoned"))
            raise

    def _run(self) -> ImportReport:
        add_macros(self.connection)
        refused = self.source.load(self.connection)
        date_orders = self._date_orders()
        day_first = {name: order.day_first for name, order in date_orders.items()}
        reasons = Judge(
            self.source, self.recognition, self.tables, day_first, _today(self.book), barred_from(self.book)
        ).run(self.connection)
        notes = Notes(self.connection, self.source, self.recognition, reasons, refused)
        counted = self._counted(notes)
        dates = tuple(order.note for order in date_orders.values() if order.note is not None)
        told = (*self.source.notes, *self.recognition.notes, *dates, *notes.said())
        together = self.recognition.mapping.carry_down
        orders = None if together is None else together.by
        lines = RejectedLines(self.connection, self.source, reasons, refused, orders, self.completion)
        rejected = lines.write(self.book.table(REJECTS), self.import_id)
        return self._commit(self._event("committed", counted, told), rejected)

    def _date_orders(self) -> dict[str, DateOrder]:
        """For each field of dates that are text: what 3/4/2026 is."""
        place = Place(str(self.source.file))
        return {
            name: date_order(self.connection, column, place)
            for name, column in self.recognition.fields.items()
            if self.recognition.mapping.fields[name].unit.storage in {"date", "time"}
            and is_text(self.recognition, name)
        }

    def _counted(self, notes: Notes) -> Counts:
        """Every line accounted for, or nothing is imported."""
        counted = notes.counts()
        found = counted.accepted + counted.rejected + counted.skipped
        place, name = Place(str(self.source.file)), self.source.file.name
        if found != self.source.read:
            raise LINES_UNACCOUNTED(place, file=name, read=self.source.read, found=found)
        if not counted.accepted:
            told = list(notes.left_out())
            reasons = Text(en=" ".join(each.en for each in told), zh="".join(each.zh for each in told))
            raise ALL_LINES_REJECTED(place, file=name, read=self.source.read, reasons=reasons)
        return counted

    def _commit(self, event: Event, rejected: tuple[DataFile, ...]) -> ImportReport:
        if self.completion is not None:
            history = self.book.history()
            visible = [each.import_id for each in history.visible]
            list_completed(self.connection, self.completion, self.book.files_about(history, REJECTS), visible)
        commit = Commit(self.book, self.connection, self.recognition, self.tables, self.completion is not None)
        record = commit.run(event, rejected)
        if record is not None:
            return _report(record, new=True)
        with self.book.changing() as change:  # another process was faster with the same file
            change.append(self._event("abandoned"))
            known = change.history.with_content(self.content)
        return self._commit(event, rejected) if known is None else _report(known, new=False)

    def _event(self, kind: Kind, counted: Counts | None = None, told: tuple[Text, ...] = ()) -> Event:
        counts = {} if counted is None else asdict(counted)
        return Event(
            kind,
            self.import_id,
            now(),
            who(),
            self.source.file.name,
            self.recognition.mapping.name,
            self.content,
            read=self.source.read,
            notes=told,
            **counts,
        )


def _mapping_of(book: Book, completion: Completion, file: Path) -> str:
    """The mapping by which the import was read that a file completes."""
    for record in book.history().visible:
        if record.import_id == completion.import_id:
            return record.mapping
    raise COMPLETED_UNKNOWN(Place(str(file)), file=file.name, import_id=completion.import_id, columns=", ".join(OURS))


def _report(record: ImportRecord, *, new: bool) -> ImportReport:
    return ImportReport(
        import_id=record.import_id,
        file=record.file,
        mapping=record.mapping,
        read=record.read,
        accepted=record.accepted,
        rejected=record.rejected,
        skipped=record.skipped,
        new=new,
        notes=record.notes,
        tables={name: change for name, change in record.tables.items() if name not in OWN_TABLES},
    )


def _today(book: Book) -> dt.date:
    zone = ZoneInfo(book.time_zone) if book.time_zone else None
    return dt.datetime.now(zone).astimezone(zone).date()


def _working_folder(book: Book, import_id: str) -> Path:
    """A folder for copies and for what does not fit into memory; those of killed processes are cleared away."""
    parent = book.folder / ".work"
    parent.mkdir(exist_ok=True)
    for other in parent.iterdir():
        if time.time() - other.stat().st_mtime > _STALE:
            shutil.rmtree(other, ignore_errors=True)
    folder = parent / import_id
    folder.mkdir()
    return folder
