"""Gauss's hypergeometric series with a one in it, 2F1(1, b; c; z): what is to come where loyalty differs.

scipy's function gives wrong finite numbers near z = 1 where c - b is close to a whole number: 14.1 for 10.9. Gauss's
continued fraction (Cuyt, Petersen, Verdonk, Waadeland and Jones 2008, "Handbook of Continued Fractions for Special
Functions", 15.3) adds nothing that cancels: all its terms are positive, and its tail is known.
"""

from __future__ import annotations

import math

import numpy as np

from worthbook.models.base import FloatArray

_FIRST, _MOST = 64, 1 << 18
"""So many terms are taken first, twice as many each time, and so many at most."""
_EXACT = 1e-13


def series_with_one(b: FloatArray, c: FloatArray, z: float) -> FloatArray:
    """The sum over k = 0, 1, ... of (b)_k / (c)_k z^k, for each b and c; NaN so near z = 1 that it has no end.

    Args:
        b: positive.
        c: greater than b, and than 1.
        z: from 0 on, below 1.

    >>> series_with_one(np.array([3.001]), np.array([4.001]), 1 / 1.001).round(3).tolist()
    [16.285]
    """
    terms = _FIRST
    found = _fraction(b, c, z, terms)
    while terms < _MOST:
        terms *= 2
        before, found = found, _fraction(b, c, z, terms)
        if (np.abs(found - before) <= _EXACT * found).all():
            return found
    return np.full_like(found, np.nan)


def _fraction(b: FloatArray, c: FloatArray, z: float, terms: int) -> FloatArray:
    """1 / (1 - a_1 z / (1 - a_2 z / (1 - ...))) from its end, where all a are nearly 1/4."""
    x = np.full_like(c, (1 + math.sqrt(1 - z)) / 2)
    for term in range(terms, 0, -1):
        k, odd = divmod(term, 2)
        if odd:
            a = (b + k) * (c + k - 1) / ((c + 2 * k - 1) * (c + 2 * k))
        else:
            a = k * (c - b + k - 1) / ((c + 2 * k - 2) * (c + 2 * k - 1))
        x = 1 - a * z / x
    return np.asarray(1 / x)
