"""A short hash by which one knows again what a fit was made from."""

from __future__ import annotations

import hashlib

import numpy as np

from worthbook.models.base import FloatArray

LENGTH = 16


def fingerprint(*columns: FloatArray, unit: str = "") -> str:
    """The hash of some columns, the same whatever the order of the rows.

    >>> one = fingerprint(np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    >>> one == fingerprint(np.array([2.0, 1.0]), np.array([4.0, 3.0])), len(one)
    (True, 16)
    """
    found = hashlib.sha256(unit.encode())
    order = np.lexsort(columns[::-1])
    for column in columns:
        found.update(np.ascontiguousarray(column[order] + 0.0).tobytes())  # adding 0.0 makes -0.0 and 0.0 the same
    return found.hexdigest()[:LENGTH]
