from __future__ import annotations

from collections.abc import Iterator

import pytest

from worthbook.data.duckdb import DuckDB
from worthbook.data.engine import Engine


@pytest.fixture(
    scope="module", params=[pytest.param("embedded", id="duckdb"), pytest.param("spark", marks=pytest.mark.spark)]
)
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine in turn."""
    made: Engine = request.getfixturevalue(request.param)
    return made


@pytest.fixture(scope="module")
def embedded() -> Iterator[Engine]:
    made = DuckDB(threads=1)
    yield made
    made.close()
