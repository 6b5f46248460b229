"""Market-perceived value after Gale (1994), Managing Customer Value (B03).

Quality: each attribute's rating of a supplier beside that of the others, weighted, is the market-perceived quality
ratio (MPQ). Price likewise gives a relative price. On the map of the two, value is fair along the line through (1, 1)
on which a gain in quality is paid for: `w_p (relative price - 1) = w_q (MPQ - 1)`, so its slope is `w_q / w_p`. Below
the line customers get more than they pay for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.models.base import FloatArray
from worthbook.models.perception.rivals.ratings import DRAWS, NO_RIVAL, Measured, Ratings, measured
from worthbook.models.weights import Weights

Ratio = Literal["mean_of_ratios", "ratio_of_means"]
"""How attributes are put together. Gale takes the weighted mean of ratios; the ratio of weighted means differs."""

BANDS: tuple[tuple[float, str], ...] = ((0.98, "below_parity"), (1.03, "parity"), (1.10, "above_parity"))
"""Value ratios below 98 % are below parity, up to 103 % at parity, up to 110 % above it, beyond that world class."""

PRICE_UNUSABLE = Fault(
    "prices-unusable",
    what=Text(
        en="The price of '{name}' is {value}: relative prices need one above zero for every supplier.",
        zh="“{name}”的价格为 {value}：每个供应商都需要大于零的价格，才能计算相对价格。",
    ),
    hint=Text(
        en="Give a price for each supplier, or rate prices in the survey.",
        zh="请给出每个供应商的价格，或在问卷中对价格评分。",
    ),
)
SHARE_UNUSABLE = Fault(
    "quality-share-unusable",
    what=Text(
        en="The weight of quality against price is {value}: it must lie between 0 and 1.",
        zh="质量相对价格的权重为 {value}：应在 0 与 1 之间。",
    ),
    hint=Text(en="0.6 says that 60 of 100 points go to quality.", zh="0.6 表示 100 分中有 60 分归于质量。"),
)


@dataclass(frozen=True)
class Attribute:
    """One attribute of quality: head to head."""

    name: str
    weight: float
    ours: float
    others: float
    """The mean of the others."""
    ratio: Measured
    """Ours divided by the others'."""
    won: bool | None
    """Whether the interval of the ratio lies above (True) or below (False) 1; None: as good as equal, or not known."""
    contribution: float
    """Weight times (ratio - 1): what it adds to the quality ratio."""
    points_to_fair: float | None
    """How much better this rating alone must become to reach the fair-value line; 0 on or below it, None if the scale
    ends before."""


@dataclass(frozen=True)
class Position:
    """One supplier on the value map, each beside the mean of all others."""

    supplier: str
    quality: Measured
    """Market-perceived quality ratio; 1 is on a par."""
    price: Measured
    """Relative price; above 1 is dearer."""
    value: Measured
    """`w_q MPQ + w_p / relative price`."""
    better_than_fair: Measured
    """`w_q (MPQ - 1) - w_p (relative price - 1)`: above 0 customers get more than they pay for."""
    band: str


@dataclass(frozen=True)
class MarketValue:
    """The value map, and how our place on it comes about."""

    positions: tuple[Position, ...]
    """Ourselves first."""
    attributes: tuple[Attribute, ...]
    """In the order of the weights."""
    quality_share: float
    """`w_q`."""
    slope: float
    """Of the fair-value line: `w_q / w_p`."""
    method: str
    respondents: int
    cautions: tuple[Text, ...]

    @property
    def ours(self) -> Position:
        """Our own place."""
        return self.positions[0]


def market_value(  # noqa: PLR0913 - the parts of Gale's sheet
    ratings: Ratings,
    weights: Weights,
    prices: Mapping[str, float] | Sequence[str],
    *,
    quality_share: float = 0.5,
    ratio: Ratio = "mean_of_ratios",
    draws: int = DRAWS,
    seed: int = 0,
) -> MarketValue:
    """Gale's quality profile, relative price and value map.

    Args:
        ratings: Of us and at least one rival; higher is better.
        weights: The attributes of quality and how much each counts to customers.
        prices: Supplier → price paid; or the rated items that say how good the price is (higher is cheaper).
        quality_share: How much quality counts against price.
        ratio: How attributes are put together.
        draws: Resamples behind the intervals.
        seed: Of the resampling.

    Raises:
        WorthbookError: `rivals-missing`, `rated-item-unknown`, `rated-item-empty`, `prices-unusable`,
            `quality-share-unusable`.
    """
    if len(ratings.suppliers) < 2:  # noqa: PLR2004 - a comparison needs two
        raise NO_RIVAL(name=ratings.suppliers[0])
    if not 0 < quality_share < 1:
        raise SHARE_UNUSABLE(value=f"{quality_share:g}")
    quality = ratings.of(weights.names)
    asked = quality if isinstance(prices, Mapping) else ratings.of([*weights.names, *prices])
    drawn = asked.resampled_means(draws=draws, seed=seed)
    stacked = asked.means[np.newaxis] if drawn is None else np.concatenate([asked.means[np.newaxis], drawn])
    split = len(weights.names)
    mpq = _ratio(stacked[:, :split], weights.values, ratio)
    price = _prices(prices, ratings.suppliers) if isinstance(prices, Mapping) else _rated(stacked[:, split:], ratio)
    price = np.broadcast_to(price, mpq.shape)
    return MarketValue(
        positions=tuple(_positions(ratings.suppliers, mpq, price, quality_share)),
        attributes=tuple(_attributes(asked, weights, stacked, quality_share, float(mpq[0, 0]), float(price[0, 0]))),
        quality_share=quality_share,
        slope=quality_share / (1 - quality_share),
        method=f"{ratio}, {weights.method}",
        respondents=ratings.respondents,
        cautions=_cautions(ratings),
    )


