"""Do 95 % intervals cover? `python -m benchmarks.coverage` prints the table for every model of purchases.

Customers are simulated from known parameters, up to a date and beyond it; the model is fitted to what came before, and
its intervals are held against the truth: those of the parameters, of single customers' purchases to come, and of the
total. A count of purchases is discrete, so that no interval of it can cover exactly 95 %; whether the foretold
distribution is right is seen from the randomised probability integral transform (Czado, Gneiting and Held 2009,
Biometrics 65(4), 1254-1261), which must lie between 2.5 and 97.5 % for 95 % of customers.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from worthbook.models.base import Estimate, FloatArray
from worthbook.models.lifetime import BGCNBD, BGNBD, MBGCNBD, MBGNBD, NBD, GGompertzNBD, ParetoNBD
from worthbook.models.lifetime.bg_nbd_process import BGNBDProcess
from worthbook.models.lifetime.cnbd_process import BGCNBDProcess, MBGCNBDProcess
from worthbook.models.lifetime.customer_intervals import simulate_futures
from worthbook.models.lifetime.forecast import forecast_total
from worthbook.models.lifetime.ggompertz_nbd import GGompertzNBDProcess
from worthbook.models.lifetime.mbg_nbd import MBGNBDProcess
from worthbook.models.lifetime.nbd import NBDProcess
from worthbook.models.lifetime.pareto_nbd import ParetoNBDProcess
from worthbook.models.lifetime.process import PurchaseProcess
from worthbook.models.lifetime.purchase_model import PurchaseFit, PurchaseModel
from worthbook.models.lifetime.purchase_posterior import purchase_posterior

HORIZON = 26.0
FUTURES = 200
QUICK_FUTURES = 60


@dataclass(frozen=True)
class Truth:
    """A model, the parameters from which customers are made, and these in the symbols of the model's summary."""

    model: PurchaseModel[PurchaseFit]
    process: PurchaseProcess
    parameters: Mapping[str, float]


def _truth(model: PurchaseModel[PurchaseFit], process: PurchaseProcess, **parameters: float) -> Truth:
    return Truth(model, process, parameters)


TRUTHS: Mapping[str, Truth] = {
    "nbd": _truth(NBD(), NBDProcess(0.6, 6.0), r=0.6, alpha=6.0),
    "bg_nbd": _truth(BGNBD(), BGNBDProcess(0.6, 6.0, 0.8, 2.5), r=0.6, alpha=6.0, a=0.8, b=2.5),
    "mbg_nbd": _truth(MBGNBD(), MBGNBDProcess(0.8, 6.0, 0.8, 2.0), r=0.8, alpha=6.0, a=0.8, b=2.0),
    "bg_cnbd_k": _truth(BGCNBD(k=2), BGCNBDProcess(0.8, 3.0, 0.8, 2.5, 2), r=0.8, alpha=3.0, a=0.8, b=2.5),
    "mbg_cnbd_k": _truth(MBGCNBD(k=2), MBGCNBDProcess(0.8, 3.0, 0.8, 2.0, 2), r=0.8, alpha=3.0, a=0.8, b=2.0),
    "pareto_nbd": _truth(ParetoNBD(), ParetoNBDProcess(0.8, 6.0, 0.7, 8.0), r=0.8, alpha=6.0, s=0.7, beta=8.0),
    "ggompertz_nbd": _truth(
        GGompertzNBD(), GGompertzNBDProcess(0.8, 6.0, 0.7, 8.0, 0.06), r=0.8, alpha=6.0, s=0.7, b=0.06, beta=0.48
    ),
}


@dataclass(frozen=True)
class Coverage:
    """Shares of 95 % intervals that held the truth."""

    runs: int
    parameters: float
    """Over all parameters and runs."""
    total: float
    customers: float


def cover(  # noqa: PLR0913  # the settings of an experiment
    truth: Truth, *, customers: int, runs: int, seed: int, posterior: bool = False, quick: bool = False
) -> Coverage:
    """Simulate, fit, forecast and compare.

    Args:
        truth: What customers are made from.
        customers: How many there are in a run.
        runs: How many runs.
        seed: The same seed gives the same customers.
        posterior: Whether intervals come from the posterior; otherwise from Laplace's approximation.
        quick: Few simulated futures, and totals from them instead of from `forecast_total`.
    """
    rng = np.random.default_rng(seed)
    held = np.zeros(3)
    for run in range(runs):
        ages = rng.uniform(20, 52, customers)
        history, future = truth.process.simulate(ages, HORIZON, rng, "weeks")
        fit = truth.model.fit(history)
        found = purchase_posterior(truth.model, fit, history, seed=run, draws=400) if posterior else None
        rows = fit.summary if found is None else found.summary
        count = QUICK_FUTURES if quick else FUTURES
        parameters = fit.estimates.draws(count, rng) if found is None else found.thinned(count)
        futures = simulate_futures(fit, parameters, history, HORIZON, rng)
        if quick:
            total = bool(_central(futures.sum(axis=1)[:, None], future.sum()[None], rng)[0])
        else:
            interval = forecast_total(fit, history, HORIZON, seed=run, posterior=found).purchases
            total = interval.low <= future.sum() <= interval.high
        shares = np.mean(_held(rows, truth.parameters)), float(total), _central(futures, future, rng).mean()
        held += np.array(shares, dtype=np.float64)
    mean = held / runs
    return Coverage(runs, float(mean[0]), float(mean[1]), float(mean[2]))


def _held(rows: Sequence[Estimate], truths: Mapping[str, float]) -> list[bool]:
    """Whether each interval holds the truth; a parameter that is called undetermined has none that could be wrong."""
    given = [(row.low, row.high, truths[row.symbol]) for row in rows if row.symbol in truths]
    return [low <= true <= high for low, high, true in given if low is not None and high is not None] or [True]


def _central(futures: FloatArray, future: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Whether the randomised probability integral transform of each outcome lies in the central 95 %."""
    below, equal = (futures < future).sum(axis=0), (futures == future).sum(axis=0)
    place = (below + rng.random(len(future)) * (equal + 1)) / (len(futures) + 1)
    return np.asarray((place >= 0.025) & (place <= 0.975), dtype=np.float64)  # noqa: PLR2004


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coverage", description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--customers", type=int, default=500)
    parser.add_argument("--posterior", action="store_true", help="intervals from the posterior; many times slower")
    parser.add_argument("--models", nargs="*", default=list(TRUTHS))
    arguments = parser.parse_args()
    print(f"{'model':14s} {'runs':>5s} {'parameters':>11s} {'customers':>10s} {'totals':>7s}   of 95 % intervals")
    for name in arguments.models:
        found = cover(
            TRUTHS[name],
            customers=arguments.customers,
            runs=arguments.runs,
            seed=2026,
            posterior=arguments.posterior,
        )
        shares = f"{found.parameters:11.1%} {found.customers:10.1%} {found.total:7.1%}"
        print(f"{name:14s} {found.runs:5d} {shares}", flush=True)


if __name__ == "__main__":
    main()
