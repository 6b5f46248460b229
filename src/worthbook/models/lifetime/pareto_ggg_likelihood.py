"""The likelihood of Pareto/GGG, with its gradient: one integral over the regularity k, everything else inside it.

Platzer and Reutterer (2016), Marketing Science 35(5), 779-799, draw the rates of each customer by a Markov chain. There
is no need to: given k, the rate lambda and the dropout rate mu integrate out. With l the sum of the logarithms of the x
times between purchases, R = r + kx, A = alpha + k t_x, and F(y) = (beta / (beta+y))^s the share that stays so long,

    L | k = k^(kx) / G(k)^x e^((k-1) l)  G(R)/G(r) alpha^r / A^R  K
    K = F(t_x) S(T-t_x) + integral from 0 to T-t_x of g(u) (F(t_x) - F(t_x+u)) du

The present time between purchases is A / k times a beta-prime variable with parameters k and R: g is its density, S its
survival function. (The customer left at some y after t_x, and the next purchase would have come later; integrated by
parts over y only one incomplete beta function remains, and the integrand is positive.) Then

    L = integral of L | k over k ~ Gamma(t, gamma)

is taken by the trapezoidal rule in log k between the two points where a customer's integrand has fallen far: it is a
smooth hump, for which that rule has hardly any error. The gradient is the mean of the gradients given k.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.distinct import weighted_sum
from worthbook.models.lifetime.data import PurchaseHistory
from worthbook.models.lifetime.gap_rule import FARTHEST, gap_rule, log_density
from worthbook.models.lifetime.nbd_likelihood import GAPS_MISSING

NODES = 24
"""Of k for each customer: about one for each standard deviation of what its purchases say of k."""
NODES_OF_GAPS = 20

LEAST_LOG_K, MOST_LOG_K = -30.0, 12.0
FALL = 15.0
"""The integral over k is cut where its integrand has fallen by exp(-15) at both its ends."""
LOOKS = 24
WIDE = 2.5
ROUNDS = 4
"""The range of k is narrowed so often, each time to at best an eleventh; it holds two peaks of 10^6 purchases."""

STEP = 1e-4
"""Relative, for the slope of the incomplete beta function in its parameter."""

BLOCK_ROWS = 256
"""So many rows at once stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Regularity:
    """For each row, some k, and the logarithm of the weight of each: all of L | k but K."""

    k: FloatArray
    log_k: FloatArray
    log_weight: FloatArray
    shape: FloatArray
    """R = r + kx."""
    scale: FloatArray
    """A = alpha + k t_x."""


@dataclass(frozen=True, slots=True)
class PresentGap:
    """For each row and each of its k, the terms of K / F(t_x), and what their slopes need."""

    waiting: FloatArray
    """S(T-t_x)."""
    u: FloatArray
    """Times in the present gap, along the last axis."""
    log_grown: FloatArray
    """Of those times in units of A / k, log(1 + u k / A)."""
    log_later: FloatArray
    """Of those times, log((beta + t_x + u) / (beta + t_x))."""
    density: FloatArray
    """g at those times: the row sums of a function of u, weighted by it, are its integrals."""
    gone: FloatArray
    """The same times the share that left meanwhile."""
    left: FloatArray
    """The integral in K / F(t_x), which is the row sums of `gone`."""

    @property
    def whole(self) -> FloatArray:
        """K / F(t_x)."""
        return np.maximum(self.waiting + self.left, np.finfo(np.float64).tiny)


def log_gaps_of(history: PurchaseHistory) -> FloatArray:
    """The sum of the logarithms of times between purchases; of less than two purchases nobody needs to tell.

    Raises:
        WorthbookError: `history-without-gaps`.
    """
    if history.log_gaps is not None:
        return history.log_gaps
    if (history.x > 1).any():
        raise GAPS_MISSING()  # noqa: RSE102  # a fault makes the exception
    return np.log(np.where((history.x == 1) & (history.t_x > 0), history.t_x, 1.0))


def regularity_of(  # noqa: PLR0913, PLR0917  # four parameters, the rows, and how exactly
    t: float, gamma: float, r: float, alpha: float, rows: PurchaseHistory, count: int = NODES
) -> Regularity:
    """So many k for each row, over the range that its purchases leave open, and the weight of each."""
    from scipy.special import gammaln  # noqa: PLC0415  # keeps the import of the package fast

    x, t_x, log_gaps = rows.x[:, None], rows.t_x[:, None], log_gaps_of(rows)[:, None]

    def log_weight(v: FloatArray) -> FloatArray:
        k = np.exp(v)
        of_k = t * v - gamma * k + x * (k * v - gammaln(k)) + (k - 1) * log_gaps
        return np.asarray(of_k + gammaln(r + k * x) - (r + k * x) * np.log(alpha + k * t_x))

    low, high = np.full((2, len(rows), 1), [[[LEAST_LOG_K]], [[MOST_LOG_K]]])
    for more in reversed(range(ROUNDS)):
        v = low + (high - low) * np.linspace(0, 1, LOOKS)
        logs = log_weight(v)
        level = logs.max(axis=1, keepdims=True) - FALL
        low, high = (
            _crossing(v[:, way], logs[:, way], level, is_coarse=more > 0)
            for way in (slice(None), slice(None, None, -1))
        )
    v, measure = _about_the_top(v, logs, low, high, count)
    k = np.exp(v)
    constant = t * np.log(gamma) - gammaln(t) + r * np.log(alpha) - gammaln(r)
    weight = log_weight(v) + constant + np.log(measure)
    return Regularity(k, v, weight, r + k * x, alpha + k * t_x)


