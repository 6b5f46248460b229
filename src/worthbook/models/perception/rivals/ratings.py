"""Ratings of several suppliers on several items: what every comparison with rivals is made from.

One table serves them all: who rated, what was rated, whom it is about, and how. Experts' sheets are the same with a
single row, and then nothing can be said about chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.models.base import FloatArray

DRAWS = 2000
"""Resamples behind each interval."""
_AT_ONCE = 2_000_000
"""Numbers of one block of resampling counts."""

RATINGS_OUT_OF_SCALE = Fault(
    "ratings-out-of-scale",
    what=Text(
        en="'{item}' has {count} ratings outside the scale of {low} to {high}, such as {value}.",
        zh="“{item}”有 {count} 个评分超出量表范围 {low} 至 {high}，例如 {value}。",
    ),
    hint=Text(
        en="Correct them, leave them blank, or state the scale that was asked.",
        zh="请更正或留空，或注明实际使用的量表。",
    ),
)
SUPPLIER_UNKNOWN = Fault(
    "supplier-unknown",
    what=Text(en="Nobody rated '{name}'.", zh="没有对“{name}”的评分。"),
    hint=Text(en="Rated were: {known}.", zh="有评分的供应商：{known}。"),
)
ITEM_UNKNOWN = Fault(
    "rated-item-unknown",
    what=Text(en="There are no ratings of '{name}'.", zh="没有对“{name}”的评分。"),
    hint=Text(en="Rated were: {known}.", zh="有评分的项目：{known}。"),
)
ITEM_EMPTY = Fault(
    "rated-item-empty",
    what=Text(en="'{item}' has no rating of '{supplier}'.", zh="“{item}”没有对“{supplier}”的评分。"),
    hint=Text(
        en="Ask it of every supplier, or leave the item or the supplier out.",
        zh="请对每个供应商都提问该项，或剔除该项目或该供应商。",
    ),
)
NO_RIVAL = Fault(
    "rivals-missing",
    what=Text(
        en="Only '{name}' was rated: there is nobody to compare with.", zh="只有对“{name}”的评分，没有可比较的对象。"
    ),
    hint=Text(
        en="Ask the same questions about the rivals, of their customers too.",
        zh="请就竞争对手提出同样的问题，并访问他们的客户。",
    ),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """A number with its 95 % interval; None where one row of ratings says nothing about chance.

    >>> Measured(1.2, 1.1, 1.3).excludes(1.0)
    True
    """

    value: float
    low: float | None = None
    high: float | None = None

    def excludes(self, value: float) -> bool:
        """Whether the interval is known and does not hold a value."""
        return self.low is not None and self.high is not None and not self.low <= value <= self.high


@dataclass(frozen=True)
class Ratings:
    """Who rated what of whom.

    >>> asked = Ratings(np.array([[[8.0, 6.0]], [[6.0, 6.0]]]), ("service",), ("us", "rival"))
    >>> asked.means.tolist()
    [[7.0, 6.0]]
    """

    values: FloatArray
    """Shape (respondents, items, suppliers); NaN where not rated. The first supplier is ourselves."""
    items: tuple[str, ...]
    suppliers: tuple[str, ...]
    low: float = 1.0
    high: float = 10.0
    """The ends of the scale that was asked, not the lowest and highest answer."""
    weights: FloatArray | None = None
    """Shape (respondents,): how many people each stands for; one each, if left out."""

    @classmethod
    def of_rows(  # noqa: PLR0913 - the columns of the table of value items
        cls,
        respondent: Sequence[str],
        item: Sequence[str],
        supplier: Sequence[str],
        rating: Sequence[float],
        *,
        us: str,
        low: float = 1.0,
        high: float = 10.0,
    ) -> Ratings:
        """Ratings from a long table; of two ratings of one thing by one person, the mean counts.

        Raises:
            WorthbookError: `supplier-unknown`, `ratings-out-of-scale`.
        """
        people, row = np.unique(np.asarray(respondent, dtype=str), return_inverse=True)
        items, suppliers = tuple(dict.fromkeys(item)), tuple(dict.fromkeys(supplier))
        if us not in suppliers:
            raise SUPPLIER_UNKNOWN(name=us, known=", ".join(suppliers))
        suppliers = (us, *(name for name in suppliers if name != us))
        places = {name: index for index, name in enumerate(items)}
        whose = {name: index for index, name in enumerate(suppliers)}
        shape = (len(people), len(items), len(suppliers))
        given = np.asarray(rating, dtype=float)
        there = ~np.isnan(given)
        cell = np.ravel_multi_index(
            (row, np.array([places[each] for each in item]), np.array([whose[each] for each in supplier])), shape
        )[there]
        total = np.bincount(cell, given[there], minlength=np.prod(shape)).reshape(shape)
        count = np.bincount(cell, minlength=np.prod(shape)).reshape(shape)
        values = np.divide(total, count, out=np.full(shape, np.nan), where=count > 0)
        return cls(values, items, suppliers, low, high).checked()

    def checked(self) -> Ratings:
        """The same ratings, if they are usable at all.

        Raises:
            WorthbookError: `ratings-out-of-scale` with the first item concerned.
        """
        for index, item in enumerate(self.items):
            off = (self.values[:, index] < self.low) | (self.values[:, index] > self.high)
            if off.any():
                value = float(self.values[:, index][off][0])
                raise RATINGS_OUT_OF_SCALE(
                    item=item, count=int(off.sum()), low=f"{self.low:g}", high=f"{self.high:g}", value=f"{value:g}"
                )
        return self

    def of(self, items: Sequence[str], suppliers: Sequence[str] | None = None) -> Ratings:
        """The ratings of some items, and of some suppliers.

        Raises:
            WorthbookError: `rated-item-unknown`, `supplier-unknown`, `rated-item-empty`.
        """
        suppliers = self.suppliers if suppliers is None else suppliers
        for name in items:
            if name not in self.items:
                raise ITEM_UNKNOWN(name=name, known=", ".join(self.items))
        for name in suppliers:
            if name not in self.suppliers:
                raise SUPPLIER_UNKNOWN(name=name, known=", ".join(self.suppliers))
        rows = [self.items.index(name) for name in items]
        columns = [self.suppliers.index(name) for name in suppliers]
        chosen = self.values[:, rows][:, :, columns]
        for i, j in zip(*np.nonzero(np.isnan(chosen).all(axis=0)), strict=True):
            raise ITEM_EMPTY(item=items[i], supplier=suppliers[j])
        return replace(self, values=chosen, items=tuple(items), suppliers=tuple(suppliers))

    @property
    def respondents(self) -> int:
        """How many rated anything."""
        return int((~np.isnan(self.values)).any(axis=(1, 2)).sum())

    @property
    def rate_only_us(self) -> float:
        """The share of respondents who rated nobody but ourselves: their view of the market is not known."""
        rated = np.asarray((~np.isnan(self.values)).any(axis=1))
        anything = np.asarray(rated.any(axis=1))
        return float((anything & ~rated[:, 1:].any(axis=1)).sum() / max(anything.sum(), 1))

    @cached_property
    def means(self) -> FloatArray:
        """Shape (items, suppliers): weighted means over those who rated."""
        return np.asarray(self._means(np.ones((1, len(self.values))))[0])

    def resampled_means(self, *, draws: int = DRAWS, seed: int = 0) -> FloatArray | None:
        """Shape (draws, items, suppliers): means over respondents drawn with replacement; None with a single one.

        A draw in which nobody rated a thing takes the mean of all for it.
        """
        n = len(self.values)
        if n < 2:  # noqa: PLR2004 - one row cannot be resampled
            return None
        random = np.random.default_rng(seed)
        step = max(1, _AT_ONCE // n)
        blocks = []
        for first in range(0, draws, step):
            counts = random.multinomial(n, np.full(n, 1 / n), size=min(step, draws - first))
            blocks.append(self._means(counts.astype(float)))
        drawn = np.concatenate(blocks)
        return np.where(np.isnan(drawn), self.means, drawn)

    def _means(self, counts: FloatArray) -> FloatArray:
        weight = counts if self.weights is None else counts * self.weights
        flat = self.values.reshape(len(self.values), -1)
        known = ~np.isnan(flat)
        total = weight @ np.where(known, flat, 0.0)
        people = weight @ known.astype(float)
        mean = np.divide(total, people, out=np.full_like(total, np.nan), where=people > 0)
        return np.asarray(mean.reshape(len(counts), len(self.items), len(self.suppliers)))


def measured(value: float, drawn: FloatArray | None) -> Measured:
    """A number with the middle 95 % of its resamples."""
    if drawn is None:
        return Measured(float(value))
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Measured(float(value), float(low), float(high))
