"""The wallet of a customer, estimated from what the better customers among its look-alikes spend.

Among customers who are alike (same kind, region, means, tenure) some give us nearly all of what they spend on what we
offer. What these spend, here the 80 % quantile, is what a customer like them could spend: its ceiling. Where enough
customers stated their wallets, the ratio of the stated to the ceiling corrects the estimate and gives its range, which
then holds four in five wallets of customers like those who stated theirs: a range from the ranks of past errors, as in
conformal prediction (Lei et al., 2018, Journal of the American Statistical Association 113). Where nobody did, the
range runs from the 70 % to the 90 % quantile: how much the answer depends on where the ceiling is set.

Nobody's wallet is smaller than what was spent with us.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.models.base import Estimate, Fact, Fit, FloatArray, Record, Specification
from worthbook.models.potential.ceilings import Depth, ceilings_for, depths_of
from worthbook.models.potential.peers import Peers

LEVELS = (0.7, 0.8, 0.9)
"""Low end, ceiling and high end among look-alikes."""
INSIDE = 0.8
"""The share of wallets that the range holds where wallets were stated."""
STATED_NEEDED = 20
"""Stated wallets below which they only stand for themselves."""

TOO_FEW = Fault(
    "look-alikes-too-few",
    what=Text(
        en="Only {count} customers bought anything in the year: too few to compare customers with each other.",
        zh="近一年有购买的客户只有 {count} 位，不足以进行同类比较。",
    ),
    hint=Text(en="At least {least} are needed.", zh="至少需要 {least} 位。"),
)
NOBODY_STATED = Text(
    en="Too few wallets were stated to test the estimate: it is what the better look-alikes spend with us, and says "
    "nothing of what even they spend elsewhere.",
    zh="自述的钱包规模太少，无法检验估计：结果只反映同类中较好客户在我方的消费，未计入他们在别处的支出。",
)


@dataclass(frozen=True)
class LookAlikes(Specification[Peers, "LookAlikesFit"]):
    """The model before it has seen customers.

    Attributes:
        least: How many customers make a group of look-alikes.
    """

    estimator: ClassVar[str] = "look_alikes"
    least: int = 30

    def fit(self, data: Peers) -> LookAlikesFit:
        """Find the ceilings of all groups and, where wallets were stated, how these compare with them.

        Raises:
            WorthbookError: `look-alikes-too-few`.
        """
        bought = float(data.weights[data.spend > 0].sum())
        if bought < self.least:
            raise TOO_FEW(count=int(bought), least=self.least)
        depths = depths_of(data, LEVELS, self.least)
        stated = data.stated > 0
        counted = float(data.weights[stated].sum())
        factors = None
        if counted >= STATED_NEEDED:
            ceilings, _ = ceilings_for(depths, data)
            ratios = data.stated[stated] / np.maximum(ceilings[stated, 1], data.spend[stated])
            factors = _spread(ratios, data.weights[stated])
        return LookAlikesFit(depths, factors, int(bought), int(counted))


def _spread(ratios: FloatArray, weights: FloatArray) -> tuple[float, float, float]:
    """Low end, middle and high end of the ratios; the ends are pushed out for the one customer who is to come."""
    order = np.argsort(ratios)
    total = float(weights.sum())
    reached = np.cumsum(weights[order])
    out = (1 - INSIDE) / 2
    ends = (out * (total + 1), total / 2, (1 - out) * (total + 1))
    places = np.minimum(np.searchsorted(reached, np.maximum(ends, 0) - 1e-9), len(ratios) - 1)
    low, middle, high = ratios[order][places]
    return float(low), float(middle), float(high)


@dataclass(frozen=True)
class LookAlikesFit(Fit[Peers]):
    """Ceilings by group, and how stated wallets compare with them.

    Attributes:
        depths: The groups, from all customers to those who share every trait.
        factors: Stated wallet over ceiling: low end, middle, high end; None where too few were stated.
        customers: How many bought anything.
        stated: How many stated a wallet.
    """

    estimator: ClassVar[str] = LookAlikes.estimator

    depths: tuple[Depth, ...]
    factors: tuple[float, float, float] | None
    customers: int
    stated: int

    def wallet(self, data: Peers) -> FloatArray:
        """What each customer spends in all, in money a year."""
        return self._scaled(data, 1)

    def wallet_low(self, data: Peers) -> FloatArray:
        """The low end of its range."""
        return self._scaled(data, 0)

    def wallet_high(self, data: Peers) -> FloatArray:
        """The high end of its range."""
        return self._scaled(data, 2)

    def alike(self, data: Peers) -> FloatArray:
        """How many look-alikes each customer was compared with."""
        return ceilings_for(self.depths, data)[1]

    def _scaled(self, data: Peers, end: int) -> FloatArray:
        ceilings, _ = ceilings_for(self.depths, data)
        if self.factors is None:
            return np.maximum(ceilings[:, end], data.spend)
        return np.maximum(np.maximum(ceilings[:, 1], data.spend) * self.factors[end], data.spend)

    @property
    def summary(self) -> tuple[Estimate, ...]:
        """The ceiling of all customers, and the ratio of stated wallets to ceilings."""
        low, middle, high = (float(each) for each in self.depths[0].ceilings[0])
        ceiling = Estimate("ceiling", middle, None, low, high)
        if self.factors is None:
            return (ceiling,)
        return ceiling, Estimate("factor", self.factors[1], None, self.factors[0], self.factors[2])

    @property
    def facts(self) -> Mapping[str, Fact]:
        """How many customers, groups and stated wallets it rests on."""
        groups = sum(len(depth.customers) for depth in self.depths)
        return {"customers": self.customers, "groups": groups, "stated": self.stated}

    @property
    def cautions(self) -> tuple[Text, ...]:
        """Where nobody said what they spend in all, nothing says what the best spend elsewhere."""
        return (NOBODY_STATED,) if self.factors is None else ()

    def predict(self, data: Peers) -> Mapping[str, FloatArray]:
        """Wallet, its range, and the number of look-alikes."""
        return {
            "wallet": self.wallet(data),
            "wallet_low": self.wallet_low(data),
            "wallet_high": self.wallet_high(data),
            "look_alikes": self.alike(data),
        }

    def as_record(self) -> Record:
        """Plain values."""
        return {
            "depths": [depth.as_record() for depth in self.depths],
            "factors": None if self.factors is None else list(self.factors),
            "customers": self.customers,
            "stated": self.stated,
        }

    @classmethod
    def from_record(cls, record: Record) -> Self:
        """The inverse."""
        factors = record["factors"]
        return cls(
            tuple(Depth.from_record(each) for each in record["depths"]),
            None if factors is None else (factors[0], factors[1], factors[2]),
            record["customers"],
            record["stated"],
        )
