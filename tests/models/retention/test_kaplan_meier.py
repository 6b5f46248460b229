"""Kaplan-Meier against the published survival of Rossi, against lifelines, by hand and by simulation."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from worthbook.kernel.errors import WorthbookError
from worthbook.models.retention import ContractHistory, ContractTerms
from worthbook.models.retention.hazard import hazard_by_tenure
from worthbook.models.retention.kaplan_meier import KaplanMeier, KaplanMeierFit


@pytest.fixture(scope="module")
def rossi(shared: Path) -> ContractHistory:
    with (shared / "data" / "rossi_survival" / "rossi.csv").open(encoding="utf-8") as lines:
        rows = [(float(row["week"]), float(row["arrest"])) for row in csv.DictReader(lines)]
    week, arrest = np.array(rows).T
    return ContractHistory(week, arrest, unit="weeks")


@pytest.mark.shared_data
def test_rossi(rossi: ContractHistory) -> None:
    """S(26) = .875, S(52) = .7361111 of lifelines 0.30.3 (expected.json); 318 of 432 were never arrested."""
    fit = KaplanMeier().fit(rossi)
    assert fit.survival([26, 52]) == pytest.approx([0.875, 0.7361111], abs=1e-7)
    assert fit.survival([52])[0] == pytest.approx(318 / 432)
    assert fit.median is None
    assert fit.median_ends == (None, None)


@pytest.mark.shared_data
def test_rossi_intervals_are_those_of_lifelines(rossi: ContractHistory) -> None:
    lifelines = pytest.importorskip("lifelines")
    theirs = lifelines.KaplanMeierFitter().fit(rossi.tenure, rossi.ended)
    ours = KaplanMeier().fit(rossi)
    times = theirs.confidence_interval_.index.to_numpy()[1:]
    low, high = ours.survival_ends(times)
    assert low == pytest.approx(theirs.confidence_interval_.iloc[1:, 0].to_numpy(), abs=1e-9)
    assert high == pytest.approx(theirs.confidence_interval_.iloc[1:, 1].to_numpy(), abs=1e-9)
    mean = lifelines.utils.restricted_mean_survival_time(theirs, t=40)
    assert ours.restricted_mean(40).estimate == pytest.approx(mean)


def test_late_entries_as_lifelines() -> None:
    lifelines = pytest.importorskip("lifelines")
    rng = np.random.default_rng(5)
    tenure = np.ceil(rng.exponential(12, 400)) + 3
    entry = np.floor(rng.uniform(0, 3, 400))
    ended = rng.random(400) < 0.7
    theirs = lifelines.KaplanMeierFitter().fit(tenure, ended, entry=entry)
    ours = KaplanMeier().fit(ContractHistory(tenure, ended, entry=entry))
    times = np.arange(4, 20.0)
    assert ours.survival(times) == pytest.approx(theirs.predict(times).to_numpy())


def test_by_hand() -> None:
    """Of five: one ends at 2 (4/5), one of four at 3 (3/5), one of two at 5 (3/10)."""
    fit = KaplanMeier().fit(ContractHistory([2, 3, 3, 5, 8], [1, 1, 0, 1, 0]))
    assert fit.survival([1.9, 2, 4.9, 5, 8]) == pytest.approx([1, 0.8, 0.6, 0.3, 0.3])
    assert fit.restricted_mean(5).estimate == pytest.approx(2 + 0.8 + 0.6 * 2)
    history = ContractHistory([2, 3], [0, 0])
    assert fit.survival_ahead(history, 1) == pytest.approx([0.6 / 0.8, 1.0])
    assert fit.renewals(history, 1.1, 2) == pytest.approx([0.75 + 0.75 / 1.1, 1 + 0.5 / 1.1])
    value = fit.lifetime_value(history, ContractTerms(100.0, 0.0, horizon=2))
    assert value == pytest.approx([150, 150])
    assert set(fit.predict(history, ContractTerms(1.0, 0.1, horizon=2))) == {"p_renewal", "lifetime_value"}
    assert fit.median == 5


def test_when_all_have_left_the_interval_stays_honest() -> None:
    fit = KaplanMeier().fit(ContractHistory([1, 2, 3, 4], [1, 1, 1, 1]))
    low, high = fit.survival_ends([0.5, 2, 4])
    assert (low[0], high[0]) == (1, 1)
    assert low[2] == 0 < high[2] < 1
    assert fit.median == 2
    assert fit.facts["median"] == 2
    assert fit.survival_ahead(ContractHistory([4], [0]), 0.0)[0] == 0


def test_intervals_cover_the_truth() -> None:
    """S(12) of exponential contracts with censoring, 300 simulated bases of 150."""
    rng = np.random.default_rng(9)
    inside = 0
    for _ in range(300):
        lasts, seen = rng.exponential(15, 150), rng.uniform(6, 30, 150)
        fit = KaplanMeier().fit(ContractHistory(np.minimum(lasts, seen), lasts <= seen))
        low, high = fit.survival_ends([12])
        inside += low[0] <= math.exp(-12 / 15) <= high[0]
    assert abs(inside / 300 - 0.95) < 4 * math.sqrt(0.95 * 0.05 / 300)


@given(arrays(np.int64, 30, elements=st.integers(1, 12)), arrays(np.int64, 30, elements=st.integers(0, 1)))
def test_survival_falls_and_weights_are_customers(tenure: np.ndarray, ended: np.ndarray) -> None:
    ended[0] = 1
    history = ContractHistory(tenure, ended, np.arange(1, 31))
    repeated = history.take(np.repeat(np.arange(30), np.arange(1, 31)))
    repeated = ContractHistory(repeated.tenure, repeated.ended)
    one, other = KaplanMeier().fit(history), KaplanMeier().fit(repeated)
    times = np.arange(tenure.max() + 1)
    assert one.survival(times) == pytest.approx(other.survival(times))
    assert (np.diff(one.survival(times)) <= 0).all()
    low, high = one.survival_ends(times)
    assert ((low <= one.survival(times)) & (one.survival(times) <= high)).all()


def test_json_returns_the_same_fit() -> None:
    fit = KaplanMeier().fit(ContractHistory([2, 3, 3, 5, 8], [1, 1, 0, 1, 0]))
    assert KaplanMeierFit.from_json(fit.to_json()) == fit
    assert KaplanMeierFit.from_json(fit.to_json()).to_json() == fit.to_json()
    assert fit.cautions[0].en.startswith("Only 3 customers")
    assert fit.summary[0].estimate == pytest.approx(0.3)


def test_nothing_is_said_beyond_the_longest_contract() -> None:
    fit = KaplanMeier().fit(ContractHistory([2, 3, 3, 5, 8], [1, 1, 0, 1, 0]))
    history = ContractHistory([3], [0])
    calls: tuple[Callable[[], object], ...] = (
        lambda: fit.survival([9]),
        lambda: fit.renewals(history, 1.1),
        lambda: fit.survival_ahead(history, 6),
    )
    for call in calls:
        with pytest.raises(WorthbookError) as caught:
            call()
        assert caught.value.slugs == ("contract-beyond-observation",)
    with pytest.raises(WorthbookError) as caught:
        KaplanMeier().fit(ContractHistory([2, 3], [0, 0]))
    assert caught.value.slugs == ("contract-none-ended",)


def test_hazards_by_hand_and_where_nobody_is() -> None:
    """Contracts of 1, 2, 4, 4 periods, the last still running; Garwood's limits of a count of 2 are .242 and 7.225."""
    bands = hazard_by_tenure(ContractHistory([1, 2, 4, 4], [1, 1, 1, 0]), [0, 2, 4, 9])
    assert (bands[0].exposure, bands[0].ended) == (7, 2)
    assert bands[0].low == pytest.approx(0.2422 / 7, abs=1e-4)
    assert bands[0].high == pytest.approx(7.2247 / 7, abs=1e-4)
    assert (bands[2].hazard, bands[2].low) == (None, None)
    late = hazard_by_tenure(ContractHistory([3, 4], [1, 0], entry=[1, 2]), [0, 2, 4])
    assert [band.exposure for band in late] == [1, 3]
    for edges in ([0], [0, 0], [-1, 2]):
        with pytest.raises(WorthbookError) as caught:
            hazard_by_tenure(ContractHistory([1], [1]), edges)
        assert caught.value.slugs == ("hazard-edges-wrong",)
