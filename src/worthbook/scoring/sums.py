"""A customer's score as a sum that people can check: rounded summands that add up to the rounded score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from worthbook.kernel.language import Text
from worthbook.scoring.place import Case
from worthbook.scoring.weighting import rounded

SHOWN_PLACES = 2

_SUMMAND = Text(
    en="{axis}: {points} points x {share} % = {amount}", zh="{axis}：{points}分 × 权重{share}% = {amount}分"
)
_SUMMAND_OF_GROUP = Text(
    en="{group}, {axis}: {points} points x {share} % = {amount}",
    zh="{group}·{axis}：{points}分 × 权重{share}% = {amount}分",
)


@dataclass(frozen=True)
class Summand:
    """What one axis adds to a score, as it is shown."""

    axis: str
    group: str | None
    points: float
    share: float
    """Of the whole score, after the weights of what is unknown are shared among the rest."""
    amount: Decimal
    text: Text


def summands(case: Case) -> tuple[Summand, ...]:
    """What each known axis adds to a scorecard's score; empty for other methods and where nothing is known."""
    added = case.contributions
    amounts = adding_up([each.amount for each in added], SHOWN_PLACES)
    made = []
    for each, amount in zip(added, amounts, strict=True):
        axis = case.definition.axes[each.axis]
        form = _SUMMAND if axis.group is None else _SUMMAND_OF_GROUP
        text = form.format(
            axis=axis.title,
            group="" if axis.group is None else case.definition.groups[axis.group].title,
            points=f"{float(each.points):g}",
            share=f"{float(each.share * 100):.1f}",
            amount=f"{amount:f}",
        )
        made.append(Summand(each.axis, axis.group, float(each.points), float(each.share), amount, text))
    return tuple(made)


def adding_up(parts: Sequence[Fraction], places: int) -> tuple[Decimal, ...]:
    """Parts rounded so that they add up to their rounded sum: what is left goes where rounding took the most.

    >>> adding_up([Fraction(1, 3)] * 3, 2)
    (Decimal('0.34'), Decimal('0.33'), Decimal('0.33'))
    """
    step = Decimal(1).scaleb(-places)
    whole = rounded(sum(parts, Fraction(0)), places)
    low = [(part * 10**places).__floor__() for part in parts]
    left = int((whole - sum(low) * step) / step)
    most = sorted(range(len(parts)), key=lambda at: (low[at] - parts[at] * 10**places, at))
    chosen = set(most[:left])
    return tuple((each + (at in chosen)) * step for at, each in enumerate(low))
