from __future__ import annotations

import numpy as np
import pytest

from worthbook.models.lifetime.bg_nbd_process import BGNBDProcess
from worthbook.models.lifetime.tracking import track

DAYS = 7 * 20


def test_expected_is_the_sum_over_births(process: BGNBDProcess) -> None:
    births = np.zeros(DAYS)
    births[[0, 10, 25]] = [3, 5, 2]
    found = track(process.expected_purchases_new, births, np.zeros(DAYS), 70)
    wanted = sum(n * process.expected_purchases_new(20 - day / 7) for day, n in ((0, 3), (10, 5), (25, 2)))
    assert found.expected.sum() == pytest.approx(wanted, rel=1e-9)


def test_nobody_is_expected_before_birth(process: BGNBDProcess) -> None:
    births = np.zeros(DAYS)
    births[35] = 4
    assert track(process.expected_purchases_new, births, np.zeros(DAYS), 70).expected[:5].tolist() == [0] * 5


def test_the_error_is_that_of_the_weeks_not_seen() -> None:
    births, repeats = np.zeros(21), np.ones(21)
    births[0] = 7.0
    found = track(lambda weeks: weeks if weeks <= 1 else 1 + 2 * (weeks - 1), births, repeats, 7)
    assert found.calibration == 1
    assert found.error == pytest.approx(((21 - 14) / 14 + (35 - 21) / 21) / 2, rel=0.1)


def test_without_weeks_to_test_there_is_no_error() -> None:
    births, repeats = np.zeros(21), np.ones(21)
    births[0] = 1.0
    assert track(lambda weeks: weeks, births, repeats, 21).error is None
