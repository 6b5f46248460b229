"""The two engines, and a small shop for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from sqlglot import exp

from tests.engines.shop import AS_OF, Catalogue, nasty_lines, shipped, write_shop
from worthbook.data.engine import Engine, Sheet, Snapshot
from worthbook.data.engines import start
from worthbook.data.measures import make_measures
from worthbook.data.sheets import CUSTOMER, Sheets, read
from worthbook.data.typed import column
from worthbook.kernel.units import Value


@pytest.fixture(scope="session")
def embedded() -> Iterator[Engine]:
    started = start("duckdb", memory_limit="1GB", threads=2)
    yield started
    started.close()


@pytest.fixture(
    scope="session", params=[pytest.param("embedded", id="duckdb"), pytest.param("spark", marks=pytest.mark.spark)]
)
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine in turn."""
    found: Engine = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The shipped tables and measures."""
    return shipped()


@dataclass(frozen=True)
class Shop:
    """The shop as one engine sees it."""

    engine: Engine
    snapshot: Snapshot
    catalogue: Catalogue
    sheet: Sheet
    """All measures."""

    def values(self, *sheets: Sheet) -> dict[str, dict[str, Value]]:
        """Customer → column → value, of some sheets."""
        return values_of(self.engine, *sheets)


def values_of(engine: Engine, *sheets: Sheet) -> dict[str, dict[str, Value]]:
    """Customer → column → value."""
    names = [name for sheet in sheets for name in sheet.columns]
    rows, files = Sheets(sheets).whole(names)
    query = exp.select(column(CUSTOMER), *(column(name) for name in names)).from_(rows)
    return {str(row[0]): dict(zip(names, row[1:], strict=True)) for row in engine.rows(query, files)}


def ids_of(engine: Engine, part: str) -> list[str]:
    """The customers of one part, in its order."""
    return [str(row[0]) for row in engine.rows(exp.select(column(CUSTOMER)).from_(read("part")), {"part": [part]})]


@pytest.fixture(scope="session")
def shop(engine: Engine, catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """The shop, with all measures made."""
    folder = tmp_path_factory.mktemp("shop")
    snapshot = write_shop(folder, nasty_lines())
    sheet = make_measures(
        engine, snapshot, catalogue.tables, catalogue.population, catalogue.over_rows, AS_OF, folder / "measures"
    )
    return Shop(engine, snapshot, catalogue, sheet)


@pytest.fixture(scope="session")
def measured(shop: Shop) -> Mapping[str, Mapping[str, Value]]:
    """Customer → measure → value."""
    return shop.values(shop.sheet)
