"""Who was erased: kept as salted hashes, so that an erased customer is known again and nobody can be read from it.

The salt is the book's own. A hash of a phone number can be found by trying all numbers, as any such hash can: the list
of erased customers tells those who hold the folder, and who know an id, whether it was erased. That is its purpose.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from worthbook.data.book import ERASURES, Book
from worthbook.data.delta import cursor
from worthbook.data.history import History
from worthbook.data.judge import Barred
from worthbook.kernel.language import Text
from worthbook.kernel.units import Storage

COLUMNS: Mapping[str, Storage] = {
    "import_id": "text",
    "import_line": "integer",
    "erased_at": "time",
    "who": "text",
    "why": "text",
    "salt": "text",
    "id_hash": "text",
    "tables": "text",
    "files": "integer",
}
"""`import_id` is the erasure's own id; the name is that of all stored tables. One row for each id of the customer."""

ERASED = Text(en="a customer who was erased from this book", zh="已从本账簿删除的客户")


@dataclass(frozen=True)
class Erasure:
    """The proof that a customer was erased; it holds nothing that is about the customer."""

    erasure_id: str
    at: dt.datetime
    """In UTC."""
    who: str
    why: str
    salt: str
    id_hashes: tuple[str, ...]
    """SHA-256 of salt and id, of each id that the customer had."""
    tables: Mapping[str, int]
    """Table → rows that were removed, or in which a reference was."""
    files: int
    """How many files of tables were written anew."""

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        return {**vars(self), "at": self.at.isoformat(), "tables": dict(self.tables), "id_hashes": list(self.id_hashes)}


def read_erasures(book: Book, history: History) -> tuple[Erasure, ...]:
    """Every erasure, oldest first."""
    if ERASURES not in history.versions:
        return ()
    files = [str(file.path) for file in book.table(ERASURES).files(history.versions[ERASURES])]
    rows = cursor().execute(f"SELECT {', '.join(COLUMNS)} FROM read_parquet(?) ORDER BY 1, 2", [files]).fetchall()
    found: dict[str, Erasure] = {}
    for own_id, _, at, who, why, salt, id_hash, tables, count in rows:
        before = found[own_id].id_hashes if own_id in found else ()
        counted = cast("dict[str, int]", json.loads(tables))
        found[own_id] = Erasure(own_id, at.replace(tzinfo=dt.UTC), who, why, salt, (*before, id_hash), counted, count)
    return tuple(found.values())


def id_hash(salt: str, customer_id: str) -> str:
    """What is kept of an id.

    >>> id_hash("00", "C1")[:16]
    '334c49832a62645c'
    """
    return hashlib.sha256((salt + customer_id).encode()).hexdigest()


def erased_sql(customer: str, erasures: Iterable[Erasure]) -> str:
    """Whether the customer of a line was erased, in SQL of DuckDB; `customer` is SQL of its id."""
    known = [(each.salt, hashed) for each in erasures for hashed in each.id_hashes]
    if not known:
        return "FALSE"
    listed = ", ".join(f"'{hashed}'" for _, hashed in known)
    return f"coalesce(sha256(concat('{known[0][0]}', {customer})) IN ({listed}), FALSE)"


def barred_from(book: Book) -> tuple[Barred, ...]:
    """Whose lines an import skips: those of customers who were erased."""
    erasures = read_erasures(book, book.history())
    return (Barred("erased-customer", erased_sql("{customer}", erasures), ERASED),) if erasures else ()
