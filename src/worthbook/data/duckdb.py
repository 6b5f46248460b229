"""DuckDB in memory over Parquet files: the embedded engine."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray
from sqlglot import exp

from worthbook.data.dialect import render
from worthbook.data.engine import ENGINE_FAILED, SHAPE, Arrays, Predict
from worthbook.data.typed import call
from worthbook.kernel.result import ArrowStream
from worthbook.kernel.units import Value
from worthbook.kernel.whole import replacing

Files = Mapping[str, Sequence[str]]

_BATCH_ROWS = 100_000


class DuckDB:
    """Runs queries in this process; larger than memory, it spills to a temporary folder.

    One cursor serves one call, so that several threads may share an engine.
    """

    dialect = "duckdb"

    def __init__(self, memory_limit: str | None = None, threads: int | None = None) -> None:
        """Start an engine.

        Args:
            memory_limit: for example `2GB`; without one, DuckDB takes 80 % of the machine's memory.
            threads: how many threads work at once; without a number, as many as there are processors.
        """
        spill = tempfile.mkdtemp(prefix="worthbook-")
        self._tidy = weakref.finalize(self, shutil.rmtree, spill, ignore_errors=True)
        config: dict[str, str | bool | int | float | list[str]] = {
            "temp_directory": spill,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": False,  # only ORDER BY orders; keeping the order of files costs memory
        }
        if memory_limit is not None:
            config["memory_limit"] = memory_limit
        if threads is not None:
            config["threads"] = threads
        self._connection = duckdb.connect(":memory:", config=config)

    @property
    def label(self) -> str:
        """Name and version."""
        return f"duckdb {duckdb.__version__}"

    def write(self, query: exp.Query, files: Files, to: Path) -> int:
        """Run a query and write its rows to one Parquet file; how many there were."""
        sql = self._sql(query, files)
        with replacing(to) as place, self._cursor(sql) as cursor:
            target = exp.Literal.string(str(place)).sql(dialect="duckdb")
            cursor.execute(f"COPY ({sql}) TO {target} (FORMAT parquet, COMPRESSION zstd)")
            return int(cursor.fetchall()[0][0])

    def rows(self, query: exp.Query, files: Files) -> list[tuple[Value, ...]]:
        """Run a query with a small answer."""
        sql = self._sql(query, files)
        with self._cursor(sql) as cursor:
            return cursor.execute(sql).fetchall()

    def arrays(self, query: exp.Query, files: Files) -> dict[str, NDArray[np.generic]]:
        """Run a query of numbers, flags or dates, which come as DOUBLE (unknown is NaN) or datetime64 (NaT)."""
        sql = self._sql(query, files)
        with self._cursor(sql) as cursor:
            return {name: _plain(np.ma.asanyarray(values)) for name, values in cursor.execute(sql).fetchnumpy().items()}

    def write_arrays(self, columns: Arrays, to: Path) -> None:
        """Write columns of numbers or dates to one Parquet file; NaN becomes unknown."""
        given = {name: _registrable(values) for name, values in columns.items()}
        chosen = ", ".join(_selected(name, values) for name, values in given.items())
        sql = f"SELECT {chosen} FROM arrays"
        with replacing(to) as place, self._cursor(sql) as cursor:
            cursor.register("arrays", given)
            target = exp.Literal.string(str(place)).sql(dialect="duckdb")
            cursor.execute(f"COPY ({sql}) TO {target} (FORMAT parquet, COMPRESSION zstd)")

    def write_predicted(self, query: exp.Query, files: Files, predict: Predict, given: Sequence[str], to: Path) -> None:
        """Run a query of numbers and write its rows with the columns that `predict` gives for them."""
        rows = {name: values.astype(np.float64) for name, values in self.arrays(query, files).items()}
        some = any(map(len, rows.values()))
        predicted = predict(rows) if some else dict.fromkeys(given, np.empty(0))
        self.write_arrays({**rows, **{name: predicted[name] for name in given}}, to)

    def stream(self, query: exp.Query, files: Files) -> ArrowStream:
        """Run a query and hand out its rows as an Arrow stream, in batches."""
        return _Stream(self._connection.cursor(), self._sql(query, files))

    def close(self) -> None:
        """Give back memory and temporary files."""
        self._connection.close()
        self._tidy()

    def _sql(self, query: exp.Query, files: Files) -> str:
        """The query as text, with every named set of files in the place of its name."""
        tree = query.copy()
        for table in list(tree.find_all(exp.Table)):
            if table.name in files:
                table.set("this", _read_parquet(files[table.name]))
        return render(tree, self.dialect, own=True)

    @contextmanager
    def _cursor(self, sql: str) -> Iterator[duckdb.DuckDBPyConnection]:
        cursor = self._connection.cursor()
        try:
            yield cursor
        except duckdb.Error as error:
            raise ENGINE_FAILED(engine=self.label, message=str(error), sql=sql) from error
        finally:
            cursor.close()


class _Stream:
    """Keeps the cursor for as long as someone reads."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, sql: str) -> None:
        self._cursor = cursor
        self._sql = sql

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The rows; each call runs the query again."""
        relation: Any = self._cursor.sql(self._sql)
        return relation.__arrow_c_stream__(requested_schema)


def _read_parquet(paths: Sequence[str]) -> exp.Expr:
    listed = exp.Array(expressions=[exp.Literal.string(path) for path in paths])
    options = {"hive_partitioning": exp.false()}
    if any(Path(path).name == SHAPE for path in paths):
        options["union_by_name"] = exp.true()
    given = (exp.PropertyEQ(this=exp.to_identifier(name), expression=value) for name, value in options.items())
    return call("READ_PARQUET", listed, *given)


def _plain(values: NDArray[np.generic]) -> NDArray[np.generic]:
    """A plain array: unknown is NaN or NaT."""
    if values.dtype.kind == "M":
        days = values.astype("datetime64[us]")
        return np.ma.filled(days, np.datetime64("NaT")) if isinstance(days, np.ma.MaskedArray) else days
    doubles = values.astype(np.float64)
    return np.ma.filled(doubles, np.nan) if isinstance(doubles, np.ma.MaskedArray) else doubles


def _registrable(values: NDArray[np.generic]) -> NDArray[np.generic]:
    """DuckDB knows dates only to the microsecond and faster."""
    return values.astype("datetime64[us]") if values.dtype.kind == "M" else np.ascontiguousarray(values)


def _selected(name: str, values: NDArray[np.generic]) -> str:
    quoted = exp.to_identifier(name, quoted=True).sql(dialect="duckdb")
    if values.dtype.kind == "M":
        return f"CAST({quoted} AS DATE) AS {quoted}"
    if values.dtype.kind == "f":
        return f"CASE WHEN isnan({quoted}) THEN NULL ELSE CAST({quoted} AS DOUBLE) END AS {quoted}"
    return quoted
