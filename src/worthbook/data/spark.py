"""Spark: the engine for books that are too large for one machine; needs the extra `spark` and Java 17."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import tempfile
import uuid
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sqlglot import exp

from worthbook.data.dialect import render
from worthbook.data.engine import ENGINE_FAILED, SHAPE, Arrays, Predict
from worthbook.data.sheets import quoted
from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.kernel.result import ArrowStream
from worthbook.kernel.units import Value
from worthbook.kernel.whole import replacing

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

Files = Mapping[str, Sequence[str]]

SPARK_MISSING = Fault(
    "spark-missing",
    what=Text(
        en="This book runs on Spark, but something that Spark needs is missing: {missing}.",
        zh="此账簿使用 Spark 引擎，但缺少运行所需的组件：{missing}。",
    ),
    hint=Text(
        en="Install the extra with `pip install 'worthbook[spark]'` and Java 17 or newer, or write "
        '`engine = "duckdb"` in book.toml.',
        zh="请运行 `pip install 'worthbook[spark]'` 并安装 Java 17 或更高版本，或在 book.toml 中改为 "
        '`engine = "duckdb"`。',
    ),
)

_SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}


_QUIET = """rootLogger.level = error
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %p %c: %m%n
"""
"""What Spark logs: errors only."""


class Spark:
    """Runs queries in the active Spark session, or in one of its own on this machine."""

    dialect = "spark"

    def __init__(self, memory_limit: str | None = None, threads: int | None = None) -> None:
        """Start an engine.

        Args:
            memory_limit: memory of the driver of an own session, for example `2GB`.
            threads: how many tasks of an own session run at once; without a number, as many as there are processors.

        Raises:
            WorthbookError: spark-missing.
        """
        missing = [name for name in ("pyspark", "pyarrow") if importlib.util.find_spec(name) is None]
        if not missing and not _java_found():
            missing = ["Java"]
        if missing:
            raise SPARK_MISSING(missing=", ".join(missing))
        self._folder = Path(tempfile.mkdtemp(prefix="worthbook-"))
        self._tidy = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._session, self._is_own = _session(self._folder, memory_limit, threads)

    @property
    def label(self) -> str:
        """Name and version."""
        return f"spark {self._session.version}"

    def write(self, query: exp.Query, files: Files, to: Path) -> int:
        """Run a query and write its rows to one Parquet file; how many there were."""
        from pyarrow import parquet  # noqa: PLC0415 - only where Spark runs

        to.parent.mkdir(parents=True, exist_ok=True)
        folder = to.with_name(f".{to.name}.{uuid.uuid4().hex}")
        try:
            with self._frame(query, files) as frame:
                frame.coalesce(1).write.parquet(str(folder))
                (written,) = folder.glob("part-*.parquet")
                written.replace(to)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return int(parquet.read_metadata(to).num_rows)

    def rows(self, query: exp.Query, files: Files) -> list[tuple[Value, ...]]:
        """Run a query with a small answer."""
        with self._frame(query, files) as frame:
            return [tuple(row) for row in frame.collect()]

    def arrays(self, query: exp.Query, files: Files) -> dict[str, NDArray[np.generic]]:
        """Run a query of numbers, flags or dates, which come as DOUBLE (unknown is NaN) or datetime64 (NaT)."""
        with self._frame(query, files) as frame:
            table = frame.toArrow()
        return {name: _plain(table.column(name)) for name in table.column_names}

    def write_arrays(self, columns: Arrays, to: Path) -> None:
        """Write columns of numbers or dates to one Parquet file; NaN becomes unknown."""
        import pyarrow as pa  # noqa: PLC0415 - only where Spark runs
        from pyarrow import parquet  # noqa: PLC0415

        table = pa.table({name: pa.array(_days(values), from_pandas=True) for name, values in columns.items()})
        with replacing(to) as place:
            parquet.write_table(table, place)

    def write_predicted(self, query: exp.Query, files: Files, predict: Predict, given: Sequence[str], to: Path) -> None:
        """Run a query of numbers and write its rows with what `predict` gives for them, worked out where they are."""
        folder = to.with_name(f".{to.name}.{uuid.uuid4().hex}")
        try:
            with self._frame(query, files) as frame:
                columns = ", ".join(f"`{name}` DOUBLE" for name in (*frame.columns, *given))
                predicted = frame.mapInArrow(_by_batch(predict, given), columns)
                predicted.coalesce(1).write.parquet(str(folder))
                (written,) = folder.glob("part-*.parquet")
                written.replace(to)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def stream(self, query: exp.Query, files: Files) -> ArrowStream:
        """Run a query and hand out its rows as an Arrow stream, in batches, by way of a temporary file."""
        from pyarrow import dataset  # noqa: PLC0415

        place = self._folder / f"{uuid.uuid4().hex}.parquet"
        self.write(query, files, place)
        stream: ArrowStream = dataset.dataset(place).scanner(use_threads=False).to_reader()
        return stream

    def close(self) -> None:
        """Stop an own session and remove temporary files."""
        if self._is_own:
            self._session.stop()
        self._tidy()

    @contextmanager
    def _frame(self, query: exp.Query, files: Files) -> Iterator[DataFrame]:
        """The rows of a query; each set of files is a view under a name that no other query has."""
        from pyspark.errors import PySparkException  # noqa: PLC0415

        tree = query.copy()
        views: list[str] = []
        sql = ""
        try:
            for name, paths in files.items():
                tables = [table for table in tree.find_all(exp.Table) if table.name == name]
                if tables:
                    views.append(f"worthbook_{uuid.uuid4().hex}")
                    merge = any(Path(path).name == SHAPE for path in paths)
                    read = self._session.read.option("mergeSchema", merge)
                    read.parquet(*paths).createTempView(views[-1])
                for table in tables:
                    table.set("this", quoted(views[-1]))
            sql = render(tree, self.dialect, own=True)
            yield self._session.sql(sql)
        except PySparkException as error:
            raise ENGINE_FAILED(engine=self.label, message=str(error), sql=sql) from error
        finally:
            for view in views:
                self._session.catalog.dropTempView(view)


def _by_batch(predict: Predict, given: Sequence[str]) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """What Spark's Python workers do with the batches of a frame."""

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa  # noqa: PLC0415

        for batch in batches:
            if batch.num_rows:
                rows = {name: batch.column(name).to_numpy(zero_copy_only=False) for name in batch.schema.names}
                predicted = predict(rows)
                made = [*rows.items(), *((name, predicted[name]) for name in given)]
                yield pa.RecordBatch.from_pydict(
                    {name: pa.array(values, pa.float64(), from_pandas=True) for name, values in made}
                )

    return run


