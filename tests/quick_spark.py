"""Spark as tests use it: queries are interpreted, as compiling one costs more than running it over a few rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from worthbook.data.spark import Spark

THREADS = 2
QUICK = {
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
}
SHIPPED = {
    "spark.sql.shuffle.partitions": str(2 * THREADS),
    "spark.sql.codegen.wholeStage": "true",
    "spark.sql.codegen.factoryMode": "FALLBACK",
    "spark.sql.adaptive.enabled": "true",
}
"""The same settings as users have them."""


@contextmanager
def started() -> Iterator[Spark]:
    """Start it, made quick."""
    spark = Spark(memory_limit="1GB", threads=THREADS)
    _set(spark, QUICK)
    yield spark
    spark.close()


@contextmanager
def as_shipped(spark: Spark) -> Iterator[None]:
    """For a while, let it plan and compile queries as it does for users."""
    _set(spark, SHIPPED)
    yield
    _set(spark, QUICK)


def _set(spark: Spark, settings: Mapping[str, str]) -> None:
    for name, value in settings.items():
        spark._session.conf.set(name, value)
