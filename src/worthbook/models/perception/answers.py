"""Answers to items: a row a respondent, a column an item, perhaps a weight, perhaps a scale, perhaps holes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from worthbook.kernel.errors import Fault, Problem, did_you_mean, raise_all
from worthbook.kernel.language import Text
from worthbook.models.base import FloatArray, IntArray

ITEM_ABSENT = Fault(
    "item-absent",
    what=Text(en="There are no answers to the item '{item}'.", zh="找不到题项“{item}”的答案。"),
    hint=Text(en="{near}", zh="{near}"),
)
ITEM_CONSTANT = Fault(
    "item-constant",
    what=Text(
        en="Everybody gave the same answer ({value}) to the item '{item}'.",
        zh="所有人对题项“{item}”的回答都相同（{value}）。",
    ),
    hint=Text(
        en="An item that does not vary measures nothing; leave it out of the model.",
        zh="没有差异的题项无法用于测量，请从模型中删除。",
    ),
)
ITEM_EMPTY = Fault(
    "item-unanswered",
    what=Text(en="Nobody answered the item '{item}'.", zh="没有人回答题项“{item}”。"),
    hint=Text(
        en="Leave it out of the model, or check how missing answers are coded.",
        zh="请从模型中删除，或检查缺失值的编码。",
    ),
)
ITEM_OFF_SCALE = Fault(
    "item-off-scale",
    what=Text(
        en="The item '{item}' has {count} answers outside its scale of {low} to {high}, such as {value}.",
        zh="题项“{item}”有 {count} 个答案超出量表范围 {low}–{high}，例如 {value}。",
    ),
    hint=Text(
        en="Correct the answers, give the scale that was asked on, or say which codes mean that there is no answer.",
        zh="请更正答案，填写实际使用的量表范围，或说明哪些编码表示未作答。",
    ),
)
TOO_FEW = Fault(
    "respondents-too-few",
    what=Text(
        en="There are {count} respondents; {needed} are needed ({why}).",
        zh="受访者只有 {count} 位，至少需要 {needed} 位（{why}）。",
    ),
    hint=Text(
        en="Ask more people, or show the answers themselves instead of a model.",
        zh="请扩大样本，或直接展示原始答案而不建模。",
    ),
)
WEIGHT_BAD = Fault(
    "respondent-weight-unfit",
    what=Text(
        en="{count} respondents have a weight that is missing, negative or without bound.",
        zh="有 {count} 位受访者的权重缺失、为负或为无穷大。",
    ),
    hint=Text(en="A weight is a number of at least 0.", zh="权重须为不小于 0 的数。"),
)
GROUP_UNKNOWN = Fault(
    "group-unknown",
    what=Text(
        en="Groups need a label for each of the {count} respondents; there are {found}.",
        zh="{count} 位受访者都需要分组标签，目前有 {found} 个。",
    ),
    hint=Text(en="Leave respondents of no group out first.", zh="请先排除没有分组的受访者。"),
)


@dataclass(frozen=True, eq=False)
class Answers:
    """What respondents answered.

    >>> answers = Answers(("q1", "q2"), [[1, 2], [3, 4]], bounds={"q1": (1, 5), "q2": (1, 5)})
    >>> answers.of(("q2",)).values.ravel().tolist()
    [2.0, 4.0]
    """

    items: tuple[str, ...]
    values: FloatArray
    """(n, p); NaN where somebody did not answer."""
    weights: FloatArray | None = None
    """(n,) how many people each respondent stands for."""
    bounds: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """The least and the highest possible answer by item: theirs, never those that happened."""

    def __init__(
        self,
        items: Sequence[str],
        values: ArrayLike,
        weights: ArrayLike | None = None,
        bounds: Mapping[str, tuple[float, float]] | None = None,
    ) -> None:
        """Take lists as well as arrays.

        Raises:
            WorthbookError: `respondent-weight-unfit`, `item-off-scale`.
        """
        object.__setattr__(self, "items", tuple(items))
        object.__setattr__(self, "values", np.asarray(values, dtype=np.float64).reshape(-1, len(self.items)))
        weighed = None if weights is None else np.asarray(weights, dtype=np.float64)
        object.__setattr__(self, "weights", weighed)
        object.__setattr__(self, "bounds", dict(bounds or {}))
        raise_all(self._problems())

    @property
    def n(self) -> int:
        """How many respondents."""
        return len(self.values)

    @property
    def heads(self) -> FloatArray:
        """(n,) the weights, on average 1."""
        if self.weights is None:
            return np.ones(self.n)
        heads: FloatArray = self.weights * (self.n / self.weights.sum())
        return heads

    @property
    def effective(self) -> float:
        """How many respondents of equal weight would be as informative (Kish 1965)."""
        heads: FloatArray = self.heads
        return float(heads.sum() ** 2 / (heads**2).sum())

    def of(self, items: Sequence[str]) -> Answers:
        """The answers to some items, in that order.

        Raises:
            WorthbookError: `item-absent`, every one.
        """
        absent = (
            ITEM_ABSENT.problem(item=each, near=did_you_mean(each, self.items))
            for each in items
            if each not in self.items
        )
        raise_all(absent)
        places = [self.items.index(item) for item in items]
        bounds = {item: self.bounds[item] for item in items if item in self.bounds}
        return Answers(items, self.values[:, places], self.weights, bounds)

    def among(self, rows: IntArray) -> Answers:
        """The answers of some respondents."""
        weights = None if self.weights is None else self.weights[rows]
        return Answers(self.items, self.values[rows], weights, self.bounds)

    def complete(self) -> Answers:
        """The answers of those who left nothing out."""
        return self.among(np.flatnonzero(~np.isnan(self.values).any(axis=1)))

    def filled(self) -> Answers:
        """Each hole filled by the item's mean."""
        heads = np.where(np.isnan(self.values), 0.0, self.heads[:, None])
        means = (heads * np.nan_to_num(self.values)).sum(axis=0) / heads.sum(axis=0)
        return Answers(self.items, np.where(np.isnan(self.values), means, self.values), self.weights, self.bounds)

    def limits(self) -> FloatArray | None:
        """(2, p) the bounds, if all items have them."""
        return limits_of(self.items, self.bounds)

    def silent(self) -> Iterator[Problem]:
        """Items that say nothing: unanswered, or answered by all alike."""
        for item, column in zip(self.items, self.values.T, strict=True):
            given = column[~np.isnan(column)]
            if not len(given):
                yield ITEM_EMPTY.problem(item=item)
            elif given.min() == given.max():
                yield ITEM_CONSTANT.problem(item=item, value=f"{given[0]:g}")

    def _problems(self) -> Iterator[Problem]:
        if self.weights is not None:
            unfit = ~(np.isfinite(self.weights) & (self.weights >= 0))
            if unfit.any() or not self.weights.sum() > 0:
                yield WEIGHT_BAD.problem(count=int(unfit.sum()) or self.n)
        for item, (low, high) in self.bounds.items():
            column = self.values[:, self.items.index(item)]
            outside = column[(column < low) | (column > high)]
            if len(outside):
                yield ITEM_OFF_SCALE.problem(
                    item=item, count=len(outside), low=f"{low:g}", high=f"{high:g}", value=f"{outside[0]:g}"
                )


def limits_of(items: Sequence[str], bounds: Mapping[str, tuple[float, float]]) -> FloatArray | None:
    """(2, p) the bounds of some items, if all of them have them.

    >>> limits_of(("q1",), {"q1": (1, 5)}).tolist(), limits_of(("q1", "q2"), {"q1": (1, 5)})
    ([[1.0], [5.0]], None)
    """
    if set(items) - set(bounds):
        return None
    return np.array([bounds[item] for item in items], dtype=np.float64).T
