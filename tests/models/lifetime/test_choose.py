from __future__ import annotations

import numpy as np
import pytest

from worthbook.models.lifetime import BGNBD, PurchaseHistory
from worthbook.models.lifetime.bg_nbd_process import BGNBDProcess
from worthbook.models.lifetime.choose import Candidate, compare
from worthbook.models.lifetime.holdout import Trial
from worthbook.models.lifetime.simulate import simulate_purchases

CANDIDATES = [Candidate("bg_nbd", "BG/NBD", BGNBD())]


@pytest.fixture(scope="module")
def trial(process: BGNBDProcess) -> Trial:
    rng = np.random.default_rng(5)
    history, later = simulate_purchases(process, rng.uniform(30, 52, 3000), 39.0, rng)
    return Trial(history, later, 39.0)


def test_the_model_that_made_the_data_is_recommended(trial: Trial) -> None:
    found = compare(CANDIDATES, trial.history, trial)
    assert found.recommended == "bg_nbd"
    assert found.reason.en.startswith("BG/NBD is recommended: over 39 weeks that it had not seen, its typical error")
    assert found.reason.zh.startswith("推荐 BG/NBD：在其未见过的 39 周内")
    assert found.chosen is found.entries[0]


def test_the_fit_to_the_trial_is_not_made_twice(trial: Trial) -> None:
    (entry,) = compare(CANDIDATES, trial.history, trial).entries
    assert entry.tested is not None
    assert entry.tested.fit is entry.fit


def test_bic_counts_parameters_and_customers(trial: Trial) -> None:
    """Schwarz (1978): k log n - 2 log L."""
    (entry,) = compare(CANDIDATES, trial.history, trial).entries
    assert entry.fit is not None
    assert entry.bic == pytest.approx(4 * np.log(3000) - 2 * entry.fit.log_likelihood)


def test_without_a_test_none_is_recommended(trial: Trial) -> None:
    found = compare(CANDIDATES, trial.history, None)
    assert (found.recommended, found.rules, found.chosen) == (None, (), None)
    assert "too short" in found.reason.en


def test_a_model_that_cannot_beat_a_simple_rule_is_refused() -> None:
    """Everybody goes on exactly at the own pace, so that no model can do better than that rule."""
    x = np.array([0.0, 0, 0, 0, 8, 8, 20, 20, 4, 4])
    history = PurchaseHistory(x, np.where(x > 0, 1.0, 0.0), np.full(10, 40.0))
    found = compare(CANDIDATES, history, Trial(history, x, 40))
    assert found.recommended is None
    assert found.reason.en.startswith("No model is recommended: over 40 weeks that they had not seen, none was better")
    assert "不推荐任何模型" in found.reason.zh


def test_a_total_that_is_far_off_is_refused(trial: Trial) -> None:
    found = compare(CANDIDATES, trial.history, Trial(trial.history, 0.6 * trial.later, 39))
    assert found.recommended is None
    assert "missed the total by more than a quarter" in found.reason.en


def test_a_model_that_cannot_be_fitted_says_why() -> None:
    history = PurchaseHistory([0, 0], [0, 0], [30, 40])
    found = compare(CANDIDATES, history, None)
    (entry,) = found.entries
    assert (entry.fit, entry.bic, found.recommended) == (None, None, None)
    assert entry.problem is not None
    assert found.reason.en == (
        "No model is recommended: none could be fitted. None of the 2 customers has bought a second time."
    )
