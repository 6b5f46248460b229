"""The imports of a book, and the way back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from worthbook.data.book import IMPORT_UNKNOWN, OWN_TABLES, REJECTS, Book
from worthbook.data.history import ImportRecord
from worthbook.data.rejects import Tally, tally
from worthbook.kernel.errors import Fault, did_you_mean
from worthbook.kernel.language import Language, Text

IMPORT_AMBIGUOUS = Fault(
    "import-ambiguous",
    what=Text(en="'{import_id}' begins the names of several imports.", zh="有多个导入以“{import_id}”开头。"),
    hint=Text(en="They are {found}.", zh="分别是 {found}。"),
)

_STATES = {
    "committed": Text(en="counts", zh="有效"),
    "undone": Text(en="undone", zh="已撤销"),
    "started": Text(en="not finished", zh="未完成"),
    "abandoned": Text(en="failed", zh="失败"),
}
_HEAD = Text(en="{import_id}  {state}  {at} UTC  {who}", zh="{import_id}  {state}  {at} UTC  {who}")
_LINES = Text(
    en="{file} as {mapping}: {read} lines, {accepted} accepted, {rejected} rejected, {skipped} skipped",
    zh="{file}，按 {mapping} 读取：{read} 行，接受 {accepted}，拒绝 {rejected}，跳过 {skipped}",
)
_TABLE = Text(
    en="{table} {rows} (new {new}, changed {changed}, same {same})",
    zh="{table} {rows}（新增 {new}，变更 {changed}，相同 {same}）",
)
_WAITING = Text(
    en="rejected lines that wait for a correction: {waiting}; corrected: {corrected}",
    zh="待更正的被拒行：{waiting}；已更正：{corrected}",
)
_UNDONE = Text(
    en="Undone: {import_id} ({file}). Rows that it had updated are as before.",
    zh="已撤销：{import_id}（{file}）。被其更新的行已恢复。",
)
IMPORT_UNDONE = Fault(
    "import-undone",
    what=Text(en="{import_id} ({file}) was undone before.", zh="{import_id}（{file}）此前已撤销。"),
    hint=Text(en="Import the file again to have its rows back.", zh="如需恢复，请重新导入该文件。"),
)
NONE = Text(en="Nothing has been imported yet.", zh="尚未导入任何数据。")


@dataclass(frozen=True)
class ImportLine:
    """One import in a few lines."""

    record: ImportRecord
    rejects: Tally
    """How its rejected lines stand now."""

    def say(self, language: Language) -> Iterator[str]:
        """Who, when, what, and what became of it."""
        record = self.record
        at = f"{record.imported_at:%Y-%m-%d %H:%M:%S}"
        state = _STATES[record.state].say(language)
        yield _HEAD.format(import_id=record.import_id, state=state, at=at, who=record.who).say(language)
        counts = {name: f"{getattr(record, name):,}" for name in ("read", "accepted", "rejected", "skipped")}
        yield "  " + _LINES.format(file=record.file, mapping=record.mapping, **counts).say(language)
        tables = [
            _TABLE.format(table=name, rows=each.rows, new=each.new, changed=each.changed, same=each.same).say(language)
            for name, each in record.tables.items()
            if name not in OWN_TABLES
        ]
        if tables:
            yield "  " + "; ".join(tables)
        if self.rejects.rejected:
            corrected = self.rejects.rejected - self.rejects.waiting
            yield "  " + _WAITING.format(waiting=self.rejects.waiting, corrected=corrected).say(language)

    def as_json(self) -> dict[str, object]:
        """The same for programs."""
        record = self.record
        return {
            "import": record.import_id,
            "state": record.state,
            "at": record.imported_at.isoformat(),
            "who": record.who,
            "file": record.file,
            "mapping": record.mapping,
            "read": record.read,
            "accepted": record.accepted,
            "rejected": record.rejected,
            "skipped": record.skipped,
            "waiting": self.rejects.waiting,
            "tables": {
                name: {"rows": each.rows, "new": each.new, "changed": each.changed, "same": each.same}
                for name, each in record.tables.items()
                if name not in OWN_TABLES
            },
        }


def list_imports(folder: Path) -> tuple[ImportLine, ...]:
    """Every import of a book, oldest first.

    Raises:
        WorthbookError: If there is no book.
    """
    book = Book.open(folder)
    history = book.history()
    files = book.files_about(history, REJECTS)
    found = tally(files, [each.import_id for each in history.visible]) if files else {}
    return tuple(ImportLine(each, found.get(each.import_id, Tally())) for each in history.imports)


def undo_import(folder: Path, import_id: str) -> Text:
    """Take an import back, also after later ones; what to say of it.

    Args:
        folder: The book.
        import_id: The import, or the beginning of its name; `last` is the last one that counts.

    Raises:
        WorthbookError: `import-unknown`, `import-undone`, `import-ambiguous`, or that there is no book.
    """
    book = Book.open(folder)
    record = find_import(book, import_id)
    book.undo(record.import_id)
    return _UNDONE.format(import_id=record.import_id, file=record.file)


def _check_undone(book: Book, import_id: str) -> None:
    for each in book.history().imports:
        if import_id and each.state == "undone" and each.import_id.startswith(import_id):
            raise IMPORT_UNDONE(import_id=each.import_id, file=each.file)


def find_import(book: Book, import_id: str) -> ImportRecord:
    """The import that counts and is called so, or begins so; `last` is the last one.

    Raises:
        WorthbookError: `import-unknown`, `import-undone`, `import-ambiguous`.
    """
    visible = book.history().visible
    if import_id == "last" and visible:
        return visible[-1]
    found = [each for each in visible if import_id and each.import_id.startswith(import_id)]
    if len(found) > 1:
        raise IMPORT_AMBIGUOUS(import_id=import_id, found=", ".join(each.import_id for each in found))
    if not found:
        _check_undone(book, import_id)
        raise IMPORT_UNKNOWN(import_id=import_id, near=did_you_mean(import_id, [each.import_id for each in visible]))
    return found[0]
