"""Buyers who are nobody in particular, kept apart: walk-in sales must not become the largest customer of a till."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from worthbook.data import normal
from worthbook.definitions.table import TableDefinition


def nobody_sql(customer: str, tables: Mapping[str, TableDefinition]) -> str:
    """Whether an id means nobody, in SQL of DuckDB: blank, nothing but punctuation, or one of those that tables list.

    `customer` is SQL of the id.
    """
    ids = {each for table in tables.values() if table.anonymous is not None for each in table.anonymous.ids}
    words = sorted({_bare(each) for each in ids if re.search(r"[^\W\d_]", each)})
    numbers = sorted(each for each in ids if not re.search(r"[^\W\d_]", each))
    given = f"CAST({customer} AS VARCHAR)"
    narrow = (
        f"NOT regexp_matches({given}, '[\\x{{ff01}}-\\x{{ff5e}}\\x{{3000}}]')"  # TRANSLATE costs twenty times as much
    )
    return (
        f"CASE WHEN {narrow} THEN {_is_listed(given, words, numbers)} "
        f"ELSE {_is_listed(normal.half_width(given), words, numbers)} END"
    )


def _is_listed(narrow: str, words: list[str], numbers: list[str]) -> str:
    bare = normal.bare(narrow)
    return f"coalesce({bare} IN ({_listed(words)}) OR trim({narrow}) IN ({_listed(numbers)}) OR {bare} IS NULL, TRUE)"


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


def _listed(texts: list[str]) -> str:
    return ", ".join("'" + each.replace("'", "''") + "'" for each in texts) or "NULL"