def _crossing(v: FloatArray, logs: FloatArray, level: FloatArray, *, is_coarse: bool) -> FloatArray:
    """Between which places each row first reaches its level: the last place before, or on a finer look just there.

    On a coarse one the line between two places says nothing; on the last it makes the range, and so the likelihood,
    a smooth function of the parameters.
    """
    rows, after = np.arange(len(v)), np.argmax(logs >= level, axis=1)
    before = np.maximum(after - 1, 0)
    v_before: FloatArray = v[rows, before][:, None]
    if is_coarse:
        return v_before
    v_after, low, high = (values[rows, place][:, None] for values, place in ((v, after), (logs, before), (logs, after)))
    share = np.where(high > low, (high - level) / np.where(high > low, high - low, 1.0), 0.0)
    return np.asarray(v_after + share * (v_before - v_after))


def _about_the_top(
    v: FloatArray, logs: FloatArray, low: FloatArray, high: FloatArray, count: int
) -> tuple[FloatArray, FloatArray]:
    """Nodes of the trapezoidal rule in the arsinh of the distance from the top, and their weights."""
    place = np.clip(logs.argmax(axis=1), 1, LOOKS - 2)[:, None] + np.array([-1, 0, 1])
    here, about = np.take_along_axis(v, place, axis=1), np.take_along_axis(logs, place, axis=1)
    top, step = here[:, 1:2], here[:, 1:2] - here[:, :1]
    bend = 2 * about[:, 1:2] - about[:, :1] - about[:, 2:]
    scale = WIDE * step / np.sqrt(np.maximum(bend, 1e-2))
    first, last = np.arcsinh((low - top) / scale), np.arcsinh((high - top) / scale)
    place = first + (last - first) * np.linspace(0, 1, count)
    return top + scale * np.sinh(place), scale * np.cosh(place) * (last - first) / (count - 1)


def present_gap(
    found: Regularity, s: float, beta: float, rows: PurchaseHistory, count: int = NODES_OF_GAPS
) -> PresentGap:
    """The pieces of K for each row and each of its k."""
    from scipy.special import betainc, betaln  # noqa: PLC0415  # keeps the import of the package fast

    k, start = found.k, beta + rows.t_x[:, None]
    end = k * (rows.T - rows.t_x)[:, None] / found.scale
    log_end = np.log(np.maximum(end, np.exp(-FARTHEST)))
    v, measure = gap_rule(
        k + 1, found.shape, np.full_like(k, -FARTHEST), log_end, count
    )  # what is averaged falls with u
    grown = np.exp(v)  # these are many: no function of them is taken twice
    log_grown = np.log1p(grown)
    log_g = k[..., None] * v - (k + found.shape)[..., None] * log_grown - betaln(k, found.shape)[..., None]
    density = np.exp(log_g) * measure
    u = grown * (found.scale / k)[..., None]
    log_later = np.log1p(u / start[..., None])
    gone = density * -np.expm1(-s * log_later)
    waiting = np.asarray(betainc(found.shape, k, 1 / (1 + end)), dtype=np.float64)
    return PresentGap(waiting, u, log_grown, log_later, density, gone, gone.sum(axis=-1))


class ParetoGGGLikelihood:
    """Mean log-likelihood per customer of one history, ready to be evaluated many times."""

    def __init__(self, history: PurchaseHistory, nodes: int = NODES, nodes_of_gaps: int = NODES_OF_GAPS) -> None:
        """Keep the rows.

        Raises:
            WorthbookError: `history-without-gaps`.
        """
        log_gaps_of(history)
        share, firsts = history.weights / history.customers, range(0, len(history), BLOCK_ROWS)
        blocks = [np.arange(first, min(first + BLOCK_ROWS, len(history))) for first in firsts]
        self._blocks = [(share[rows], history.take(rows)) for rows in blocks]
        self._nodes = nodes, nodes_of_gaps

    def __call__(self, point: FloatArray) -> tuple[float, FloatArray]:
        """Value and gradient at the logarithms of t, the mean t / gamma of k, r, alpha, s and beta."""
        value, slopes = 0.0, np.zeros(6)
        for share, rows in self._blocks:
            log_likelihood, by = row_slopes(np.exp(point), rows, *self._nodes)
            value += weighted_sum(share, log_likelihood)
            slopes += by @ share
        return value, np.exp(point) * slopes

    def value(self, point: FloatArray) -> float:
        """The value without the gradient."""
        parts = [(share, row_log_likelihoods(np.exp(point), rows, *self._nodes)) for share, rows in self._blocks]
        return sum(weighted_sum(share, part) for share, part in parts)


