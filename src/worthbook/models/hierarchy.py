"""Groups that learn from each other, where how much they differ is itself unknown.

Lindley and Smith (1972), "Bayes Estimates for the Linear Model", JRSS B 34(1), 1-41; the spreads are integrated out
as in Gelman, Carlin, Stern, Dunson, Vehtari and Rubin (2013), Bayesian Data Analysis, section 5.4. What the data say of
group j is a parabola, and groups vary normally, each coordinate on its own:

    log p(data of j | theta_j) = h_j' theta_j - theta_j' H_j theta_j / 2        theta_j ~ N(mu, T),  T = diag(tau^2)

With R_j = (I + H_j T)^-1, the part that a group takes from the mean, everything follows in closed form given tau:

    mu | tau           ~ N(m, A^-1),  A = sum R_j H_j,  A m = sum R_j h_j        (the weak prior of mu is one more term)
    theta_j | mu, tau  ~ N(R_j' mu + T R_j h_j, T R_j)
    log p(data | tau)  = sum (h_j' T R_j h_j - log |I + H_j T|) / 2 + (m' A m - log |A|) / 2

and only tau is drawn. A point estimate of tau in its place would make groups surer of themselves than they are: where
each says little it is often nearly zero, as if all groups were known to be alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.optimise import maximise
from worthbook.models.posterior import WEAK_SD, Target, posterior_of

PRIOR_SPREAD = 0.5
"""The prior of a variance between groups is flat up to about the square of this, and falls as exp(-tau^2 / (2 * 0.5^2))
beyond. A flat prior of variances, not of standard deviations, gives intervals that cover (Morris and Tang 2011,
Statistical Science 26(2), 271-287). Of logarithms: groups that differ by factors of ten are hardly expected."""

DRAWS = 400


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """What is known of each group by itself.

    Attributes:
        precision: H_j, group by coordinate by coordinate; without negative eigenvalues, zero where nothing is known.
        pull: h_j = H_j times the group's own estimate, where it has one.
        centre: Around which the weak prior of the mean lies.
    """

    precision: FloatArray
    pull: FloatArray
    centre: FloatArray

    def likeliest_spread(self, start: FloatArray) -> FloatArray:
        """The spreads at the mode of their logarithms' posterior distribution.

        Raises:
            WorthbookError: `fit-not-converged`, if there is none.
        """
        return np.asarray(np.exp(maximise(self._log_posterior, [np.log(start)]).point))

    def mean(self, spread: FloatArray) -> FloatArray:
        """Of all groups, given the spreads."""
        return np.asarray(_Given.of(self, spread[None]).mean[0])

    def shrunk(self, start: FloatArray, *, seed: int) -> Shrunk:
        """Means and covariances over draws of the spreads.

        Args:
            start: Spreads near the likeliest.
            seed: The same seed gives the same draws.

        >>> effects, errors = np.array([0.3, 0.2, 0.1, 0.0]), np.array([0.1, 0.5, 0.1, 5.0])
        >>> groups = Groups(errors[:, None, None] ** -2, (effects / errors**2)[:, None], np.zeros(1))
        >>> groups.shrunk(np.array([0.3]), seed=1).own.round(1).tolist()
        [0.8, 0.3, 0.8, 0.0]
        """
        symbols = tuple(str(each) for each in range(len(self.centre)))
        target = Target(
            objective=self._log_posterior,
            mean_log_likelihood=lambda point: self._log_posterior(point)[0],
            customers=1.0,
            symbols=symbols,
            log_scale=(0.0,) * len(symbols),
            prior=lambda _: 0.0,
        )
        spreads = posterior_of(target, np.log(start), seed=seed, draws=DRAWS).draws
        given = _Given.of(self, spreads)
        means, covariance = given.groups()
        mean = means.mean(axis=0)
        off = means - mean
        return Shrunk(
            mean=mean,
            covariance=covariance.mean(axis=0) + np.einsum("sji,sjk->jik", off, off) / len(off),
            own=1 - np.einsum("sjii->sji", given.taken).mean(axis=(0, 2)),
            centre=given.mean.mean(axis=0),
            spread=spreads.mean(axis=0),
        )

    def _log_posterior(self, log_spread: FloatArray) -> tuple[float, FloatArray]:
        """Of the logarithms of the spreads, up to a constant, with its gradient."""
        spread = np.exp(log_spread)
        value, by_variance = _Given.of(self, spread[None]).log_likelihood()
        value += float((2 * log_spread - (spread / PRIOR_SPREAD) ** 2 / 2).sum())
        return value, 2 * spread**2 * by_variance + 2 - (spread / PRIOR_SPREAD) ** 2


@dataclass(frozen=True, slots=True, eq=False)
class Shrunk:
    """Groups after they have learnt from each other.

    Attributes:
        mean: Of each group (rows).
        covariance: Of each group, with the unknown mean and the unknown spreads in it.
        own: Which share of each group's estimates is its own, over the coordinates.
        centre: The mean of all groups.
        spread: How they vary around it.
    """

    mean: FloatArray
    covariance: FloatArray
    own: FloatArray
    centre: FloatArray
    spread: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class _Given:
    """All that follows in closed form from given spreads: the first axis of every array."""

    data: Groups
    variance: FloatArray
    """tau^2."""
    taken: FloatArray
    """R_j."""
    log_determinant: FloatArray
    """Of I + H_j T, summed over the groups."""
    mean: FloatArray
    """m."""
    precision: FloatArray
    """A."""

    @classmethod
    def of(cls, data: Groups, spreads: FloatArray) -> _Given:
        variance = spreads**2
        matrix = np.eye(spreads.shape[1]) + data.precision * variance[:, None, None, :]
        taken: FloatArray = np.asarray(np.linalg.inv(matrix))
        weak = np.eye(spreads.shape[1]) / WEAK_SD**2
        precision = (taken @ data.precision).sum(axis=1) + weak
        pull = (taken @ data.pull[:, :, None]).sum(axis=1) + (weak @ data.centre)[:, None]
        mean = np.linalg.solve(precision, pull)[:, :, 0]
        return cls(data, variance, taken, np.linalg.slogdet(matrix)[1].sum(axis=1), mean, precision)

    def groups(self) -> tuple[FloatArray, FloatArray]:
        """Mean and covariance of each theta_j: spread by group by coordinate (by coordinate)."""
        own = self.variance[:, None, :, None] * self.taken
        back = self.taken.swapaxes(2, 3)
        mean = (own @ self.data.pull[:, :, None] + back @ self.mean[:, None, :, None])[..., 0]
        return mean, own + back @ np.linalg.inv(self.precision)[:, None] @ self.taken

    def log_likelihood(self) -> tuple[float, FloatArray]:
        """Log p(data | tau) at the first spreads, and its slopes in tau^2.

        With u_j = R_j h_j - R_j H_j m, the standardised distance from the mean: sum (u_j^2 - diag R_j H_j (1 - A^-1
        R_j H_j)) / 2.
        """
        taken, mean, precision = self.taken[0], self.mean[0], self.precision[0]
        apart = taken @ self.data.precision
        pulled = (taken @ self.data.pull[:, :, None])[:, :, 0]
        value = float((self.data.pull * self.variance[0] * pulled).sum() - self.log_determinant[0])
        value += float(mean @ precision @ mean - np.linalg.slogdet(precision)[1])
        away = pulled - apart @ mean
        chance = apart - apart @ np.linalg.inv(precision) @ apart
        return value / 2, (away**2 - np.einsum("jii->ji", chance)).sum(axis=0) / 2
