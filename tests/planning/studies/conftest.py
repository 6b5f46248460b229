from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.planning.studies.world import World
from worthbook.data.duckdb import DuckDB
from worthbook.data.engine import Engine


@pytest.fixture(scope="session")
def study_engine() -> Iterator[Engine]:
    made = DuckDB(threads=1)
    yield made
    made.close()


@pytest.fixture
def world(tmp_path: Path, study_engine: Engine) -> World:
    return World(tmp_path, study_engine)
