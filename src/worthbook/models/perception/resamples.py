"""Resamples as counts: how often each respondent is drawn, a row a resample, some rows at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from worthbook.models.base import FloatArray

CHUNK = 250
"""Resamples that are worked on at once: so many matrices stay in the processor's cache."""


def chunks(ways: int, size: int = CHUNK) -> Iterator[slice]:
    """Slices that cover a number of resamples.

    >>> list(chunks(5, 3))
    [slice(0, 3, None), slice(3, 5, None)]
    """
    for start in range(0, ways, size):
        yield slice(start, min(start + size, ways))


def drawn(random: np.random.Generator, draws: int, n: int, size: int = CHUNK) -> Iterator[FloatArray]:
    """(B, n) counts of drawing n respondents with replacement, until there are as many draws as asked.

    >>> [counts.sum(axis=1).tolist() for counts in drawn(np.random.default_rng(0), 3, 5, 2)]
    [[5.0, 5.0], [5.0]]
    """
    for part in chunks(draws, size):
        ways = part.stop - part.start
        who = random.integers(0, n, (ways, n))
        who += np.arange(ways)[:, None] * n
        yield np.bincount(who.ravel(), minlength=ways * n).reshape(ways, n).astype(np.float64)
