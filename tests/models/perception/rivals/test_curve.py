from __future__ import annotations

import numpy as np
import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.models.perception.rivals import Ratings, value_curve, view_gaps
from worthbook.models.weights import direct


def test_each_planted_element_gets_its_action() -> None:
    random = np.random.default_rng(0)
    truth = np.array([[5.0, 7.0], [2.0, 2.0], [8.0, 6.0], [7.0, 7.0], [6.0, 6.0]])
    values = np.clip(random.normal(truth, 0.8, (150, 5, 2)), 1, 10)
    names = ("trails", "hardly there", "gilded", "worthless", "as good")
    weights = direct(dict(zip(names, [30, 30, 8, 3, 29], strict=True)))
    found = value_curve(Ratings(values, names, ("us", "rival")), weights)
    assert {each.name: each.action for each in found.elements} == {
        "trails": "raise",
        "hardly there": "create",
        "gilded": "reduce",
        "worthless": "eliminate",
        "as good": "keep",
    }


def test_a_difference_that_may_be_chance_calls_for_nothing() -> None:
    values = np.random.default_rng(1).normal(5.5, 2.0, (12, 1, 2)).clip(1, 10)
    found = value_curve(Ratings(values, ("a",), ("us", "rival")), direct({"a": 1}))
    assert found.elements[0].action == "keep"


def test_the_best_rival_is_the_yardstick() -> None:
    values = np.full((5, 1, 3), [7.0, 5.0, 8.0])
    element = value_curve(Ratings(values, ("a",), ("us", "weak", "strong")), direct({"a": 1})).elements[0]
    assert (element.best_rival, element.lead.value) == ("strong", -1.0)


def test_nobody_to_compare_with() -> None:
    with pytest.raises(WorthbookError, match="nobody to compare"):
        value_curve(Ratings(np.full((2, 1, 1), 5.0), ("a",), ("us",)), direct({"a": 1}))


def test_views_of_the_source_text() -> None:
    """Source text 001: the firm gives product 51, service 34, promotion 15; customers quality 63.3, price 36.7.

    The text compares different words; laid over the same drivers, the gaps are the differences of the points.
    """
    names = ["product", "service", "promotion", "price"]
    firm, customers = np.array([[51.0, 34, 15, 0]]), np.array([[63.3, 0, 0, 36.7]])
    gaps = {each.name: each.gap.value for each in view_gaps(names, firm, customers)}
    assert gaps == pytest.approx({"price": -36.7, "service": 34.0, "promotion": 15.0, "product": -12.3})


def test_gaps_come_largest_first_with_intervals_that_hold_them() -> None:
    random = np.random.default_rng(3)
    firm, customers = random.dirichlet([8, 1, 1], 40) * 100, random.dirichlet([2, 4, 4], 60) * 100
    found = view_gaps(["a", "b", "c"], firm, customers)
    assert found[0].name == "a"
    assert all(each.gap.low is not None and each.gap.low < each.gap.value for each in found)
    assert found[0].gap.excludes(0.0)
    assert sum(each.gap.value for each in found) == pytest.approx(0.0, abs=1e-9)
