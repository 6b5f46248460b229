"""Weights: one number a criterion, never negative, that sum to one, and how they were found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.models.base import Fact, FloatArray

WEIGHTS_NEGATIVE = Fault(
    "weights-negative",
    what=Text(en="These weights are below zero or not numbers: {names}.", zh="以下权重为负数或不是数值：{names}。"),
    hint=Text(
        en="Turn the direction of the criterion around, or give it the weight 0.",
        zh="请调转该指标的方向，或将其权重设为 0。",
    ),
)
WEIGHTS_ZERO = Fault(
    "weights-all-zero",
    what=Text(en="None of the criteria {names} has a weight above zero.", zh="指标 {names} 的权重均不大于 0。"),
    hint=Text(en="Give at least one criterion a weight.", zh="请至少为一个指标设置权重。"),
)
NAMES_REPEATED = Fault(
    "criteria-repeated",
    what=Text(en="These criteria are named twice: {names}.", zh="以下指标名称重复：{names}。"),
    hint=Text(en="Give each criterion a name of its own.", zh="请为每个指标取不同的名称。"),
)
SHAPE_WRONG = Fault(
    "criteria-miscounted",
    what=Text(
        en="There are {names} criteria, but the numbers are of the shape {shape}.",
        zh="共有 {names} 个指标，但数值的形状为 {shape}。",
    ),
    hint=Text(en="Give one number or column for each criterion.", zh="请为每个指标给出一个数值或一列数值。"),
)


@dataclass(frozen=True)
class Weights:
    """How much each criterion counts.

    >>> Weights.normalised(("price", "service"), np.array([3.0, 1.0]), "direct").as_mapping()
    {'price': 0.75, 'service': 0.25}
    """

    names: tuple[str, ...]
    values: FloatArray
    """Shape (criteria,): not negative, with the sum 1."""
    method: str
    """The method with the options that change its answer, such as `entropy, shares of the sum`."""
    facts: Mapping[str, Fact] = field(default_factory=lambda: MappingProxyType({}))
    """What else the method found, such as the consistency ratio."""
    notes: tuple[Text, ...] = ()
    """What a reader must know before using the weights."""

    @classmethod
    def normalised(
        cls,
        names: Sequence[str],
        values: FloatArray,
        method: str,
        facts: Mapping[str, Fact] = MappingProxyType({}),
        notes: tuple[Text, ...] = (),
    ) -> Weights:
        """Weights from numbers in any unit.

        Raises:
            WorthbookError: `criteria-miscounted`, `criteria-repeated`, `weights-negative`, `weights-all-zero`.
        """
        values = np.asarray(values, dtype=float)
        check_names(names, values.shape, values.ndim == 1 and values.size == len(names))
        bad = [name for name, value in zip(names, values, strict=True) if not (np.isfinite(value) and value >= 0)]
        if bad:
            raise WEIGHTS_NEGATIVE(names=", ".join(bad))
        if not values.sum() > 0:
            raise WEIGHTS_ZERO(names=", ".join(names))
        return cls(tuple(names), values / values.sum(), method, facts, notes)

    def as_mapping(self) -> dict[str, float]:
        """Criterion → weight."""
        return dict(zip(self.names, self.values.tolist(), strict=True))


def check_names(names: Sequence[str], shape: tuple[int, ...], fits: bool) -> None:  # noqa: FBT001 - a condition
    """Refuse criteria that are named twice, or that the numbers do not fit.

    Raises:
        WorthbookError: `criteria-repeated`, `criteria-miscounted`.
    """
    twice = sorted({name for name in names if list(names).count(name) > 1})
    if twice:
        raise NAMES_REPEATED(names=", ".join(twice))
    if not fits:
        raise SHAPE_WRONG(names=len(names), shape=" x ".join(map(str, shape)))
