"""The book: a folder with its settings, its stored tables, the user's own definitions and the kept runs."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import getpass
import json
import os
import secrets
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Self, cast

from filelock import FileLock

from worthbook.data.delta import StoredTable
from worthbook.data.engine import Snapshot, TableFiles
from worthbook.data.history import LINKS, Event, History, ImportRecord
from worthbook.data.ledger import Ledger
from worthbook.data.rejects import Reject, read_rejects
from worthbook.data.superseded import SUPERSEDED
from worthbook.definitions.population import CUSTOMERS_TO_DATE
from worthbook.kernel.errors import Fault, Place, did_you_mean
from worthbook.kernel.language import Language, Text

BOOK_MISSING = Fault(
    "book-missing",
    what=Text(en="There is no book in {folder}.", zh="{folder} 中没有账簿。"),
    hint=Text(
        en="A book is a folder with a book.toml; make one with `worthbook evaluate FILE`.",
        zh="账簿是含有 book.toml 的文件夹；可用 `worthbook evaluate 文件` 新建。",
    ),
)
BOOK_EXISTS = Fault(
    "book-exists",
    what=Text(en="There is already a book in {folder}.", zh="{folder} 中已有账簿。"),
    hint=Text(en="Open it, or choose another folder.", zh="请直接打开，或另选一个文件夹。"),
)
BOOK_UNREADABLE = Fault(
    "book-unreadable",
    what=Text(en="book.toml cannot be read: {reason}.", zh="无法读取 book.toml：{reason}。"),
    hint=Text(en="Correct it; it is a TOML file.", zh="请修正该文件，其格式为 TOML。"),
)
IMPORT_UNKNOWN = Fault(
    "import-unknown",
    what=Text(en="There is no import '{import_id}' to undo.", zh="没有可撤销的导入“{import_id}”。"),
    hint=Text(en="{near}", zh="{near}"),
)

_TOML = """\
title = {title}
currency = {currency}
language = {language}
engine = {engine}
time_zone = ""  # IANA name of the zone in which its days begin, e.g. "Asia/Shanghai"; empty is the computer's own

