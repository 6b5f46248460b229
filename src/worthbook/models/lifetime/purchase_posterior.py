"""The posterior distribution of a fitted model of purchases or of spend, and the bootstrap that checks it."""

from __future__ import annotations

import numpy as np

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.models.lifetime.data import PurchaseHistory
from worthbook.models.lifetime.purchase_model import PurchaseFit, PurchaseModel, fingerprint_of, log_scale_of
from worthbook.models.optimise import LOG_BOUND, maximise
from worthbook.models.posterior import DRAWS, Posterior, Prior, Target, WeakPrior, posterior_of

OTHER_DATA = Fault(
    "posterior-of-other-data",
    what=Text(
        en="The fit was made from other customers ({fitted}) than those given now ({given}).",
        zh="该拟合结果所用的客户数据（{fitted}）与现在给出的（{given}）不同。",
    ),
    hint=Text(
        en="Give the history that the model was fitted to, or fit it again.",
        zh="请提供拟合时所用的历史数据，或重新拟合。",
    ),
)

INSIDE = 0.9 * LOG_BOUND
"""The search for the posterior's mode starts no farther out."""


def purchase_posterior(  # noqa: PLR0913  # two of them have defaults that suit nearly always
    model: PurchaseModel[PurchaseFit],
    fit: PurchaseFit,
    history: PurchaseHistory,
    *,
    seed: int,
    draws: int = DRAWS,
    prior: Prior | None = None,
) -> Posterior:
    """Draws of the parameters, given the history that the model was fitted to.

    Args:
        model: What was fitted.
        fit: Its fit.
        history: What it was fitted to.
        seed: The same seed gives the same draws.
        draws: How many.
        prior: What was known before; if left out, next to nothing (`WeakPrior`).

    Raises:
        WorthbookError: `posterior-of-other-data`, if the fit was made from another history.

    >>> from worthbook.models.lifetime.nbd import NBD
    >>> rng = np.random.default_rng(1)
    >>> history = NBD().fit_class.process_class(0.6, 6.0).simulate(rng.uniform(9, 40, 300), 0.0, rng, "weeks")[0]
    >>> posterior = purchase_posterior(NBD(), NBD().fit(history), history, seed=1)
    >>> posterior.method, posterior.k_hat < 0.7
    ('laplace+psis', True)
    """
    groups = history.group()
    if fingerprint_of(groups) != fit.data_fingerprint:
        raise OTHER_DATA(fitted=fit.data_fingerprint, given=fingerprint_of(groups))
    scale = float(groups.T.max())
    log_scale = log_scale_of(fit.process_class, scale)
    like = model.like(fit)
    scaled = like.group(history).scaled(1 / scale)
    target = Target(
        objective=like.objective(scaled),
        mean_log_likelihood=like.mean_log_likelihood(scaled),
        customers=fit.learnt_from,
        symbols=fit.estimates.symbols,
        log_scale=log_scale,
        prior=prior or WeakPrior(tuple(power * float(np.log(scale)) for power in fit.process_class.time_powers)),
    )
    start = np.clip(np.asarray(fit.estimates.log_values) - np.asarray(log_scale), -INSIDE, INSIDE)
    return posterior_of(target, start, seed=seed, draws=draws)


def bootstrap(
    model: PurchaseModel[PurchaseFit], fit: PurchaseFit, history: PurchaseHistory, *, seed: int, draws: int = 200
) -> Posterior:
    """Estimates from customers drawn with replacement: a check on the intervals that trusts no model.

    >>> from worthbook.models.lifetime.nbd import NBD
    >>> rng = np.random.default_rng(1)
    >>> history = NBD().fit_class.process_class(0.6, 6.0).simulate(rng.uniform(9, 40, 300), 0.0, rng, "weeks")[0]
    >>> len(bootstrap(NBD(), NBD().fit(history), history, seed=1, draws=20).draws)
    20
    """
    rng = np.random.default_rng(seed)
    like = model.like(fit)
    groups = like.group(history)
    scale = float(groups.T.max())
    scaled = groups.scaled(1 / scale)
    log_scale = np.asarray(log_scale_of(fit.process_class, scale))
    start = np.clip(np.asarray(fit.estimates.log_values) - log_scale, -INSIDE, INSIDE)
    rows = []
    for counts in rng.multinomial(round(groups.customers), groups.weights / groups.customers, draws):
        again = scaled.take(np.flatnonzero(counts)).weighted(counts[counts > 0])
        rows.append(tuple((maximise(like.objective(again), [start]).point + log_scale).tolist()))
    return Posterior(fit.estimates.symbols, tuple(rows), "bootstrap", None, None)
