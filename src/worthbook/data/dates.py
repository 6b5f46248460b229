"""Whether 3/4/2026 is in March or in April: decided from the whole column, and said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import duckdb

from worthbook.data.convert import DAY_FIRST, MONTH_FIRST
from worthbook.data.source import LINES, SourceColumn
from worthbook.kernel.errors import Fault, Place
from worthbook.kernel.language import Text

DATES_MIXED = Fault(
    "dates-mixed",
    what=Text(
        en="The column '{column}' mixes day/month and month/day: '{day_first}' in line {day_line}, "
        "'{month_first}' in line {month_line}.",
        zh="“{column}”列混用了“日/月”和“月/日”两种写法：第 {day_line} 行为“{day_first}”，"
        "第 {month_line} 行为“{month_first}”。",
    ),
    hint=Text(
        en="Write all dates in one way, best as 2026-06-30, and import the file again.",
        zh="请统一日期写法（建议采用 2026-06-30），然后重新导入。",
    ),
)
_PROVEN = Text(
    en="Dates in '{column}' were read as {order}, as '{example}' in line {line} shows.",
    zh="“{column}”列的日期按“{order}”读取，依据是第 {line} 行的“{example}”。",
)
_ASSUMED = Text(
    en="Assumption: dates in '{column}' were read as {order}; '{example}' in line {line} and all others allow both.",
    zh="假设：“{column}”列的日期按“{order}”读取；第 {line} 行的“{example}”等所有日期两种读法均成立。",
)
_AS_OTHERS = Text(
    en="Dates in '{column}' were read as {order}, as the file's other dates are; all of them allow both.",
    zh="“{column}”列的日期按“{order}”读取，与文件中其他日期一致；该列日期两种读法均成立。",
)
_DAY_FIRST = Text(en="day/month/year", zh="日/月/年")
_MONTH_FIRST = Text(en="month/day/year", zh="月/日/年")

_SHAPE = r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(\D|$)"
_MONTHS = 12


@dataclass(frozen=True)
class DateOrder:
    """How the dates of a column are read."""

    day_first: bool
    note: Text | None = None
    is_proven: bool = False
    """Whether some date of the column allows one reading only."""


def date_orders(
    connection: duckdb.DuckDBPyConnection, columns: Mapping[str, SourceColumn], file: Place
) -> dict[str, DateOrder]:
    """Decide for some columns of one file: one that allows both readings is read as the others are, if those agree.

    Raises:
        WorthbookError: dates-mixed.
    """
    orders = {name: date_order(connection, column, file) for name, column in columns.items()}
    proven = {order.day_first for order in orders.values() if order.is_proven}
    if len(proven) != 1:
        return orders
    (day_first,) = proven
    order = _DAY_FIRST if day_first else _MONTH_FIRST
    return {
        name: each
        if each.is_proven or each.note is None
        else DateOrder(day_first, _AS_OTHERS.format(column=columns[name].header, order=order))
        for name, each in orders.items()
    }


def date_order(connection: duckdb.DuckDBPyConnection, column: SourceColumn, file: Place) -> DateOrder:
    """Decide for one column of text.

    Raises:
        WorthbookError: dates-mixed, where one line proves day/month and another month/day.
    """
    ((total, day, month, any_line, day_span, month_span),) = connection.execute(_question(column.sql)).fetchall()
    if not total:
        return DateOrder(day_first=True)
    proofs = [_value(connection, column, line) for line in (day, month) if line is not None]
    if len(proofs) == 2:  # noqa: PLR2004
        raise DATES_MIXED(
            file,
            column=column.header,
            day_first=proofs[0],
            day_line=day,
            month_first=proofs[1],
            month_line=month,
        )
    if proofs:
        return _decided(column, _PROVEN, proofs[0], day or month, day_first=day is not None)
    # Both are possible: the reading under which the file covers fewer days is the likelier one.
    shorter_by_month = month_span is not None and (day_span is None or month_span < day_span)
    example = _value(connection, column, any_line)
    return _decided(column, _ASSUMED, example, any_line, day_first=not shorter_by_month)


def _decided(column: SourceColumn, note: Text, example: str, line: int, *, day_first: bool) -> DateOrder:
    order = _DAY_FIRST if day_first else _MONTH_FIRST
    said = note.format(column=column.header, order=order, example=example, line=line)
    return DateOrder(day_first, said, is_proven=note is _PROVEN)


def _value(connection: duckdb.DuckDBPyConnection, column: SourceColumn, line: int) -> str:
    found = connection.execute(
        f"SELECT wb_clean(CAST({column.sql} AS VARCHAR)) FROM {LINES} WHERE line = ?", [line]
    ).fetchall()
    return cast("str", found[0][0])


def _question(column: str) -> str:
    """Lines that prove an order, any line, and how many days the column covers under each reading."""
    days, months = (_span(formats) for formats in (DAY_FIRST, MONTH_FIRST))
    return f"""
        SELECT count(*), min(line) FILTER (first > {_MONTHS} AND second <= {_MONTHS}),
            min(line) FILTER (second > {_MONTHS} AND first <= {_MONTHS}), min(line), {days}, {months}
        FROM (
            SELECT line, CAST(part.first AS INT) AS first, CAST(part.second AS INT) AS second,
                part.first || '/' || part.second || '/' || part.year AS day
            FROM (
                SELECT line, regexp_extract(value, '{_SHAPE}', ['first', 'second', 'year']) AS part
                FROM (
                    SELECT line, wb_clean(CAST({column} AS VARCHAR)) AS value FROM {LINES}
                    WHERE CASE WHEN wb_year_first(CAST({column} AS VARCHAR)) THEN FALSE
                        ELSE regexp_matches(wb_clean(CAST({column} AS VARCHAR)), '{_SHAPE}') END
                )
            )
        )"""


def _span(formats: tuple[str, str]) -> str:
    read = f"try_strptime(day, {list(formats)})"
    return f"date_diff('day', min({read}), max({read}))"
