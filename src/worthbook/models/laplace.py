"""How sure one can be of maximum-likelihood estimates: Laplace's normal approximation on the log scale.

Near its maximum the log-likelihood of positive parameters is close to a parabola in their logarithms, so the inverse of
its curvature is their covariance. Intervals are therefore ratios: an estimate times and divided by a factor, never
below zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from worthbook.models.base import Estimate, FloatArray, Record
from worthbook.models.optimise import Maximum

Z_95 = 1.959963984540054
"""The 97.5 % point of the standard normal distribution."""

WEAK_LOG_SD = 2.0
"""A standard error of log(parameter) above this says: known to within a factor of fifty at best, so not determined."""

_FLAT = 1e-12


@dataclass(frozen=True, slots=True)
class Estimates:
    """Positive parameters with the covariance of their logarithms."""

    symbols: tuple[str, ...]
    log_values: tuple[float, ...]
    precision: tuple[tuple[float, ...], ...]
    """The curvature: second derivatives of minus the log-likelihood in the logarithms."""
    free: tuple[bool, ...]

    @classmethod
    def at(cls, maximum: Maximum, symbols: tuple[str, ...], weight: float, log_scale: tuple[float, ...]) -> Estimates:
        """Read off a maximum of the mean log-likelihood.

        Args:
            maximum: Of the mean log-likelihood over customers, in scaled units.
            symbols: Names of the parameters.
            weight: Number of customers.
            log_scale: What to add to each logarithm to return to the units of the data.
        """
        precision = tuple(tuple(float(each) for each in row) for row in maximum.hessian * weight)
        log_values = tuple(float(each) for each in maximum.point + np.asarray(log_scale))
        return cls(symbols, log_values, precision, maximum.free)

    @classmethod
    def normal(cls, log_mean: FloatArray, log_covariance: FloatArray, symbols: tuple[str, ...]) -> Estimates:
        """Logarithms that are known as a normal distribution.

        >>> Estimates.normal(np.zeros(2), np.diag([0.04, 0.01]), ("r", "alpha")).log_standard_errors.round(3).tolist()
        [0.2, 0.1]
        """
        precision = np.linalg.inv(log_covariance)
        rows = tuple(tuple(row) for row in ((precision + precision.T) / 2).tolist())
        return cls(symbols, tuple(log_mean.tolist()), rows, (True,) * len(symbols))

    @property
    def values(self) -> FloatArray:
        """The estimates."""
        return np.exp(np.asarray(self.log_values, dtype=np.float64))

    @property
    def log_standard_errors(self) -> FloatArray:
        """Standard errors of the logarithms, not-a-number where the data say nothing."""
        return np.sqrt(np.diag(self.log_covariance))

    @property
    def log_covariance(self) -> FloatArray:
        """Covariances of the logarithms, not-a-number where the data say nothing."""
        covariance = np.full((len(self.symbols), len(self.symbols)), np.nan)
        free = np.flatnonzero(self.free)
        curvature, axes = self._curvature()
        if len(curvature) and curvature.min() > _FLAT * curvature.max():
            covariance[np.ix_(free, free)] = axes / curvature @ axes.T
        return covariance

    @property
    def undetermined(self) -> tuple[str, ...]:
        """Symbols of the parameters that hit a bound or are known only to within a huge factor."""
        errors = self.log_standard_errors
        return tuple(each for each, error in zip(self.symbols, errors, strict=True) if not error <= WEAK_LOG_SD)

    @property
    def summary(self) -> tuple[Estimate, ...]:
        """Estimate, standard error (delta method) and 95 % interval of every parameter."""
        rows = zip(self.symbols, self.values, self.log_standard_errors, strict=True)
        return tuple(estimate_of(symbol, float(value), float(error)) for symbol, value, error in rows)

    def draws(self, count: int, rng: np.random.Generator) -> FloatArray:
        """Random parameter values, one row each, from the normal approximation of the logarithms.

        A direction about which the data say almost nothing is drawn with a standard deviation of `WEAK_LOG_SD`, not
        more: beyond that the approximation means nothing. Parameters at a bound stay there.
        """
        curvature, axes = self._curvature()
        spread = 1 / np.sqrt(np.maximum(curvature, WEAK_LOG_SD**-2))
        drawn = np.tile(np.asarray(self.log_values), (count, 1))
        drawn[:, np.asarray(self.free)] += (rng.standard_normal((count, len(curvature))) * spread) @ axes.T
        return np.asarray(np.exp(drawn))

    def as_record(self) -> Record:
        """Plain values for JSON."""
        return {
            "symbols": list(self.symbols),
            "log_values": list(self.log_values),
            "precision": [list(row) for row in self.precision],
            "free": list(self.free),
        }

    @classmethod
    def from_record(cls, record: Record) -> Estimates:
        """The inverse of `as_record`."""
        return cls(
            symbols=tuple(record["symbols"]),
            log_values=tuple(record["log_values"]),
            precision=tuple(tuple(row) for row in record["precision"]),
            free=tuple(record["free"]),
        )

    def _curvature(self) -> tuple[FloatArray, FloatArray]:
        """Eigenvalues and eigenvectors of the precision of the free parameters."""
        free = np.asarray(self.free)
        values, axes = np.linalg.eigh(np.asarray(self.precision)[np.ix_(free, free)])
        return values, axes


def estimate_of(symbol: str, value: float, log_error: float) -> Estimate:
    """A positive parameter with the standard error of its logarithm; without an interval if that is no number.

    >>> estimate_of("r", 0.5, 0.1).low < 0.5 < estimate_of("r", 0.5, 0.1).high
    True
    """
    if not log_error <= _LARGEST_LOG_ERROR:
        return Estimate(symbol, value, None, None, None)
    low, high = np.exp(np.log(value) + np.array([-Z_95, Z_95]) * log_error)
    return Estimate(symbol, value, value * log_error, float(low), float(high))


_LARGEST_LOG_ERROR = 50.0
"""A parameter known to a factor of exp(100) either way is not known at all."""
