"""Whether a share has changed from older groups of customers to newer ones, or whether that may be chance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

Verdict = Literal["better", "worse", "same", "unclear"]

FEWEST_GROUPS = 4
FEWEST_CUSTOMERS = 100
"""In each half."""
WORTH_SAYING = 0.01
"""A smaller difference is called none, however certain: one customer in a hundred."""
CLOSE = 0.05
"""No difference is claimed only where the interval rules out a greater one than about this: else it is unclear."""
_SURE = 0.975


class Group(NamedTuple):
    """Some customers, and how many of them did something."""

    customers: int
    active: int


class Change(NamedTuple):
    """Two shares and their difference with its 95 % interval."""

    older: float
    newer: float
    low: float
    high: float

    @property
    def difference(self) -> float:
        """Newer less older."""
        return self.newer - self.older

    @property
    def verdict(self) -> Verdict:
        """`better` or `worse` where the interval leaves zero out; `same` where it leaves out all that would matter."""
        if abs(self.difference) >= WORTH_SAYING and (self.low > 0 or self.high < 0):
            return "better" if self.difference > 0 else "worse"
        return "same" if self.low > -CLOSE and self.high < CLOSE else "unclear"


def compare_halves(groups: Sequence[Group]) -> Change | None:
    """Compare the newer half of some groups with the older half; None where they are too few to tell.

    Groups differ by season and campaign by more than chance between customers, so the spread found between the groups
    of a half widens the interval (quasi-binomial), with Student's t because the groups are few.

    >>> change = compare_halves([Group(1000, 200), Group(1000, 210), Group(1000, 100), Group(1000, 110)])
    >>> change.verdict, round(change.difference, 3)
    ('worse', -0.1)
    """
    half = len(groups) // 2
    older, newer = groups[:half], groups[half:]
    sizes = [sum(group.customers for group in side) for side in (older, newer)]
    if len(groups) < FEWEST_GROUPS or min(sizes) < FEWEST_CUSTOMERS:
        return None
    from scipy.special import stdtrit  # noqa: PLC0415  # keeps the import of the package fast

    shares = [sum(group.active for group in side) / size for side, size in zip((older, newer), sizes, strict=True)]
    freedom = len(groups) - 2
    spread = sum(_spread(side, part) for side, part in zip((older, newer), shares, strict=True)) / freedom
    variance = sum(part * (1 - part) / size for part, size in zip(shares, sizes, strict=True))
    reach = float(stdtrit(freedom, _SURE)) * math.sqrt(max(1.0, spread) * variance)
    difference = shares[1] - shares[0]
    return Change(shares[0], shares[1], difference - reach, difference + reach)


def _spread(groups: Sequence[Group], part: float) -> float:
    """Pearson's chi-square of groups that should all have the same share."""
    if not 0 < part < 1:
        return 0.0
    return sum((group.active - group.customers * part) ** 2 / (group.customers * part * (1 - part)) for group in groups)
