"""The same drivers seen by the supplier and by the customers: where the firm believes otherwise (B20)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from worthbook.models.base import FloatArray
from worthbook.models.perception.points import drawn_shares
from worthbook.models.perception.rivals.ratings import DRAWS, Measured, measured
from worthbook.models.weights import constant_sum
from worthbook.models.weights.stated import OffSum


@dataclass(frozen=True)
class ViewGap:
    """One driver: the points out of 100 that each side gives to it."""

    name: str
    supplier: Measured
    customers: Measured
    gap: Measured
    """Supplier less customers: above 0 the firm holds it for more important than its customers do."""


def view_gaps(  # noqa: PLR0913 - two groups, and how they were asked
    names: Sequence[str],
    supplier: FloatArray,
    customers: FloatArray,
    *,
    off_sum: OffSum = "rescale",
    draws: int = DRAWS,
    seed: int = 0,
) -> tuple[ViewGap, ...]:
    """Compare the points that two groups divide over the same drivers, the largest gap first.

    Args:
        names: The drivers.
        supplier: Shape (people of the firm, drivers): points that sum to 100.
        customers: Shape (customers, drivers).
        off_sum: What to do with answers that do not sum to 100.
        draws: Resamples behind the intervals.
        seed: Of the resampling.

    Raises:
        WorthbookError: `constant-sum-unusable`, `criteria-miscounted`.
    """
    sides = []
    for offset, points in enumerate((supplier, customers)):
        value = 100 * constant_sum(names, points, off_sum=off_sum).values
        sides.append((value, drawn_shares(points, draws, seed + offset)))
    (ours, ours_drawn), (theirs, theirs_drawn) = sides
    known = ours_drawn is not None and theirs_drawn is not None
    found = [
        ViewGap(
            name=name,
            supplier=measured(ours[index], None if ours_drawn is None else ours_drawn[:, index]),
            customers=measured(theirs[index], None if theirs_drawn is None else theirs_drawn[:, index]),
            gap=measured(
                ours[index] - theirs[index],
                ours_drawn[:, index] - theirs_drawn[:, index] if known else None,  # type: ignore[index]
            ),
        )
        for index, name in enumerate(names)
    ]
    return tuple(sorted(found, key=lambda each: -abs(each.gap.value)))
