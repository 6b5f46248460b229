"""Do 95 % intervals cover? `python -m benchmarks.coverage` prints the table for every model of purchases.

Customers are simulated from known parameters, up to a date and beyond it; the model is fitted to what came before, and
its intervals are held against the truth: those of the parameters, of single customers' purchases to come, and of the
total. A count of purchases is discrete, so that no interval of it can cover exactly 95 %; whether the foretold
distribution is right is seen from the randomised probability integral transform (Czado, Gneiting and Held 2009,
Biometrics 65(4), 1254-1261), which must lie between 2.5 and 97.5 % for 95 % of customers.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from worthbook.models.base import Estimate, FloatArray
from worthbook.models.lifetime import BGCNBD, BGNBD, MBGCNBD, MBGNBD, NBD, GGompertzNBD, ParetoNBD, PurchaseHistory
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


def cover(truth: Truth, *, customers: int, runs: int, seed: int, posterior: bool) -> Coverage:
    """Simulate, fit, forecast and compare.

    Args:
        truth: What customers are made from.
        customers: How many there are in a run.
        runs: How many runs.
        seed: The same seed gives the same customers.
        posterior: Whether intervals come from the posterior; otherwise from Laplace's approximation.
    """
    rng = np.random.default_rng(seed)
    held = np.zeros(3)
    for run in range(runs):
        ages = rng.uniform(20, 52, customers)
        history, future = truth.process.simulate(ages, HORIZON, rng, "weeks")
        fit = truth.model.fit(history)
        found = purchase_posterior(truth.model, fit, history, seed=run, draws=400) if posterior else None
        rows = fit.summary if found is None else found.summary
        total = forecast_total(fit, history, HORIZON, seed=run, posterior=found).purchases
        parameters = fit.estimates.draws(FUTURES, rng) if found is None else found.thinned(FUTURES)
        held += (
            np.mean([_holds(row, truth.parameters[row.symbol]) for row in rows if row.symbol in truth.parameters]),
            total.low <= future.sum() <= total.high,
            _customers_held(fit, parameters, history, future, rng),
        )
    shares = held / runs
    return Coverage(runs, float(shares[0]), float(shares[1]), float(shares[2]))


def _holds(row: Estimate, true: float) -> bool:
    return row.low is not None and row.high is not None and row.low <= true <= row.high


def _customers_held(
    fit: PurchaseFit, parameters: FloatArray, history: PurchaseHistory, future: FloatArray, rng: np.random.Generator
) -> float:
    """The share of customers whose randomised probability integral transform lies in the central 95 %."""
    futures = simulate_futures(fit, parameters, history, HORIZON, rng)
    below, equal = (futures < future).sum(axis=0), (futures == future).sum(axis=0)
    place = (below + rng.random(len(future)) * (equal + 1)) / (len(parameters) + 1)
    return float(((place >= 0.025) & (place <= 0.975)).mean())  # noqa: PLR2004


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
