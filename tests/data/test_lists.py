from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from worthbook.data.duckdb import DuckDB
from worthbook.data.engine import Engine, Sheet
from worthbook.data.lists import FORMULA_STARTS, top_rows, write_list
from worthbook.kernel.errors import WorthbookError

COLUMNS = ("revenue", "tier", "last_on")
BOM = b"\xef\xbb\xbf"


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    made = DuckDB(threads=1)
    yield made
    made.close()


@pytest.fixture
def sheets(tmp_path: Path) -> tuple[Sheet, Sheet]:
    """Two sheets in two parts: amounts, and words with dates."""
    amounts = "(customer_id VARCHAR, revenue DECIMAL(28,4))"
    words = "(customer_id VARCHAR, tier VARCHAR, last_on DATE)"
    return (
        Sheet(
            (
                made(tmp_path / "a0.parquet", amounts, "('001', 12.5), ('004', -3)"),
                made(tmp_path / "a1.parquet", amounts, "('002', 12.5), ('003', NULL)"),
            ),
            ("revenue",),
        ),
        Sheet(
            (
                made(tmp_path / "b0.parquet", words, "('001', '大客户', DATE '2024-02-29'), ('004', '=1+1', NULL)"),
                made(tmp_path / "b1.parquet", words, "('002', 'a,\"b\"', NULL), ('003', NULL, DATE '2023-01-01')"),
            ),
            ("tier", "last_on"),
        ),
    )


def made(path: Path, columns: str, rows: str) -> str:
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE given {columns}")
        connection.execute(f"INSERT INTO given VALUES {rows}")
        connection.execute(f"COPY (FROM given ORDER BY customer_id) TO '{path}'")
    return str(path)


def texts(tmp_path: Path, *values: str) -> Sheet:
    """Customers 0, 1, 2 … with a text each."""
    path = tmp_path / "texts.parquet"
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE given (customer_id VARCHAR, words VARCHAR)")
        connection.executemany("INSERT INTO given VALUES (?, ?)", [(str(at), each) for at, each in enumerate(values)])
        connection.execute(f"COPY (FROM given ORDER BY customer_id) TO '{path}'")
    return Sheet((str(path),), ("words",))


