"""What renewals leave open about the parameters: draws that are weighted by the likelihood.

Where readiness to leave may change with tenure, alpha, beta and c lie along a bent ridge; a normal approximation leans
to customers who stay, by more than its intervals allow.
"""

from __future__ import annotations

import numpy as np

from worthbook.models.laplace import Estimates
from worthbook.models.optimise import LOG_BOUND
from worthbook.models.posterior import Posterior, Target, WeakPrior, posterior_of
from worthbook.models.retention.beta_weibull_likelihood import BetaWeibullLikelihood

INSIDE = 0.9 * LOG_BOUND
"""The search for the posterior's mode starts no farther out."""


def renewal_posterior(
    likelihood: BetaWeibullLikelihood, customers: float, estimates: Estimates, *, seed: int
) -> Posterior:
    """Draws of alpha, beta and, if it was estimated, c; with the weak prior of all models.

    Args:
        likelihood: Of the contracts.
        customers: How many they are.
        estimates: Where the likelihood is largest.
        seed: The same seed gives the same draws.
    """
    nowhere = (0.0,) * len(estimates.symbols)
    target = Target(
        objective=likelihood,
        mean_log_likelihood=likelihood.value,
        customers=customers,
        symbols=estimates.symbols,
        log_scale=nowhere,
        prior=WeakPrior(nowhere),
    )
    start = np.clip(np.asarray(estimates.log_values), -INSIDE, INSIDE)
    return posterior_of(target, start, seed=seed)
