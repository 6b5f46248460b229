"""The posterior of Pareto/NBD on CDNOW beside NUTS of pymc-marketing: `python -m benchmarks.nuts`, twenty minutes.

Both take the same priors, r, s ~ Weibull(2, 1) and alpha, beta ~ Weibull(2, 10), and give four thousand draws; the
quantiles stand beside each other, and beside those of eight times as many weighted draws, with what chance does to the
quantiles of four thousand. `--recorded` takes the quantiles of NUTS from the published ones in `../shared` (a minute).
Seconds are those of the processor, compilation included.
"""

from __future__ import annotations

import argparse
import json
import time

import numpy as np
import pandas as pd

from benchmarks.figures import KEPT, Figure, apart, keep, keep_quantiles, median, rounds
from benchmarks.purchase_models import CDNOW, cdnow
from worthbook.models.base import FloatArray
from worthbook.models.lifetime import ParetoNBD, PurchaseHistory
from worthbook.models.lifetime.purchase_posterior import purchase_posterior

SYMBOLS = ("r", "alpha", "s", "beta")
SCALES = np.array([1.0, 10.0, 1.0, 10.0])
LEVELS = (0.025, 0.5, 0.975)
CHAINS, DRAWS, TUNE = 4, 1000, 1000
BAR = 1 / 500
LONG_RUNS, LONG_DRAWS = 4, 8000
RESAMPLES = 300
RECORDED = "Pareto/NBD, r,s~Weibull(2,1), alpha,beta~Weibull(2,10)"


def prior(log_values: FloatArray) -> float:
    """Log density of the logarithms, where each value follows Weibull(2, scale)."""
    over = np.exp(log_values) / SCALES
    return float((2 * np.log(over) - over**2).sum())


def draws(history: PurchaseHistory, count: int, seed: int) -> FloatArray:
    """Fit and draw: a row a draw."""
    fit = ParetoNBD().fit(PurchaseHistory(history.x, history.t_x, history.T))
    return purchase_posterior(ParetoNBD(), fit, history, seed=seed, draws=count, prior=prior).draws


def ours(history: PurchaseHistory) -> FloatArray:
    """As many draws as NUTS: parameters by quantiles."""
    return quantiles(draws(history, CHAINS * DRAWS, seed=1))


def long_run(history: PurchaseHistory) -> tuple[FloatArray, FloatArray]:
    """The same from many more draws, and the standard error that as many independent draws as NUTS has would have."""
    many = np.concatenate([draws(history, LONG_DRAWS, seed=100 + run) for run in range(LONG_RUNS)])
    rng = np.random.default_rng(1)
    again = [quantiles(many[rng.integers(0, len(many), CHAINS * DRAWS)]) for _ in range(RESAMPLES)]
    return quantiles(many), np.std(again, axis=0)


def quantiles(drawn: FloatArray) -> FloatArray:
    """Parameters by quantiles."""
    return np.quantile(drawn, LEVELS, axis=0).T


def recorded() -> FloatArray:
    """Those of NUTS (pymc-marketing 0.19.2, 4 x 1 000 draws) among the published answers."""
    expected = json.loads((CDNOW.parent / "expected.json").read_text(encoding="utf-8"))
    return np.array([expected["posterior"][RECORDED]["q025_50_975"][name] for name in SYMBOLS])


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


def table(mine: FloatArray, other: FloatArray) -> list[dict[str, float | str]]:
    """A row for each parameter and level: both, the long run, and what chance does to either."""
    many, error = long_run(cdnow())
    cells = [(i, j) for i in range(len(SYMBOLS)) for j in range(len(LEVELS))]
    return [
        {
            "symbol": SYMBOLS[i],
            "level": LEVELS[j],
            "ours": float(mine[i, j]),
            "many": float(many[i, j]),
            "nuts": float(other[i, j]),
            "error": float(error[i, j]),
        }
        for i, j in cells
    ]


def main() -> None:
    """Print the figure and the quantiles, and keep them if asked to."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.nuts", description=__doc__)
    parser.add_argument("--keep", action="store_true", help=f"write them to {KEPT.name}, for the documentation")
    parser.add_argument("--recorded", action="store_true", help="do not run NUTS: take its published quantiles")
    given = parser.parse_args()
    if given.recorded:
        mine, other = ours(cdnow()), recorded()
    else:
        figure, mine, other = beside_nuts(3)
        print(figure)
        if given.keep:
            keep(figure)
    rows = table(mine, other)
    print("           ours, long run, NUTS, long run over NUTS, standard error of 4 000 independent draws")
    for row in rows:
        symbol, level, one, many, two, error = row.values()
        print(f"{symbol:6s} {level:5}  {one:.4f} {many:.4f} {two:.4f}  {many / two - 1:+.1%}  {error / many:.1%}")
    if given.keep:
        keep_quantiles(rows)


if __name__ == "__main__":
    main()
