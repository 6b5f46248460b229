"""The likelihood of Pareto/NBD with covariates that change with time, and its gradient.

Bachmann, Meierer and Naef (2021), "The Role of Time-Varying Contextual Factors in Latent Attrition Models for Customer
Base Analysis", Marketing Science 40(4), 783-809. In a period with covariates z customers buy exp(trans' z) times, and
leave exp(life' z) times as readily. With B(y) and D(y) the time until y, in which each period counts as much:

    L = G(r+x)/G(r) alpha^r beta^s  prod over purchases of exp(trans' z)  K
    K = (alpha+B(T))^-(r+x) (beta+D(T))^-s + s * integral from t_x to T of (alpha+B)^-(r+x) D' (beta+D)^-(s+1) dy

B and D are straight lines within a period, so a few Gauss-Legendre nodes a period are exact to all useful digits.

The gradient goes backwards. How much the log-likelihood changes with the logarithm of the speed of buying, or of
leaving, in one period of one customer is a sum over the nodes in that period and all later ones; the slopes in the
effects are these, times the covariates. So a covariate more costs one matrix product more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.lifetime.quadrature import legendre_rule
from worthbook.models.lifetime.seasoned_customers import SeasonedCustomers

STEEP = ((1.0, 3), (2.0, 4), (4.0, 5), (16.0, 9))
"""Nodes where customers buy at most so often in a period, on average until their last purchase: the integrand falls by
the exponential of that in one period, at most."""

MOST_NODES = 24


@dataclass(frozen=True, slots=True, eq=False)
class Speeds:
    """How fast customers (rows) buy and leave in each period (columns), as logarithms; 0 is the usual speed.

    One row is for all customers.
    """

    log_buying: FloatArray
    log_leaving: FloatArray

    def of_each(self, customers: int) -> Speeds:
        """A row for each customer."""
        shape = (customers, self.log_buying.shape[-1])
        return Speeds(np.broadcast_to(self.log_buying, shape), np.broadcast_to(self.log_leaving, shape))


@dataclass(frozen=True, slots=True, eq=False)
class SeasonalValue:
    """Log-likelihood of each customer, and its slopes.

    Slopes in the logarithms of the parameters are rows, those in the logarithms of the speeds are tables like them.
    """

    value: FloatArray
    p_alive: FloatArray
    by_parameter: FloatArray
    by_buying: FloatArray
    by_leaving: FloatArray


class SeasonalLikelihood:
    """Of some customers, ready to be evaluated many times."""

    def __init__(self, customers: SeasonedCustomers) -> None:
        """List the pieces of periods between each customer's last purchase and the end."""
        born, history = customers.born, customers.history
        self._x, self._counts = history.x, customers.counts
        self._inside = customers.time_in_periods(born, born + history.T)
        waiting = customers.time_in_periods(born + history.t_x, born + history.T)
        self._row, self._period = np.nonzero(waiting)
        self._span = waiting[self._row, self._period]
        self._from = self._inside[self._row, self._period] - self._span  # time in the period before the last purchase
        longest = float(np.diff(customers.edges).max())
        pace = float(np.max(history.x * longest / (history.t_x + longest)))
        nodes = next((count for most, count in STEEP if pace <= most), MOST_NODES)
        points, weights = (each[:, None] for each in legendre_rule(nodes))
        self._offset = self._from + self._span * points  # nodes are rows, pieces are columns
        self._log_measure = np.log(self._span) + np.log(weights)

    def __call__(self, point: FloatArray, speeds: Speeds) -> SeasonalValue:
        """Evaluate at the logarithms of r, alpha, s and beta."""
        from scipy.special import digamma, gammaln  # noqa: PLC0415  # keeps the import of the package fast

        r, alpha, s, beta = np.exp(point)
        exponent, speeds = r + self._x, speeds.of_each(len(self._x))
        buying, leaving = np.exp(speeds.log_buying), np.exp(speeds.log_leaving)
        bought, left = self._inside * buying, self._inside * leaving
        bought_end, left_end = alpha + bought.sum(axis=1), beta + left.sum(axis=1)
        log_bought_end, log_left_end = np.log(bought_end), np.log(left_end)

        at = (self._row, self._period)
        row = self._row
        bought_y = self._reached(bought, alpha)[at] + buying[at] * self._offset
        left_y = self._reached(left, beta)[at] + leaving[at] * self._offset
        log_bought_y, log_left_y = np.log(bought_y), np.log(left_y)
        at_end = exponent * log_bought_end + s * log_left_end  # densities are told relative to staying until the end
        relative = self._log_measure + (speeds.log_leaving[at] + point[2] + at_end[row])
        relative -= exponent[row] * log_bought_y
        relative -= (s + 1) * log_left_y
        top = np.zeros(len(exponent))
        np.maximum.at(top, row, relative.max(axis=0, initial=-np.inf))
        density = np.exp(relative - top[row])
        whole = np.exp(-top) + self._by_row(density)
        value = gammaln(exponent) - gammaln(r) + r * point[1] + s * point[3]
        value += (self._counts * speeds.log_buying).sum(axis=1) + top + np.log(whole) - at_end

        p_alive = np.exp(-top) / whole
        gone = density * (1 / whole)[row]
        by_r = digamma(exponent) - digamma(r) + point[1] - p_alive * log_bought_end
        by_r -= self._by_row(gone * log_bought_y)
        by_s = point[3] + (1 - p_alive) / s - p_alive * log_left_end - self._by_row(gone * log_left_y)
        buys, leaves = gone / bought_y, (s + 1) * gone / left_y
        end_buys, end_leaves = p_alive / bought_end, s * p_alive / left_end
        by_alpha = r - exponent * alpha * (end_buys + self._by_row(buys))
        by_beta = s - beta * (end_leaves + self._by_row(leaves))
        by_buying = self._counts - exponent[:, None] * self._backwards(bought, buying, buys, end_buys)
        by_leaving = self._cells(gone.sum(axis=0)) - self._backwards(left, leaving, leaves, end_leaves)
        by_parameter = np.array([r * by_r, by_alpha, s * by_s, by_beta])
        return SeasonalValue(np.asarray(value), p_alive, by_parameter, by_buying, by_leaving)

    def _reached(self, spent: FloatArray, start: float) -> FloatArray:
        """The start and all that was spent in earlier periods."""
        return np.asarray(np.cumsum(spent, axis=1) - spent + start)

    def _by_row(self, at_nodes: FloatArray) -> FloatArray:
        return np.bincount(self._row, at_nodes.sum(axis=0), minlength=len(self._x)).astype(np.float64, copy=False)

    def _cells(self, values: FloatArray) -> FloatArray:
        """A value for each piece, as a table of customers and periods."""
        table = np.zeros_like(self._inside)
        table[self._row, self._period] = values
        return table

    def _backwards(self, spent: FloatArray, speed: FloatArray, at_nodes: FloatArray, at_end: FloatArray) -> FloatArray:
        """What a higher speed in one period adds up to, in that period and in all later ones."""
        pieces = self._cells(at_nodes.sum(axis=0))
        later = np.cumsum(pieces[:, ::-1], axis=1)[:, ::-1] - pieces + at_end[:, None]
        return np.asarray(spent * later + speed * self._cells((at_nodes * self._offset).sum(axis=0)))
