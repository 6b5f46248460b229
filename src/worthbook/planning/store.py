"""Kept evaluations: immutable sheets of columns, found again by what they were made from, and the runs over them.

runs/sheets/<id>/part-000.parquet …   one file per customer bucket
runs/sheets/<id>/sheet.json           column → provenance id; written last, so that a sheet is there whole or not at all
runs/fits/<id>.json                   a fitted model with its hold-out check
runs/<run id>/run.json                the evaluation, its provenance, and where its columns lie
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from worthbook.data.engine import Sheet
from worthbook.kernel.errors import Fault, did_you_mean
from worthbook.kernel.evaluation import Evaluation
from worthbook.kernel.language import Text
from worthbook.kernel.provenance import Provenance, fingerprint
from worthbook.kernel.whole import replacing
from worthbook.planning.encode import decode, encode

RUN_UNKNOWN = Fault(
    "run-unknown",
    what=Text(en="There is no kept run '{run_id}'.", zh="没有名为“{run_id}”的评估记录。"),
    hint=Text(en="{near} List them with `worthbook runs`.", zh="{near} 可用 `worthbook runs` 查看全部记录。"),
)


@dataclass(frozen=True)
class KeptRun:
    """One evaluation as it was kept."""

    evaluation: Evaluation
    provenance: Mapping[str, Provenance]
    """Column or study → how it was made."""
    sheets: tuple[Sheet, ...]

    @property
    def run_id(self) -> str:
        """Date and hash."""
        return self.evaluation.run_id

    def sheet_of(self, column: str) -> Sheet:
        """The sheet that holds a column."""
        return next(sheet for sheet in self.sheets if column in sheet.columns)


@dataclass(frozen=True)
class Store:
    """The `runs/` folder of a book."""

    folder: Path
    behind: Store | None = None
    """Another store in which is looked up what is not here; nothing is written to it."""
    _read: dict[str, KeptRun] = field(default_factory=dict, repr=False, compare=False)
    """Runs that were read already; a kept run never changes."""

    def find_sheets(self, wanted: Mapping[str, str]) -> dict[str, Sheet]:
        """Those wanted columns (name → provenance id) that some kept sheet already holds."""
        found: dict[str, Sheet] = {}
        for manifest in sorted(self._sheets.glob("*/sheet.json")):
            kept = cast("dict[str, str]", json.loads(manifest.read_text(encoding="utf-8"))["columns"])
            hits = [name for name, made_as in wanted.items() if name not in found and kept.get(name) == made_as]
            if hits:
                sheet = self._sheet(manifest.parent, tuple(kept))
                found.update(dict.fromkeys(hits, sheet))
        if self.behind is not None:
            found |= self.behind.find_sheets({name: made_as for name, made_as in wanted.items() if name not in found})
        return found

    @contextmanager
    def new_sheet(self) -> Iterator[Path]:
        """A folder to make a sheet in; it goes away unless `keep_sheet` takes it."""
        self._sheets.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".making-", dir=self._sheets))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def keep_sheet(self, folder: Path, columns: Mapping[str, str]) -> Sheet:
        """Keep the parts made in `folder` under the provenance of their columns.

        Where another process has made the same sheet meanwhile, that one is taken.
        """
        (folder / "sheet.json").write_text(json.dumps({"columns": dict(columns)}, indent=1), encoding="utf-8")
        home = self._sheets / fingerprint(dict(columns))
        try:
            folder.rename(home)
        except OSError:
            if not (home / "sheet.json").exists():
                raise
        return self._sheet(home, tuple(columns))

    def read_fit(self, made_as: str) -> dict[str, object] | None:
        """A kept fit by its provenance id."""
        path = self.folder / "fits" / f"{made_as}.json"
        if path.exists():
            return cast("dict[str, object]", json.loads(path.read_text(encoding="utf-8")))
        return None if self.behind is None else self.behind.read_fit(made_as)

    def keep_fit(self, made_as: str, fit: Mapping[str, object]) -> None:
        """Keep a fit as JSON."""
        _write_whole(self.folder / "fits" / f"{made_as}.json", json.dumps(fit, indent=1, ensure_ascii=False))

    def find_run(self, run_id: str) -> KeptRun | None:
        """The kept run of this id, if there is one."""
        if run_id in self._read:
            return self._read[run_id]
        path = self.folder / run_id / "run.json"
        if not path.exists():
            return None
        kept = json.loads(path.read_text(encoding="utf-8"))
        sheets = tuple(self._sheet(self._sheets / home, tuple(columns)) for home, columns in kept["sheets"])
        provenance = {name: Provenance.from_json(tree) for name, tree in kept["provenance"].items()}
        self._read[run_id] = KeptRun(cast("Evaluation", decode(kept["evaluation"])), provenance, sheets)
        return self._read[run_id]

    def run(self, run_id: str) -> KeptRun:
        """The kept run of this id, or a unique beginning of it."""
        names = [name for name in self.run_ids() if name.startswith(run_id)]
        if len(names) != 1:
            raise RUN_UNKNOWN(run_id=run_id, near=did_you_mean(run_id, self.run_ids()))
        return cast("KeptRun", self.find_run(names[0]))

    def run_ids(self) -> Sequence[str]:
        """All kept runs, oldest first."""
        kept = sorted(self.folder.glob("*/run.json"), key=lambda path: path.stat().st_mtime_ns)
        return [path.parent.name for path in kept]

    def keep_run(self, run: KeptRun) -> None:
        """Keep a run; its sheets are kept already."""
        content = {
            "evaluation": encode(run.evaluation),
            "provenance": {name: tree.as_json() for name, tree in run.provenance.items()},
            "sheets": [[Path(sheet.parts[0]).parent.name, sheet.columns] for sheet in run.sheets],
        }
        _write_whole(self.folder / run.run_id / "run.json", json.dumps(content, ensure_ascii=False))

    def drop_naming(self, words: Iterable[str]) -> int:
        """Delete kept evaluations in whose words or numbers one of some texts stands by itself; how many."""
        quoted = [json.dumps(word, ensure_ascii=False) for word in words]
        found = [
            path
            for path in self.folder.rglob("*.json")
            if any(word in path.read_text(encoding="utf-8") for word in quoted)
        ]
        for path in found:
            path.unlink()
        self._read.clear()
        return len(found)

    @property
    def _sheets(self) -> Path:
        return self.folder / "sheets"

    def _sheet(self, folder: Path, columns: tuple[str, ...]) -> Sheet:
        return Sheet(parts=tuple(str(part) for part in sorted(folder.glob("part-*.parquet"))), columns=columns)


def _write_whole(path: Path, text: str) -> None:
    with replacing(path) as place:
        place.write_text(text, encoding="utf-8")
