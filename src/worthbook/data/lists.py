"""Every customer in one file, as CSV or Parquet, and the first few of them for a workbook."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb
import sqlglot
from sqlglot import exp

from worthbook.data.dialect import render
from worthbook.data.engine import ENGINE_FAILED, Engine, Sheet
from worthbook.data.masks import masked_sql
from worthbook.data.sheets import CUSTOMER, Sheets, named, quoted
from worthbook.data.typed import call, column, when
from worthbook.kernel.units import Value

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins with one of these can be a formula to a spreadsheet, which would run it on opening the file."""

_BOM = "\ufeff"
_CSV = "FORMAT csv, HEADER true, DELIMITER ',', QUOTE '\"', ESCAPE '\"', NULLSTR ''"
_PARQUET = "FORMAT parquet, COMPRESSION zstd"


def write_list(  # noqa: PLR0913 - what, where to, and how it is written
    engine: Engine,
    sheets: Sequence[Sheet],
    columns: Sequence[str],
    to: Path,
    *,
    bom: bool = True,
    salt: str | None = None,
) -> int:
    """Write all customers with some columns to one file; how many there were.

    The order is that of the parts and, inside a part, of the customer ids. The file appears whole or not at all.

    A `.csv` is UTF-8 as RFC 4180 describes it, but with line feeds alone: a header of column names, ISO dates, numbers
    with all of their digits, nothing where a value is unknown. A text beginning with `=`, `+`, `-`, `@`, tab or
    carriage return gets an apostrophe before it, so that no spreadsheet takes it for a formula; numbers are never
    touched. A `.parquet` holds every value as it is.

    Args:
        engine: what runs the queries.
        sheets: what holds the columns.
        columns: after `customer_id`, in order.
        to: a path that ends in `.csv` or `.parquet`.
        salt: the book's, with which ids that are themselves phone numbers, addresses or names are masked; without one
            they are written as they are.
        bom: begin a CSV with a byte order mark, without which Excel does not show Chinese.

    Raises:
        WorthbookError: column-not-made, engine-failed.
    """
    given = Sheets(tuple(sheets))
    to.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{to.name}-", dir=to.parent) as folder:
        parts = _joined(engine, given, columns, Path(folder))
        whole = Path(folder) / "whole"
        names = (CUSTOMER, *columns)
        if to.suffix == ".csv":
            kinds = {CUSTOMER: "text", **given.kinds(engine, columns)}
            chosen = [_guarded(_shown(name, salt)) if kinds[name] == "text" else column(name) for name in names]
            titles = [_BOM + names[0] if bom else names[0], *names[1:]]
            query = exp.select(*(named(each, title) for each, title in zip(chosen, titles, strict=True)))
            written = _copy(query, parts, whole, _CSV)
        else:
            shown = (named(_shown(name, salt), name) for name in names)
            written = _copy(exp.select(*shown), parts, whole, _PARQUET)
        whole.replace(to)
    return written


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula.

    >>> guarded("=1+1"), guarded("A-1")
    ("'=1+1", 'A-1')
    """
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def top_rows(
    engine: Engine, sheets: Sequence[Sheet], columns: Sequence[str], by: str | None, limit: int
) -> list[tuple[Value, ...]]:
    """The customers with the largest values of a column: id and columns of each, largest first.

    Equal values are in the order of the customer ids and unknown ones come last; without `by`, all are in the order of
    the ids.

    Raises:
        WorthbookError: column-not-made, engine-failed.
    """
    needed = dict.fromkeys([*columns, *([] if by is None else [by])])
    rows, files = Sheets(tuple(sheets)).whole(list(needed))
    query = exp.select(column(CUSTOMER), *(column(name) for name in columns)).from_(rows)
    if by is not None:
        query = query.order_by(exp.Ordered(this=column(by), desc=True, nulls_first=False))
    return engine.rows(query.order_by(exp.Ordered(this=column(CUSTOMER), nulls_first=True)).limit(limit), files)


def _joined(engine: Engine, sheets: Sheets, columns: Sequence[str], folder: Path) -> list[str]:
    """Files that hold the columns side by side, part by part: no more than one part is joined at a time."""
    lone = next((sheet for sheet in sheets.sheets if set(columns) <= set(sheet.columns)), None)
    if lone is not None:
        return list(lone.parts)
    parts = []
    for number in sheets.parts:
        query, files = sheets.part(number, columns)
        inner = query.subquery(alias=quoted("customers"))
        chosen = exp.select(column(CUSTOMER), *(column(name) for name in columns)).from_(inner)
        part = folder / f"part-{number:05d}.parquet"
        engine.write(chosen.order_by(exp.Ordered(this=column(CUSTOMER), nulls_first=True)), files, part)
        parts.append(str(part))
    return parts


def _shown(name: str, salt: str | None) -> exp.Expr:
    """A column; ids as others may see them."""
    if name != CUSTOMER or salt is None:
        return column(name)
    return sqlglot.parse_one(masked_sql(f'"{CUSTOMER}"', salt), read="duckdb")


def _guarded(text: exp.Expr) -> exp.Expr:
    """A text that no spreadsheet takes for a formula."""
    begins = call("LEFT", text, exp.Literal.number(1))
    risky = exp.In(this=begins, expressions=[call("CHR", exp.Literal.number(ord(start))) for start in FORMULA_STARTS])
    return when(risky, call("CONCAT", exp.Literal.string("'"), text.copy()), text.copy())


def _copy(query: exp.Select, parts: Sequence[str], to: Path, form: str) -> int:
    """Write what a query makes of Parquet files, in their order, to one file; how many rows.

    DuckDB does it whatever the engine of the book is, with a connection of its own and one thread: several threads
    write small files in any order, though they promise not to.
    """
    listed = exp.Array(expressions=[exp.Literal.string(part) for part in parts])
    hive = exp.PropertyEQ(this=exp.to_identifier("hive_partitioning"), expression=exp.false())
    query = query.from_(exp.Table(this=call("READ_PARQUET", listed, hive)))
    sql = f"COPY ({render(query, 'duckdb')}) TO {exp.Literal.string(str(to)).sql(dialect='duckdb')} ({form})"
    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": 1,
        "temp_directory": str(to.parent),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    with duckdb.connect(":memory:", config=settings) as connection:
        try:
            return int(connection.execute(sql).fetchall()[0][0])
        except duckdb.Error as error:
            raise ENGINE_FAILED(engine=f"duckdb {duckdb.__version__}", message=str(error), sql=sql) from error
