"""From the text in a file to values: SQL macros that read amounts, numbers, dates and times as people write them.

What cannot be read is NULL; whether that is an error is decided where the line is judged.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from worthbook.data.delta import SQL_TYPES
from worthbook.kernel.units import Storage, Unit

_BLANKS = "' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288) || chr(65279)"
_ODD = r"\s\x{00a0}\x{3000}\x{feff}"
_CURRENCY = r"(?i)cny|rmb|usd|eur|gbp|jpy|hkd|twd|us\$|hk\$|nt\$|[¥￥$€£元\s\x{00a0}\x{3000}'']"
_UNKNOWN = ("", "-", "--", "–", "—", "——", "/", "#N/A", "NULL", "null", "NaN", "nan")
"""What programs write into a cell of which nothing is known."""
_FULL_WIDTH = "'０１２３４５６７８９．，－−＋（）', '0123456789.,--+()'"

_MACROS = (
    # Guards that spreadsheets are given so that they leave long numbers alone: ="00123", '00123, a leading tab.
    r"""wb_unguarded(x) AS CASE
        WHEN starts_with(x, '="') AND ends_with(x, '"') THEN substr(x, 3, length(x) - 3)
        WHEN starts_with(x, '''') THEN substr(x, 2)
        ELSE x END""",
    # Trimming signs beyond ASCII is slow, so only what needs it is trimmed.
    f"wb_known(x) AS CASE WHEN x IN ({', '.join(map(repr, _UNKNOWN))}) THEN NULL ELSE x END",
    rf"""wb_clean(x) AS wb_known(CASE
        WHEN regexp_matches(x, '^[{_ODD}="\x27]|[{_ODD}]$')
        THEN trim(wb_unguarded(trim(x, {_BLANKS})), {_BLANKS})
        ELSE x END)""",
    rf"wb_undressed(x) AS regexp_replace(translate(x, {_FULL_WIDTH}), '{_CURRENCY}', '', 'g')",
    r"""wb_signed(x) AS CASE
        WHEN x LIKE '(%)' THEN '-' || x[2:-2]
        WHEN x LIKE '-(%)' THEN '-' || x[3:-2]
        WHEN x LIKE '%-' THEN '-' || x[:-2]
        ELSE x END""",
    r"""wb_ungrouped(x) AS CASE
        WHEN NOT contains(x, ',') THEN x
        WHEN regexp_full_match(x, '[-+]?\d{1,3}(,\d{2,3})*,\d{3}(\.\d*)?') THEN replace(x, ',', '')
        WHEN regexp_full_match(x, '[-+]?(\d+|\d{1,3}(\.\d{3})+),\d{1,2}') THEN replace(replace(x, '.', ''), ',', '.')
        ELSE x END""",
    "wb_plain(x) AS wb_ungrouped(wb_signed(wb_undressed(x)))",
    "wb_finite(x) AS CASE WHEN isfinite(x) THEN x END",
    f"wb_money(x) AS coalesce(try_cast(x AS {SQL_TYPES['money']}), try_cast(wb_plain(x) AS {SQL_TYPES['money']}))",
    "wb_number(x) AS coalesce(wb_finite(try_cast(x AS DOUBLE)), wb_finite(try_cast(wb_plain(x) AS DOUBLE)))",
    # 17850.0 is what a spreadsheet or pandas made of the id 17850.
    r"wb_id(x) AS CASE WHEN ends_with(x, '.0') AND regexp_full_match(x, '\d+\.0') THEN x[:-3] ELSE x END",
    r"""wb_flag(x) AS CASE
        WHEN lower(x) IN ('true', 'yes', 'y', '1', 't', '是', '真') THEN TRUE
        WHEN lower(x) IN ('false', 'no', 'n', '0', 'f', '否', '假') THEN FALSE END""",
    r"wb_year_first(x) AS regexp_matches(x, '^(19|20|21)\d\d[-/]\d')",
    """wb_iso(x) AS
        try_cast(trim(regexp_replace(regexp_replace(x, '[年月./]', '-', 'g'), '[日号]', ' ')) AS TIMESTAMP)""",
    """wb_compact(x) AS CASE length(x)
        WHEN 8 THEN try_strptime(x, '%Y%m%d')
        WHEN 12 THEN try_strptime(x, '%Y%m%d%H%M')
        WHEN 14 THEN try_strptime(x, '%Y%m%d%H%M%S') END""",
    """wb_cell(x) AS CASE
        WHEN x IS NULL THEN ''
        WHEN regexp_matches(x, '[",\\n]') THEN '"' || replace(x, '"', '""') || '"'
        ELSE x END""",
    "wb_sane(x) AS CASE WHEN year(x) BETWEEN 1900 AND 2199 THEN x END",
)
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
_NAMED_MONTHS = ("%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y", "%d-%b-%Y", "%d-%b-%y")
DAY_FIRST = ("%d/%m/%y", "%d/%m/%Y")
MONTH_FIRST = ("%m/%d/%y", "%m/%d/%Y")
"""Two-digit years are tried first: with `%Y` they would be years of the first century."""


def add_macros(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the macros known to a connection."""
    for macro in _MACROS:
        connection.execute(f"CREATE OR REPLACE TEMP MACRO {macro}")


def text_as(unit: Unit, text: str, *, day_first: bool = True) -> str:
    """SQL that reads cleaned text as a value of a unit; `day_first` says what 3/4/2026 is."""
    storage = unit.storage
    if unit is Unit.ID:
        return f"wb_id({text})"
    if storage in {"date", "time"}:
        return _as_time(text, day_first=day_first)
    if storage in {"money", "number", "flag"}:
        return f"wb_{storage}({text})"
    if storage == "integer":
        return f"try_cast(wb_number({text}) AS BIGINT)"
    return text


def value_as(unit: Unit, value: str, source_type: str) -> str:
    """SQL that reads a typed column of a Parquet file as a value of a unit."""
    storage: Storage = unit.storage
    if storage in {"date", "time"}:
        return f"wb_sane(try_cast({value} AS TIMESTAMP))"
    if storage == "number":
        return f"wb_finite(try_cast({value} AS DOUBLE))"
    if unit is Unit.ID and source_type in {"DOUBLE", "FLOAT"}:
        return f"CASE WHEN {value} = floor({value}) THEN CAST(CAST({value} AS HUGEINT) AS VARCHAR) END"
    return f"try_cast({value} AS {SQL_TYPES[storage]})"


def is_readable_as_is(unit: Unit, source_type: str) -> bool:
    """Whether a Parquet column of that type needs no reading of text; a number that stands for a date does."""
    if unit.storage in {"date", "time"}:
        return source_type.startswith(("DATE", "TIMESTAMP"))
    return source_type != "VARCHAR"


def _as_time(text: str, *, day_first: bool) -> str:
    slashed = _formats(DAY_FIRST if day_first else MONTH_FIRST)
    named = _formats(_NAMED_MONTHS)
    return (
        f"CASE WHEN wb_year_first({text}) THEN try_cast({text} AS TIMESTAMP) ELSE wb_sane(coalesce("
        rf"CASE WHEN regexp_matches({text}, '^\d{{4}}[年.]') THEN wb_iso({text}) END, "
        rf"CASE WHEN regexp_full_match({text}, '\d+') THEN wb_compact({text}) END, "
        f"try_strptime(replace(replace({text}, '.', '/'), '-', '/'), {slashed}), "
        f"try_strptime(replace({text}, ',', ''), {named}))) END"
    )


def _formats(days: Sequence[str]) -> str:
    return "[" + ", ".join(f"'{day}{clock}'" for day in days for clock in _CLOCKS) + "]"
