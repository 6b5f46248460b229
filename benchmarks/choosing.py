"""Models of purchases: choosing among all on CDNOW, and Pareto/NBD beside lifetimes."""

from __future__ import annotations

import csv
import warnings
from pathlib import Path

import numpy as np

from benchmarks.figures import Figure, apart, median, rounds
from worthbook.models.lifetime import ParetoNBD, PurchaseHistory
from worthbook.models.lifetime.choose import compare
from worthbook.models.lifetime.holdout import Trial
from worthbook.models.lifetime.pareto_nbd import ParetoNBDProcess
from worthbook.planning.estimators import CANDIDATES

CDNOW = Path(__file__).resolve().parents[2] / "shared/data/cdnow/cdnow_summary.csv"
ALL_BAR = 1.0
PARETO_BAR = 1 / 20
PARETO_CUSTOMERS = 20_000
WEEKS = 39


def trial() -> Trial | None:
    """The CDNOW sample at the end of its calibration; None where it is not beside the repository.

    The times between purchases are not in the summary; the mean logarithm of random ones stands in for them.
    """
    if not CDNOW.exists():
        return None
    with CDNOW.open(encoding="utf-8") as lines:
        rows = [[float(row[key]) for key in ("x", "t_x", "T", "x_star")] for row in csv.DictReader(lines)]
    x, t_x, age, later = np.array(rows).T
    gap = np.where(x > 0, t_x / np.maximum(x, 1), 1.0)
    return Trial(PurchaseHistory(x, t_x, age, log_gaps=x * (np.log(gap) - np.euler_gamma)), later, WEEKS)


def choosing(given: Trial, times: int) -> Figure:
    """Every candidate fitted, tested, graded, and one recommended."""
    compare(CANDIDATES, given.history, given)
    (seconds,) = rounds(times, lambda: compare(CANDIDATES, given.history, given))
    name = f"{len(CANDIDATES)} models with grades on CDNOW"
    return Figure(name, median(seconds), "s", ALL_BAR, spread=apart(seconds))


def pareto(times: int) -> Figure:
    """A fit of Pareto/NBD to customers drawn from it; both give the same likelihood."""
    from lifetimes import ParetoNBDFitter  # noqa: PLC0415 - only where it is installed

    random = np.random.default_rng(11)
    ages = random.integers(27 * 7, 39 * 7, PARETO_CUSTOMERS) / 7
    drawn, _ = ParetoNBDProcess(0.55, 10.58, 0.61, 11.67).simulate(ages, 1.0, random, "weeks")
    history = PurchaseHistory(drawn.x, np.floor(drawn.t_x * 7) / 7, drawn.T)

    def theirs() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ParetoNBDFitter().fit(history.x, history.t_x, history.T)

    mine, other = rounds(times, lambda: ParetoNBD().fit(history), theirs)
    name = f"Pareto/NBD fit of {PARETO_CUSTOMERS:,} customers"
    return Figure(name, median(mine), "s", PARETO_BAR, median(other), "lifetimes", apart(mine))