def read_csv(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


class TestCsv:
    def test_joins_the_sheets_part_by_part(self, engine: Engine, sheets: tuple[Sheet, Sheet], tmp_path: Path) -> None:
        write_list(engine, sheets, COLUMNS, tmp_path / "out" / "customers.csv")
        assert read_csv(tmp_path / "out" / "customers.csv") == [
            ["customer_id", "revenue", "tier", "last_on"],
            ["001", "12.5000", "大客户", "2024-02-29"],
            ["004", "-3.0000", "'=1+1", ""],
            ["002", "12.5000", 'a,"b"', ""],
            ["003", "", "", "2023-01-01"],
        ]

    def test_counts_the_customers(self, engine: Engine, sheets: tuple[Sheet, Sheet], tmp_path: Path) -> None:
        assert write_list(engine, sheets, COLUMNS, tmp_path / "customers.csv") == 4

    def test_has_the_columns_in_the_order_asked_for(
        self, engine: Engine, sheets: tuple[Sheet, Sheet], tmp_path: Path
    ) -> None:
        write_list(engine, sheets, ("last_on", "revenue"), tmp_path / "customers.csv")
        assert read_csv(tmp_path / "customers.csv")[0] == ["customer_id", "last_on", "revenue"]

    def test_begins_with_a_byte_order_mark(self, engine: Engine, sheets: tuple[Sheet, Sheet], tmp_path: Path) -> None:
        write_list(engine, sheets, COLUMNS, tmp_path / "customers.csv")
        assert (tmp_path / "customers.csv").read_bytes()[:14] == BOM + b"customer_id"

    def test_has_no_mark_where_none_is_wanted(
        self, engine: Engine, sheets: tuple[Sheet, Sheet], tmp_path: Path
    ) -> None:
        write_list(engine, sheets, COLUMNS, tmp_path / "customers.csv", bom=False)
        assert (tmp_path / "customers.csv").read_bytes()[:11] == b"customer_id"

    @pytest.mark.parametrize("start", FORMULA_STARTS)
    def test_guards_texts_that_a_spreadsheet_would_run(self, engine: Engine, tmp_path: Path, start: str) -> None:
        write_list(engine, [texts(tmp_path, f"{start}cmd|' /C calc'!A0")], ["words"], tmp_path / "customers.csv")
        assert read_csv(tmp_path / "customers.csv")[1] == ["0", f"'{start}cmd|' /C calc'!A0"]

    def test_leaves_other_texts_as_they_are(self, engine: Engine, tmp_path: Path) -> None:
        given = ("a=b", "line\nbreak", 'say "hi"', "comma, semicolon;", " =1", "中文，全角", "'")
        write_list(engine, [texts(tmp_path, *given)], ["words"], tmp_path / "customers.csv")
        assert tuple(row[1] for row in read_csv(tmp_path / "customers.csv")[1:]) == given

    def test_guards_customer_ids(self, engine: Engine, tmp_path: Path) -> None:
        part = made(tmp_path / "ids.parquet", "(customer_id VARCHAR, revenue BIGINT)", "('-7', -7)")
        write_list(engine, [Sheet((part,), ("revenue",))], ["revenue"], tmp_path / "customers.csv")
        assert read_csv(tmp_path / "customers.csv")[1] == ["'-7", "-7"]


class TestParquet:
    def test_holds_the_values_as_they_are(self, engine: Engine, sheets: tuple[Sheet, Sheet], tmp_path: Path) -> None:
        write_list(engine, sheets, ("tier", "revenue"), tmp_path / "customers.parquet")
        with duckdb.connect() as connection:
            rows = connection.execute(f"FROM '{tmp_path}/customers.parquet'").fetchall()
        assert rows == [
            ("001", "大客户", Decimal("12.5")),
            ("004", "=1+1", Decimal(-3)),
            ("002", 'a,"b"', Decimal("12.5")),
            ("003", None, None),
        ]


class TestFiles:
    def test_nothing_is_left_beside_the_file(self, engine: Engine, sheets: tuple[Sheet, Sheet], tmp_path: Path) -> None:
        write_list(engine, sheets, COLUMNS, tmp_path / "out" / "customers.csv")
        assert [path.name for path in (tmp_path / "out").iterdir()] == ["customers.csv"]

    def test_a_failure_keeps_the_file_that_was_there(
        self, engine: Engine, sheets: tuple[Sheet, Sheet], tmp_path: Path
    ) -> None:
        (tmp_path / "customers.csv").write_text("before", encoding="utf-8")
        with pytest.raises(WorthbookError, match="has not been made"):
            write_list(engine, sheets, ("revenu",), tmp_path / "customers.csv")
        assert (tmp_path / "customers.csv").read_text(encoding="utf-8") == "before"


class TestTopRows:
    def test_largest_first_and_equals_by_customer(self, engine: Engine, sheets: tuple[Sheet, Sheet]) -> None:
        rows = top_rows(engine, sheets, ("revenue",), "revenue", 10)
        assert rows == [("001", Decimal("12.5")), ("002", Decimal("12.5")), ("004", Decimal(-3)), ("003", None)]

    def test_no_more_than_the_limit(self, engine: Engine, sheets: tuple[Sheet, Sheet]) -> None:
        assert [row[0] for row in top_rows(engine, sheets, COLUMNS, "revenue", 2)] == ["001", "002"]

    def test_ranks_by_a_column_that_is_not_shown(self, engine: Engine, sheets: tuple[Sheet, Sheet]) -> None:
        assert top_rows(engine, sheets, ("tier",), "revenue", 1) == [("001", "大客户")]

    def test_in_the_order_of_ids_without_a_column(self, engine: Engine, sheets: tuple[Sheet, Sheet]) -> None:
        assert [row[0] for row in top_rows(engine, sheets, ("tier",), None, 10)] == ["001", "002", "003", "004"]
