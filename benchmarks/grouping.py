"""All shipped frameworks laid over customers, beside one query for the same columns with the cuts written into it.

The customers are drawn at random: what frameworks read are columns, wherever they come from. Cuts that are found among
the customers are found before, since the query has them written into it.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import numpy as np

from benchmarks.figures import Figure, median, rounds
from worthbook.data.columns import derive
from worthbook.data.cuts import thresholds
from worthbook.data.duckdb import DuckDB
from worthbook.data.engine import Sheet
from worthbook.definitions.framework import SCORE, FrameworkDefinition
from worthbook.planning.index import Catalogue, read_catalogue
from worthbook.scoring.bands import Formulas, Thresholds
from worthbook.scoring.framework import score_column, steps

CUSTOMERS, PARTS = 1_000_000, 16
BAR = 2.0
DAY = dt.date(2026, 1, 1)
RATIO = "create macro ratio(a, b) as case when b = 0 then null else cast(a as double) / cast(b as double) end"

Cuts = dict[str, dict[str, Thresholds]]


def laid(folder: Path, times: int) -> Iterator[Figure]:
    """Processor seconds of both."""
    catalogue = read_catalogue()
    frameworks = [each for each in catalogue.frameworks.values() if _reads_numbers(catalogue, each)]
    columns = sorted({name for each in frameworks for name in catalogue.needs_of(each)})
    home = folder / "grouping"
    home.mkdir(exist_ok=True)
    engine = DuckDB(threads=2)
    sheet = _customers(engine, columns, home)
    cuts = _cuts(engine, frameworks, sheet, home)
    made = [steps(each, cuts[each.name]) for each in frameworks]
    ours, hand = rounds(
        times, lambda: _ours(engine, sheet, made, home), lambda: _by_hand(sheet, made, home), clock=time.process_time
    )
    name = f"{len(frameworks)} frameworks laid over {CUSTOMERS} customers, CPU"
    yield Figure(name, median(ours), "s", BAR, median(hand), "one query for the same columns")
    engine.close()


def _reads_numbers(catalogue: Catalogue, framework: FrameworkDefinition) -> bool:
    made = {name for each in catalogue.frameworks.values() for name in catalogue.columns_of(each.name)}
    needs = catalogue.needs_of(framework)
    return framework.stability is None and all(
        name not in made and catalogue.meta(name).unit.is_numeric for name in needs
    )


def _customers(engine: DuckDB, columns: list[str], home: Path) -> Sheet:
    random, parts = np.random.default_rng(1), []
    each = CUSTOMERS // PARTS
    for part in range(PARTS):
        values = {"customer_id": np.arange(part * each, (part + 1) * each, dtype=float)}
        for name in columns:
            values[name] = np.where(random.random(each) < 0.1, np.nan, random.gamma(1, 40, each).round(2))  # noqa: PLR2004
        path = home / f"customers-{part:05d}.parquet"
        engine.write_arrays(values, path)
        parts.append(str(path))
    return Sheet(tuple(parts), tuple(columns))


def _cuts(engine: DuckDB, frameworks: list[FrameworkDefinition], sheet: Sheet, home: Path) -> Cuts:
    found: Cuts = {}
    for each in frameworks:
        own = {name: thresholds(engine, [sheet], axis.cut_column, axis.parsed_cuts) for name, axis in each.axes.items()}
        found[each.name] = own
        score = score_column(each)
        if score is not None:
            scored = derive(engine, [sheet], steps(each, own)[0], DAY, {}, _new(home, each.name))
            own[SCORE] = thresholds(engine, [scored], score, each.parsed_score_cuts)
    return found


def _ours(engine: DuckDB, sheet: Sheet, made: list[tuple[Formulas, ...]], home: Path) -> None:
    together = {name: formula for each in made for step in each for name, formula in step.items()}
    derive(engine, [sheet], together, DAY, {}, _new(home, "ours"))


def _by_hand(sheet: Sheet, made: list[tuple[Formulas, ...]], home: Path) -> None:
    """Bands, then scores, then cells, each in a query around the one before."""
    names = [name for each in made for step in each for name in step]
    query = f"select * from read_parquet({list(sheet.parts)})"
    for layer in _layers(made):
        query = f"select *, {', '.join(f'{text} as {name}' for name, text in layer.items())} from ({query})"
    with duckdb.connect(config={"threads": 2}) as engine:
        engine.execute(RATIO)
        target = home / "hand.parquet"
        wanted = ", ".join(("customer_id", *names))
        chosen = f"select {wanted} from ({query}) order by customer_id"
        engine.execute(f"copy ({chosen}) to '{target}' (format parquet, compression zstd)")


def _layers(made: list[tuple[Formulas, ...]]) -> list[Mapping[str, str]]:
    """Columns that read none of the others, those that read these, and so on."""
    left = {name: text for each in made for step in each for name, (text, _) in step.items()}
    layers: list[Mapping[str, str]] = []
    while left:
        ready = {name: text for name, text in left.items() if not any(other in text for other in left if other != name)}
        layers.append(ready)
        left = {name: text for name, text in left.items() if name not in ready}
    return layers


def _new(home: Path, name: str) -> Path:
    folder = home / name
    folder.mkdir(exist_ok=True)
    return folder