def _others(means: FloatArray) -> FloatArray:
    """The mean of all other suppliers, for each supplier."""
    return np.asarray((means.sum(axis=-1, keepdims=True) - means) / (means.shape[-1] - 1))


def _ratio(means: FloatArray, weights: FloatArray, ratio: Ratio) -> FloatArray:
    """Shape (draws, suppliers): each beside the others."""
    others = _others(means)
    if ratio == "mean_of_ratios":
        return np.asarray(np.einsum("dks,k->ds", means / others, weights))
    return np.asarray(np.einsum("dks,k->ds", means, weights) / np.einsum("dks,k->ds", others, weights))


def _rated(means: FloatArray, ratio: Ratio) -> FloatArray:
    """Relative price from ratings of the price, where higher is cheaper."""
    items = means.shape[1]
    return 1 / _ratio(means, np.full(items, 1 / items), ratio)


def _prices(prices: Mapping[str, float], suppliers: Sequence[str]) -> FloatArray:
    for name in suppliers:
        value = prices.get(name, np.nan)
        if not (np.isfinite(value) and value > 0):
            raise PRICE_UNUSABLE(name=name, value=value)
    given = np.array([prices[name] for name in suppliers], dtype=float)
    return given / _others(given)


def _positions(suppliers: Sequence[str], mpq: FloatArray, price: FloatArray, share: float) -> list[Position]:
    value = share * mpq + (1 - share) / price
    better = share * (mpq - 1) - (1 - share) * (price - 1)
    found = []
    for index, name in enumerate(suppliers):
        quality, relative, worth, above = (_of(numbers[:, index]) for numbers in (mpq, price, value, better))
        found.append(Position(name, quality, relative, worth, above, band_of(worth.value)))
    return found


def _of(numbers: FloatArray) -> Measured:
    """The first number is the estimate, the others are its resamples."""
    return measured(numbers[0], numbers[1:] if len(numbers) > 1 else None)


def band_of(value: float) -> str:
    """The band of a value ratio.

    >>> band_of(1.0), band_of(1.2), band_of(0.9)
    ('parity', 'world_class', 'below_parity')
    """
    return next((name for limit, name in BANDS if value < limit), "world_class")


def _attributes(  # noqa: PLR0913, PLR0917 - what a head-to-head comparison shows
    ratings: Ratings, weights: Weights, stacked: FloatArray, share: float, mpq: float, price: float
) -> list[Attribute]:
    short = max((1 - share) * (price - 1) - share * (mpq - 1), 0.0)
    found = []
    for index, (name, weight) in enumerate(weights.as_mapping().items()):
        ours, others = stacked[:, index, 0], _others(stacked[:, index])[:, 0]
        ratio = _of(ours / others)
        needed = short * float(others[0]) / (share * weight) if weight > 0 else np.inf
        reachable = ours[0] + needed <= ratings.high + 1e-9
        found.append(
            Attribute(
                name=name,
                weight=weight,
                ours=float(ours[0]),
                others=float(others[0]),
                ratio=ratio,
                won=ratio.value > 1 if ratio.excludes(1.0) else None,
                contribution=weight * (ratio.value - 1),
                points_to_fair=float(needed) if reachable else None,
            )
        )
    return found


def _cautions(ratings: Ratings) -> tuple[Text, ...]:
    notes = []
    if ratings.respondents < 2:  # noqa: PLR2004
        notes.append(
            Text(
                en="One sheet of ratings says nothing about chance: there are no intervals.",
                zh="只有一份评分，无法判断偶然误差，因此没有区间。",
            )
        )
    if ratings.rate_only_us > 0.5:  # noqa: PLR2004 - the majority
        notes.append(
            Text(
                en=f"{ratings.rate_only_us:.0%} of the respondents rated only us. Own customers know rivals from afar: "
                "ask the rivals' customers before acting on this map (the free-sample trap).",
                zh=f"{ratings.rate_only_us:.0%} 的受访者只评价了我们。自家客户本就选择了我们，对竞争对手了解有限："
                "据此行动之前，请先访问竞争对手的客户（样本偏差）。",
            )
        )
    return tuple(notes)
