"""Simple rules, by hand and on CDNOW."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.models.lifetime import PurchaseHistory
from worthbook.models.lifetime.baselines import Baseline, BaselineFit, LastPeriod, LastPeriodFit, RecentPurchases
from worthbook.models.lifetime.pareto_nbd import ParetoNBD

HISTORY = PurchaseHistory([0, 4, 2, 0], [0, 18, 4, 0], [20, 20, 20, 0])


def test_rules_by_hand() -> None:
    """6 purchases in 60 weeks: .1 a week; 22 weeks over 6 gaps: a gap of 3.67, three of them 11."""
    own, same, hiatus = (Baseline(rule).fit(HISTORY) for rule in ("own_pace", "same_for_all", "hiatus"))
    assert own.expected_purchases(HISTORY, 10).tolist() == pytest.approx([0, 2, 1, 1])
    assert same.expected_purchases(HISTORY, 10) == pytest.approx([1, 1, 1, 1])
    assert hiatus.silence == pytest.approx(11)
    assert hiatus.p_alive(HISTORY).tolist() == [0, 1, 0, 1]
    assert hiatus.expected_purchases(HISTORY, 10).tolist() == pytest.approx([0, 2, 0, 1])
    assert own.p_alive(HISTORY).tolist() == [1, 1, 1, 1]
    assert own.expected_purchases(HISTORY, 30, start=20) == pytest.approx(own.expected_purchases(HISTORY, 10))
    assert same.expected_purchases_new(10) == pytest.approx(1)
    assert [row.symbol for row in hiatus.summary] == ["pace", "silence"]


def test_discounting_is_that_of_the_models() -> None:
    fit = Baseline("same_for_all").fit(HISTORY)
    endless = fit.discounted_purchases(HISTORY, math.inf, 0.1)
    assert endless == pytest.approx(np.full(4, 0.1 / (math.log(1.1) * 7 / 365.25)))
    assert fit.discounted_purchases(HISTORY, 10, 0.0) == pytest.approx(fit.expected_purchases(HISTORY, 10))
    assert set(fit.predict(HISTORY, 10, 0.1)) == {"p_alive", "expected_purchases", "discounted_purchases"}


def test_the_last_period_by_hand() -> None:
    """Two purchases in 10 weeks; none; one in the 5 weeks since the first; nothing known yet."""
    data = RecentPurchases(PurchaseHistory([4, 2, 1, 0], [18, 4, 2, 0], [20, 20, 5, 0]), [2, 0, 1, 0], 10.0)
    fit = LastPeriod().fit(data)
    assert fit.p_alive(data).tolist() == [1, 0, 1, 1]
    assert fit.expected_purchases(data, 20) == pytest.approx([4, 0, 4, 20 * 7 / 45])
    assert set(fit.predict(data, 20)) == {"p_alive", "expected_purchases"}
    assert LastPeriodFit.from_json(fit.to_json()) == fit


@pytest.mark.shared_data
def test_the_hiatus_rule_on_cdnow(shared: Path) -> None:
    """Who buys in the 39 weeks that follow: the rule tells it as well as Pareto/NBD with P(alive) above one half does.

    That is what Wuebben and von Wangenheim (2008) found on their data; here both are right for 77 %.
    """
    with (shared / "data" / "cdnow" / "cdnow_summary.csv").open(encoding="utf-8") as lines:
        rows = np.array([[float(row[key]) for key in ("x", "t_x", "T", "x_star")] for row in csv.DictReader(lines)])
    history = PurchaseHistory(*rows[:, :3].T)
    buys = rows[:, 3] > 0
    by_rule = (Baseline("hiatus").fit(history).p_alive(history) > 0) == buys
    by_model = (ParetoNBD().fit(history).p_alive(history) > 0.5) == buys
    assert by_rule.mean() == pytest.approx(0.776, abs=5e-4)
    assert by_rule.mean() > by_model.mean() - 0.01


def test_json_returns_the_same_fit() -> None:
    fit = Baseline("hiatus").fit(HISTORY)
    assert BaselineFit.from_json(fit.to_json()) == fit
    assert "simple rule" in fit.cautions[0].en


@pytest.mark.parametrize(
    ("call", "slug"),
    [
        (lambda: Baseline("hiatus").fit(PurchaseHistory([0], [0], [5])), "baseline-silence-unknown"),
        (lambda: Baseline("hiatus", silence=-1).fit(HISTORY), "baseline-silence-not-positive"),
        (lambda: Baseline().fit(PurchaseHistory([0], [0], [0])), "history-without-time"),
        (lambda: Baseline().fit(HISTORY).expected_purchases(HISTORY, 0), "forecast-window-reversed"),
        (lambda: Baseline().fit(HISTORY).expected_purchases(HISTORY, math.inf), "forecast-horizon-not-positive"),
        (lambda: Baseline().fit(HISTORY).discounted_purchases(HISTORY, math.inf, 0.0), "discount-rate-not-positive"),
        (
            lambda: Baseline().fit(HISTORY).p_alive(PurchaseHistory([0], [0], [5], unit="days")),
            "history-unit-differs",
        ),
        (lambda: RecentPurchases(HISTORY, [1.0], 5.0), "history-lengths-differ"),
        (lambda: RecentPurchases(HISTORY, [1, 2, 3, -1], 5.0), "history-negative"),
        (lambda: RecentPurchases(HISTORY, [1, 2, 3, float("nan")], 5.0), "history-not-finite"),
        (lambda: RecentPurchases(HISTORY, [1, 2, 3, 1], 0.0), "baseline-period-not-positive"),
    ],
)
def test_what_has_no_answer_is_refused(call: Callable[[], object], slug: str) -> None:
    with pytest.raises(WorthbookError) as caught:
        call()
    assert caught.value.slugs == (slug,)
