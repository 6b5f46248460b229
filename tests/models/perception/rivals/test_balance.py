from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from worthbook.models.perception.rivals import Ratings, balance
from worthbook.models.perception.rivals.balance import Dimension

KOTLER = [
    Dimension("product", "get", ("quality", "features"), 2.0),
    Dimension("service", "get", ("advice",)),
    Dimension("money", "give", ("price",)),
    Dimension("time", "give", ("waiting",)),
]
ITEMS = ("quality", "features", "advice", "price", "waiting")
RATINGS = arrays.arrays(float, (8, 5, 2), elements=st.integers(1, 10).map(float))


def test_total_value_less_total_cost() -> None:
    """Kotler, Marketing Management: delivered value is total customer value less total customer cost."""
    ratings = Ratings(np.array([[[8.0, 6], [6, 6], [4, 7], [5, 4], [3, 4]]]), ITEMS, ("us", "rival"))
    found = balance(ratings, KOTLER)
    ours, theirs = found.suppliers
    assert (ours.get.value, theirs.get.value) == pytest.approx(((2 * 7 + 4) / 3, (2 * 6 + 7) / 3))
    assert ours.give is not None
    assert ours.ratio is not None
    assert (ours.give.value, ours.difference.value, ours.ratio.value) == pytest.approx((4.0, 2.0, 1.5))
    assert found.leads[0].difference.value == pytest.approx(6.0 - 4.0 - (19 / 3 - 4.0))


def test_a_theory_without_sacrifice_has_no_ratio() -> None:
    found = balance(Ratings(np.full((1, 5, 1), 6.0), ITEMS, ("us",)), KOTLER[:2])
    assert (found.suppliers[0].give, found.suppliers[0].ratio, found.leads) == (None, None, ())


@given(RATINGS, st.sampled_from(range(5)))
def test_one_point_more_changes_the_difference_as_the_sensitivity_says(values: np.ndarray, item: int) -> None:
    ratings = Ratings(values, ITEMS, ("us", "rival"))
    raised = values.copy()
    raised[:, item, 0] += 1
    before, after = (
        balance(each, KOTLER, draws=10).suppliers[0].difference.value
        for each in (ratings, Ratings(raised, ITEMS, ("us", "rival"), high=11))
    )
    dimension = next(each for each in KOTLER if ITEMS[item] in each.items)
    expected = balance(ratings, KOTLER, draws=10).sensitivity[dimension.name] / len(dimension.items)
    assert after - before == pytest.approx(expected)


@given(RATINGS)
def test_we_lead_by_what_the_rival_trails(values: np.ndarray) -> None:
    forth = balance(Ratings(values, ITEMS, ("us", "rival")), KOTLER, draws=10)
    back = balance(Ratings(values[:, :, ::-1], ITEMS, ("rival", "us")), KOTLER, draws=10)
    assert forth.leads[0].difference.value == pytest.approx(-back.leads[0].difference.value)
