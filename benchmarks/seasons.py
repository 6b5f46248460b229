"""Pareto/NBD with covariates that change with time, on the apparel data, beside what CLVTools took."""

from __future__ import annotations

from pathlib import Path

from benchmarks.figures import Figure, apart, median, rounds
from tools.apparel import Apparel
from worthbook.models.lifetime.seasonal_model import SeasonalParetoNBD

APPAREL = Path(__file__).resolve().parents[2] / "shared" / "data" / "apparel"
FORMULA = "high_season + gender + channel"
CLVTOOLS = 87.6
"""Seconds of CLVTools 0.12.1 for the same estimation, measured on two cores of an AMD EPYC; R is not run here."""
BAR = 1 / 30


def seasons(times: int) -> Figure | None:
    """600 customers, 104 weeks, three covariates on purchases and on dropout; None where the data are absent."""
    if not APPAREL.is_dir():
        return None
    customers = Apparel.of(APPAREL).seasoned()
    (seconds,) = rounds(times, lambda: SeasonalParetoNBD(FORMULA, FORMULA).fit(customers))
    return Figure(
        "Pareto/NBD with covariates in time", median(seconds), "s", BAR, CLVTOOLS, "CLVTools (then)", apart(seconds)
    )
