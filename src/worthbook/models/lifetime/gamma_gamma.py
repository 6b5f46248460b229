"""Gamma-Gamma: what customers spend at a purchase.

Fader and Hardie (2013), "The Gamma-Gamma Model of Monetary Value", brucehardie.com/notes/025; Fader, Hardie and Lee
(2005), Journal of Marketing Research 42, 415-430. A customer's purchases vary as Gamma(p, nu), and nu varies over
customers as Gamma(q, gamma); spend is assumed to have nothing to do with frequency, which is checked.

Where the check fails, gamma follows the number of purchases x: gamma x^d, so that customers who have bought twice as
often spend `doubling` = 2^d times as much at a purchase. The rest of the model is as it was, and `doubling` = 1 is it.
A purchase to come is more often one of those who buy often: whoever makes it will then have bought x + 1 times. So what
is expected of it is (1 + 1/x)^d times what is known of the customer. (With Poisson purchases at rate l and mean spend
m, E[l m | x] / E[l | x] = E[m | x + 1].) With this, expected purchases times expected spend add up to the right total.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.models.base import Estimate, Fact, FloatArray, RecordedFit, Specification
from worthbook.models.cautions import about_identification
from worthbook.models.distinct import weighted_sum
from worthbook.models.laplace import Estimates
from worthbook.models.lifetime.data import SpendHistory
from worthbook.models.optimise import maximise
from worthbook.models.rank_correlation import rank_correlation

SYMBOLS = ("p", "q", "gamma")
DOUBLING = "doubling"
"""The factor by which spend at a purchase changes as frequency doubles; it joins the three where spend follows it."""

STRONG_CORRELATION = 0.3
"""Above this rank correlation of spend and frequency the model's assumption does not hold."""

FEWEST_SPENDERS = 3

LEAST_EXCESS = 0.1
"""Smallest px + q - 2 with which a variance of spend is computed; `forecast` warns where it is used."""

TOO_FEW_SPENDERS = Fault(
    "spend-too-few-customers",
    what=Text(
        en="Only {count} customers have a known positive spend.", zh="只有 {count} 位客户有已知且为正的消费金额。"
    ),
    hint=Text(en="At least {least} are needed to estimate anything.", zh="至少需要 {least} 位才能估计。"),
)
SPEND_EQUAL = Fault(
    "spend-does-not-vary",
    what=Text(en="All customers spend exactly the same at a purchase.", zh="所有客户每次消费的金额完全相同。"),
    hint=Text(
        en="There is nothing to estimate: use that amount. If you expected differences, check the amount column.",
        zh="无需估计，直接使用该金额即可。如果本应有差异，请检查金额列。",
    ),
)
MEAN_INFINITE = Fault(
    "spend-mean-infinite",
    what=Text(
        en="Spend varies so much between customers (q = {q}) that the model has no mean for those with few purchases.",
        zh="客户之间的消费差异过大（q = {q}），对购买次数少的客户，模型不存在均值。",
    ),
    hint=Text(
        en="Treat a few extreme customers separately, or use the plain average.",
        zh="请单独处理少数极端客户，或改用简单平均值。",
    ),
)
CORRELATED = Text(
    en=(
        "Spend and frequency go together (rank correlation {rho}), which the plain model assumes they do not: values "
        "of frequent buyers are {direction}."
    ),
    zh="消费金额与购买频率相关（秩相关系数 {rho}），而基本模型假设二者无关：高频客户的价值会被{direction}。",
)
BY_FREQUENCY = Text(
    en=(
        "Spend and frequency go together (rank correlation {rho}), so spend is estimated by frequency: at twice the "
        "purchases a customer spends {factor} times as much at each."
    ),
    zh=(
        "消费金额与购买频率相关（秩相关系数 {rho}），因此按购买频率估计消费金额："
        "购买次数翻倍时，单次消费约为原来的 {factor} 倍。"
    ),
)
_UNDERSTATED = Text(en="understated", zh="低估")
_OVERSTATED = Text(en="overstated", zh="高估")
LEFT_OUT = Text(
    en="{count} customers with a mean spend of zero or less were left out of the estimation.",
    zh="有 {count} 位客户的平均消费不大于零，未参与估计。",
)


def doublings(x: FloatArray) -> FloatArray:
    """How many times the frequency of each row is double that of a customer with one repeat purchase.

    >>> doublings(np.array([0.0, 1.0, 2.0, 4.0])).tolist()
    [0.0, 0.0, 1.0, 2.0]
    """
    return np.asarray(np.log2(np.maximum(x, 1.0)))


