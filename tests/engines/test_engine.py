"""What both engines promise beside the answers: files that are whole or absent, and errors that show the query."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from sqlglot import exp, parse_one

from worthbook.data.engine import Engine
from worthbook.data.sheets import read
from worthbook.kernel.errors import WorthbookError


def query(sql: str) -> exp.Query:
    parsed = parse_one(sql, dialect="duckdb")
    assert isinstance(parsed, exp.Query)
    return parsed


def test_label(engine: Engine) -> None:
    assert engine.label.split()[0] == engine.dialect


def test_rows_have_python_values(engine: Engine) -> None:
    sql = "SELECT CAST('1.5' AS DECIMAL(28, 4)), CAST(2 AS BIGINT), 'x', CAST('2024-02-29' AS DATE), TRUE, NULL"

    assert engine.rows(query(sql), {}) == [(Decimal("1.5000"), 2, "x", dt.date(2024, 2, 29), True, None)]


def test_written_files_are_read_by_name(engine: Engine, tmp_path: Path) -> None:
    one, two = tmp_path / "one.parquet", tmp_path / "t'wo.parquet"
    counts = [engine.write(query(f"SELECT {value} AS a"), {}, path) for value, path in ((1, one), (2, two))]
    total = exp.select("SUM(a)").from_(read("numbers"))

    assert (counts, engine.rows(total, {"numbers": [str(one), str(two)]})) == ([1, 1], [(3,)])


def test_a_written_file_takes_the_place_of_an_older_one(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.parquet"
    for value in (1, 2):
        engine.write(query(f"SELECT {value} AS a"), {}, path)

    assert engine.rows(exp.select("a").from_(read("x")), {"x": [str(path)]}) == [(2,)]


def test_only_the_file_itself_is_left(engine: Engine, tmp_path: Path) -> None:
    engine.write(query("SELECT 1 AS a"), {}, tmp_path / "a.parquet")

    assert [path.name for path in tmp_path.iterdir()] == ["a.parquet"]


def test_a_failure_leaves_nothing_behind(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(WorthbookError):
        engine.write(query("SELECT CAST('x' AS BIGINT) AS a"), {}, tmp_path / "a.parquet")

    assert list(tmp_path.iterdir()) == []


def test_an_error_names_engine_and_query(engine: Engine) -> None:
    with pytest.raises(WorthbookError, match=rf"(?s)engine-failed.*{engine.dialect}.*SELECT.*no_such_column"):
        engine.rows(query("SELECT no_such_column"), {})


def test_arrays(engine: Engine) -> None:
    sql = """SELECT CAST(a AS DECIMAL(28, 4)) AS money, CAST(a AS BIGINT) AS whole, CAST(a AS DOUBLE) AS number,
        a > 1 AS flag, CAST(CASE WHEN a = 1 THEN '2024-02-29' END AS DATE) AS day
        FROM (SELECT 1 AS a UNION ALL SELECT NULL AS a) AS x ORDER BY a NULLS LAST"""
    arrays = engine.arrays(query(sql), {})
    days = arrays.pop("day")
    nan = np.nan
    expected = {"money": [1.0, nan], "whole": [1.0, nan], "number": [1.0, nan], "flag": [0.0, nan]}
    np.testing.assert_equal({name: each.tolist() for name, each in arrays.items()}, expected)

    assert [np.datetime64("2024-02-29"), True] == [days[0].astype("datetime64[D]"), np.isnat(days[1])]


def test_arrays_come_back_from_a_file(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "arrays.parquet"
    day = np.array(["2024-02-29", "NaT"], dtype="datetime64[D]")
    engine.write_arrays({"a": np.array([1.5, np.nan]), "day": day, "n": np.array([1, 2])}, path)

    assert engine.rows(exp.select("a", "day", "n").from_(read("x")), {"x": [str(path)]}) == [
        (1.5, dt.date(2024, 2, 29), 1),
        (None, None, 2),
    ]


def test_stream(engine: Engine) -> None:
    polars = pytest.importorskip("polars")
    stream = engine.stream(query("SELECT '客户' AS a, CAST('1.5' AS DECIMAL(28, 4)) AS b"), {})

    assert polars.DataFrame(stream).rows() == [("客户", Decimal("1.5000"))]
