from __future__ import annotations

from pathlib import Path

import pytest

from worthbook.data.book import Book
from worthbook.data.ingest import Manner
from worthbook.kernel.errors import WorthbookError
from worthbook.services.ingest_files import book_for, book_to_fill, import_each


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


@pytest.mark.parametrize("others", [False, True])
def test_a_new_book_goes_when_nothing_can_be_imported_unless_others_work_in_it(
    tmp_path: Path,
    others: bool,  # noqa: FBT001
) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("nothing\n")
    with pytest.raises(WorthbookError), book_to_fill(file, None) as book:  # noqa: PT012
        if others:
            (book.desks_folder / "other").mkdir(parents=True)
        list(import_each(book, [file], Manner()))
    assert (book.is_at_work, book.folder.exists()) == (others, others)
