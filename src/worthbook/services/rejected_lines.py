"""The lines that imports rejected: seen, and written to a file in which they can be corrected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from worthbook.data.book import REJECTS, Book
from worthbook.data.correction import waiting, write_corrections
from worthbook.data.rejects import Reject, count_reasons
from worthbook.kernel.language import Language, Text
from worthbook.services.undo_import import find_import, list_imports

SHOWN = 50
"""So many rejected lines are listed unless all are asked for."""
IN_FUTURE = "date-in-future"
"""The reason of lines that are dated after the day of their import."""

_HEAD = Text(
    en="{file} ({import_id}): {waiting} of {rejected} rejected lines wait for a correction",
    zh="{file}（{import_id}）：被拒 {rejected} 行，其中 {waiting} 行待更正",
)
_LINE = Text(en="line {line}: {sentence}", zh="第 {line} 行：{sentence}")
_COLUMN = Text(en="line {line}, {column}: {sentence}", zh="第 {line} 行，{column}：{sentence}")
_MORE = Text(en="There are more; --all lists them all.", zh="还有更多，可用 --all 全部列出。")
_NONE = Text(en="No rejected line waits for a correction.", zh="没有待更正的被拒行。")
_WRITTEN = Text(
    en="{lines} lines of {import_id} written to {path}. "
    "Correct them there, then: worthbook ingest {path} --book {book}",
    zh="已将 {import_id} 的 {lines} 行写入 {path}。更正后执行：worthbook ingest {path} --book {book}",
)


@dataclass(frozen=True)
class RejectList:
    """The rejected lines of a book."""

    imports: tuple[tuple[str, str, int, int], ...]
    """Import, file, how many of its lines were rejected, how many of them wait."""
    lines: tuple[Reject, ...]
    more: bool

    def say(self, language: Language) -> Iterator[str]:
        """Import by import, with what is wrong with each line."""
        for import_id, file, rejected, open_lines in self.imports:
            yield _HEAD.format(file=file, import_id=import_id, waiting=open_lines, rejected=rejected).say(language)
            for each in self.lines:
                if each.import_id == import_id:
                    line = _LINE if each.column is None else _COLUMN
                    said = line.format(line=each.line, column=each.column or "", sentence=each.sentence)
                    yield "  " + said.say(language)
        if self.more:
            yield _MORE.say(language)
        if not self.lines:
            yield _NONE.say(language)

    def as_json(self) -> dict[str, object]:
        """The same for programs."""
        return {
            "imports": [
                {"import": import_id, "file": file, "rejected": rejected, "waiting": open_lines}
                for import_id, file, rejected, open_lines in self.imports
            ],
            "lines": [
                {
                    "import": each.import_id,
                    "file": each.file,
                    "line": each.line,
                    "column": each.column,
                    "value": each.value,
                    "reason": each.reason,
                    "sentence": {"en": each.sentence.en, "zh": each.sentence.zh},
                    "raw": each.raw,
                }
                for each in self.lines
            ],
            "more": self.more,
        }


@dataclass(frozen=True)
class Exported:
    """The files of rejected lines that were written."""

    book: Path
    written: tuple[tuple[str, int, Path], ...]
    """Import, lines, file."""

    def say(self, language: Language) -> Iterator[str]:
        """What to do next."""
        for import_id, lines, path in self.written:
            yield _WRITTEN.format(import_id=import_id, lines=lines, path=path, book=self.book).say(language)
        if not self.written:
            yield _NONE.say(language)

    def as_json(self) -> dict[str, object]:
        """The same for programs."""
        return {
            "written": [
                {"import": import_id, "lines": lines, "path": str(path)} for import_id, lines, path in self.written
            ]
        }


def rejected_because(book: Book) -> dict[str, int]:
    """Slug → how many lines were rejected for it in the imports that count, most first."""
    history = book.history()
    return count_reasons(book.files_about(history, REJECTS), [each.import_id for each in history.visible])


def list_rejects(folder: Path, import_id: str = "", *, every: bool = False) -> RejectList:
    """The lines that wait for a correction, of one import or of all.

    Raises:
        WorthbookError: `import-unknown`, `import-ambiguous`, or that there is no book.
    """
    book = Book.open(folder)
    chosen = find_import(book, import_id).import_id if import_id else None
    found = [each.reject for each in islice(waiting(book, chosen), None if every else SHOWN + 1)]
    shown = found if every else found[:SHOWN]
    imports = tuple(
        (each.record.import_id, each.record.file, each.rejects.rejected, each.rejects.waiting)
        for each in list_imports(folder)
        if each.rejects.rejected and (chosen is None or each.record.import_id == chosen)
    )
    return RejectList(imports, tuple(shown), len(found) > len(shown))


def export_rejects(folder: Path, to: Path, import_id: str = "", language: Language = "en") -> Exported:
    """Write the lines that wait, one file for each import, into a folder.

    Raises:
        WorthbookError: `import-unknown`, `import-ambiguous`, or that there is no book.
    """
    book = Book.open(folder)
    if import_id:
        records = [find_import(book, import_id)]
    else:
        records = [each.record for each in list_imports(folder) if each.rejects.waiting]
    written: list[tuple[str, int, Path]] = []
    for record in records:
        path = to / f"{record.file.split('.')[0]}.rejects.csv"
        if any(path == other for _, _, other in written):
            path = to / f"{record.file.split('.')[0]}.{record.import_id}.rejects.csv"
        lines = write_corrections(book, record.import_id, path, language)
        if lines:
            written.append((record.import_id, lines, path))
    return Exported(folder, tuple(written))
