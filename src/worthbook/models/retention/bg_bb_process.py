"""The BG/BB process at given parameters: who still comes, and at how many occasions to come.

While alive a customer takes each occasion with probability p ~ Beta(alpha, beta); before each occasion it drops out
with probability theta ~ Beta(gamma, delta) (Fader, Hardie and Shang 2010).

What has been seen updates both: a customer alive at occasion n has p ~ Beta(alpha+x, beta+n-x) and theta ~ Beta(gamma,
delta+n), so what is to come of it is what is to come of a new customer with those parameters.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.models.base import FloatArray
from worthbook.models.lifetime.data import PERIODS_PER_YEAR
from worthbook.models.retention.bg_bb_likelihood import BGBBLikelihood
from worthbook.models.retention.hypergeometric import series_with_one
from worthbook.models.retention.opportunities import OpportunityHistory

OCCASIONS_NOT_WHOLE = Fault(
    "forecast-occasions-not-whole",
    what=Text(en="A forecast over {horizon} occasions is not possible.", zh="无法对 {horizon} 次机会进行预测。"),
    hint=Text(en="Give a whole number of occasions above zero.", zh="机会次数应为大于零的整数。"),
)
DISCOUNT_NOT_POSITIVE = Fault(
    "discount-not-positive",
    what=Text(
        en="Without an end, purchases can be added up only at a positive discount rate, not at {rate}.",
        zh="若不限期限，必须使用正的折现率才能求和，当前折现率为 {rate}。",
    ),
    hint=Text(en="Give a rate above zero, or a horizon.", zh="请给出大于零的折现率，或限定期限。"),
)


@dataclass(frozen=True, slots=True)
class BGBBProcess:
    """The four parameters, in the field's symbols, and what follows from them.

    >>> process = BGBBProcess(alpha=1.204, beta=0.750, gamma=0.657, delta=2.783)
    >>> one = OpportunityHistory([2], [4], [6])
    >>> process.p_alive(one).round(2).tolist(), process.expected_purchases(one, 5).round(2).tolist()
    ([0.59], [1.06])
    """

    alpha: float
    beta: float
    gamma: float
    delta: float

    def log_likelihood(self, history: OpportunityHistory) -> float:
        """Log-likelihood of a history, equation (5)."""
        return BGBBLikelihood(history)(self._point)[0] * history.customers

    def p_alive(self, history: OpportunityHistory) -> FloatArray:
        """P(alive at occasion n+1 | x, t_x, n) of each row, equation (11)."""
        return self._alive_at_n(history) * self._survival(history.n, 1)[:, 0]

    def expected_purchases(self, history: OpportunityHistory, horizon: float) -> FloatArray:
        """Expected number of the next `horizon` occasions that each row takes, equation (13)."""
        stays = self._survival(history.n, _whole(horizon)).sum(axis=1)
        return np.asarray(self._alive_at_n(history) * self._mean_rate(history) * stays)

    def discounted_purchases(
        self, history: OpportunityHistory, horizon: float, discount_rate_per_year: float
    ) -> FloatArray:
        """The same, each discounted to the present at a yearly rate (0.1 is 10 %).

        Without end (`horizon` infinite) these are the discounted expected residual transactions (DERT), equation (14).
        """
        discount = (1 + discount_rate_per_year) ** (1 / PERIODS_PER_YEAR[history.unit])
        if horizon == math.inf:
            to_come = self._all_to_come(history.n, discount)
        else:
            count = _whole(horizon)
            to_come = self._survival(history.n, count) @ discount ** -np.arange(1.0, count + 1)
        return self._alive_at_n(history) * self._mean_rate(history) * to_come

    def purchase_variance(self, history: OpportunityHistory, horizon: float) -> FloatArray:
        """Variance of each row's number of purchases to come: chance, unknown rate and unknown dropout together.

        A pair of occasions is taken if the customer lives to the later one, hence E[Y (Y-1)] = 2 E[p^2] sum (k-1) S_k.
        """
        survival = self._survival(history.n, _whole(horizon))
        alive, rate = self._alive_at_n(history), self._mean_rate(history)
        again = (self.alpha + history.x + 1) / (self.alpha + self.beta + history.n + 1)
        pairs = 2 * rate * again * (survival @ np.arange(survival.shape[1]))
        mean = rate * survival.sum(axis=1)
        return np.asarray(alive * (pairs + mean) - (alive * mean) ** 2)

    def expected_purchases_new(self, horizon: float) -> float:
        """Expected number of its first `horizon` occasions that a new customer takes, equation (8)."""
        return float(self.expected_purchases(_new(), horizon)[0])

    def probability_of(self, count: int, horizon: float) -> float:
        """P(a new customer takes exactly `count` of its first `horizon` occasions), equation (7)."""
        return float(self.purchase_probabilities(count, _new(), horizon)[0])

    def purchase_probabilities(self, count: int, history: OpportunityHistory, horizon: float) -> FloatArray:
        """P(exactly `count` of the next `horizon` occasions are taken) of each row, equation (12)."""
        from scipy.special import betaln, gammaln  # noqa: PLC0415  # keeps the import of the package fast

        last, alive = _whole(horizon), self._alive_at_n(history)
        if count > last:
            return np.zeros(len(history))
        alpha, beta = (self.alpha + history.x)[:, None], (self.beta + history.n - history.x)[:, None]
        m = np.arange(count, last + 1.0)  # the last occasion at which the customer is alive
        ways = gammaln(m + 1) - gammaln(count + 1) - gammaln(m - count + 1)
        taken = np.exp(ways + betaln(alpha + count, beta + m - count) - betaln(alpha, beta))
        survival = np.concatenate([np.ones((len(history), 1)), self._survival(history.n, last)], axis=1)[:, count:]
        ends = survival.copy()
        ends[:, :-1] -= survival[:, 1:]
        chance: FloatArray = alive * (taken * ends).sum(axis=1)
        return chance + (1 - alive if count == 0 else 0.0)

    @property
    def _point(self) -> FloatArray:
        return np.log([self.alpha, self.beta, self.gamma, self.delta])

    def _alive_at_n(self, history: OpportunityHistory) -> FloatArray:
        """P(alive at occasion n), before it is known whether the customer drops out ahead of the next one."""
        found = history.distinct
        total, alive = BGBBLikelihood(history.take(found.sample)).by_row(self._point)
        return np.asarray(np.exp(alive - total)[found.row_to_distinct])

    def _mean_rate(self, history: OpportunityHistory) -> FloatArray:
        return (self.alpha + history.x) / (self.alpha + self.beta + history.n)

    def _survival(self, n: FloatArray, count: int) -> FloatArray:
        """P(alive at n+k | alive at n) for k = 1 .. count, a row for each n: a product of mean chances to stay."""
        seen, of_seen = np.unique(n, return_inverse=True)
        k = np.arange(1.0, count + 1)
        faced = self.delta + seen[:, None] + k - 1
        return np.asarray(np.cumprod(faced / (self.gamma + faced), axis=1)[of_seen])

    def _all_to_come(self, n: FloatArray, discount: float) -> FloatArray:
        """Sum over all k of P(alive at n+k | alive at n) / discount^k, in closed form."""
        if discount <= 1:
            raise DISCOUNT_NOT_POSITIVE(rate=f"{discount - 1:g}")
        seen, of_seen = np.unique(n, return_inverse=True)
        first = (self.delta + seen) / (self.gamma + self.delta + seen)
        b = self.delta + seen + 1
        found = first * series_with_one(b, self.gamma + b, 1 / discount) / discount
        if not np.isfinite(found).all():  # so near to 1 that the sum has no end
            raise DISCOUNT_NOT_POSITIVE(rate=f"{discount - 1:g}")
        return np.asarray(found[of_seen])


def _new() -> OpportunityHistory:
    """A customer who has not faced any occasion yet."""
    return OpportunityHistory([0], [0], [0])


def _whole(horizon: float) -> int:
    if not (horizon > 0 and float(horizon).is_integer()):
        raise OCCASIONS_NOT_WHOLE(horizon=horizon)
    return int(horizon)
