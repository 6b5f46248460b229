"""Columns in memory written as a plain text file, as a shop's program exports its orders."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray
from sqlglot import exp

from worthbook.data.engine import Arrays
from worthbook.kernel.whole import replacing


def write_csv(columns: Arrays, to: Path) -> None:
    r"""Write columns of one length as a CSV file in UTF-8: a header, then one line a row, dates as 2026-06-30.

    The file is there whole or not at all, and the same columns give the same bytes.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "orders.csv"
    ...     write_csv({"who": np.array(["A", "B"]), "day": np.array(["2026-06-30", "NaT"], "datetime64[D]")}, file)
    ...     file.read_text()
    'who,day\nA,2026-06-30\nB,\n'
    """
    given = {name: _registrable(values) for name, values in columns.items()}
    chosen = ", ".join(_selected(name, values) for name, values in given.items())
    with replacing(to) as place, duckdb.connect() as connection:
        connection.register("given", given)
        target = exp.Literal.string(str(place)).sql(dialect="duckdb")
        connection.execute(f"COPY (SELECT {chosen} FROM given) TO {target} (FORMAT csv, HEADER)")


def _registrable(values: NDArray[np.generic]) -> NDArray[np.generic]:
    """DuckDB reads text from arrays of objects, and dates to the microsecond."""
    if values.dtype.kind == "U":
        return values.astype(object)
    return values.astype("datetime64[us]") if values.dtype.kind == "M" else values


def _selected(name: str, values: NDArray[np.generic]) -> str:
    quoted = exp.to_identifier(name, quoted=True).sql(dialect="duckdb")
    return f"CAST({quoted} AS DATE) AS {quoted}" if values.dtype.kind == "M" else quoted
