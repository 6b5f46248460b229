from __future__ import annotations

from pathlib import Path

import pytest

from worthbook.data.book import Book
from worthbook.services.ingest_files import book_for


def test_a_book_that_another_process_makes_meanwhile_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "orders.book"
    looked = Path.exists

    def made_after_the_look(path: Path) -> bool:
        found = looked(path)
        if path == home / "book.toml" and not found:
            Book.create(home, title="The other")
        return found

    monkeypatch.setattr(Path, "exists", made_after_the_look)
    assert book_for(tmp_path / "orders.csv", None).title == "The other"
