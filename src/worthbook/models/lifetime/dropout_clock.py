"""How the readiness to leave runs with time: evenly (Pareto) or faster and faster (gamma-Gompertz).

A customer's lifetime is longer than y with probability exp(-eta G(y)), where eta varies over customers as Gamma(s,
kappa); so over all customers it is (kappa / (kappa + G(y)))^s. For Pareto/NBD G(y) = y and kappa is its beta. For
GGompertz/NBD G(y) = (exp(b y) - 1) / b and kappa is its beta / b, written so that b = 0 is Pareto/NBD exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from worthbook.models.base import FloatArray

_LARGEST = 300.0
"""Largest exponent; nobody is alive where it is reached."""
_FARTHEST = 1e280


@dataclass(frozen=True, slots=True)
class DropoutClock:
    """G and what one needs of it, for the growth b of the readiness to leave.

    >>> DropoutClock(0.0).reading(np.array([3.0])).tolist(), DropoutClock(0.5).time(np.array([0.0])).tolist()
    ([3.0], [0.0])
    """

    b: float = 0.0

    def reading(self, y: FloatArray) -> FloatArray:
        """G(y)."""
        return y if self.b == 0 else np.expm1(np.minimum(self.b * y, _LARGEST)) / self.b

    def time(self, reading: FloatArray) -> FloatArray:
        """The y at which G(y) is the reading."""
        return reading if self.b == 0 else np.log1p(self.b * np.minimum(reading, _FARTHEST)) / self.b

    def kappa_left(self, kappa: float, end: FloatArray) -> FloatArray:
        """The kappa of those alive at `end`: from there on they are as new customers with this one are."""
        if self.b == 0:
            return kappa + end
        return np.asarray(kappa * np.exp(-self.b * end) - np.expm1(-self.b * end) / self.b)

    def log_speed(self, y: FloatArray) -> FloatArray | float:
        """Log G'(y)."""
        return 0.0 if self.b == 0 else np.minimum(self.b * y, _LARGEST)

    def by_b(self, y: FloatArray, reading: FloatArray) -> FloatArray:
        """The slope of G(y) in b; y^2 / 2 at b = 0."""
        if self.b == 0:
            return y**2 / 2
        exponent = np.minimum(self.b * y, _LARGEST)
        exact = (y * np.exp(exponent) - reading) / self.b
        return np.where(exponent < _SMALL, y**2 * (0.5 + exponent / 3), exact)


_SMALL = 1e-5
"""Below this exponent the difference of nearly equal numbers is replaced by the start of its series."""
