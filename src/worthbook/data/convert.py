"""From the text in a file to values: SQL macros that read amounts, numbers, dates and times as people write them.

What cannot be read is NULL; whether that is an error is decided where the line is judged.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from worthbook.data.delta import SQL_TYPES
from worthbook.kernel.units import Storage, Unit

BLANKS = "\t\n\f\r\xa0\u3000\ufeff"
"""What is taken off the ends of a cell, beside the space."""
_BLANKS = " || ".join(f"chr({ord(each)})" for each in f" {BLANKS}")
_ODD = r"\s" + "".join(rf"\x{{{ord(each):04x}}}" for each in BLANKS if not each.isascii())
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
    # A cell that surely stands for itself, told by comparisons, which cost a tenth of a regular expression: it begins
    # with a digit, a letter other than N, or a Chinese sign, and ends in a visible sign of ASCII.
    """wb_begins_bare(x) AS x >= '0' AND x < '=' OR x >= '>' AND x < 'N' OR x >= 'O' AND x < 'n' OR x >= 'o' AND x < '{'
        OR x >= '-0' AND x < '-:' OR x >= '一' AND x < '龥'""",
    "wb_bare(x) AS wb_begins_bare(x) AND x[-1] BETWEEN '!' AND '~'",
    # Trimming signs beyond ASCII is slow, so only what needs it is trimmed; the signs also begin every unknown. An
    # expression for them, since DuckDB makes a join of a list; and nothing written twice: both are for every row.
    rf"""wb_clean(x) AS CASE WHEN wb_bare(x) THEN x
        WHEN regexp_matches(x, '^[{_ODD}="\x27/#Nn–—-]|[{_ODD}]$|^$')
        THEN CASE WHEN regexp_full_match(trim(x), '{"|".join(_UNKNOWN)}') THEN NULL
            ELSE nullif(trim(wb_unguarded(trim(x, {_BLANKS})), {_BLANKS}), '') END
        ELSE x END""",
    rf"wb_undressed(x) AS regexp_replace(translate(x, {_FULL_WIDTH}), '{_CURRENCY}', '', 'g')",
    # (12.00), -(12.00) and 12.00- are negative.
    r"""wb_signed(x) AS regexp_replace(regexp_replace(x, '^-?\((.*)\)$', '-\1'), '^([^-].*)-$', '-\1')""",
    # Lambdas, so that what they are given is worked out once, however often they name it.
    r"""wb_ungrouped(x) AS list_transform([x], lambda v: CASE
        WHEN NOT contains(v, ',') THEN v
        WHEN regexp_full_match(v, '[-+]?\d{1,3}(,\d{2,3})*,\d{3}(\.\d*)?[万亿]?') THEN replace(v, ',', '')
        WHEN regexp_full_match(v, '[-+]?(\d+|\d{1,3}(\.\d{3})+),\d{1,2}') THEN replace(replace(v, '.', ''), ',', '.')
        ELSE v END)[1]""",
    # 1.2万 is 12000; as text, since most numbers have no such sign.
    """wb_scaled(x) AS list_transform([x], lambda v: CASE
        WHEN ends_with(v, '万') THEN CAST(try_cast(v[:-2] AS DECIMAL(18, 6)) * 10000 AS VARCHAR)
        WHEN ends_with(v, '亿') THEN CAST(try_cast(v[:-2] AS DECIMAL(18, 8)) * 100000000 AS VARCHAR)
        ELSE v END)[1]""",
    "wb_plain(x) AS wb_scaled(wb_ungrouped(wb_signed(wb_undressed(x))))",
    "wb_finite(x) AS CASE WHEN isfinite(x) THEN x END",
    # A CASE, since out of a COALESCE DuckDB takes what occurs twice and works it out for every row.
    f"""wb_money(x) AS CASE WHEN try_cast(x AS {SQL_TYPES["money"]}) IS NOT NULL
        THEN try_cast(x AS {SQL_TYPES["money"]}) ELSE try_cast(wb_plain(x) AS {SQL_TYPES["money"]}) END""",
    """wb_number(x) AS CASE WHEN wb_finite(try_cast(x AS DOUBLE)) IS NOT NULL THEN try_cast(x AS DOUBLE)
        ELSE wb_finite(try_cast(wb_plain(x) AS DOUBLE)) END""",
    # 17850.0 is what a spreadsheet or pandas made of the id 17850.
    r"wb_id(x) AS CASE WHEN ends_with(x, '.0') AND regexp_full_match(x, '\d+\.0') THEN x[:-3] ELSE x END",
    r"""wb_flag(x) AS CASE
        WHEN list_contains(['true', 'yes', 'y', '1', 't', '是', '真'], lower(x)) THEN TRUE
        WHEN list_contains(['false', 'no', 'n', '0', 'f', '否', '假'], lower(x)) THEN FALSE END""",
    r"wb_year_first(x) AS regexp_matches(x, '^(19|20|21)\d\d[-/]\d')",
    # The same for what turns out to be a time, by comparisons: one of these years, as no third digit is a dash.
    """wb_century(x) AS (x >= '190' AND x < '19:' OR x >= '200' AND x < '20:' OR x >= '210' AND x < '21:')
        AND x[5] IN ('-', '/')""",
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
    # A spreadsheet counts days from the end of 1899; these are the years from 1954 to 2118.
    r"""wb_serial(x) AS CASE WHEN regexp_full_match(x, '[2-7]\d{4}(\.\d+)?')
        THEN TIMESTAMP '1899-12-30' + to_seconds(round(CAST(x AS DOUBLE) * 86400)) END""",
    "wb_sane(x) AS CASE WHEN year(x) BETWEEN 1900 AND 2199 THEN x END",
    # A time that says how far it is from UTC, as it is on the clocks of a zone.
    r"wb_zoned(x) AS regexp_matches(x, '^\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*(Z|[+-]\d\d(:?\d\d)?)$')",
    r"""wb_local(x, zone) AS wb_sane(timezone(zone,
        try_cast(regexp_replace(x, ' ?([+-]\d\d):?(\d\d)$', '\1:\2') AS TIMESTAMPTZ)))""",
    # Whether a text holds a time of day: a mere day is the same on all clocks.
    r"wb_timed(x) AS contains(x, ':') OR regexp_full_match(x, '\d{12}|\d{14}|\d{5}\.\d+')",
    "wb_moved(x, of, own) AS wb_sane(timezone(own, timezone(of, x)))",
)
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
_NAMED_MONTHS = ("%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y", "%d-%b-%Y", "%d-%b-%y", "%a %b %d %Y")
DAY_FIRST = ("%d/%m/%y", "%d/%m/%Y")
MONTH_FIRST = ("%m/%d/%y", "%m/%d/%Y")
"""Two-digit years are tried first: with `%Y` they would be years of the first century."""


def add_macros(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the macros known to a connection, in one transaction: one by one they take twice as long."""
    made = "; ".join(f"CREATE OR REPLACE MACRO {macro}" for macro in _MACROS)
    connection.execute(f"BEGIN; {made}; COMMIT")


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


