"""From respondents to the whole base: what a change of satisfaction is worth when only some customers answered.

Model, stated because the number hangs on it: within a group of customers (a tier, a region), those who did not answer
are like those who did; groups that nobody answered from are like a group drawn at random from the others. So the total
is the sum over groups, and its interval holds the chance within groups and, for silent groups, between groups too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.models.base import FloatArray
from worthbook.models.perception.intervals import z_of
from worthbook.models.perception.rivals.ratings import DRAWS, Measured

GROUPS_SILENT = Fault(
    "base-groups-silent",
    what=Text(
        en="{answered} answers leave fewer than two groups with two respondents: nothing can be said about the others.",
        zh="共 {answered} 份答卷，有两位以上受访者的群体不足两个，无法推及其他客户。",
    ),
    hint=Text(en="Use coarser groups, or ask more customers.", zh="请合并群体，或访问更多客户。"),
)


@dataclass(frozen=True)
class BaseEffect:
    """A mean over respondents, carried over to everybody."""

    respondents: Measured
    """Mean of those who answered, as they come."""
    total: Measured
    """Sum over the base."""
    customers: float
    answered: int
    silent_groups: tuple[str, ...]
    """Groups with fewer than two respondents, taken as a draw from the others."""


def effect_on_base(  # noqa: PLR0913 - two tables and the resampling
    group: Sequence[str],
    value: FloatArray,
    base_group: Sequence[str],
    base_customers: FloatArray,
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> BaseEffect:
    """Carry a number known for respondents over to the base.

    Args:
        group: Shape (respondents,): the group of each.
        value: What is known of each, such as spend per point.
        base_group: The groups of the base, each once.
        base_customers: Customers in each.
        draws: Behind the interval.
        seed: Of these.

    Raises:
        WorthbookError: `base-groups-silent`.
    """
    names = tuple(base_group)
    place = np.array([names.index(each) for each in group], dtype=np.intp)
    count = np.bincount(place, minlength=len(names))
    heard = count >= 2  # noqa: PLR2004 - one answer has no spread
    if not heard.any() or (heard.sum() < 2 and not heard.all()):  # noqa: PLR2004 - others are drawn from two or more
        raise GROUPS_SILENT(answered=len(value))
    mean = np.bincount(place, value, minlength=len(names)) / np.maximum(count, 1)
    square = np.bincount(place, (value - mean[place]) ** 2, minlength=len(names))
    error = np.sqrt(np.divide(square, count * (count - 1), out=np.zeros(len(names)), where=heard))
    random = np.random.default_rng(seed)
    drawn = random.normal(mean, error, size=(draws, len(names)))
    silent = ~heard
    if silent.any():
        between = max(float(np.var(mean[heard], ddof=1) - (error[heard] ** 2).mean()), 0.0)
        centre = np.average(drawn[:, heard], axis=1, weights=base_customers[heard])
        drawn[:, silent] = random.normal(centre[:, np.newaxis], np.sqrt(between), size=(draws, silent.sum()))
    best = np.where(heard, mean, np.average(mean[heard], weights=base_customers[heard]))
    ends = np.quantile(drawn @ base_customers, [0.025, 0.975])
    total = Measured(float(best @ base_customers), float(ends[0]), float(ends[1]))
    return BaseEffect(
        respondents=_plain_mean(value),
        total=total,
        customers=float(base_customers.sum()),
        answered=len(value),
        silent_groups=tuple(name for name, quiet in zip(names, silent.tolist(), strict=True) if quiet),
    )


def _plain_mean(value: FloatArray) -> Measured:
    mean, error = float(value.mean()), float(value.std(ddof=1) / np.sqrt(len(value)))
    return Measured(mean, mean - z_of() * error, mean + z_of() * error)
