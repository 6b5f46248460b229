"""The rows of a query to a database, through SQLAlchemy, which is an extra."""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from worthbook.data.source import FILE_WITHOUT_ROWS
from worthbook.data.table_source import Row, TableSource
from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text

if TYPE_CHECKING:
    from sqlalchemy import CursorResult

SQL_MISSING = Fault(
    "sql-missing",
    what=Text(
        en="Databases are read with SQLAlchemy, which is not installed.", zh="读取数据库需要 SQLAlchemy，当前未安装。"
    ),
    hint=Text(
        en="Install it with the driver of your database: pip install 'worthbook[sql]' pg8000",
        zh="请连同数据库驱动一起安装：pip install 'worthbook[sql]' pg8000",
    ),
)
QUERY_FAILED = Fault(
    "query-failed",
    what=Text(en="The query to {database} failed: {reason}.", zh="对 {database} 的查询失败：{reason}。"),
    hint=Text(
        en="Check the address of the database, the driver and the query.", zh="请检查数据库地址、驱动和查询语句。"
    ),
)

_AT_ONCE = 10_000


def read_query(database: str, query: str, folder: Path) -> TableSource:
    """Run a query and keep its rows; the address with its password is not kept anywhere.

    Args:
        database: An address as SQLAlchemy has it: `sqlite:///shop.db`, `postgresql+pg8000://user@host/shop`.
        query: What to select.
        folder: For the copy of the rows.

    Raises:
        WorthbookError: sql-missing, query-failed, file-without-rows.
    """
    if importlib.util.find_spec("sqlalchemy") is None:
        raise SQL_MISSING()  # noqa: RSE102 - a Fault is called to become an exception
    from sqlalchemy import create_engine, make_url, text  # noqa: PLC0415 - an extra
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    # It logs what goes wrong when it clears up after a failed query, with a traceback, where nobody listens.
    logging.getLogger("sqlalchemy").addHandler(logging.NullHandler())
    name = "database"
    try:
        url = make_url(database)
        name = f"{Path(url.database or 'database').name}.sql"
        engine = create_engine(url)
        try:
            with engine.connect().execution_options(stream_results=True) as connection:
                return _read(connection.execute(text(query)), Path(name), folder)
        finally:
            engine.dispose()
    except (SQLAlchemyError, ImportError, OSError) as error:
        raise QUERY_FAILED(database=name, reason=reason_of(error)) from None


def reason_of(error: Exception) -> str:
    """What a database said, in one line; some drivers say it among other things.

    >>> reason_of(ValueError({"S": "ERROR", "C": "42P01", "M": 'relation "nope" does not exist'}))
    'relation "nope" does not exist'
    >>> reason_of(ValueError("no such table: nope."))
    'no such table: nope'
    """
    said = error.__cause__ or error
    told = said.args[0] if said.args else said
    text = told.get("M", told) if isinstance(told, dict) else said
    return str(text).splitlines()[0].rstrip(".")


def _read(result: CursorResult[tuple[object, ...]], name: Path, folder: Path) -> TableSource:
    if not result.returns_rows:
        raise FILE_WITHOUT_ROWS(file=name.name)
    source = TableSource(name, folder / "query.csv")
    source.name_columns(list(result.keys()))
    source.write(_rows(result))
    if not source.read:
        raise FILE_WITHOUT_ROWS(file=name.name)
    return source


def _rows(result: CursorResult[tuple[object, ...]]) -> Iterator[Row]:
    number = 0
    while rows := result.fetchmany(_AT_ONCE):
        for row in rows:
            number += 1
            yield number, _texts(row)


def _texts(row: Sequence[object]) -> list[str | None]:
    return [None if value is None else value.hex() if isinstance(value, bytes) else str(value) for value in row]
