"""Weights from what goes with an outcome: each criterion's share of the variance that all explain together (LMG).

Unlike coefficients, which turn negative or leap where criteria say nearly the same, these shares are never below zero
and add up to R² (Grömping 2006).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.models.base import FloatArray
from worthbook.models.perception.drivers.subsets import MOST_EXACT, lmg, lmg_sampled
from worthbook.models.weights import Weights

OUTCOME_CONSTANT = Fault(
    "outcome-without-spread",
    what=Text(
        en="The outcome does not vary among the {customers} customers for whom all is known.",
        zh="在信息齐全的 {customers} 位客户中，目标值没有差异。",
    ),
    hint=Text(en="Choose another outcome, or weights that people state.", zh="请改用其他目标，或改由人工给定权重。"),
)


def importance(names: Sequence[str], points: FloatArray, outcome: FloatArray, customers: FloatArray) -> Weights:
    """How much each criterion explains of an outcome.

    Args:
        names: The criteria.
        points: Shape (rows, criteria), all known.
        outcome: Shape (rows,): the mean outcome of the customers of each row. Its spread within a row is left out,
            which scales all shares of R² alike and so changes no weight.
        customers: Shape (rows,): how many customers each row stands for.

    Raises:
        WorthbookError: `outcome-without-spread`, `weights-all-zero` if nothing varies together with the outcome.

    >>> points = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    >>> importance(["a", "b"], points, 2 * points[:, 0] + points[:, 1], np.ones(4)).values.round(3).tolist()
    [0.8, 0.2]
    """
    both = np.column_stack([points, outcome])
    people = float(customers.sum())
    centred = both - customers @ both / max(people, 1.0)
    products = (centred * customers[:, np.newaxis]).T @ centred
    length = np.sqrt(np.diagonal(products))
    if not length[-1] > 0:
        raise OUTCOME_CONSTANT(customers=f"{people:,.0f}")
    used = np.flatnonzero(length[:-1] > 0)
    kept = np.append(used, len(names))
    shares = np.zeros(len(names))
    if len(used):
        R = products[np.ix_(kept, kept)] / np.outer(length[kept], length[kept])
        explained = lmg if len(used) <= MOST_EXACT else lmg_sampled
        shares[used] = np.maximum(explained(R[np.newaxis])[0], 0.0)
    falling = [name for name, product in zip(names, products[-1, :-1], strict=True) if product < 0]
    facts = {"customers": people, "criteria": len(used)}
    return Weights.normalised(names, shares, "regression, LMG shares of R²", facts, tuple(_notes(falling)))


def _notes(falling: Sequence[str]) -> Iterator[Text]:
    if falling:
        yield Text(
            en=f"More points go with less of the outcome: {', '.join(falling)}. Look at the points before you use the "
            "weights.",
            zh=f"以下各项得分越高，目标值反而越低：{'、'.join(falling)}。使用权重前请先检查分值设置。",
        )
