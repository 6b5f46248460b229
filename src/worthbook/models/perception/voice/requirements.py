"""Critical requirements: the themes that customers complain about, the gravest first, each with its quotes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.perception.money.curve import share_of
from worthbook.models.perception.rivals.ratings import Measured
from worthbook.models.perception.voice.coding import Coded

QUOTES = 3


@dataclass(frozen=True)
class Requirement:
    """One theme, as customers speak of it."""

    theme: str
    comments: int
    customers: int
    complaining: int
    """Customers who complain of it at least once."""
    complaint_share: Measured
    """Of the comments that judge the theme, those that complain, with Wilson's interval."""
    at_stake: float | None
    """What the complaining customers are worth together, each counted once; None where that is not known."""
    quotes: tuple[int, ...]
    """Row numbers of comments that show it, the plainest complaint first."""
    rows: tuple[int, ...]
    """Row numbers of all comments behind the count."""


def rank_requirements(
    coded: Coded, customer: Sequence[str], lengths: Sequence[int], worth: FloatArray | None = None
) -> tuple[Requirement, ...]:
    """Rank themes by what is at stake, where that is known, else by the number of complaining customers.

    Args:
        coded: The comments.
        customer: Who made each; an empty text is somebody of their own.
        lengths: Of each comment, in characters: quotes of middling length are shown first.
        worth: What each comment's customer is worth; NaN where unknown.
    """
    people = np.array([name or f"\0{row}" for row, name in enumerate(customer)])
    found = []
    for column, theme in enumerate(coded.themes):
        rows = np.flatnonzero(coded.mentions[:, column])
        if not len(rows):
            continue
        feeling = coded.theme_sentiment[rows, column]
        bad = rows[feeling < 0]
        judged = int(np.isfinite(feeling).sum())
        first = np.unique(people[bad], return_index=True)[1]
        stake = None if worth is None else float(np.nansum(worth[bad[first]]))
        order = np.lexsort((np.abs(np.array(lengths)[rows] - 60), np.nan_to_num(feeling, nan=0.0)))
        found.append(
            Requirement(
                theme=theme,
                comments=len(rows),
                customers=len(np.unique(people[rows])),
                complaining=len(first),
                complaint_share=share_of(len(bad) / judged, judged) if judged else Measured(0.0),
                at_stake=stake,
                quotes=tuple(rows[order[:QUOTES]].tolist()),
                rows=tuple(rows.tolist()),
            )
        )
    return tuple(sorted(found, key=lambda each: (-(each.at_stake or 0.0), -each.complaining, -each.comments)))
