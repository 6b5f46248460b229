"""What a single customer, or any group of customers together, may buy and spend: intervals from simulated futures.

Every future takes another draw of the parameters and then lets chance act, for every customer: whether alive, at which
rate, for how long, how much at each purchase. So an interval holds all that is uncertain, and the futures of a segment,
added up, give the interval of its sum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.lifetime.data import PurchaseHistory, SpendHistory
from worthbook.models.lifetime.gamma_gamma import GammaGammaProcess
from worthbook.models.lifetime.process import PurchaseProcess
from worthbook.models.lifetime.purchase_model import PurchaseFit

FUTURES = 400

_BLOCK_ROWS = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class Range:
    """For each row, the two ends of an interval."""

    low: FloatArray
    high: FloatArray


def simulate_futures(
    fit: PurchaseFit, parameters: FloatArray, history: PurchaseHistory, horizon: float, rng: np.random.Generator
) -> FloatArray:
    """Purchases of each row (columns) in one future for each row of parameters.

    >>> from worthbook.models.lifetime.nbd import NBD
    >>> history = PurchaseHistory([0, 1, 3, 9], [0, 3, 9, 8], [10, 10, 10, 9])
    >>> fit = NBD().fit(history)
    >>> simulate_futures(fit, np.tile([0.8, 3.0], (50, 1)), history, 10.0, np.random.default_rng(1)).shape
    (50, 4)
    """
    fit.in_unit(history)
    processes: list[PurchaseProcess] = [fit.rough_process_at(values) for values in parameters]
    return np.array([process.draw_purchases(history, horizon, rng) for process in processes])


def simulate_values(
    purchases: FloatArray, parameters: FloatArray, spend: SpendHistory, rng: np.random.Generator
) -> FloatArray:
    """Spend of each row (columns) in each future: the sum of that many purchases at the customer's unknown mean.

    Args:
        purchases: From `simulate_futures`.
        parameters: Those of the spend model for each future (p, q, gamma, and `doubling` if it has one).
        spend: What is known of each row's spend.
        rng: The source of chance.
    """
    values = np.empty_like(purchases)
    for future, (count, row) in enumerate(zip(purchases, parameters.tolist(), strict=True)):
        process = GammaGammaProcess(*row)
        known = spend.x * np.where(spend.x > 0, np.maximum(spend.mean_value, 0.0), 0.0)
        rate = (
            rng.gamma(process.p * spend.x + process.q) / (process.scale(spend.x) + known) / process.next_level(spend.x)
        )
        amount = rng.gamma(process.p * np.maximum(count, 1.0)) / np.maximum(rate, np.finfo(np.float64).tiny)
        values[future] = np.where(count > 0, amount, 0.0)
    return values


def purchase_ranges(  # noqa: PLR0913  # level has a default
    fit: PurchaseFit,
    parameters: FloatArray,
    history: PurchaseHistory,
    horizon: float,
    *,
    seed: int,
    level: float = 0.95,
) -> Range:
    """How many purchases each customer will make, with the given probability; equal customers get equal ends.

    Args:
        fit: The fitted model.
        parameters: Draws of its parameters, such as `posterior.thinned(FUTURES)`.
        history: The customers, at the date from which the forecast looks ahead.
        horizon: How far it looks, in the unit of the history.
        seed: The same seed gives the same ends.
        level: Of the interval.
    """
    found = fit.process_class.distinct(history)
    ends = []
    for first in range(0, len(found.sample), _BLOCK_ROWS):
        rows = history.take(found.sample[first : first + _BLOCK_ROWS])
        futures = simulate_futures(fit, parameters, rows, horizon, np.random.default_rng([seed, first]))
        ends.append(np.quantile(futures, [(1 - level) / 2, (1 + level) / 2], axis=0, method="inverted_cdf"))
    low, high = np.concatenate(ends, axis=1)
    return Range(low[found.row_to_distinct], high[found.row_to_distinct])
