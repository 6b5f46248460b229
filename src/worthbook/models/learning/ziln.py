"""What customers will spend, learnt from all their measures: first whether anything, then how much.

Wang, Liu and Miao (2019), "A Deep Probabilistic Model for Customer Lifetime Value Prediction", arXiv 1912.07753: many
customers spend nothing, the others very different amounts, so a zero-inflated lognormal distribution is foretold. Here
boosted trees say both parts. They are judged, and corrected, by what trees said of customers whom they had not seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import ClassVar

import numpy as np

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.models.base import Estimate, Fact, Fit, FloatArray, Record, Specification
from worthbook.models.fingerprint import fingerprint
from worthbook.models.interval import Interval, interval_of_total
from worthbook.models.laplace import Z_95
from worthbook.models.learning.crossfit import Correction, CrossFit, Grown
from worthbook.models.learning.judgement import Judgement
from worthbook.models.learning.measured import Encoding, Measured
from worthbook.models.learning.trees import USUAL_GROWTH, Growth, Trees
from worthbook.models.learning.zero_inflated_lognormal import ZeroInflated

FEWEST_BUYERS = 50
"""With fewer buyers nothing can be learnt that would hold for others."""

SPEND_MISSING = Fault(
    "learning-spend-missing",
    what=Text(en="It is not given what customers spent.", zh="没有提供客户的消费金额。"),
    hint=Text(
        en="Give `spend`: what each customer spent in the period after the measures were taken.",
        zh="请提供 `spend`：各客户在指标统计日之后那段时期的消费金额。",
    ),
)
TOO_FEW_BUYERS = Fault(
    "learning-too-few-buyers",
    what=Text(en="Only {count} customers spent anything.", zh="只有 {count} 位客户有消费。"),
    hint=Text(
        en="At least {least} are needed; with fewer use a model of purchases, which assumes more.",
        zh="至少需要 {least} 位；人数更少时请使用假设更强的购买模型。",
    ),
)
NO_SIGNAL = Text(
    en="Of customers it had not seen this knew no more than one distribution for everybody: the measures tell nothing.",
    zh="对未见过的客户，其效果不优于“人人同一分布”：这些指标没有提供信息。",
)
HEAVY_TAIL = Text(
    en="Amounts differ so much (sigma = {sigma}) that expected values rest on a few very large customers.",
    zh="金额差异极大（sigma = {sigma}），期望值取决于少数超大客户。",
)
HEAVY_SIGMA = 2.0
SURE = 2.0
"""A gain of so many standard errors is more than chance."""


@dataclass(frozen=True, slots=True)
class ZeroInflatedLognormal(Specification[Measured, "ZeroInflatedLognormalFit"]):
    """Boosted trees for the chance to spend and for the amount.

    Attributes:
        growth: How trees are grown.
        seed: Of the folds and the shuffling; the same seed and data give the same fit.
    """

    estimator: ClassVar[str] = "zero_inflated_lognormal"

    growth: Growth = USUAL_GROWTH
    seed: int = 0

    def fit(self, data: Measured) -> ZeroInflatedLognormalFit:
        """Grow trees, judge and correct them on customers left out, and say which measures matter.

        Raises:
            WorthbookError: If scikit-learn is absent, spend is not given, or too few customers spent anything.
        """
        if data.spend is None:
            raise SPEND_MISSING()  # noqa: RSE102  # a fault makes the exception
        buyers = int((data.spend > 0).sum())
        if buyers < FEWEST_BUYERS:
            raise TOO_FEW_BUYERS(count=buyers, least=FEWEST_BUYERS)
        rng, encoding, spend = np.random.default_rng(self.seed), Encoding.of(data), data.spend
        matrix = encoding.matrix(data)
        crossed = CrossFit.of(matrix, spend, self.growth, rng)
        correction = Correction.of(crossed.odds, crossed.log_amount, spend)
        owners = np.array(encoding.owners())
        importance = tuple(
            (name, *crossed.importance(matrix, spend, np.flatnonzero(owners == name), correction, rng))
            for name in encoding.levels
        )
        return ZeroInflatedLognormalFit(
            encoding=encoding,
            grown=Grown.learn(matrix, spend, self.growth),
            correction=correction,
            judgement=Judgement.of(correction.apply(crossed.odds, crossed.log_amount), spend),
            importance=tuple(sorted(importance, key=lambda row: (-row[1], row[0]))),
            customers=float(len(data)),
            buyers=float(buyers),
            seed=self.seed,
            data_fingerprint=fingerprint(spend, *matrix.T),
        )


@dataclass(frozen=True, slots=True)
class ZeroInflatedLognormalFit(Fit[Measured]):
    """Grown trees and what is known of their errors, kept as plain numbers: no library is needed to predict."""

    estimator: ClassVar[str] = "zero_inflated_lognormal"

    encoding: Encoding
    grown: Grown
    correction: Correction
    judgement: Judgement
    importance: tuple[tuple[str, float, float], ...]
    """For each measure the rise of the loss when it is shuffled, and its standard error; the largest first."""
    customers: float
    buyers: float
    seed: int
    data_fingerprint: str

    @property
    def summary(self) -> tuple[Estimate, ...]:
        """How much each measure tells: the rise of the mean loss when it is shuffled, with its 95 % interval."""
        return tuple(
            Estimate(name, rise, error, rise - Z_95 * error, rise + Z_95 * error)
            for name, rise, error in self.importance
        )

    @property
    def facts(self) -> Mapping[str, Fact]:
        """How well customers left out were foretold."""
        judged = {name: value for name, value in asdict(self.judgement).items() if isinstance(value, float)}
        return {
            **judged,
            "customers": self.customers,
            "buyers": self.buyers,
            "sigma": self.correction.sigma,
            "seed": self.seed,
            "data_fingerprint": self.data_fingerprint,
            "converged": True,  # trees are grown, not searched
        }

    @property
    def cautions(self) -> tuple[Text, ...]:
        """No signal; amounts with a heavy tail."""
        said = (NO_SIGNAL,) if self.judgement.gain < SURE * self.judgement.gain_error else ()
        sigma = self.correction.sigma
        return (*said, HEAVY_TAIL.format(sigma=f"{sigma:.1f}")) if sigma > HEAVY_SIGMA else said

    def predict(self, data: Measured) -> Mapping[str, FloatArray]:
        """For each customer the chance to spend, the expected spend, and a 95 % interval of what it will spend."""
        said = self.distribution(data)
        low, high = said.ends()
        return {"p_spend": said.p, "expected_spend": said.mean, "spend_low": low, "spend_high": high}

    def distribution(self, data: Measured) -> ZeroInflated:
        """The distribution of what each customer will spend."""
        matrix = self.encoding.matrix(data)
        return self.correction.apply(self.grown.chance.apply(matrix), self.grown.amount.apply(matrix))

    def total(self, data: Measured) -> Interval:
        """What all customers together will spend: chance, and how far off totals of customers left out were."""
        said = self.distribution(data)
        mean = float(said.mean.sum())
        shared = np.random.default_rng(self.seed).standard_normal(400) * self.judgement.error_of_mean * len(data)
        return interval_of_total(mean, mean + shared, float(said.variance.sum()))

    def as_record(self) -> Record:
        """Plain values for JSON."""
        return {
            "encoding": self.encoding.as_record(),
            "chance": self.grown.chance.as_record(),
            "amount": self.grown.amount.as_record(),
            "correction": asdict(self.correction),
            "judgement": self.judgement.as_record(),
            "importance": [list(row) for row in self.importance],
            "customers": self.customers,
            "buyers": self.buyers,
            "seed": self.seed,
            "data_fingerprint": self.data_fingerprint,
        }

    @classmethod
    def from_record(cls, record: Record) -> ZeroInflatedLognormalFit:
        """The inverse of `as_record`."""
        correction = record["correction"]
        return cls(
            encoding=Encoding.from_record(record["encoding"]),
            grown=Grown(Trees.from_record(record["chance"]), Trees.from_record(record["amount"])),
            correction=Correction(tuple(correction["odds"]), tuple(correction["log_amount"]), correction["sigma"]),
            judgement=Judgement.from_record(record["judgement"]),
            importance=tuple((name, rise, error) for name, rise, error in record["importance"]),
            customers=record["customers"],
            buyers=record["buyers"],
            seed=record["seed"],
            data_fingerprint=record["data_fingerprint"],
        )
