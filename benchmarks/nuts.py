"""The posterior of Pareto/NBD on CDNOW beside NUTS of pymc-marketing: `python -m benchmarks.nuts`, twenty minutes.

Both take the same priors, r, s ~ Weibull(2, 1) and alpha, beta ~ Weibull(2, 10), and give four thousand draws; the
quantiles stand beside each other. Seconds are those of the processor, compilation included.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import pandas as pd

from benchmarks.figures import KEPT, Figure, apart, keep, median, rounds
from benchmarks.purchase_models import cdnow
from worthbook.models.base import FloatArray
from worthbook.models.lifetime import ParetoNBD, PurchaseHistory
from worthbook.models.lifetime.purchase_posterior import purchase_posterior

SYMBOLS = ("r", "alpha", "s", "beta")
SCALES = np.array([1.0, 10.0, 1.0, 10.0])
LEVELS = (0.025, 0.5, 0.975)
CHAINS, DRAWS, TUNE = 4, 1000, 1000
BAR = 1 / 500


def prior(log_values: FloatArray) -> float:
    """Log density of the logarithms, where each value follows Weibull(2, scale)."""
    over = np.exp(log_values) / SCALES
    return float((2 * np.log(over) - over**2).sum())


def ours(history: PurchaseHistory) -> FloatArray:
    """Fit and draw: parameters by quantiles."""
    fit = ParetoNBD().fit(PurchaseHistory(history.x, history.t_x, history.T))
    found = purchase_posterior(ParetoNBD(), fit, history, seed=1, draws=CHAINS * DRAWS, prior=prior)
    return np.quantile(found.draws, LEVELS, axis=0).T


def theirs(history: PurchaseHistory) -> FloatArray:
    """The same from NUTS, chain after chain."""
    from pymc_extras.prior import Prior  # noqa: PLC0415 - only where it is installed
    from pymc_marketing.clv import ParetoNBDModel  # noqa: PLC0415

    data = pd.DataFrame(
        {
            "customer_id": np.arange(len(history)),
            "frequency": history.x,
            "recency": history.t_x,
            "T": history.T,
        }
    )
    priors = {name: Prior("Weibull", alpha=2, beta=float(scale)) for name, scale in zip(SYMBOLS, SCALES, strict=True)}
    model = ParetoNBDModel(model_config=priors)
    model.fit(data, method="mcmc", chains=CHAINS, draws=DRAWS, tune=TUNE, cores=1, random_seed=1, progressbar=False)
    posterior = model.idata.posterior
    return np.array([np.quantile(posterior[name].to_numpy(), LEVELS) for name in SYMBOLS])


def beside_nuts(times: int) -> tuple[Figure, FloatArray, FloatArray]:
    """The figure, and the quantiles of both."""
    history, found = cdnow(), {}

    def run(name: str) -> None:
        found[name] = ours(history) if name == "ours" else theirs(history)

    (other,) = rounds(1, lambda: run("theirs"), clock=time.process_time)
    (mine,) = rounds(times, lambda: run("ours"), clock=time.process_time)
    name = f"Pareto/NBD posterior, CDNOW, {CHAINS * DRAWS:,} draws"
    figure = Figure(name, median(mine), "s", BAR, median(other), "NUTS of pymc-marketing", apart(mine))
    return figure, found["ours"], found["theirs"]


def main() -> None:
    """Print the figure and the quantiles, and keep the figure if asked to."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.nuts", description=__doc__)
    parser.add_argument("--keep", action="store_true", help=f"write the figure to {KEPT.name}, for the documentation")
    given = parser.parse_args()
    figure, mine, other = beside_nuts(3)
    print(figure)
    for name, one, two in zip(SYMBOLS, mine, other, strict=True):
        pairs = "  ".join(f"{a:.4f} {b:.4f} ({a / b - 1:+.1%})" for a, b in zip(one, two, strict=True))
        print(f"{name:6s} {pairs}")
    if given.keep:
        keep(figure)


if __name__ == "__main__":
    main()
