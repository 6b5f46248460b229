"""`worthbook ingest`: import files, a folder or a query, or show what that would do; what became of every line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from worthbook.data.attempt import ImportReport
from worthbook.data.book import Book
from worthbook.data.history import Change
from worthbook.data.ingest import Manner
from worthbook.kernel.errors import Fault, Problem, WorthbookError
from worthbook.kernel.language import Language, Text
from worthbook.services.ingest_files import book_to_fill, book_to_try, import_each, import_query
from worthbook.services.watch_folder import new_files

NOTHING_TO_IMPORT = Fault(
    "nothing-to-import",
    what=Text(en="Nothing was named to import.", zh="未指定要导入的内容。"),
    hint=Text(
        en="Name files, a folder (--watch FOLDER), or a query (--sql QUERY --database URL --book BOOK).",
        zh="请指定文件、文件夹（--watch 文件夹）或查询（--sql 查询 --database 地址 --book 账簿）。",
    ),
)
BOOK_NOT_SAID = Fault(
    "book-not-said",
    what=Text(en="It is not said into which book to import.", zh="未指明导入到哪个账簿。"),
    hint=Text(
        en="Name it: --book shop.book; it is made if it is not there.", zh="请指明：--book shop.book；若不存在则新建。"
    ),
)

_LINES = Text(
    en="{read} lines read: {accepted} accepted, {rejected} rejected, {skipped} skipped",
    zh="读取 {read} 行：接受 {accepted} 行，拒绝 {rejected} 行，跳过 {skipped} 行",
)
_ROWS = Text(
    en="{table} {rows} (new {new}, changed {changed}, same {same})",
    zh="{table} {rows}（新增 {new}，变更 {changed}，相同 {same}）",
)
_HEADING = Text(en="{file} as {mapping}", zh="{file}，按 {mapping} 读取")
_DRY = Text(en="{file} as {mapping} (a dry run: nothing is written)", zh="{file}，按 {mapping} 读取（试运行，不写入）")
_KNOWN = Text(
    en="{file} is in the book already ({import_id}); nothing was added. To have it read anew, as after a change of its "
    "mapping, take that import back first: worthbook undo {import_id}",
    zh="{file} 已在账簿中（{import_id}），未重复导入。如需重新读取（例如映射已修改），请先撤回该次导入："
    "worthbook undo {import_id}",
)
_ID = Text(en="import {import_id}", zh="导入编号 {import_id}")
_TO_CORRECT = Text(
    en="Lines that wait for a correction: {rejected}. Get them with: worthbook rejects export --book {book}",
    zh="有 {rejected} 行待更正，导出命令：worthbook rejects export --book {book}",
)
_TOTAL = Text(en="Files: {files}. ", zh="共 {files} 个文件。")
_NOTHING_NEW = Text(en="There is nothing new in {folder}.", zh="{folder} 中没有新文件。")


@dataclass(frozen=True)
class Imported:
    """What became of everything that was to be imported."""

    book: Path
    reports: tuple[ImportReport, ...]
    problems: tuple[Problem, ...] = ()
    """Of files of a folder that could not be read; the others were."""
    dry: bool = False
    watched: Path | None = None

    def say(self, language: Language) -> Iterator[str]:
        """Line by line; what belongs to a file is indented."""
        for report in self.reports:
            yield from self._said(report, language)
        if len(self.reports) > 1:
            yield _TOTAL.format(files=len(self.reports)).say(language) + _counted(_total(self.reports)).say(language)
        if self.watched is not None and not self.reports and not self.problems:
            yield _NOTHING_NEW.format(folder=self.watched).say(language)
        yield from (problem.say(language) for problem in self.problems)

    def as_json(self) -> dict[str, object]:
        """The same for programs."""
        found: dict[str, object] = {
            "book": str(self.book),
            "dry_run": self.dry,
            "files": [_as_json(report) for report in self.reports],
            "total": _total(self.reports),
        }
        return {**found, "problems": [each.as_json() for each in self.problems]} if self.problems else found

    def _said(self, report: ImportReport, language: Language) -> Iterator[str]:
        if not report.new:
            yield _KNOWN.format(file=report.file, import_id=report.import_id).say(language)
            return
        heading = _DRY if self.dry else _HEADING
        yield heading.format(file=report.file, mapping=report.mapping).say(language)
        yield "  " + _counted(_counts(report)).say(language)
        for table, change in report.tables.items():
            yield "  " + _rows(table, change).say(language)
        for note in report.notes:
            yield "  - " + note.say(language)
        if not self.dry:
            yield "  " + _ID.format(import_id=report.import_id).say(language)
        if report.rejected and not self.dry:
            yield "  " + _TO_CORRECT.format(rejected=f"{report.rejected:,}", book=self.book).say(language)


def import_data(  # noqa: PLR0913 - as many as a user has to say
    files: Sequence[Path] = (),
    folder: Path | None = None,
    *,
    manner: Manner | None = None,
    watch: Path | None = None,
    database: str = "",
    query: str = "",
    currency: str = "",
    language: Language = "en",
) -> Imported:
    """Import files, everything new in a folder, or the rows of a query.

    Raises:
        WorthbookError: `nothing-to-import`, `book-not-said`, or what is wrong with a file that was named; files before
            it stay imported. Files of a watched folder do not stop each other.
    """
    how = manner or Manner()
    if not files and watch is None and not (query and database):
        raise NOTHING_TO_IMPORT()  # noqa: RSE102 - a Fault is called to become an exception
    if folder is None and not files:
        raise BOOK_NOT_SAID()  # noqa: RSE102
    first = files[0] if files else Path(folder or "book")
    if how.dry:
        with book_to_try(first, folder, currency, language) as tried:
            return _imported(tried, files, how, watch, database, query)
    with book_to_fill(first, folder, currency, language) as book:
        return _imported(book, files, how, watch, database, query)


def how(mapping: str = "", sheet: str = "", *, dry: bool = False, pairs: Sequence[str] = ()) -> Manner:
    """How files are to be read; empty words leave it to be found out."""
    return Manner(mapping or None, sheet or None, dry, tuple(pairs))


def _imported(  # noqa: PLR0913, PLR0917
    book: Book, files: Sequence[Path], manner: Manner, watch: Path | None, database: str, query: str
) -> Imported:
    reports = list(import_each(book, files, manner))
    if query:
        reports.append(import_query(book, database, query, manner))
    problems: list[Problem] = []
    for file in new_files(book, watch) if watch is not None else ():
        try:
            reports.extend(import_each(book, [file], manner))
        except WorthbookError as error:
            problems.extend(error.problems)
    return Imported(book.folder, tuple(reports), tuple(problems), manner.dry, watch)


def _counts(report: ImportReport) -> dict[str, int]:
    return {
        "read": report.read,
        "accepted": report.accepted,
        "rejected": report.rejected,
        "skipped": report.skipped,
    }


def _total(reports: Sequence[ImportReport]) -> dict[str, int]:
    counts = [_counts(report) for report in reports if report.new]
    return {name: sum(each[name] for each in counts) for name in ("read", "accepted", "rejected", "skipped")}


def _counted(counts: Mapping[str, int]) -> Text:
    return _LINES.format(**{name: f"{count:,}" for name, count in counts.items()})


def _rows(table: str, change: Change) -> Text:
    counts = {"rows": change.rows, "new": change.new, "changed": change.changed, "same": change.same}
    return _ROWS.format(table=table, **{name: f"{count:,}" for name, count in counts.items()})


def _as_json(report: ImportReport) -> dict[str, object]:
    return {
        "import": report.import_id,
        "file": report.file,
        "mapping": report.mapping,
        "added": report.new,
        **_counts(report),
        "tables": {
            name: {"rows": each.rows, "new": each.new, "changed": each.changed, "same": each.same}
            for name, each in report.tables.items()
        },
        "notes": [{"en": note.en, "zh": note.zh} for note in report.notes],
    }
