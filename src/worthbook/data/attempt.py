"""One attempt to import the lines of one file: read and judge every line, and commit what was accepted in one step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

from worthbook.data.book import OWN_TABLES, REJECTS, Book, now, who
from worthbook.data.clock import today_of
from worthbook.data.commit import Commit, Staged, buckets_for
from worthbook.data.completion import Completion, list_completed
from worthbook.data.convert import add_macros
from worthbook.data.currencies import Currencies
from worthbook.data.delta import DataFile
from worthbook.data.erasures import barred_from
from worthbook.data.history import Change, Event, ImportRecord, Kind, record_of
from worthbook.data.judge import Judge
from worthbook.data.notes import Counts, Notes
from worthbook.data.plain import Verdicts, judge_lines
from worthbook.data.recognition import Recognition
from worthbook.data.reject_lines import RejectedLines
from worthbook.data.source import Source
from worthbook.data.unfed import skip_unfed
from worthbook.data.zones import zone_notes
from worthbook.definitions.table import TableDefinition
from worthbook.kernel.errors import Fault, Place
from worthbook.kernel.language import Text

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


@dataclass(frozen=True)
class Attempt:
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
    desk: Path | None = None
    """For a dry run: a folder for what would be written. The book stays as it is."""
    day: dt.date | None = None
    """The day of lines that have none; None for today."""

    def run(self) -> ImportReport:
        """From the file to the commit."""
        if self.desk is not None:
            return self._run()
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
        buckets = buckets_for(self.book.history(), self.source.read)
        judge = Judge(
            self.source,
            self.recognition,
            self.tables,
            {},
            today_of(self.book),
            barred_from(self.book),
            self.day,
            self.book.time_zone,
            buckets,
        )
        verdicts = judge_lines(self.connection, judge)
        parts, refused = verdicts.parts, verdicts.refused
        reasons = skip_unfed(self.connection, self.recognition, self.tables, verdicts.reasons, parts)
        converted = Currencies(self.connection, self.book, self.recognition, self.tables, parts).convert(reasons)
        reasons = converted.reasons
        commit = Commit(
            self.book,
            self.connection,
            self.recognition,
            self.tables,
            self.completion is not None,
            self.desk,
            converted.rated,
        )
        notes = Notes(self.connection.cursor(), self.source, self.recognition, reasons, refused)
        counted = self._counted(notes, verdicts)
        with ThreadPoolExecutor(1) as beside:  # one reads texts, the other writes rows
            telling = beside.submit(self._tell, commit, notes, verdicts, converted.notes)
            staged = commit.stage(self.import_id, buckets)
            told, rejected = telling.result()
        return self._finish(commit, self._event("committed", counted, told), rejected, staged)

    def _tell(
        self, commit: Commit, notes: Notes, verdicts: Verdicts, of_money: Sequence[Text]
    ) -> tuple[tuple[Text, ...], tuple[DataFile, ...]]:
        """All there is to say, and the file of the rejected lines."""
        connection = notes.connection
        verdicts.bring_texts(connection, self.source)
        dates = tuple(order.note for order in verdicts.dates.values() if order.note is not None)
        zones = zone_notes(connection, self.recognition, self.book.time_zone)
        told = (*self.source.notes, *self.recognition.notes, *dates, *zones, *of_money, *notes.said())
        together = self.recognition.mapping.carry_down
        orders = None if together is None else together.by
        lines = RejectedLines(connection, self.source, notes.reasons, notes.refused, orders, self.completion)
        return told, lines.write(commit.table(REJECTS), self.import_id)

    def _counted(self, notes: Notes, verdicts: Verdicts) -> Counts:
        """Every line accounted for, or nothing is imported."""
        counted = notes.counts
        found = counted.accepted + counted.rejected + counted.skipped
        place, name = Place(str(self.source.file)), self.source.file.name
        if found != self.source.read:
            raise LINES_UNACCOUNTED(place, file=name, read=self.source.read, found=found)
        if not counted.accepted:
            verdicts.bring_texts(notes.connection, self.source)
            told = list(notes.left_out())
            reasons = Text(en=" ".join(each.en for each in told), zh="".join(each.zh for each in told))
            raise ALL_LINES_REJECTED(place, file=name, read=self.source.read, reasons=reasons)
        return counted

    def _finish(self, commit: Commit, event: Event, rejected: tuple[DataFile, ...], staged: Staged) -> ImportReport:
        if self.completion is not None:
            history = self.book.history()
            visible = [each.import_id for each in history.visible]
            list_completed(self.connection, self.completion, self.book.files_about(history, REJECTS), visible)
        if self.desk is not None:
            return report_of(record_of(commit.preview(event, staged)), new=True)
        record = commit.run(event, rejected, staged)
        if record is not None:
            return report_of(record, new=True)
        with self.book.changing() as change:  # another process was faster with the same file
            known = change.history.with_content(self.content)
            if known is not None:
                change.append(self._event("abandoned"))
        if known is None:
            return self._finish(commit, event, rejected, staged)
        return report_of(known, new=False)

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


def report_of(record: ImportRecord, *, new: bool) -> ImportReport:
    """What there is to say of an import."""
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
