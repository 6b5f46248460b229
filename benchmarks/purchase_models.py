"""How fast models of purchases fit, draw and predict: `python -m benchmarks.purchase_models`.

Seconds are those of the processor, on one core.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.figures import KEPT, Figure, apart, keep, median, rounds
from worthbook.models.lifetime import BGNBD, MBGNBD, ParetoGGG, ParetoNBD, PurchaseHistory
from worthbook.models.lifetime.bg_nbd_process import BGNBDProcess
from worthbook.models.lifetime.pareto_ggg_process import ParetoGGGProcess
from worthbook.models.lifetime.pareto_nbd import ParetoNBDProcess
from worthbook.models.lifetime.process import PurchaseProcess
from worthbook.models.lifetime.purchase_model import PurchaseFit, PurchaseModel
from worthbook.models.lifetime.purchase_posterior import purchase_posterior

CDNOW = Path(__file__).resolve().parents[2] / "shared" / "data" / "cdnow" / "cdnow_summary.csv"

FIT_BARS = {
    "BG/NBD": (BGNBD(), 0.02, 0.1, 0.3),
    "MBG/NBD": (MBGNBD(), 0.02, 0.1, 0.3),
    "Pareto/NBD": (ParetoNBD(), 0.05, 1.0, 2.0),
}
"""The model, and the seconds for CDNOW, 100 000 and a million customers."""
POSTERIOR_BARS = {"BG/NBD": (BGNBD(), 0.3), "Pareto/NBD": (ParetoNBD(), 1.0)}
PREDICT_BARS = {"BG/NBD": (BGNBD(), 0.2), "Pareto/NBD": (ParetoNBD(), 0.3)}

TRUTHS: dict[str, PurchaseProcess] = {
    "BG/NBD": BGNBDProcess(0.55, 10.6, 0.75, 4.0),
    "MBG/NBD": BGNBDProcess(0.55, 10.6, 0.75, 4.0),
    "Pareto/NBD": ParetoNBDProcess(0.55, 10.6, 0.6, 11.7),
}


def cdnow() -> PurchaseHistory:
    """The published sample of 2 357 customers."""
    with CDNOW.open(encoding="utf-8") as lines:
        rows = [[float(row[key]) for key in ("x", "t_x", "T")] for row in csv.DictReader(lines)]
    x, t_x, end = np.array(rows).T
    return PurchaseHistory(x, np.round(t_x * 7) / 7, np.round(end * 7) / 7)


def simulated(name: str, customers: int) -> PurchaseHistory:
    """Customers of 27 to 39 weeks whose times are whole days, as in every shop's file."""
    rng = np.random.default_rng(7)
    ages = rng.integers(27 * 7, 39 * 7, customers) / 7
    drawn, _ = TRUTHS[name].simulate(ages, 1.0, rng, "weeks")
    return PurchaseHistory(drawn.x, np.floor(drawn.t_x * 7) / 7, drawn.T)


def fits(times: int) -> Iterator[Figure]:
    """From a history with one row a customer to a fit."""
    for name, (model, *bars) in FIT_BARS.items():
        for customers, bar in zip((None, 100_000, 1_000_000), bars, strict=True):
            history = cdnow() if customers is None else simulated(name, customers)
            label = "CDNOW" if customers is None else f"{customers:,} customers"
            yield _timed(f"{name} fit, {label}", bar, times, _fit_of(model, history))


def regular(times: int) -> Iterator[Figure]:
    """The same for customers of whom each is as regular as groceries make them, in a way of its own."""
    rng = np.random.default_rng(7)
    groceries = ParetoGGGProcess(1.695, 1.695 / 0.373, 0.948, 5.243, 0.432, 4.348)
    history, _ = groceries.simulate(rng.uniform(40, 52, 1_000), 0.0, rng, "weeks")
    fit = ParetoGGG().fit(history)
    yield _timed("Pareto/GGG fit, 1,000 customers", 10.0, times, _fit_of(ParetoGGG(), history))
    yield _timed("Pareto/GGG prediction, 1,000 customers", 3.0, times, _prediction_of(fit, history))


def posteriors(times: int) -> Iterator[Figure]:
    """A thousand draws for CDNOW."""
    history = cdnow()
    for name, (model, bar) in POSTERIOR_BARS.items():
        fit = model.fit(history)
        yield _timed(f"{name} posterior, CDNOW, 1 000 draws", bar, times, _posterior_of(model, fit, history))


def predictions(times: int) -> Iterator[Figure]:
    """P(alive) and the expected purchases of a year, for a million customers."""
    for name, (model, bar) in PREDICT_BARS.items():
        history = simulated(name, 1_000_000)
        fit = model.fit(history)
        yield _timed(f"{name} prediction, 1 million customers", bar, times, _prediction_of(fit, history))


def _fit_of(model: PurchaseModel[PurchaseFit], history: PurchaseHistory) -> Callable[[], object]:
    """A fit that begins with rows nobody has grouped yet."""
    return lambda: model.fit(PurchaseHistory(history.x, history.t_x, history.T, log_gaps=history.log_gaps))


def _posterior_of(
    model: PurchaseModel[PurchaseFit], fit: PurchaseFit, history: PurchaseHistory
) -> Callable[[], object]:
    return lambda: purchase_posterior(model, fit, history, seed=1)


def _prediction_of(fit: PurchaseFit, history: PurchaseHistory) -> Callable[[], object]:
    return lambda: fit.predict(history, 52.0)


def _timed(name: str, bar: float, times: int, work: Callable[[], object]) -> Figure:
    rounds(1, work)
    (seconds,) = rounds(times, work, clock=time.process_time)
    return Figure(name, median(seconds), "s", bar, spread=apart(seconds))


def main() -> None:
    """Print every figure, and keep it if asked to."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.purchase_models", description=__doc__)
    parser.add_argument("--keep", action="store_true", help=f"write the figures to {KEPT.name}, for the documentation")
    keeps = parser.parse_args().keep
    for figures in (fits(5), regular(1), posteriors(5), predictions(5)):
        for figure in figures:
            print(figure, flush=True)
            if keeps:
                keep(figure)


if __name__ == "__main__":
    main()
