"""Where a customer is found in the tables of a book."""

from __future__ import annotations

from pathlib import Path

from tests.data.importing import mappings, new_book, tables
from worthbook.data.ingest import Manner, ingest
from worthbook.data.traces import traces_in


def test_rows_of_others_that_name_the_customer_are_blanked(tmp_path: Path) -> None:
    file = tmp_path / "firms.csv"
    file.write_text("firm,group\nA,G\nB,G\nG,\n")
    book = new_book(tmp_path)
    ingest(book, file, mappings(), tables(), Manner(pairs=("accounts.customer_id=firm", "accounts.parent_id=group")))
    found = traces_in("accounts", book.table("accounts"), tables(), ["G"], "''", ())
    assert found is not None
    assert (found.drop, dict(found.blank)) == ("\"customer_id\" IN ('G')", {"parent_id": "\"parent_id\" IN ('G')"})
