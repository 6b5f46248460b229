"""Kaplan-Meier: which share of customers is left after any time, with nothing assumed.

Kaplan and Meier (1958), "Nonparametric Estimation from Incomplete Observations", JASA 53, 457-481. At each time at
which contracts end, the share that survives is multiplied by 1 - d / n: d of the n contracts then under observation
end. Intervals are Greenwood's on the scale of log(-log S), which keeps them between 0 and 1 (Kalbfleisch and Prentice
2002, section 1.4). The curve ends with the longest contract seen: beyond it nothing is known, and nothing is said.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.kernel.period import PeriodUnit
from worthbook.models.base import Estimate, Fact, FloatArray, RecordedFit, Specification
from worthbook.models.cautions import about_identification
from worthbook.models.interval import Interval
from worthbook.models.laplace import Z_95
from worthbook.models.retention.contract_value import ContractTerms, contract_value
from worthbook.models.retention.contracts import ContractHistory, refuse_without_losses

BEYOND_OBSERVATION = Fault(
    "contract-beyond-observation",
    what=Text(
        en="The longest contract seen lasted {last}; a forecast up to {asked} would be a guess.",
        zh="观察到的最长合同为 {last}；预测到 {asked} 只能是猜测。",
    ),
    hint=Text(
        en="Give a shorter horizon, or use a model that says how churn goes on: sBG, BdW or Weibull.",
        zh="请缩短期限，或使用能外推流失规律的模型：sBG、BdW 或 Weibull。",
    ),
)


@dataclass(frozen=True, slots=True)
class KaplanMeier(Specification[ContractHistory, "KaplanMeierFit"]):
    """The product-limit estimate of survival.

    >>> fit = KaplanMeier().fit(ContractHistory([2, 3, 3, 5, 8], [1, 1, 0, 1, 0]))
    >>> fit.survival([1, 2, 3, 6]).round(2).tolist(), fit.median
    ([1.0, 0.8, 0.6, 0.3], 5.0)
    """

    estimator: ClassVar[str] = "kaplan_meier"

    def fit(self, data: ContractHistory) -> KaplanMeierFit:
        """Count who ended among those under observation, at each time at which somebody did.

        Raises:
            WorthbookError: `contract-none-ended`.
        """
        refuse_without_losses(data)
        times, of_time = np.unique(data.tenure, return_inverse=True)
        ended = np.bincount(of_time, data.weights * data.ended)
        left = np.bincount(of_time, data.weights)
        later = np.searchsorted(times, data.entry, side="right")  # a contract is under observation after its entry
        entered = np.cumsum(np.bincount(later, data.weights, minlength=len(times) + 1))[: len(times)]
        at_risk = entered - (np.cumsum(left) - left)
        some = ended > 0
        return KaplanMeierFit(
            times=tuple(times[some].tolist()),
            at_risk=tuple(at_risk[some].tolist()),
            ended=tuple(ended[some].tolist()),
            last=float(times[-1]),
            customers=data.customers,
            unit=data.unit,
            data_fingerprint=data.fingerprint,
        )


@dataclass(frozen=True, slots=True)
class KaplanMeierFit(RecordedFit[ContractHistory]):
    """A survival curve: at which times contracts ended, out of how many."""

    estimator: ClassVar[str] = "kaplan_meier"

    times: tuple[float, ...]
    at_risk: tuple[float, ...]
    ended: tuple[float, ...]
    last: float
    customers: float
    unit: PeriodUnit
    data_fingerprint: str

    @property
    def summary(self) -> tuple[Estimate, ...]:
        """The share that is left at the end of observation, with its interval."""
        low, high = self.survival_ends([self.last])
        share = float(self.survival([self.last])[0])
        return (Estimate("S(T)", share, None, float(low[0]), float(high[0])),)

    @property
    def facts(self) -> Mapping[str, Fact]:
        """What was counted."""
        facts: dict[str, Fact] = {
            "customers": self.customers,
            "losses": sum(self.ended),
            "longest": self.last,
            "unit": self.unit,
            "converged": True,  # it is counted, not searched
            "identified": not self.cautions,
            "data_fingerprint": self.data_fingerprint,
        }
        return facts if self.median is None else {**facts, "median": self.median}

    @property
    def cautions(self) -> tuple[Text, ...]:
        """Too few losses."""
        return about_identification(sum(self.ended), ())

    @property
    def median(self) -> float | None:
        """The time by which half of the customers have left; None where more than half were left at last."""
        return self._first_at_most(self._steps[1:])

    @property
    def median_ends(self) -> tuple[float | None, float | None]:
        """The 95 % interval of the median: where the ends of the curve's interval pass one half.

        Brookmeyer and Crowley (1982), Biometrics 38, 29-41.
        """
        low, high = self.survival_ends(self.times)
        return self._first_at_most(low), self._first_at_most(high)

    def survival(self, times: ArrayLike) -> FloatArray:
        """Share of customers who are left after each time.

        Raises:
            WorthbookError: `contract-beyond-observation`.
        """
        return np.asarray(self._steps[self._place(times)])

    def survival_ends(self, times: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Both ends of the 95 % interval of the share that is left; at a share of 0 the low end is 0."""
        steps = self._steps
        inner = (steps > 0) & (steps < 1)
        log_survival = np.log(np.where(inner, steps, 0.5))
        half = Z_95 * np.sqrt(self._greenwood) / -log_survival
        low = np.where(inner, np.exp(log_survival * np.exp(half)), steps)
        high = np.where(inner, np.exp(log_survival * np.exp(-half)), steps)
        if steps[-1] == 0 and len(steps) > 1:
            high[-1] = high[-2]
        place = self._place(times)
        return low[place], high[place]

    def restricted_mean(self, until: float) -> Interval:
        """How long customers stay on average within the first `until` units of time: the area under the curve."""
        self._place([until])
        inside = np.array([each for each in self.times if each < until])
        edges = np.concatenate([[0.0], inside, [until]])
        area = self._steps[: len(edges) - 1] * np.diff(edges)
        rest = np.cumsum(area[::-1])[::-1][1:]  # the area right of each time at which somebody left
        n, d = (np.asarray(each)[: len(inside)] for each in (self.at_risk, self.ended))
        variance = float(np.sum(rest**2 * np.where(n > d, d / (n * np.where(n > d, n - d, 1.0)), 0.0)))
        mean, half = float(area.sum()), Z_95 * math.sqrt(variance)
        return Interval(mean, max(mean - half, 0.0), min(mean + half, until))

    def predict(self, data: ContractHistory, terms: ContractTerms | None = None) -> Mapping[str, FloatArray]:
        """For contracts that run: the chance to last one period more; with terms also the lifetime value."""
        columns = {"p_renewal": self.survival_ahead(data, 1.0)}
        if terms is not None:
            columns["lifetime_value"] = self.lifetime_value(data, terms)
        return columns

    def survival_ahead(self, history: ContractHistory, periods: float) -> FloatArray:
        """P(still a customer after so many further periods | the contract still runs) of each row."""
        now = self.survival(history.tenure)
        return np.where(now > 0, self.survival(history.tenure + periods) / np.where(now > 0, now, 1.0), 0.0)

    def renewals(self, data: ContractHistory, discount: float = 1.0, horizon: float = math.inf) -> FloatArray:
        """Expected number of further periods that each contract lasts, later ones discounted; a finite horizon only."""
        if horizon == math.inf:
            raise BEYOND_OBSERVATION(last=f"{self.last:g}", asked="∞")
        groups, of_group = np.unique(data.tenure, return_inverse=True)
        running = ContractHistory(groups, np.zeros(len(groups)), unit=data.unit)
        total = np.zeros(len(groups))
        for period in range(1, int(horizon) + 1):
            total += self.survival_ahead(running, period) * discount ** (1 - period)
        return total[of_group]

    def lifetime_value(self, history: ContractHistory, terms: ContractTerms) -> FloatArray:
        """Expected present value of what each running contract is to bring within the terms' horizon."""
        return contract_value(self, history, terms, self.unit)

    @property
    def _steps(self) -> FloatArray:
        """Survival before the first time and after each."""
        return np.concatenate([[1.0], np.cumprod(1 - np.asarray(self.ended) / np.asarray(self.at_risk))])

    @property
    def _greenwood(self) -> FloatArray:
        """Greenwood's variance of log S, before the first time and after each; nobody left adds nothing."""
        n, d = np.asarray(self.at_risk), np.asarray(self.ended)
        return np.concatenate([[0.0], np.cumsum(np.where(n > d, d / (n * np.where(n > d, n - d, 1.0)), 0.0))])

    def _place(self, times: ArrayLike) -> np.ndarray:
        """Which step holds at each time."""
        asked = np.asarray(times, dtype=np.float64)
        if asked.max(initial=0.0) > self.last:
            raise BEYOND_OBSERVATION(last=f"{self.last:g}", asked=f"{asked.max():g}")
        return np.searchsorted(self.times, asked, side="right")

    def _first_at_most(self, curve: FloatArray) -> float | None:
        """The first time at which a curve is at or below one half."""
        below = np.flatnonzero(curve <= 0.5)  # noqa: PLR2004  # the median
        return self.times[int(below[0])] if len(below) else None
