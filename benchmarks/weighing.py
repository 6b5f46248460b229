"""How many customers change grade when the weights of a scorecard move, beside one draw after the other in numpy."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from benchmarks.figures import Figure, median, rounds
from worthbook.models.base import FloatArray
from worthbook.models.weights import direct, sensitivity

CUSTOMERS, DRAWS, AXES = 100_000, 1000, 8
CUTS = (40.0, 60.0, 80.0)
SECONDS = 2.0
FASTER = 1.0


def figures(times: int) -> Iterator[Figure]:
    """Customers whose points repeat, as bands make them; and customers who are all different. CPU on one core."""
    random = np.random.default_rng(1)
    banded = random.choice([0.0, 50, 100], size=(CUSTOMERS, AXES))
    banded[:, 0] = np.where(random.random(CUSTOMERS) < 0.2, np.nan, banded[:, 0])  # noqa: PLR2004 - not all are known
    apart = random.uniform(0, 100, size=(CUSTOMERS, AXES))
    for name, points in (("in bands", banded), ("all different", apart)):
        whole = f"{DRAWS} draws of weights, {CUSTOMERS} customers {name}, CPU"
        ours, plain = rounds(times, lambda: _moved(points), lambda: _plainly(points), clock=time.process_time)  # noqa: B023
        yield Figure(whole, median(ours), "s", SECONDS)
        yield Figure(whole, median(ours), "s", FASTER, median(plain), "draw by draw")


def _weights() -> FloatArray:
    return np.arange(1.0, AXES + 1) / np.arange(1.0, AXES + 1).sum()


def _moved(points: FloatArray) -> float:
    names = [f"axis {place}" for place in range(AXES)]
    weights = direct(dict(zip(names, _weights().tolist(), strict=True)))
    return sensitivity(weights, points, CUTS, draws=DRAWS).moved


def _plainly(points: FloatArray) -> float:
    """All customers graded again for every draw."""
    shape = 1 / 0.2**2
    drawn = _weights() * np.random.default_rng(0).gamma(shape, 1 / shape, size=(DRAWS, AXES))
    known = ~np.isnan(points)
    filled = np.where(known, points, 0.0)

    def grades(weights: FloatArray) -> np.ndarray:
        return np.searchsorted(CUTS, filled @ weights / (known @ weights), side="right")

    now = grades(_weights())
    return float(np.mean([(grades(weights) != now).mean() for weights in drawn]))
