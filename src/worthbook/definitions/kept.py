"""Parsed YAML, remembered in the user's cache: composing it takes ten times as long as all else about definitions.

The cache is never needed: one that is missing or cannot be read is made again.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from worthbook.definitions.documents import Document, Documents, read_documents
from worthbook.kernel.provenance import fingerprint

FORM = "1"
"""Raised when the same text is parsed to something else than before."""


def user_cache() -> Path:
    """The folder for things that can be made again, as the system wants it."""
    if sys.platform == "win32":
        home = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        home = Path.home() / "Library" / "Caches"
    else:
        home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "worthbook"


def user_definitions() -> Path:
    """The folder of mappings that a user saved outside any book."""
    if sys.platform == "win32":
        home = os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming"
    elif sys.platform == "darwin":
        home = Path.home() / "Library" / "Application Support"
    else:
        home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(home) / "worthbook" / "definitions"


class KeptDocuments:
    """The documents of some files by the hash of their text; without a file it remembers nothing."""

    def __init__(self, file: Path | None) -> None:
        """Load what is kept."""
        self._file = file
        self._before = _load(file)
        self._now: dict[str, list[dict[str, object]]] = {}

    def read(self, text: str, name: str) -> Documents:
        """The documents of one file; parsed only if the text is new. Files with problems are not kept."""
        key = fingerprint([FORM, name, text])
        if key in self._before:
            self._now[key] = self._before[key]
            return Documents(tuple(Document(**cast("dict[str, Any]", each)) for each in self._before[key]))
        found = read_documents(text, name)
        if not found.problems:
            self._now[key] = [asdict(each) for each in found.readable]
        return found

    def save(self) -> None:
        """Keep what was read this time, and nothing else."""
        if self._file is None or self._now == self._before:
            return
        # A cache that cannot be written only costs time.
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._file.parent)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(self._now, file, ensure_ascii=False)
            Path(name).replace(self._file)


def _load(file: Path | None) -> dict[str, list[dict[str, object]]]:
    if file is None:
        return {}
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}
