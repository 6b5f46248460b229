from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.models.lifetime import PurchaseHistory, SpendHistory

NAN = float("nan")


@pytest.mark.parametrize(
    ("make", "slugs"),
    [
        (lambda: PurchaseHistory([1, 2], [1.0], [2.0, 3.0]), ("history-lengths-differ",)),
        (lambda: PurchaseHistory([], [], []), ("history-empty",)),
        (lambda: PurchaseHistory([0, 1], [0, NAN], [5, 5]), ("history-not-finite",)),
        (lambda: PurchaseHistory([-1, 1], [0, 2], [5, 5]), ("history-negative",)),
        (lambda: PurchaseHistory([1.5], [2], [5]), ("history-count-not-whole",)),
        (lambda: PurchaseHistory([1], [6], [5]), ("history-last-after-end",)),
        (lambda: PurchaseHistory([0], [2], [5]), ("history-recency-without-repeat",)),
        (lambda: PurchaseHistory([1], [2], [5], [0]), ("history-weight-not-positive",)),
        (lambda: PurchaseHistory([0.5, 0], [9, 2], [5, 5]), None),
        (lambda: SpendHistory([1], [NAN]), ("history-not-finite",)),
        (lambda: SpendHistory([1.5], [3]), ("history-count-not-whole",)),
    ],
)
def test_wrong_columns_are_refused(make: Callable[[], object], slugs: tuple[str, ...] | None) -> None:
    with pytest.raises(WorthbookError) as caught:
        make()
    together = ("history-count-not-whole", "history-last-after-end", "history-recency-without-repeat")
    assert caught.value.slugs == (together if slugs is None else slugs)


def test_the_first_bad_row_is_named() -> None:
    with pytest.raises(WorthbookError, match=r"2 rows \(the first is row 2\)"):
        PurchaseHistory([1, 1, 1], [1, 7, 8], [5, 5, 5])


def test_equal_rows_collapse() -> None:
    history = PurchaseHistory([1, 0, 1, 0], [2, 0, 2, -0.0], [5, 5, 5, 5], [1, 2, 3, 4])
    groups = history.group()
    found = {
        (row[0], row[1], row[2]): row[3] for row in zip(groups.x, groups.t_x, groups.T, groups.weights, strict=True)
    }
    assert found == {(1, 2, 5): 4, (0, 0, 5): 6}
    assert history.customers == groups.customers == 10


def test_a_history_cannot_be_changed() -> None:
    column = np.array([1.0, 2.0])
    history = PurchaseHistory(column, [1, 2], [5, 5])
    column[0] = 9
    assert history.x[0] == 1
    with pytest.raises(ValueError, match="read-only"):
        history.x[0] = 3
