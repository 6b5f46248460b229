from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.models.perception.rivals import Ratings

ROWS: dict[str, Any] = {
    "respondent": ["p1", "p1", "p2", "p2", "p1", "p3"],
    "item": ["taste", "taste", "taste", "price", "price", "taste"],
    "supplier": ["rival", "us", "us", "us", "rival", "us"],
    "rating": [6.0, 8.0, 6.0, 3.0, 5.0, np.nan],
}


def test_rows_become_a_cube_with_us_first() -> None:
    found = Ratings.of_rows(**ROWS, us="us")
    assert (found.items, found.suppliers) == (("taste", "price"), ("us", "rival"))
    assert found.means.tolist() == [[7.0, 6.0], [3.0, 5.0]]
    assert found.respondents == 2


def test_two_ratings_of_one_thing_by_one_person_count_as_their_mean() -> None:
    twice: dict[str, Any] = {key: [*values, *values[:1]] for key, values in ROWS.items()}
    twice["rating"][-1] = 10.0
    assert Ratings.of_rows(**twice, us="us").values[0, 0, 1] == 8.0  # p1 gave the rival 6 and 10


def test_weights_count_people() -> None:
    values = np.array([[[2.0]], [[8.0]]])
    assert Ratings(values, ("a",), ("us",), weights=np.array([3.0, 1.0])).means.tolist() == [[3.5]]


def test_resampling_spreads_as_the_standard_error_says() -> None:
    values = np.random.default_rng(0).normal(6, 1.5, (400, 1, 1))
    drawn = Ratings(values, ("a",), ("us",)).resampled_means(draws=4000)
    assert drawn is not None
    expected = float(values.std() / np.sqrt(400))
    assert drawn.std() == pytest.approx(expected, rel=0.05)
    assert Ratings(values[:1], ("a",), ("us",)).resampled_means() is None


@pytest.mark.parametrize(
    ("change", "slug"),
    [
        ({"us": "nobody"}, "supplier-unknown"),
        ({"us": "us", "high": 7.0}, "ratings-out-of-scale"),
    ],
)
def test_unusable_rows_are_named(change: dict[str, Any], slug: str) -> None:
    with pytest.raises(WorthbookError) as refused:
        Ratings.of_rows(**ROWS, **change)
    assert [problem.slug for problem in refused.value.problems] == [slug]


@pytest.mark.parametrize(
    ("items", "suppliers", "slug"),
    [
        (["smell"], None, "rated-item-unknown"),
        (["taste"], ["us", "nobody"], "supplier-unknown"),
    ],
)
def test_choosing_what_was_not_rated_is_refused(items: list[str], suppliers: list[str] | None, slug: str) -> None:
    with pytest.raises(WorthbookError) as refused:
        Ratings.of_rows(**ROWS, us="us").of(items, suppliers)
    assert [problem.slug for problem in refused.value.problems] == [slug]


def test_an_item_nobody_rated_of_a_supplier_is_named() -> None:
    values = np.array([[[5.0, np.nan]]])
    with pytest.raises(WorthbookError, match="'a' has no rating of 'rival'"):
        Ratings(values, ("a",), ("us", "rival")).of(["a"])
