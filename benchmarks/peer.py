"""Against lifetimes: from a million order lines to model inputs, and a BG/NBD fit of a hundred thousand customers."""

from __future__ import annotations

import shutil
import warnings
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from benchmarks.figures import Figure, apart, median, rounds
from benchmarks.measuring import POPULATION
from benchmarks.shop import AS_OF
from worthbook.data.book import Book
from worthbook.data.columns import grouped
from worthbook.data.duckdb import DuckDB
from worthbook.data.measures import make_measures
from worthbook.models.lifetime.bg_nbd import BGNBD
from worthbook.models.lifetime.bg_nbd_process import BGNBDProcess
from worthbook.models.lifetime.simulate import simulate_purchases
from worthbook.planning.index import read_catalogue

INPUTS = ("repeat_purchases", "recency_weeks", "age_weeks", "mean_repeat_value")
INPUTS_BAR = 1 / 10
FIT_BAR = 1 / 20
FIT_CUSTOMERS = 100_000
OTHER = "lifetimes"


def model_inputs(book: Book, folder: Path, times: int) -> Figure:
    """Ours reads the book's files and groups equal customers; lifetimes is given the same lines in memory.

    It is the setting of lifetimes that counts a day's orders once and takes their value together, as ours does.
    """
    from lifetimes.utils import summary_data_from_transaction_data  # noqa: PLC0415 - only where it is installed

    catalogue, snapshot = read_catalogue(), book.snapshot()
    measures = [catalogue.measures[name] for name in INPUTS]
    engine, target = DuckDB(), folder / "inputs"
    lines = _lines(snapshot.tables["transactions"].files)

    def ours() -> None:
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        population = catalogue.populations[POPULATION]
        sheet = make_measures(engine, snapshot, catalogue.tables, population, measures, AS_OF, target)
        grouped(engine, [sheet], INPUTS[:3])

    def theirs() -> None:
        summary_data_from_transaction_data(
            lines, "customer_id", "ordered_on", "amount", observation_period_end=AS_OF, freq="D"
        )

    rounds(1, ours, theirs)
    mine, other = rounds(times, ours, theirs)
    engine.close()
    name = f"model inputs from {len(lines):,} lines"
    return Figure(name, median(mine), "s", INPUTS_BAR, median(other), OTHER, apart(mine))


def fit(times: int) -> Figure:
    """Histories that were drawn from the model; both give the same parameters."""
    from lifetimes import BetaGeoFitter  # noqa: PLC0415 - only where it is installed

    random = np.random.default_rng(7)
    ages = random.integers(27 * 7, 39 * 7, FIT_CUSTOMERS) / 7
    drawn, _ = simulate_purchases(BGNBDProcess(r=0.55, alpha=10.6, a=0.75, b=4.0), ages, 1.0, random)
    history = type(drawn)(drawn.x, np.floor(drawn.t_x * 7) / 7, drawn.T)  # days are whole, as in every shop's file
    estimates: dict[str, list[float]] = {}

    def ours() -> None:
        estimates["ours"] = [row.estimate for row in BGNBD().fit(history).summary]

    def theirs() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = BetaGeoFitter().fit(history.x, history.t_x, history.T).params_
        estimates["theirs"] = [float(found[name]) for name in ("r", "alpha", "a", "b")]

    mine, other = rounds(times, ours, theirs)
    pairs = zip(*estimates.values(), strict=True)
    print("        r, alpha, a, b, ours and lifetimes': " + ", ".join(f"{one:.4f} {two:.4f}" for one, two in pairs))
    name = f"BG/NBD fit of {FIT_CUSTOMERS:,} customers"
    return Figure(name, median(mine), "s", FIT_BAR, median(other), OTHER, apart(mine))


def _lines(files: tuple[str, ...]) -> pd.DataFrame:
    query = (
        "SELECT customer_id, ordered_on::TIMESTAMP AS ordered_on, amount::DOUBLE AS amount "
        "FROM read_parquet(?) WHERE NOT is_return"
    )
    with duckdb.connect() as connection:
        return connection.execute(query, [list(files)]).df()
