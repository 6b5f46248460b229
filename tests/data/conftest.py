from __future__ import annotations

from collections.abc import Iterator

import pytest

from worthbook.data.duckdb import DuckDB
from worthbook.data.engine import Engine


@pytest.fixture(scope="module", params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    made: Engine
    if request.param == "duckdb":
        made = DuckDB(threads=1)
    else:
        from worthbook.data.spark import Spark  # noqa: PLC0415  # pyspark is an extra

        made = Spark()
    yield made
    made.close()


@pytest.fixture(scope="module")
def embedded() -> Iterator[Engine]:
    made = DuckDB(threads=1)
    yield made
    made.close()
