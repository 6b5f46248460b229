"""Do 95 % intervals cover? `python -m benchmarks.coverage` prints the table; with `--keep` the documentation shows it.

Customers are simulated from known parameters, up to a date and beyond it; the model is fitted to what came before, and
its intervals are held against the truth: those of the parameters, of single customers, and of the total to come.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from worthbook.models.base import Estimate, FloatArray
from worthbook.models.laplace import Z_95

KEPT = Path(__file__).resolve().parents[1] / "docs" / "models" / "coverage.json"
"""What the page about coverage is written from."""

SEED = 2026


class Held(NamedTuple):
    """Shares of the 95 % intervals of one run that held the truth."""

    parameters: float
    customers: float
    total: float


Experiment = Callable[[int, int], Held]
"""From a number of customers and that of the run, which is the seed of all chance in it."""


def holding(rows: Sequence[Estimate], truths: Mapping[str, float]) -> float:
    """Share of intervals that hold the truth; a parameter that is called undetermined has none that could be wrong."""
    given = [(row.low, row.high, truths[row.symbol]) for row in rows if row.symbol in truths]
    held = [low <= true <= high for low, high, true in given if low is not None and high is not None]
    return float(np.mean(held)) if held else 1.0


def between(ends: tuple[FloatArray, FloatArray], true: FloatArray) -> float:
    """Share of rows whose truth lies between the ends."""
    low, high = ends
    return float(((low <= true) & (true <= high)).mean())


class Share(NamedTuple):
    """Of intervals that held the truth, over all runs, with its own 95 % interval."""

    share: float
    low: float
    high: float

    @classmethod
    def of(cls, runs: np.ndarray) -> Share:
        """The mean of the shares of single runs, with the interval of Wilson (1927), JASA 22, 209-212.

        Intervals of one run hold or miss together. The trials are therefore as many as would make a binomial share vary
        as these shares do, and no fewer than the runs.

        >>> [round(each, 3) for each in Share.of(np.array([1.0] * 95 + [0.0] * 5))]
        [0.95, 0.888, 0.978]
        """
        share, spread = float(runs.mean()), float(runs.var())
        trials = max(share * (1 - share) / spread, 1.0) * len(runs) if spread else float(len(runs))
        middle, square = share + Z_95**2 / (2 * trials), 1 + Z_95**2 / trials
        half = Z_95 * math.sqrt(share * (1 - share) / trials + (Z_95 / (2 * trials)) ** 2)
        return cls(share, (middle - half) / square, (middle + half) / square)


@dataclass(frozen=True)
class Coverage:
    """What many runs of an experiment found."""

    model: str
    method: str
    customers: int
    runs: int
    parameters: Share
    of_customers: Share
    totals: Share

    def __str__(self) -> str:
        """One line."""
        shares = (self.parameters, self.of_customers, self.totals)
        words = "  ".join(f"{each.share:6.1%} ({each.low:6.1%} - {each.high:6.1%})" for each in shares)
        return f"{self.model:22s} {self.method:10s} {self.customers:6d} {self.runs:5d}  {words}"


def cover(experiment: Experiment, customers: int, runs: int) -> tuple[Share, Share, Share]:
    """Parameters, customers and totals over so many runs."""
    held = np.array([experiment(customers, run) for run in range(runs)])
    parameters, of_customers, totals = (Share.of(column) for column in held.T)
    return parameters, of_customers, totals


def keep(found: Coverage) -> None:
    """Put it into the kept file, in the place of an earlier one of the same model, method and number of customers."""
    rows = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else []
    named = {_name(row): row for row in (*rows, json.loads(json.dumps(asdict(found))))}
    lines = (json.dumps(named[name], ensure_ascii=False) for name in sorted(named))
    KEPT.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")


def _name(row: dict[str, object]) -> tuple[str, str, int]:
    return str(row["model"]), str(row["method"]), int(str(row["customers"]))


def main() -> None:
    """Print each line as soon as it is there, and keep it if asked to."""
    from benchmarks.coverage_experiments import EXPERIMENTS  # noqa: PLC0415 - they know this module

    parser = argparse.ArgumentParser(prog="python -m benchmarks.coverage", description=__doc__)
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--customers", type=int, nargs="*", default=[500])
    parser.add_argument("--models", nargs="*", default=sorted({model for model, _ in EXPERIMENTS}))
    parser.add_argument("--methods", nargs="*", default=sorted({method for _, method in EXPERIMENTS}))
    parser.add_argument("--keep", action="store_true", help=f"write the results to {KEPT.name} too")
    given = parser.parse_args()
    print(
        f"{'model':22s} {'method':10s} {'cust.':>6s} {'runs':>5s}  parameters, customers, totals of 95 % intervals",
        flush=True,
    )
    for (model, method), experiment in EXPERIMENTS.items():
        if model not in given.models or method not in given.methods:
            continue
        for customers in given.customers:
            found = Coverage(model, method, customers, given.runs, *cover(experiment, customers, given.runs))
            print(found, flush=True)
            if given.keep:
                keep(found)


if __name__ == "__main__":
    main()
