"""Which engine runs a book: a word of book.toml, looked up when it is needed; the other engine is never imported."""

from __future__ import annotations

from worthbook.data.engine import Engine
from worthbook.kernel.errors import Fault, did_you_mean
from worthbook.kernel.language import Text

ENGINE_UNKNOWN = Fault(
    "engine-unknown",
    what=Text(en="There is no engine '{name}'.", zh="没有名为“{name}”的引擎。"),
    hint=Text(en="{near}", zh="{near}"),
)

ENGINES = ("duckdb", "spark")


def start(name: str, *, memory_limit: str | None = None, threads: int | None = None) -> Engine:
    """Start an engine.

    Args:
        name: `duckdb` or `spark`.
        memory_limit: for example `2GB`; without one, the engine's own default.
        threads: how many threads work at once; without a number, one per processor.

    Raises:
        WorthbookError: engine-unknown, or spark-missing where Spark is not installed.
    """
    if name == "duckdb":
        from worthbook.data.duckdb import DuckDB  # noqa: PLC0415 - only the engine that is used is imported

        return DuckDB(memory_limit, threads)
    if name == "spark":
        from worthbook.data.spark import Spark  # noqa: PLC0415

        return Spark(memory_limit, threads)
    raise ENGINE_UNKNOWN(name=name, near=did_you_mean(name, ENGINES))
