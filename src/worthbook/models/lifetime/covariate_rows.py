"""Likelihoods of single customers, each with parameters of their own, and their slopes: what covariates need.

A covariate moves the scale of one customer's rates, so that customers of one base differ in alpha, and in beta
(Pareto/NBD) or a (BG/NBD and MBG/NBD). The formulas are those of `timed_dropout_likelihood` and
`beta_geometric_likelihood`, row by row instead of summed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.lifetime.data import PurchaseHistory
from worthbook.models.lifetime.dropout_clock import DropoutClock
from worthbook.models.lifetime.timed_dropout_likelihood import departures

Family = Literal["pareto_nbd", "bg_nbd", "mbg_nbd"]

SYMBOLS: dict[Family, tuple[str, str, str, str]] = {
    "pareto_nbd": ("r", "alpha", "s", "beta"),
    "bg_nbd": ("r", "alpha", "a", "b"),
    "mbg_nbd": ("r", "alpha", "a", "b"),
}

_BLOCK_ROWS = 16_384


@dataclass(frozen=True, slots=True)
class Scaling:
    """Which of the four parameters an effect on dropout moves, and in which direction, so that it means leaving sooner.

    beta is the scale of an expected lifetime, which is shorter for those who leave sooner; a raises the odds to leave.
    """

    place: int
    sign: float


LIFE: dict[Family, Scaling] = {
    "pareto_nbd": Scaling(3, -1.0),
    "bg_nbd": Scaling(2, 1.0),
    "mbg_nbd": Scaling(2, 1.0),
}
TRANSACTIONS = Scaling(1, -1.0)
"""alpha is the scale of the time between purchases, which is shorter for those who buy more often."""


def row_likelihoods(family: Family, history: PurchaseHistory, logs: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Log-likelihood of each row, and its slopes in the logarithms of the row's four parameters (four rows).

    Args:
        family: The model.
        history: The customers.
        logs: Logarithms of the four parameters (rows), for each customer (columns).
    """
    values, slopes = np.empty(len(history)), np.empty((4, len(history)))
    one = _pareto_nbd if family == "pareto_nbd" else _beta_geometric
    for first in range(0, len(history), _BLOCK_ROWS):
        rows = slice(first, first + _BLOCK_ROWS)
        columns = (history.x[rows], history.t_x[rows], history.T[rows])
        values[rows], slopes[:, rows] = one(*columns, np.exp(logs[:, rows]), born=float(family == "mbg_nbd"))
    return values, slopes


def _pareto_nbd(
    x: FloatArray, t_x: FloatArray, end: FloatArray, parameters: FloatArray, born: float
) -> tuple[FloatArray, FloatArray]:
    """As in `timed_dropout_likelihood`: E over the time Y at which the customer left, or the end."""
    from scipy.special import digamma, gammaln  # noqa: PLC0415  # keeps the import of the package fast

    del born
    (r, *_), alpha, (s, *_), beta = parameters
    exponent = r + x
    found = departures(exponent, t_x, end, alpha, float(s), beta, DropoutClock())
    staying = np.exp(found.log_staying)
    whole = staying + found.density.sum(axis=1)
    left, stayed = found.density / whole[:, None], staying / whole
    value = gammaln(exponent) - gammaln(r) + r * np.log(alpha) + s * np.log(beta) + found.log_unit + np.log(whole)
    by_r = digamma(exponent) - digamma(r) + np.log(alpha)
    by_r -= stayed * np.log(alpha + end) + (left * found.log_alpha_y).sum(axis=1)
    by_alpha = r - exponent * alpha * (stayed / (alpha + end) + (left / found.alpha_y).sum(axis=1))
    by_s = np.log(beta) + left.sum(axis=1) / s
    by_s -= stayed * np.log(beta + end) + (left * found.log_kappa_y).sum(axis=1)
    by_beta = s - beta * (s * stayed / (beta + end) + (s + 1) * (left / found.kappa_y).sum(axis=1))
    return np.asarray(value), np.array([r * by_r, by_alpha, s * by_s, by_beta])


def _beta_geometric(
    x: FloatArray, t_x: FloatArray, end: FloatArray, parameters: FloatArray, born: float
) -> tuple[FloatArray, FloatArray]:
    """As in `beta_geometric_likelihood` with k = 1; `born` is 1 if customers may leave after the first purchase."""
    from scipy.special import digamma, gammaln  # noqa: PLC0415  # keeps the import of the package fast

    r, alpha, a, b = parameters
    exponent, stays, before = r + x, b + x + born, b + x - 1 + born
    exposed = x + born > 0
    since = np.log1p((end - t_x) / (alpha + t_x))
    odds = exponent * since + np.log(a / np.where(exposed, before, 1.0))
    small = np.exp(-np.abs(odds))
    gain = np.where(exposed, np.maximum(odds, 0) + np.log1p(small), 0.0)
    dead = np.where(exposed, np.where(odds > 0, 1.0, small) / (1 + small), 0.0)
    value = gammaln(exponent) - gammaln(r) + r * np.log(alpha) - exponent * np.log(alpha + end)
    value += gammaln(a + b) - gammaln(b) + gammaln(stays) - gammaln(a + stays) + gain
    by_r = digamma(exponent) - digamma(r) + np.log(alpha) - np.log(alpha + end) + dead * since
    by_alpha = r - exponent * alpha / (alpha + end)
    by_alpha += dead * exponent * alpha * (1 / (alpha + end) - 1 / (alpha + t_x))
    from_total = digamma(a + b) - digamma(a + stays)
    by_b = from_total + digamma(stays) - digamma(b) - dead / np.where(exposed, before, 1.0)
    return np.asarray(value), np.array([r * by_r, by_alpha, a * from_total + dead, b * by_b])
