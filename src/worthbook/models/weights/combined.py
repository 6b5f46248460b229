"""Weights from several sources made one, and weights of a hierarchy multiplied through."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.models.weights.weights import Weights

CRITERIA_DIFFER = Fault(
    "criteria-differ",
    what=Text(
        en="The two sources weigh different criteria: {first} and {second}.",
        zh="两组权重的指标不一致：{first} 与 {second}。",
    ),
    hint=Text(en="Give both the same criteria.", zh="请使两组权重使用相同的指标。"),
)
BRANCH_MISSING = Fault(
    "hierarchy-branch-missing",
    what=Text(en="No weights are given below '{name}'.", zh="“{name}”之下没有给出权重。"),
    hint=Text(en="Weigh the alternatives under each criterion.", zh="请在每个指标之下给出各方案的权重。"),
)


def combine_linear(first: Weights, second: Weights, share: float = 0.5) -> Weights:
    """`share` of the first and the rest of the second: the usual mix of judged and found weights.

    >>> judged = Weights.normalised(("a", "b"), np.array([1.0, 1.0]), "equal")
    >>> found = Weights.normalised(("a", "b"), np.array([1.0, 0.0]), "entropy")
    >>> combine_linear(judged, found).values.tolist()
    [0.75, 0.25]
    """
    other = _aligned(first, second)
    mixed = share * first.values + (1 - share) * other
    method = f"{share:.0%} {first.method} + {1 - share:.0%} {second.method}"
    return Weights.normalised(first.names, mixed, method, notes=(*first.notes, *second.notes))


def combine_product(first: Weights, second: Weights) -> Weights:
    """In proportion to the product: a criterion counts only where both sources say so."""
    method = f"{first.method} x {second.method}"
    product = first.values * _aligned(first, second)
    return Weights.normalised(first.names, product, method, notes=(*first.notes, *second.notes))


def global_weights(criteria: Weights, below: Mapping[str, Weights]) -> Weights:
    """Weights of a hierarchy's leaves: each branch's weight times the weights below it, added where a leaf recurs.

    Raises:
        WorthbookError: `hierarchy-branch-missing`.
    """
    total: dict[str, float] = {}
    for name, weight in criteria.as_mapping().items():
        if name not in below:
            raise BRANCH_MISSING(name=name)
        for leaf, share in below[name].as_mapping().items():
            total[leaf] = total.get(leaf, 0.0) + weight * share
    return Weights.normalised(tuple(total), np.array(list(total.values())), f"hierarchy of {criteria.method}")


def _aligned(first: Weights, second: Weights) -> np.ndarray:
    """The second weights in the order of the first."""
    given = second.as_mapping()
    if set(given) != set(first.names):
        raise CRITERIA_DIFFER(first=", ".join(first.names), second=", ".join(second.names))
    return np.array([given[name] for name in first.names])
