from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.models.retention import OpportunityHistory

NAN = float("nan")


@pytest.mark.parametrize(
    ("make", "slugs"),
    [
        (lambda: OpportunityHistory([1, 2], [1], [2, 3]), ("history-lengths-differ",)),
        (lambda: OpportunityHistory([], [], []), ("history-empty",)),
        (lambda: OpportunityHistory([1, NAN], [1, 1], [5, 5]), ("history-not-finite",)),
        (lambda: OpportunityHistory([1, 1], [1, float("inf")], [5, 5]), ("history-not-finite",)),
        (lambda: OpportunityHistory([-1], [0], [5]), ("history-negative",)),
        (lambda: OpportunityHistory([1], [1], [5], [0]), ("history-weight-not-positive",)),
        (lambda: OpportunityHistory([1.5], [2], [5]), ("history-count-not-whole",)),
        (lambda: OpportunityHistory([1], [2.5], [5]), ("opportunity-place-not-whole",)),
        (lambda: OpportunityHistory([1], [6], [5]), ("opportunity-last-after-end",)),
        (lambda: OpportunityHistory([3], [2], [5]), ("opportunity-more-purchases",)),
        (lambda: OpportunityHistory([0], [2], [5]), ("opportunity-last-unclear",)),
        (lambda: OpportunityHistory([2], [0], [5]), ("opportunity-last-unclear",)),
        (
            lambda: OpportunityHistory([1.5, 1], [2, 9], [5, 5.5]),
            ("history-count-not-whole", "opportunity-place-not-whole", "opportunity-last-after-end"),
        ),
    ],
)
def test_wrong_columns_are_refused(make: Callable[[], object], slugs: tuple[str, ...]) -> None:
    with pytest.raises(WorthbookError) as caught:
        make()
    assert caught.value.slugs == slugs


def test_a_table_of_occasions_is_read() -> None:
    history = OpportunityHistory.of_table([[1, 0, 1, 0], [0, 0, 0, 0], [0, 1, 0, 1]])
    assert history.x.tolist() == [2, 0, 2]
    assert history.t_x.tolist() == [3, 0, 4]
    assert history.n.tolist() == [4, 4, 4]


def test_equal_rows_collapse() -> None:
    groups = OpportunityHistory([1, 0, 1], [2, 0, 2], [5, 5, 5], [1, 2, 3]).group()
    assert sorted(zip(groups.x, groups.weights, strict=True)) == [(0, 2), (1, 4)]
    assert groups.take(np.array([0])).customers in {2, 4}