class GammaGammaLikelihood:
    """Mean log-likelihood per customer, equation (1a), and its gradient; of p, q, gamma, and `doubling` if given."""

    def __init__(self, spend: SpendHistory) -> None:
        """Prepare the sums that do not depend on the parameters."""
        self._share = spend.weights / spend.weights.sum()
        self._counts, of_count = np.unique(spend.x, return_inverse=True)
        self._count_share = np.bincount(of_count, self._share)
        self._x, self._total = spend.x, spend.x * spend.mean_value
        log_mean = np.log(spend.mean_value)
        self._constant = -weighted_sum(self._share, log_mean)
        self._log_total = weighted_sum(self._share * spend.x, log_mean + np.log(spend.x))
        self._doublings = doublings(spend.x)

    def __call__(self, point: FloatArray) -> tuple[float, FloatArray]:
        """Value and gradient at the logarithms of p, q and gamma, and of `doubling` where there is a fourth."""
        from scipy.special import digamma, gammaln  # noqa: PLC0415  # keeps the import of the package fast

        p, q = np.exp(point[:2])
        log_gamma = point[2] + (point[3] if len(point) > len(SYMBOLS) else 0.0) * self._doublings
        gamma = np.exp(log_gamma)
        shape, share = p * self._counts, self._count_share
        exponent_share = self._share * (p * self._x + q)
        log_sum = np.log(gamma + self._total)
        mean_log_gamma = weighted_sum(self._share, log_gamma)
        value = share @ (gammaln(shape + q) - gammaln(shape)) - gammaln(q) + q * mean_log_gamma
        value += p * self._log_total + self._constant - weighted_sum(exponent_share, log_sum)
        by_p = share @ (self._counts * (digamma(shape + q) - digamma(shape)))
        by_p += self._log_total - weighted_sum(self._share * self._x, log_sum)
        by_q = share @ digamma(shape + q) - digamma(q) + mean_log_gamma - weighted_sum(self._share, log_sum)
        by_log_gamma = self._share * q - exponent_share * gamma / (gamma + self._total)
        gradient = [p * by_p, q * by_q, by_log_gamma.sum(), weighted_sum(by_log_gamma, self._doublings)]
        return float(value), np.array(gradient[: len(point)])


@dataclass(frozen=True, slots=True)
class GammaGammaProcess:
    """The parameters and what follows from them."""

    p: float
    q: float
    gamma: float
    doubling: float = 1.0
    """By which factor spend at a purchase changes as frequency doubles; 1 is the plain model."""

    def scale(self, x: FloatArray) -> FloatArray:
        """The gamma of customers with so many purchases."""
        return np.asarray(self.gamma * self.doubling ** doublings(x))

    def next_level(self, x: FloatArray) -> FloatArray:
        """Spend of those who make a further purchase, over that of all who have made x."""
        return np.asarray(self.doubling ** (doublings(x + 1) - doublings(x)))

    def expected_spend(self, spend: SpendHistory) -> FloatArray:
        """Expected mean spend of each row, equation (5); below zero counts as zero, no purchase as the population."""
        shape = self.p * spend.x + self.q
        if shape.min() <= 1:
            raise MEAN_INFINITE(q=f"{self.q:.2f}")
        known = np.where(spend.x > 0, spend.x * np.maximum(spend.mean_value, 0.0), 0.0)
        return self.p * (self.scale(spend.x) + known) / (shape - 1) * self.next_level(spend.x)

    def dispersion(self, spend: SpendHistory) -> FloatArray:
        """E[mean spend squared] over its squared expectation, for each row: how unsure its mean spend still is.

        The mean spend of a customer is p / nu with nu ~ Gamma(px + q, scale + x * mean), so the ratio is
        (px + q - 1) / (px + q - 2). It is infinite for px + q <= 2, where `LEAST_EXCESS` stands in.
        """
        shape = self.p * spend.x + self.q
        return (shape - 1) / np.maximum(shape - 2, LEAST_EXCESS)


