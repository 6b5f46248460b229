"""What an engine is: something that runs queries over files and writes files. DuckDB and Spark are two."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from sqlglot import exp

from worthbook.definitions.population import CUSTOMERS_TO_DATE
from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.kernel.result import ArrowStream
from worthbook.kernel.units import Value

Arrays = Mapping[str, NDArray[np.generic]]

SHAPE = "columns.parquet"
"""The name of a file without rows that has all columns of a table, for the sake of files that were written before some
of them were declared. Where it is among the files, each file is read by the names of its columns."""

Columns = dict[str, NDArray[np.float64]]
Predict = Callable[[Columns], Mapping[str, NDArray[np.float64]]]
"""From the columns of some rows to further columns; NaN is unknown. It goes where the rows are, by pickle."""

ENGINE_FAILED = Fault(
    "engine-failed",
    what=Text(
        en="The engine {engine} could not run a query: {message}\n{sql}",
        zh="引擎 {engine} 无法执行查询：{message}\n{sql}",
    ),
    hint=Text(
        en="If memory or disk space ran out, raise the memory limit or free the temporary folder; "
        "otherwise please report it.",
        zh="如果是内存或磁盘空间不足，请调高内存上限或清理临时目录；否则请反馈此问题。",
    ),
)


@dataclass(frozen=True)
class TableFiles:
    """The Parquet files of one stored table at one version, bucket by bucket."""

    name: str
    buckets: tuple[tuple[str, ...], ...]
    """File paths per customer bucket; all rows of a customer are in one. A table without customers has one bucket."""
    hidden_imports: tuple[str, ...] = ()
    """Imports in the files whose rows do not count: not committed, or undone."""
    rows: int = 0
    columns: frozenset[str] | None = None
    """What some file has; a declared column that none has is unknown. None is every declared column."""
    superseded_by: tuple[str, ...] = ()
    """Imports that supersede lines in the files, which no longer count."""
    superseded: tuple[str, ...] = ()
    """The files that say which lines those are; none where nothing is superseded."""
    layered: bool = False
    """Whether several imports brought rows: then a table with a key may have several rows of one key."""
    scattered: bool = False
    """Whether such rows may lie in several buckets, since they name different customers."""

    @property
    def files(self) -> tuple[str, ...]:
        """All files."""
        return tuple(path for bucket in self.buckets for path in bucket)


@dataclass(frozen=True)
class Snapshot:
    """All stored tables of a book at one moment."""

    tables: Mapping[str, TableFiles]
    content: Mapping[str, str]
    """Table → hash of what was imported into it; the leaves of provenance."""
    buckets: int
    settings: Mapping[str, float | str] = field(default_factory=dict)
    """Numbers and words of `book.toml` that formulas may use through `setting(name)`."""
    population: str = CUSTOMERS_TO_DATE
    """Whom everything is made about: the name of a definition, a word of `book.toml` too."""


@dataclass(frozen=True)
class Sheet:
    """Columns about customers that were made together: one Parquet file per bucket, sorted by `customer_id`.

    All sheets of a run have the same customers in the same parts, so they are joined part by part.
    """

    parts: tuple[str, ...]
    columns: tuple[str, ...]
    """Without `customer_id`, which is always there."""


class Engine(Protocol):
    """Runs sqlglot queries over named sets of Parquet files."""

    @property
    def label(self) -> str:
        """Name and version, for provenance facts: `duckdb 2.0.0`."""
        ...

    @property
    def dialect(self) -> str:
        """The sqlglot dialect in which queries are rendered: `duckdb` or `spark`."""
        ...

    def write(self, query: exp.Query, files: Mapping[str, Sequence[str]], to: Path) -> int:
        """Run a query and write its rows to one Parquet file; how many there were. A failure leaves nothing behind."""
        ...

    def rows(self, query: exp.Query, files: Mapping[str, Sequence[str]]) -> list[tuple[Value, ...]]:
        """Run a query with a small answer."""
        ...

    def arrays(self, query: exp.Query, files: Mapping[str, Sequence[str]]) -> dict[str, NDArray[np.generic]]:
        """Run a query whose columns are numbers or dates; unknown numbers are NaN."""
        ...

    def write_arrays(self, columns: Arrays, to: Path) -> None:
        """Write columns of numbers to one Parquet file."""
        ...

    def write_predicted(
        self,
        query: exp.Query,
        files: Mapping[str, Sequence[str]],
        predict: Predict,
        given: Sequence[str],
        to: Path,
    ) -> None:
        """Run a query of numbers and write its rows with the columns that `predict` gives for them to one Parquet file.

        Each row's values depend on that row alone, so that an engine may predict batch by batch, wherever the rows are.
        """
        ...

    def stream(self, query: exp.Query, files: Mapping[str, Sequence[str]]) -> ArrowStream:
        """Run a query and hand out its rows as an Arrow stream, in batches."""
        ...

    def close(self) -> None:
        """Give back memory and processes."""
        ...
