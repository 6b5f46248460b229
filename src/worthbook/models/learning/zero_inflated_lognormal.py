"""The zero-inflated lognormal distribution: nothing with chance 1 - p, else an amount whose logarithm is normal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from worthbook.models.base import FloatArray

_TAIL = 0.025


@dataclass(frozen=True, slots=True, eq=False)
class ZeroInflated:
    """One distribution a customer.

    Attributes:
        p: Probability to spend anything.
        mu: Mean of the logarithm of the amount, if anything.
        sigma: Its standard deviation, the same for all.

    >>> one = ZeroInflated(np.array([0.5]), np.array([0.0]), 1.0)
    >>> one.mean.round(3).tolist(), one.quantile(0.25).tolist(), one.quantile(0.75).round(3).tolist()
    ([0.824], [0.0], [1.0])
    """

    p: FloatArray
    mu: FloatArray
    sigma: float

    @property
    def mean(self) -> FloatArray:
        """Expected amount."""
        return np.asarray(self.p * np.exp(self.mu + self.sigma**2 / 2))

    @property
    def variance(self) -> FloatArray:
        """Variance of the amount."""
        return np.asarray(self.p * np.exp(2 * self.mu + 2 * self.sigma**2) - self.mean**2)

    def quantile(self, level: float) -> FloatArray:
        """The amount that is not exceeded with the given probability."""
        from scipy.special import ndtri  # noqa: PLC0415  # keeps the import of the package fast

        inside = (level - (1 - self.p)) / np.maximum(self.p, np.finfo(float).tiny)
        amount = np.exp(self.mu + self.sigma * ndtri(np.clip(inside, 1e-300, 1.0)))
        return np.where(inside > 0, amount, 0.0)

    def ends(self) -> tuple[FloatArray, FloatArray]:
        """Both ends of the 95 % interval of the amount.

        Where nothing is at all likely the interval begins with it, so that all of the 5 % lie above.
        """
        from_nothing = 1 - self.p >= _TAIL
        low = np.where(from_nothing, 0.0, self.quantile(_TAIL))
        return low, np.where(from_nothing, self.quantile(1 - 2 * _TAIL), self.quantile(1 - _TAIL))

    def loss(self, spend: FloatArray) -> FloatArray:
        """Minus the log-likelihood of each outcome (Wang, Liu and Miao 2019, arXiv 1912.07753, equation 5)."""
        bought = spend > 0
        log_spend = np.log(np.where(bought, spend, 1.0))
        amount = ((log_spend - self.mu) / self.sigma) ** 2 / 2 + np.log(self.sigma) + np.log(2 * np.pi) / 2 + log_spend
        p = np.clip(self.p, 1e-12, 1 - 1e-12)
        return np.where(bought, amount - np.log(p), -np.log1p(-p))
