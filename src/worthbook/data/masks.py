"""Customer ids for others to see: one that is itself a phone number, an address or a name is masked.

An id that only this firm knows (`C00123`) says nothing about a person and is shown, so that customers can be found by
it. A masked id ends in a hash with the book's own salt: the same customer has the same masked id in every report of a
book, no two have the same one, and it can be given wherever an id is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from worthbook.data.delta import cursor
from worthbook.data.engine import Snapshot
from worthbook.definitions.table import TableDefinition

_DIGITS = 8
"""How many hexadecimal digits of the hash are shown: of a million customers two alike have the same in 1 of 4 300."""
_MASKED = re.compile(rf".*\*.*~[0-9a-f]{{{_DIGITS}}}")

_EMAIL = "^([^@])[^@]*@([^@])[^@]*$"
_NUMBER = r"^\+?[0-9][0-9 ()-]*$"
_MOBILE = "^((00)?86)?1[3-9][0-9]{9}$"
_LONG = 15
"""Numbers with so many digits are those of cards and identity papers."""
_NAME = r"^[^0-9@]*\p{Han}[^0-9@]*\p{Han}[^0-9@]*$|^\p{L}{2,}([ .,'’·-]+\p{L}+)*[ .,]+\p{L}{2,}$"


def masked_sql(customer: str, salt: str) -> str:
    """The id as others may see it, in SQL of DuckDB; `customer` is SQL of an id."""
    digits = f"regexp_replace({customer}, '[^0-9]', '', 'g')"
    paper = f"regexp_matches({customer}, '^[0-9]{{17}}[0-9Xx]$')"
    called = f"regexp_matches({digits}, '{_MOBILE}') OR starts_with({customer}, '+') OR length({digits}) >= {_LONG}"
    number = f"{paper} OR (regexp_matches({customer}, '{_NUMBER}') AND ({called}))"
    name = f"regexp_matches({customer}, '{_NAME.replace(chr(39), chr(39) * 2)}')"
    suffix = f"'~' || left(sha256('{salt}' || {customer}), {_DIGITS})"
    return (
        f"CASE WHEN regexp_matches({customer}, '{_EMAIL}') "
        f"THEN regexp_replace({customer}, '{_EMAIL}', '\\1***@\\2***') || {suffix} "
        f"WHEN {number} THEN left({customer}, 3) || '***' || right({customer}, 2) || {suffix} "
        f"WHEN {name} THEN left({customer}, 1) || '**' || {suffix} ELSE {customer} END"
    )


def masked(customer_ids: Sequence[str], salt: str) -> list[str]:
    """Some ids as others may see them.

    >>> masked(["C00123", "li.hua@example.com", "18600000505"], "00")
    ['C00123', 'l***@e***~2fb01dea', '186***05~7f02c5cf']
    """
    query = f"SELECT {masked_sql('id', salt)} FROM (SELECT unnest(CAST(? AS VARCHAR[])) AS id)"
    return [str(shown) for (shown,) in cursor().execute(query, [list(customer_ids)]).fetchall()]


def unmasked(snapshot: Snapshot, tables: Mapping[str, TableDefinition], shown: str, salt: str) -> str:
    """The id behind what was shown; what is given, where it is no masked id of this book."""
    if not _MASKED.fullmatch(shown):
        return shown
    for name, table in snapshot.tables.items():
        customer = tables[name].customer if name in tables else None
        if customer is not None and table.files:
            query = (
                f'SELECT any_value("{customer}") FROM read_parquet(?, union_by_name = true, hive_partitioning = false) '
                f"WHERE left(sha256('{salt}' || \"{customer}\"), {_DIGITS}) = ?"
            )
            ((found,),) = cursor().execute(query, [list(table.files), shown[-_DIGITS:]]).fetchall()
            if found is not None:
                return str(found)
    return shown