def cleaned_plain(unit: Unit, text: str, blanks: str) -> str:
    """SQL that reads text from a file as `text_as` reads it cleaned, for units that are text in a book.

    Args:
        unit: what it holds.
        text: the text, in SQL.
        blanks: the signs for blanks, other than the space, that the file has anywhere: only these need be looked for.
    """
    ends = [f"chr({ord(blank)})" for blank in f" {blanks}"]
    read = f"wb_clean({text})"
    if unit is Unit.ID:
        ends, read = [*ends, "'.0'"], f"wb_id({read})"
    bare = " AND ".join([f"wb_begins_bare({text})", *(f"NOT ends_with({text}, {end})" for end in ends)])
    return f"CASE WHEN {bare} THEN {text} ELSE {read} END"


def plain_as(unit: Unit, text: str) -> str | None:
    """SQL that reads text as it stands in most files, uncleaned: what `text_as` gives for it cleaned, or unknown.

    None for units whose text must be cleaned in any case.
    """
    storage = unit.storage
    if storage in {"date", "time"}:
        return f"CASE WHEN wb_century({text}) THEN try_cast({text} AS TIMESTAMP) END"
    if storage == "integer":
        return f"try_cast(try_cast({text} AS DOUBLE) AS BIGINT)"
    if storage == "number":
        return f"wb_finite(try_cast({text} AS DOUBLE))"
    return f"try_cast({text} AS {SQL_TYPES[storage]})" if storage == "money" else None


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
        rf"CASE WHEN regexp_full_match({text}, '\d+') THEN wb_compact({text}) END, wb_serial({text}), "
        f"try_strptime(replace(replace({text}, '.', '/'), '-', '/'), {slashed}), "
        f"try_strptime(replace({text}, ',', ''), {named}))) END"
    )


def _formats(days: Sequence[str]) -> str:
    return "[" + ", ".join(f"'{day}{clock}'" for day in days for clock in _CLOCKS) + "]"