def _java_found() -> bool:
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java") is not None or (home is not None and (Path(home) / "bin" / "java").exists())


def _session(folder: Path, memory_limit: str | None, threads: int | None) -> tuple[SparkSession, bool]:
    """The active session, or a new one on this machine; and whether it is new."""
    from pyspark.sql import SparkSession  # noqa: PLC0415

    active = SparkSession.getActiveSession()
    if active is not None:
        return active, False
    for name in ("PYSPARK_PYTHON", "PYSPARK_DRIVER_PYTHON"):
        os.environ.setdefault(name, sys.executable)
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    logging = folder / "log4j2.properties"
    logging.write_text(_QUIET, encoding="utf-8")
    builder = SparkSession.builder.master(f"local[{threads or '*'}]").appName("worthbook")
    settings = {
        **_SETTINGS,
        "spark.local.dir": str(folder),
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={logging.as_uri()}",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.driver.host": "localhost",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.shuffle.partitions": str(2 * (threads or os.cpu_count() or 1)),
    }
    if memory_limit is not None:
        settings["spark.driver.memory"] = memory_limit.replace(" ", "").removesuffix("B").lower()
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate(), True


def _plain(values: pa.ChunkedArray[Any]) -> NDArray[np.generic]:
    """A plain array: unknown is NaN or NaT."""
    import pyarrow as pa  # noqa: PLC0415

    wanted = pa.timestamp("us") if pa.types.is_temporal(values.type) else pa.float64()
    if pa.types.is_boolean(values.type):
        values = values.cast(pa.int8())
    array: NDArray[np.generic] = values.cast(wanted).to_numpy()
    return array


def _days(values: NDArray[np.generic]) -> NDArray[np.generic]:
    return values.astype("datetime64[D]") if values.dtype.kind == "M" else values
