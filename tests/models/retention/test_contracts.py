from __future__ import annotations

from collections.abc import Callable

import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.models.retention import ContractHistory, ContractTerms
from worthbook.models.retention.contract_value import contract_value
from worthbook.models.retention.renewal_models import ShiftedBetaGeometric

NAN = float("nan")


@pytest.mark.parametrize(
    ("make", "slugs"),
    [
        (lambda: ContractHistory([1, 2], [1]), ("history-lengths-differ",)),
        (lambda: ContractHistory([], []), ("history-empty",)),
        (lambda: ContractHistory([1, NAN], [1, 0]), ("history-not-finite",)),
        (lambda: ContractHistory([1, float("inf")], [1, 0]), ("history-not-finite",)),
        (lambda: ContractHistory([-1], [1]), ("history-negative",)),
        (lambda: ContractHistory([1], [2]), ("contract-ended-unclear",)),
        (lambda: ContractHistory([1], [1], [0]), ("history-weight-not-positive",)),
        (lambda: ContractHistory([3], [1], entry=[4]), ("contract-entry-after-end",)),
        (lambda: ContractHistory.of_survivors([[10, 8], [10, 11, 12]]), ("contract-survivors-rise",)),
        (lambda: ContractHistory.of_survivors([[10, 8], []]), ("contract-survivors-missing",)),
        (lambda: ContractHistory.of_survivors([[10, -1]]), ("history-negative",)),
        (lambda: ContractHistory.of_survivors([[10, NAN]]), ("history-not-finite",)),
        (lambda: ContractHistory([-1, 2], [1, 3], [1, -1]), None),
    ],
)
def test_wrong_columns_are_refused(make: Callable[[], object], slugs: tuple[str, ...] | None) -> None:
    with pytest.raises(WorthbookError) as caught:
        make()
    together = ("history-negative", "contract-ended-unclear", "history-weight-not-positive")
    assert caught.value.slugs == (together if slugs is None else slugs)


def test_cohorts_become_contracts() -> None:
    """By hand: 20 and 10 leave at the first renewal, 15 at the second, the others are still there."""
    history = ContractHistory.of_survivors([[100, 80, 65], [50, 40], [30]])
    rows = sorted(zip(history.tenure, history.ended, history.weights, strict=True))
    assert rows == [(0, 0, 30), (1, 0, 40), (1, 1, 20), (1, 1, 10), (2, 0, 65), (2, 1, 15)] or len(rows) == 6
    assert history.customers == 180
    assert history.losses == 45
    assert history.running.customers == 135


@pytest.mark.parametrize(
    ("make", "names"),
    [
        (lambda: ContractTerms(1.0, -1.0), ("discount_rate_per_year",)),
        (lambda: ContractTerms(1.0, 0.1, horizon=0), ("horizon",)),
        (
            lambda: ContractTerms(1.0, NAN, due_in=-1, growth_per_year=-2),
            ("discount_rate_per_year", "due_in", "growth"),
        ),
    ],
)
def test_wrong_terms_are_refused(make: Callable[[], object], names: tuple[str, ...]) -> None:
    with pytest.raises(WorthbookError) as caught:
        make()
    assert len(caught.value.problems) == len(names)
    for name in names:
        assert name in str(caught.value)


def test_margins_must_fit_the_rows() -> None:
    history = ContractHistory.of_survivors([[100, 80, 65]])
    fit = ShiftedBetaGeometric().fit(history)
    for margin in ([1.0, 2.0], [1.0, 2.0, NAN]):
        with pytest.raises(WorthbookError) as caught:
            contract_value(fit, history, ContractTerms(margin, 0.1), "years")  # type: ignore[arg-type]
        assert caught.value.slugs == ("contract-margins-differ",)


def test_growth_of_the_margin_works_against_the_discount() -> None:
    grown = ContractTerms(1.0, 0.21, growth_per_year=0.1).discount("years")
    assert grown == pytest.approx(1.1)
    assert ContractTerms(1.0, 0.1).discount("days") ** 365.25 == pytest.approx(1.1)
