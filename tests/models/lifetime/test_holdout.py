from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.models.lifetime import BGNBD, PurchaseHistory
from worthbook.models.lifetime.bg_nbd_process import BGNBDProcess
from worthbook.models.lifetime.holdout import score_holdout
from worthbook.models.lifetime.simulate import simulate_purchases

HISTORY = PurchaseHistory([0, 4, 2], [0, 20, 10], [20, 20, 40])


def test_scores_by_hand() -> None:
    """Own pace over 10 weeks: 0, 2, 0.5; the average: 6 / 80 * 10 = 0.75 each."""
    report = score_holdout(HISTORY, [0, 1, 1], 10, [0.5, 1, 1])
    model, own, average, silent = (row.score for row in report.rows)
    assert (model.total, model.total_error) == (2.5, 0.25)
    assert model.mae == pytest.approx(0.5 / 3)
    assert model.rmse == pytest.approx(np.sqrt(0.25 / 3))
    assert own.total == pytest.approx(2.5)
    assert own.mae == pytest.approx(0.5)
    assert average.rmse == pytest.approx(np.sqrt((0.75**2 + 2 * 0.25**2) / 3))
    assert average.correlation is None
    assert silent.total == pytest.approx(2)  # usual gaps are 5 weeks; the third customer has been silent for 30
    assert report.grade == "B"
    assert report.sentence.en.startswith("Tested on 10 weeks it had not seen, the model expected 2 purchases")
    assert "评级 B" in report.sentence.zh


@pytest.mark.parametrize(
    ("predicted", "grade"),
    [([0, 1, 1], "A"), ([0, 1.05, 1.1], "A"), ([0.1, 1.1, 1.2], "B"), ([0.4, 1.4, 1.4], "C"), ([1, 1, 0], "C")],
)
def test_grades(predicted: list[float], grade: str) -> None:
    assert score_holdout(HISTORY, [0, 1, 1], 10, predicted).grade == grade


def test_weights_are_customers() -> None:
    weighted = PurchaseHistory([0, 4], [0, 20], [20, 20], [3, 2])
    repeated = PurchaseHistory([0, 0, 0, 4, 4], [0, 0, 0, 20, 20], [20] * 5)
    one = score_holdout(weighted, [0, 1], 10, [0.2, 1.5])
    other = score_holdout(repeated, [0, 0, 0, 1, 1], 10, [0.2, 0.2, 0.2, 1.5, 1.5])
    for row, again in zip(one.rows, other.rows, strict=True):
        assert astuple(row.score) == pytest.approx(astuple(again.score))
        assert row.tenths == again.tenths


def test_customers_of_the_last_day_get_the_average_pace() -> None:
    report = score_holdout(PurchaseHistory([0, 4], [0, 20], [0, 20]), [1, 2], 10, [1, 2])
    assert report.rows[1].score.total == pytest.approx(4)


def test_the_true_model_is_graded_a() -> None:
    process = BGNBDProcess(0.5, 6.0, 0.8, 2.5)
    rng = np.random.default_rng(12)
    history, future = simulate_purchases(process, rng.uniform(20, 60, 20_000), 39.0, rng)
    assert score_holdout(history, future, 39, BGNBD().fit(history).expected_purchases(history, 39)).grade == "A"


def test_what_cannot_be_scored_is_refused() -> None:
    with pytest.raises(WorthbookError) as caught:
        score_holdout(HISTORY, [0, 0, 0], 10, [1, 1, 1])
    assert caught.value.slugs == ("holdout-without-purchases",)
    with pytest.raises(WorthbookError) as caught:
        score_holdout(HISTORY, [0, 1], 10, [1, 1, 1])
    assert caught.value.slugs == ("holdout-lengths-differ",)
