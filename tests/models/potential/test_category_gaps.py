"""What is usual and what is missing, by hand; and planted habits that are found again."""

from __future__ import annotations

import math

import numpy as np
import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.models.potential.category_gaps import CategoryGaps, CategoryGapsFit, CategorySpend

TEA = ("firm", "tea")
FIRMS = CategorySpend(
    {
        TEA: (40, 40 * math.log(100.0)),
        ("firm", "cups"): (10, 10 * math.log(50.0)),
        ("person", "tea"): (5, 5 * math.log(9.0)),
    },
    {"firm": 40, "person": 10},
)
"""All 40 firms buy tea for 100, 10 of them cups for 50; 5 of 10 persons buy tea for 9."""


@pytest.fixture
def fit() -> CategoryGapsFit:
    return CategoryGaps().fit(FIRMS)


@pytest.mark.parametrize(
    ("bought", "gap", "following"),
    [(frozenset(), 112.5, "tea"), ({"tea"}, 12.5, "cups"), ({"cups"}, 100, "tea"), ({"tea", "cups"}, 0, None)],
)
def test_the_gap_is_share_times_usual_spend(
    fit: CategoryGapsFit, bought: frozenset[str], gap: float, following: str | None
) -> None:
    found = fit.following("firm", frozenset(bought))
    assert fit.gap("firm", frozenset(bought)) == pytest.approx(gap)
    assert (None if found is None else found.category) == following


def test_a_rare_kind_is_compared_with_all(fit: CategoryGapsFit) -> None:
    """45 of 50 buy tea; the geometric mean of 40 times 100 and 5 times 9."""
    usual = math.exp((40 * math.log(100) + 5 * math.log(9)) / 45)
    assert fit.of("person")[0].expected == pytest.approx(45 / 50 * usual)


def test_only_the_categories_worth_most_count() -> None:
    assert [each.category for each in CategoryGaps(most=1).fit(FIRMS).of("firm")] == ["tea"]


def test_too_few_buyers_are_refused() -> None:
    with pytest.raises(WorthbookError, match="Only 29 customers"):
        CategoryGaps().fit(CategorySpend({TEA: (29, 1.0)}, {"firm": 29}))


def test_a_kept_fit_answers_the_same(fit: CategoryGapsFit) -> None:
    assert CategoryGapsFit.from_json(fit.to_json()) == fit


def test_planted_habits_are_found_in_their_order() -> None:
    """Each category is bought with its own chance by 5 000 customers, for an amount with noise."""
    chance, amount = np.array([0.9, 0.5, 0.2]), np.array([10.0, 60.0, 80.0])
    dice = np.random.default_rng(5)
    spend = np.where(dice.random((5000, 3)) < chance, amount * np.exp(dice.normal(0, 0.5, (5000, 3))), 0.0)
    buyers = {
        ("", name): (int((paid > 0).sum()), float(np.log(paid[paid > 0]).sum()))
        for name, paid in zip(("milk", "wine", "meat"), spend.T, strict=True)
    }
    usual = CategoryGaps().fit(CategorySpend(buyers, {"": 5000})).of("")
    assert [each.category for each in usual] == ["wine", "meat", "milk"]
    assert [each.expected for each in usual] == pytest.approx([30, 16, 9], rel=0.08)