@dataclass(frozen=True, slots=True)
class GammaGamma(Specification[SpendHistory, "GammaGammaFit"]):
    """The Gamma-Gamma model of spend, estimated by maximum likelihood.

    Attributes:
        by_frequency: Whether spend follows frequency; if left out, where their rank correlation says that it does.

    >>> spend = SpendHistory([1, 2, 3, 1, 5, 2, 0], [20.0, 35.5, 28.0, 90.0, 31.0, 12.0, 0.0])
    >>> GammaGamma().fit(spend).facts["customers"]
    6.0
    """

    estimator: ClassVar[str] = "gamma_gamma"

    by_frequency: bool | None = None

    def fit(self, data: SpendHistory) -> GammaGammaFit:
        """Estimate p, q, gamma and perhaps `doubling` from the customers with a known positive spend.

        Raises:
            WorthbookError: If there are fewer than three of them or all spend the same.
        """
        used = (data.x > 0) & (data.mean_value > 0)
        x, mean_value, weights = data.x[used], data.mean_value[used], data.weights[used]
        customers = float(weights.sum())
        if customers < FEWEST_SPENDERS:
            raise TOO_FEW_SPENDERS(count=f"{customers:g}", least=FEWEST_SPENDERS)
        if mean_value.min() == mean_value.max():
            raise SPEND_EQUAL()  # noqa: RSE102  # a fault makes the exception
        rho = rank_correlation(x, mean_value, weights)
        follows = _go_together(rho) if self.by_frequency is None else self.by_frequency
        scale = weighted_sum(weights, mean_value) / customers
        likelihood = GammaGammaLikelihood(SpendHistory(x, mean_value / scale, weights))
        starts = [np.log([p, q, (q - 1) / p, 1.0]) for p, q in ((4.0, 4.0), (1.0, 2.0), (20.0, 10.0))]
        symbols = (*SYMBOLS, DOUBLING) if follows else SYMBOLS
        best = maximise(likelihood, [start[: len(symbols)] for start in starts])
        log_scale = (0.0, 0.0, float(np.log(scale)), 0.0)[: len(symbols)]
        return GammaGammaFit(
            estimates=Estimates.at(best, symbols, customers, log_scale),
            customers=customers,
            left_out=float(data.weights[(data.x > 0) & (data.mean_value <= 0)].sum()),
            groups=len(x),
            log_likelihood=(best.value - float(np.log(scale))) * customers,
            evaluations=best.evaluations,
            spend_frequency_correlation=rho,
        )


def _go_together(rho: float | None) -> bool:
    """Whether a rank correlation is one with which spend is not independent of frequency."""
    return rho is not None and abs(rho) > STRONG_CORRELATION


@dataclass(frozen=True, slots=True)
class GammaGammaFit(RecordedFit[SpendHistory]):
    """A fitted Gamma-Gamma model."""

    estimator: ClassVar[str] = "gamma_gamma"

    estimates: Estimates
    customers: float
    left_out: float
    groups: int
    log_likelihood: float
    evaluations: int
    spend_frequency_correlation: float | None

    @property
    def process(self) -> GammaGammaProcess:
        """The process at the estimates."""
        return GammaGammaProcess(*self.estimates.values.tolist())

    @property
    def summary(self) -> tuple[Estimate, ...]:
        """How the purchases of one customer vary (p), how customers differ (q, gamma), and perhaps `doubling`."""
        return self.estimates.summary

    @property
    def by_frequency(self) -> bool:
        """Whether spend follows frequency."""
        return DOUBLING in self.estimates.symbols

    @property
    def facts(self) -> Mapping[str, Fact]:
        """What was fitted, and how well; the correlation is missing where one side does not vary."""
        facts: dict[str, Fact] = {
            "log_likelihood": self.log_likelihood,
            "customers": self.customers,
            "left_out": self.left_out,
            "groups": self.groups,
            "converged": True,  # a fit that did not converge is an error, not a fit
            "iterations": self.evaluations,
            "identified": not self._doubts,
            "by_frequency": self.by_frequency,
        }
        if self.spend_frequency_correlation is not None:
            facts["spend_frequency_correlation"] = self.spend_frequency_correlation
        return facts

    @property
    def cautions(self) -> tuple[Text, ...]:
        """Too few customers, open parameters, left out customers, spend that goes with frequency."""
        said = list(self._doubts)
        if self.left_out:
            said.append(LEFT_OUT.format(count=f"{self.left_out:g}"))
        rho = self.spend_frequency_correlation
        if self.by_frequency:
            known = "–" if rho is None else f"{rho:.2f}"
            said.append(BY_FREQUENCY.format(rho=known, factor=f"{self.process.doubling:.2f}"))
        elif rho is not None and _go_together(rho):
            said.append(CORRELATED.format(rho=f"{rho:.2f}", direction=_UNDERSTATED if rho > 0 else _OVERSTATED))
        return tuple(said)

    @property
    def _doubts(self) -> tuple[Text, ...]:
        return about_identification(self.customers, self.estimates.undetermined)

    def predict(self, data: SpendHistory) -> Mapping[str, FloatArray]:
        """The expected spend at a purchase."""
        return {"expected_spend": self.expected_spend(data)}

    def expected_spend(self, spend: SpendHistory) -> FloatArray:
        """Expected spend of each customer at a future purchase; the population's mean where none is known."""
        return self.process.expected_spend(spend)