[settings]
# margin_rate = 0.35  # gross margin as a part of revenue, where the files hold no costs
discount_rate = 0.10
"""
_LEDGER = "imports"
REJECTS = "rejects"
_SALT = ".salt"
_SALT_BYTES = 16
DECISIONS = "identity_decisions"
ERASURES = "erasures"
OWN_TABLES = frozenset({_LEDGER, REJECTS, SUPERSEDED, DECISIONS, ERASURES, LINKS})
"""Tables that are about the book itself; the links are read only where customers were merged."""


class Book:
    """One folder. Any number of processes may read and change it at once."""

    def __init__(self, folder: Path, toml: Mapping[str, object]) -> None:
        """Use `open` or `create`."""
        self.folder = folder
        self._toml = toml
        self._ledger = Ledger(folder / "tables" / _LEDGER)

    @classmethod
    def create(
        cls,
        folder: Path,
        title: str,
        currency: str = "",
        language: Language = "en",
        engine: str = "duckdb",
    ) -> Self:
        """Make an empty book; a folder that has one already is a Fault `book-exists`."""
        words = {"title": title, "currency": currency, "language": language, "engine": engine}
        text = _TOML.format(**{key: json.dumps(value, ensure_ascii=False) for key, value in words.items()})
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f".book.toml.{os.getpid()}"
        draft.write_text(text, encoding="utf-8")
        try:
            os.link(draft, folder / "book.toml")  # fails where the file is there already, and is whole or absent
        except FileExistsError:
            raise BOOK_EXISTS(folder=folder) from None
        finally:
            draft.unlink()
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The book in a folder."""
        path = folder / "book.toml"
        try:
            return cls(folder.resolve(), tomllib.loads(path.read_text(encoding="utf-8")))
        except (FileNotFoundError, NotADirectoryError):
            raise BOOK_MISSING(folder=folder) from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise BOOK_UNREADABLE(Place(str(path)), reason=error) from None

    @property
    def title(self) -> str:
        """What the book is called."""
        return str(self._toml.get("title", self.folder.stem))

    @property
    def currency(self) -> str:
        """ISO code of all its amounts; empty where nobody has said."""
        return str(self._toml.get("currency", ""))

    @property
    def language(self) -> Language:
        """In which language it is read, unless asked otherwise."""
        return "zh" if self._toml.get("language") == "zh" else "en"

    @property
    def engine(self) -> str:
        """Which engine evaluates it: `duckdb` or `spark`."""
        return str(self._toml.get("engine", "duckdb"))

    @property
    def population(self) -> str:
        """Whom its evaluations are about: the name of a population."""
        return str(self._toml.get("population", CUSTOMERS_TO_DATE))

    @property
    def time_zone(self) -> str:
        """IANA name of the zone in which its days begin; empty is the computer's own."""
        return str(self._toml.get("time_zone", ""))

    @property
    def settings(self) -> Mapping[str, float | str]:
        """What formulas may read through `setting(name)`."""
        found = cast("Mapping[str, object]", self._toml.get("settings", {}))
        return {key: value for key, value in found.items() if isinstance(value, int | float | str)}

    @property
    def definitions_folder(self) -> Path:
        """Where the user's own definitions are."""
        return self.folder / "definitions"

    @property
    def runs_folder(self) -> Path:
        """Where evaluations are kept."""
        return self.folder / "runs"

    @property
    def desks_folder(self) -> Path:
        """Where each import that goes on has a folder of its own."""
        return self.folder / ".work"

    @property
    def is_at_work(self) -> bool:
        """Whether somebody imports a file just now."""
        return self.desks_folder.exists() and any(self.desks_folder.iterdir())

    @functools.cached_property
    def salt(self) -> str:
        """The book's own, for what is shown or kept in place of an id; made when it is first asked for."""
        path = self.folder / _SALT
        if not path.exists():
            draft = self.folder / f"{_SALT}.{os.getpid()}"
            draft.write_text(secrets.token_hex(_SALT_BYTES), encoding="ascii")
            with contextlib.suppress(FileExistsError):  # another process was faster
                os.link(draft, path)
            draft.unlink()
        return path.read_text(encoding="ascii")

    def table(self, name: str) -> StoredTable:
        """The files of a stored table. Rows count only as `snapshot` says."""
        return StoredTable(self.folder / "tables" / name)

    def history(self) -> History:
        """The ledger, read now."""
        return self._ledger.read()

    def imports(self) -> tuple[ImportRecord, ...]:
        """Every import in the order in which they started."""
        return self.history().imports

    def rejects(self, import_id: str) -> tuple[Reject, ...]:
        """The lines that an import rejected, in the order of the file; none where it does not count."""
        history = self.history()
        files = self.files_about(history, REJECTS)
        counts = import_id in {each.import_id for each in history.visible}
        return read_rejects(files, import_id) if files and counts else ()

    def snapshot(self) -> Snapshot:
        """All tables at this moment: what is committed and not undone, and nothing by halves."""
        history = self.history()
        names = [name for name in history.versions if name not in OWN_TABLES]
        content = {name: history.content(name) for name in names}
        made, merged = history.links
        if merged:
            names.append(LINKS)
            content[LINKS] = made
        return Snapshot(
            tables={name: self._files(history, name) for name in names},
            content=content,
            buckets=max(history.buckets, 1),
            settings=self.settings,
            population=self.population,
        )

    def files_about(self, history: History, name: str) -> tuple[str, ...]:
        """The files of a table that is about imports: of rejected or of superseded lines."""
        files = self.files_of(history, name)
        return () if files is None else files.files

    def undo(self, import_id: str) -> None:
        """Take an import back: its rows no longer count."""
        with self.changing() as change:
            known = {each.import_id for each in change.history.visible}
            if import_id not in known:
                raise IMPORT_UNKNOWN(import_id=import_id, near=did_you_mean(import_id, known))
            change.append(Event("undone", import_id, now(), who()))

    @contextmanager
    def changing(self) -> Iterator[Change]:
        """Hold the book's lock, which no one keeps for longer than it takes to write a few lines of logs."""
        with self._lock:
            yield Change(self, self._ledger)

    @functools.cached_property
    def _lock(self) -> FileLock:
        return FileLock(str(self.folder / ".lock"), thread_local=True)

    def files_of(self, history: History, name: str) -> TableFiles | None:
        """The files of one table as the ledger has it; None where there is no such table."""
        return self._files(history, name) if name in history.versions else None

    def _files(self, history: History, name: str) -> TableFiles:
        buckets = max(history.buckets, 1)
        view, table = history.view(name), self.table(name)
        files = [file for file in table.files(history.versions[name]) if view.with_earlier or not file.is_earlier]
        parts: list[list[str]] = [[] for _ in range(buckets if any(file.bucket is not None for file in files) else 1)]
        for file in files:
            parts[file.bucket or 0].append(str(file.path))
        shape = [] if table.shape is None else [str(table.shape)]
        return TableFiles(
            name=name,
            buckets=tuple((*part, *shape) if part else () for part in parts),
            hidden_imports=view.hidden,
            rows=history.rows(name),
            columns=frozenset(table.columns),
            superseded_by=view.superseded_by,
            superseded=self.files_about(history, SUPERSEDED) if view.superseded_by else (),
            layered=history.bringing(name) > 1,
            scattered=history.moved(name),
        )


class Change:
    """What may be done while the book's lock is held."""

    def __init__(self, book: Book, ledger: Ledger) -> None:
        """Read the ledger as it is under the lock."""
        self._book = book
        self._ledger = ledger
        self.history = ledger.read()

    def table(self, name: str) -> StoredTable:
        """A table at the version that counts; what a killed process left after it is taken back."""
        table = self._book.table(name)
        if table.exists:
            counted = self.history.versions.get(name, 0)
            if table.version != counted:
                table.restore(counted)
        return table

    def append(self, event: Event) -> None:
        """Write the event that makes everything count that was done under this lock."""
        self.history = self._ledger.append(self.history, event)


def now() -> dt.datetime:
    """The time as the ledger keeps it: UTC, without a zone."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


def who() -> str:
    """The name of the user who runs this process; empty where the system knows none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
