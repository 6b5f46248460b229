"""Random purchase times without a loop: what is known of them once their number is known.

Given that m events of a Poisson process fell into a stretch of time, they lie there as m uniform points; so the time of
the i-th follows Beta(i, m - i + 1), and the gaps up to it divide it as a Dirichlet distribution.
"""

from __future__ import annotations

import numpy as np

from worthbook.models.base import FloatArray


def event_times(number: FloatArray, of: FloatArray, stretch: FloatArray, rng: np.random.Generator) -> FloatArray:
    """The time of event `number` among `of` events in (0, stretch]; 0 where `number` is 0.

    >>> event_times(np.array([0.0]), np.array([3.0]), np.array([9.0]), np.random.default_rng(1)).tolist()
    [0.0]
    """
    some = number > 0
    share = rng.beta(np.where(some, number, 1.0), np.where(some, of - number + 1, 1.0))
    return np.where(some, stretch * share, 0.0)


def log_gap_sums(x: FloatArray, t_x: FloatArray, k: int, rng: np.random.Generator) -> FloatArray:
    """The sum of the logarithms of the x gaps that end at t_x, each made of k exponential times.

    >>> log_gap_sums(np.array([1.0, 0.0]), np.array([np.e, 0.0]), 1, np.random.default_rng(1)).round(9).tolist()
    [1.0, 0.0]
    """
    owner = np.repeat(np.arange(len(x)), x.astype(np.intp))
    pieces = np.maximum(rng.gamma(k, size=len(owner)), np.finfo(np.float64).tiny)
    whole = np.bincount(owner, pieces, minlength=len(x))
    logs = np.bincount(owner, np.log(pieces), minlength=len(x))
    some = (x > 0) & (t_x > 0)
    return np.where(some, logs + x * np.log(np.where(some, t_x / np.where(some, whole, 1.0), 1.0)), 0.0)


def purchases_until_dropout(p: FloatArray, rng: np.random.Generator) -> FloatArray:
    """After which purchase, counted from 1, customers leave who do so after each with probability p; may be infinite.

    >>> purchases_until_dropout(np.array([1.0, 0.0]), np.random.default_rng(1)).tolist()
    [1.0, inf]
    """
    with np.errstate(divide="ignore"):
        return np.asarray(np.floor(rng.exponential(size=len(p)) / -np.log1p(-p)) + 1)
