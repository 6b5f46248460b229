"""Buyers who are nobody in particular, kept apart: walk-in sales must not become the largest customer of a till."""

from __future__ import annotations

import itertools
import re
import string
import unicodedata
from collections.abc import Mapping

from worthbook.data import normal
from worthbook.definitions.table import TableDefinition

_PLAIN = "[0-9A-Za-z]+"
"""Ids that need only be written in lower case to be compared, which costs a hundredth of the rest."""


def nobody_sql(customer: str, tables: Mapping[str, TableDefinition]) -> str:
    """Whether an id means nobody, in SQL of DuckDB: blank, nothing but punctuation, or one of those that tables list.

    `customer` is SQL of the id.
    """
    words, numbers = _listed(tables)
    plain = sorted(each.casefold() for each in {*words, *numbers} if re.fullmatch(_PLAIN, each))
    given = f"CAST({customer} AS VARCHAR)"
    wide = f"regexp_matches({given}, '[\\x{{ff01}}-\\x{{ff5e}}\\x{{3000}}]')"  # TRANSLATE costs twenty times as much
    narrow = f"CASE WHEN {wide} THEN {normal.narrowed(given)} ELSE {given} END"
    # Each pattern stands here once: to make ready one of all letters takes as long as to match thousands of ids.
    listed = f"coalesce({_is_any_of(normal.bare(narrow), words)}, TRUE) OR {_is_any_of(f'trim({narrow})', numbers)}"
    return (
        f"CASE WHEN regexp_full_match({given}, '{_PLAIN}') THEN {_is_any_of(f'lower({given})', plain)} "
        f"ELSE {listed} END"
    )


def somebody_sql(customer: str, tables: Mapping[str, TableDefinition]) -> str:
    """Whether an id surely means somebody, in SQL of DuckDB: most ids show it by their first and last signs.

    Comparisons, which cost a fraction of looking for the different ids; where it is not true, `nobody_sql` must tell.
    `customer` is SQL of the id.
    """
    words, numbers = _listed(tables)
    taken = {each[0].upper() for each in (*words, *numbers) if each[-1] in string.digits}
    runs = [
        "".join(sign for _, sign in run)
        for signs in (string.digits, string.ascii_uppercase, string.ascii_lowercase)
        for free, run in itertools.groupby(((each.upper() not in taken, each) for each in signs), lambda each: each[0])
        if free
    ]
    begins = " OR ".join(f"{customer} >= '{run[0]}' AND {customer} < '{chr(ord(run[-1]) + 1)}'" for run in runs)
    return f"({begins or 'FALSE'}) AND {customer}[-1] BETWEEN '0' AND '9'"


def _listed(tables: Mapping[str, TableDefinition]) -> tuple[list[str], list[str]]:
    """The words and the numbers that tables list."""
    ids = {each for table in tables.values() if table.anonymous is not None for each in table.anonymous.ids}
    words = sorted({_bare(each) for each in ids if re.search(r"[^\W\d_]", each)})
    return words, sorted(each for each in ids if not re.search(r"[^\W\d_]", each))


def _is_any_of(text: str, texts: list[str]) -> str:
    """As a pattern, since DuckDB makes a join of a list, for which the text is worked out for every row."""
    pattern = "|".join(re.escape(each) for each in texts).replace("'", "''")
    return f"regexp_full_match({text}, '{pattern}')"


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())