def row_log_likelihoods(
    parameters: FloatArray, rows: PurchaseHistory, nodes: int = NODES, nodes_of_gaps: int = NODES_OF_GAPS
) -> FloatArray:
    """Log-likelihood of each row."""
    t, mean_k, r, alpha, s, beta = parameters.tolist()
    gamma = t / mean_k
    found = regularity_of(t, gamma, r, alpha, rows, nodes)
    terms = found.log_weight + np.log(present_gap(found, s, beta, rows, nodes_of_gaps).whole)
    return np.asarray(_log_sum(terms)[0] + s * np.log(beta / (beta + rows.t_x)))


def row_slopes(
    parameters: FloatArray, rows: PurchaseHistory, nodes: int = NODES, nodes_of_gaps: int = NODES_OF_GAPS
) -> tuple[FloatArray, FloatArray]:
    """Log-likelihood of each row, and its slopes in the six parameters (one row each)."""
    from scipy.special import digamma  # noqa: PLC0415  # keeps the import of the package fast

    t, mean_k, r, alpha, s, beta = parameters.tolist()
    gamma = t / mean_k
    found = regularity_of(t, gamma, r, alpha, rows, nodes)
    gap = present_gap(found, s, beta, rows, nodes_of_gaps)
    log_likelihood, chance = _log_sum(found.log_weight + np.log(gap.whole))
    by_shape, by_scale, by_s, by_beta = _slopes_of_gap(found, gap, s, beta, rows)

    def mean(values: FloatArray) -> FloatArray:
        return np.asarray((chance * values).sum(axis=1))

    since_last = beta + rows.t_x
    slopes = np.array(
        [
            np.log(gamma) + 1 - digamma(t) + mean(found.log_k - found.k / mean_k),
            gamma * (mean(found.k) / mean_k - 1),
            np.log(alpha) - digamma(r) + mean(digamma(found.shape) - np.log(found.scale) + by_shape / gap.whole),
            r / alpha + mean(by_scale / gap.whole - found.shape / found.scale),
            np.log(beta / since_last) + mean(by_s / gap.whole),
            s / beta - s / since_last + mean(by_beta / gap.whole),
        ]
    )
    return log_likelihood + s * np.log(beta / since_last), slopes


def _slopes_of_gap(
    found: Regularity, gap: PresentGap, s: float, beta: float, rows: PurchaseHistory
) -> tuple[FloatArray, ...]:
    """Slopes of K / F(t_x) in R, A, s and beta, F(t_x) being held."""
    from scipy.special import betaln, digamma  # noqa: PLC0415  # keeps the import of the package fast

    k, shape, scale = found.k, found.shape, found.scale
    leaving = gap.density - gap.gone
    by_shape = _slope_of_waiting(found, rows)
    sooner = gap.log_grown - (digamma(k + shape) - digamma(shape))[..., None]  # minus the slope of log g in R
    by_shape -= (gap.gone * sooner).sum(axis=-1)
    start, now = (beta + rows.t_x)[:, None], (rows.T - rows.t_x)[:, None]
    log_end = np.log(np.maximum(k * now / scale, np.exp(-FARTHEST)))
    at_end = np.exp(log_density(log_end, k, shape) - betaln(k, shape)) * (1 + now / start) ** -s
    later = gap.u / (start[..., None] + gap.u)
    by_scale = (at_end + s * (leaving * later).sum(axis=-1)) / scale
    by_beta = -s * (leaving * later).sum(axis=-1) / start
    return by_shape, by_scale, (leaving * gap.log_later).sum(axis=-1), by_beta


def _slope_of_waiting(found: Regularity, rows: PurchaseHistory) -> FloatArray:
    """The slope of S in R by differences: right to all that matters even where S is next to nothing."""
    from scipy.special import betainc  # noqa: PLC0415  # keeps the import of the package fast

    rest = found.scale / (found.scale + found.k * (rows.T - rows.t_x)[:, None])
    step = STEP * found.shape
    more, less = (betainc(found.shape + sign * step, found.k, rest) for sign in (1, -1))
    return np.asarray((more - less) / (2 * step))


def _log_sum(terms: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Logarithm of the sum of exp of each row, and the share of each term in it."""
    top = terms.max(axis=1, keepdims=True)
    parts = np.exp(terms - top)
    total = parts.sum(axis=1, keepdims=True)
    return (np.log(total) + top)[:, 0], parts / total
