"""What the data leave open about parameters: draws from their posterior distribution, and how far to trust them.

Draws from a split t distribution at the posterior's mode (Geweke 1989, Econometrica 57(6), 1317-1339: a t with its own
scale on either side of each axis of the normal approximation) are weighted by the posterior itself, evaluated on
grouped rows (Laplace + PSIS). If k-hat says that the weights are not good, the scales are taken from those draws and
the next are better. Where the weights still cannot be trusted, a sampler takes over: slice sampling along random
directions, several chains, with R-hat as its judge.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np

from worthbook.kernel.language import Text
from worthbook.models.base import Estimate, FloatArray, Record
from worthbook.models.optimise import Objective, maximise
from worthbook.models.psis import TRUSTED, smooth
from worthbook.models.slices import sample_slices, split_r_hat

Prior = Callable[[FloatArray], float]
"""Log density of the logarithms of the parameters, in the units of the data, up to a constant."""

WEAK_SD = 2.0
"""Standard deviation of the weak prior: a factor of 50 either way is within two."""

DRAWS = 1000
DEGREES = 7
"""Degrees of freedom of the t distribution from which is drawn: wider than the posterior, where that is normal."""

SETTLED = 1.1
"""Chains with an R-hat up to this agree well enough for intervals."""

NOT_SETTLED = Text(
    en=(
        "The data leave these parameters so open that the sampler had not settled (R-hat {r_hat}): take their "
        "intervals as rough."
    ),
    zh="数据对这些参数约束很弱，抽样尚未稳定（R-hat {r_hat}），其区间仅供粗略参考。",
)

ROUNDS = 3
GOOD = 0.5
"""With a k-hat up to this no further round is needed."""

FAR = (1.0, 2.0, 3.0, 4.0, 6.0)
"""So many standard deviations of the normal approximation from the mode the posterior is looked at."""
NARROWEST, WIDEST = 0.5, 10.0

_STEP = 1e-4
_LEAST_FALL = 1e-3


@dataclass(frozen=True, slots=True)
class WeakPrior:
    """Independent normal logarithms, around 1 in units in which the longest observation is 1."""

    centre: tuple[float, ...]

    def __call__(self, log_values: FloatArray) -> float:
        """The log density, up to a constant."""
        return -0.5 * float((((log_values - np.asarray(self.centre)) / WEAK_SD) ** 2).sum())


@dataclass(frozen=True, slots=True)
class Target:
    """A posterior distribution: the likelihood in scaled units, the prior in those of the data."""

    objective: Objective
    """Mean log-likelihood per customer, with its gradient."""
    mean_log_likelihood: Callable[[FloatArray], float]
    """The same without the gradient."""
    customers: float
    symbols: tuple[str, ...]
    log_scale: tuple[float, ...]
    """What to add to each logarithm to return to the units of the data."""
    prior: Prior

    def log_density(self, point: FloatArray) -> float:
        """In scaled units, up to a constant."""
        value = self.mean_log_likelihood(point) * self.customers + self.prior(point + np.asarray(self.log_scale))
        return value if np.isfinite(value) else -np.inf

    def penalised(self, point: FloatArray) -> tuple[float, FloatArray]:
        """The same per customer, with its gradient; that of the prior by differences."""
        value, gradient = self.objective(point)
        there, steps = point + np.asarray(self.log_scale), np.eye(len(point)) * _STEP
        slopes = np.array([(self.prior(there + step) - self.prior(there - step)) / (2 * _STEP) for step in steps])
        return value + self.prior(there) / self.customers, gradient + slopes / self.customers


@dataclass(frozen=True, slots=True)
class Posterior:
    """Equally weighted draws of the parameters."""

    symbols: tuple[str, ...]
    log_draws: tuple[tuple[float, ...], ...]
    """Logarithms of the parameters, one row each."""
    method: Literal["laplace+psis", "slice", "bootstrap"]
    k_hat: float | None
    """Below 0.7 the weighted draws can be trusted; above, the slice sampler was used."""
    r_hat: float | None
    """Of the slice sampler: near 1 if its chains agree."""

    @property
    def cautions(self) -> tuple[Text, ...]:
        """That the sampler had not settled, if so."""
        if self.r_hat is None or self.r_hat <= SETTLED:
            return ()
        return (NOT_SETTLED.format(r_hat=f"{self.r_hat:.2f}"),)

    @property
    def draws(self) -> FloatArray:
        """Parameter values, one row each."""
        return np.asarray(np.exp(np.asarray(self.log_draws)))

    def thinned(self, count: int) -> FloatArray:
        """So many parameter values, evenly from the first draw to the last."""
        places = ((np.arange(count) + 0.5) * len(self.log_draws) / count).astype(np.intp)
        return self.draws[places]

    @property
    def summary(self) -> tuple[Estimate, ...]:
        """Median, standard deviation and 95 % interval of each parameter."""
        draws = self.draws
        rows = zip(self.symbols, *np.quantile(draws, [0.5, 0.025, 0.975], axis=0), draws.std(axis=0), strict=True)
        return tuple(
            Estimate(symbol, float(median), float(sd), float(low), float(high))
            for symbol, median, low, high, sd in rows
        )

    def as_record(self) -> Record:
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: Record) -> Posterior:
        """The inverse of `as_record`."""
        values = dict(record)
        values["symbols"] = tuple(values["symbols"])
        values["log_draws"] = tuple(tuple(row) for row in values["log_draws"])
        return cls(**values)


def posterior_of(target: Target, start: FloatArray, *, seed: int, draws: int = DRAWS) -> Posterior:
    """Draw from a posterior distribution.

    Args:
        target: What to draw from.
        start: Logarithms of parameters near its mode, such as the estimates, in scaled units.
        seed: The same seed gives the same draws.
        draws: How many.

    Raises:
        WorthbookError: `fit-not-converged`, if the posterior has no mode.
    """
    rng = np.random.default_rng(seed)
    mode = maximise(target.penalised, [start])
    curvature, axes = np.linalg.eigh(mode.hessian * target.customers)
    spread = axes / np.sqrt(np.maximum(curvature, WEAK_SD**-2))
    sides = _side_scales(target, mode.point, spread)
    for _ in range(ROUNDS):
        steps, log_proposal = _split_t(sides, draws, rng)
        points = mode.point + steps @ spread.T
        weights, k_hat = smooth(np.array([target.log_density(point) for point in points]) - log_proposal)
        if k_hat <= GOOD:
            break
        sides = np.array([_root_mean_square(np.maximum(sign * steps, 0), weights) for sign in (1, -1)])
    reached = np.searchsorted(np.cumsum(weights), (np.arange(draws) + rng.random()) / draws)
    chosen = points[np.minimum(reached, draws - 1)]
    if k_hat <= TRUSTED:
        return _posterior(target, chosen[rng.permutation(draws)], "laplace+psis", k_hat, None)
    chains = sample_slices(target.log_density, chosen, spread * sides.mean(axis=0), draws, rng)
    return _posterior(target, chains.reshape(-1, len(start)), "slice", k_hat, split_r_hat(chains))


def _side_scales(target: Target, mode: FloatArray, spread: FloatArray) -> FloatArray:
    """For either side (rows) of each axis (columns): by how much the posterior is wider than the normal one."""
    top = target.log_density(mode)
    falls = np.array(
        [[[top - target.log_density(mode + sign * far * axis) for axis in spread.T] for far in FAR] for sign in (1, -1)]
    )
    wider = np.array(FAR)[None, :, None] / np.sqrt(2 * np.maximum(falls, _LEAST_FALL))
    return np.asarray(np.clip(wider.max(axis=1), NARROWEST, WIDEST))


def _split_t(sides: FloatArray, draws: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Draws (rows) from a t distribution with its own scale on either side of each axis, and their log density."""
    size = sides.shape[1]
    normal = rng.standard_normal((draws, size))
    wide = normal * np.sqrt(DEGREES / rng.chisquare(DEGREES, draws))[:, None]
    scales = np.where(wide > 0, sides[0], sides[1])
    log_density = -(DEGREES + size) / 2 * np.log1p((wide**2).sum(axis=1) / DEGREES) - np.log(scales).sum(axis=1)
    return wide * scales, log_density


def _root_mean_square(steps: FloatArray, weights: FloatArray) -> FloatArray:
    """The scale of one side of each axis, from the draws that fell there."""
    there = weights @ (steps > 0)
    return np.asarray(np.clip(np.sqrt(weights @ steps**2 / np.maximum(there, _LEAST_FALL)), NARROWEST, WIDEST))


def _posterior(
    target: Target,
    points: FloatArray,
    method: Literal["laplace+psis", "slice"],
    k_hat: float,
    r_hat: float | None,
) -> Posterior:
    rows = (points + np.asarray(target.log_scale)).tolist()
    shown = k_hat if np.isfinite(k_hat) else -1.0  # all ratios equal: no tail at all
    return Posterior(target.symbols, tuple(tuple(row) for row in rows), method, shown, r_hat)
