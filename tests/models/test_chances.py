"""The probability of each band: closed forms, edges, and that 83 % means 83 %."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from worthbook.models.chances import Shape, chances
from worthbook.models.lifetime.data import PurchaseHistory, SpendHistory
from worthbook.models.lifetime.gamma_gamma import GammaGammaProcess
from worthbook.models.lifetime.mbg_nbd import MBGNBDProcess

Floats = NDArray[np.float64]

MEANS = st.lists(st.floats(0, 1e6), min_size=1, max_size=8)
LIMITS = st.lists(st.floats(0, 1e6), min_size=1, max_size=4, unique=True).map(sorted)
SHAPES = st.sampled_from(["normal", "gamma", "lognormal"])


def same(value: float, count: int) -> Floats:
    return np.full(count, value)


@given(MEANS, st.floats(0, 1e5), st.floats(0, 1), LIMITS, SHAPES)
def test_they_add_up_and_none_is_below_zero(
    means: list[float], sd: float, zero: float, limits: list[float], shape: Shape
) -> None:
    found = chances(np.array(means), same(sd, len(means)), same(zero, len(means)), limits, shape)
    assert found.shape == (len(means), len(limits) + 1)
    assert found.min() >= 0
    assert found.sum(axis=1) == pytest.approx(1, abs=1e-12)


@given(st.floats(1, 1e4), st.floats(0.1, 1e4), st.floats(1, 1e4), st.floats(1.01, 100), SHAPES)
def test_money_in_another_unit_changes_nothing(
    mean: float, sd: float, limit: float, scale: float, shape: Shape
) -> None:
    one = chances(np.array([mean]), np.array([sd]), np.array([0.2]), [limit], shape)
    other = chances(np.array([mean * scale]), np.array([sd * scale]), np.array([0.2]), [limit * scale], shape)
    assert one == pytest.approx(other, abs=1e-9)


@pytest.mark.parametrize(
    ("shape", "below"),
    [
        ("normal", stats.norm(100, 40).cdf([60, 130])),
        ("gamma", stats.gamma(a=100**2 / 40**2, scale=40**2 / 100).cdf([60, 130])),
        ("lognormal", stats.lognorm(s=np.sqrt(np.log1p(0.16)), scale=100 / np.sqrt(1.16)).cdf([60, 130])),
    ],
)
def test_it_is_the_distribution_with_these_moments(shape: Shape, below: Floats) -> None:
    """Mean 100 and standard deviation 40; the parameters as scipy.stats names them."""
    found = chances(np.array([100.0]), np.array([40.0]), np.array([0.0]), [60, 130], shape)[0]
    assert found == pytest.approx([below[0], below[1] - below[0], 1 - below[1]])


def test_what_is_certain_is_where_it_is() -> None:
    assert chances(np.array([100.0]), np.array([0.0]), np.array([0.0]), [100, 200]).tolist() == [[0, 1, 0]]


def test_nothing_lies_below_every_limit_above_zero() -> None:
    found = chances(np.array([0.0]), np.array([0.0]), np.array([1.0]), [0, 10], "gamma")
    assert found.tolist() == [[0, 1, 0]]


def test_nobody_is_above_a_limit_that_nobody_reaches() -> None:
    assert chances(np.array([5.0]), np.array([2.0]), np.array([0.0]), [np.inf]).tolist() == [[1, 0]]


def _buyers(count: int, seed: int) -> tuple[PurchaseHistory, SpendHistory, Floats]:
    """Customers with known truth, and what they bring in the year after: MBG/NBD purchases of Gamma-Gamma amounts."""
    rng = np.random.default_rng(seed)
    age, rate, leave = rng.uniform(26, 156, count), rng.gamma(0.8, 1 / 6, count), rng.beta(0.9, 3.5, count)
    x, last, later = np.zeros(count), np.zeros(count), np.zeros(count)
    active, time = rng.random(count) >= leave, rng.exponential(1 / rate)
    while active.any():
        before, after = active & (time <= age), active & (time > age) & (time <= age + 52)
        x, last, later = x + before, np.where(before, time, last), later + after
        active = (before | after) & (rng.random(count) >= leave)
        time = np.where(active, time + rng.exponential(1 / rate), time)
    pace = rng.gamma(3.5, 1 / 40, count)
    mean = np.where(x > 0, rng.gamma(4 * np.maximum(x, 1), 1 / pace) / np.maximum(x, 1), 0)
    return PurchaseHistory(x, last, age), SpendHistory(x, mean), np.where(
        later > 0, rng.gamma(4 * np.maximum(later, 1), 1 / pace), 0
    )  # fmt: skip


def test_so_many_per_cent_mean_so_many_per_cent() -> None:
    """Of 60 000 simulated customers, in tiers of what they bring in a year.

    Whatever is given a probability comes true about as often: within 0.02 on average, within 0.06 in every tenth of
    the scale. A gamma distribution only stands for the sum of a random number of purchases of unknown size.
    """
    bought, spent, brought = _buyers(60_000, seed=5)
    purchases, spend = MBGNBDProcess(0.8, 6.0, 0.9, 3.5), GammaGammaProcess(4.0, 3.5, 40.0)
    count, amount = purchases.expected_purchases(bought, 52.0), spend.expected_spend(spent)
    pairs = purchases.purchase_variance(bought, 52.0) + count**2 - count
    alone = spend.dispersion(spent) * (1 + 1 / spend.p)
    square = amount**2 * (spend.dispersion(spent) * pairs + alone * count)
    mean, zero = count * amount, purchases.purchase_probabilities(0, bought, 52.0)
    limits = np.quantile(mean, [0.5, 0.8, 0.95]).tolist()
    given_ = chances(mean, np.sqrt(square - mean**2), zero, limits, "gamma").ravel()
    true = (np.searchsorted(limits, brought, side="right")[:, None] == np.arange(4)).ravel()
    tenth = np.minimum((given_ * 10).astype(int), 9)
    misses = {int(each): abs(given_[tenth == each].mean() - true[tenth == each].mean()) for each in np.unique(tenth)
              if (tenth == each).sum() >= 500}  # fmt: skip
    assert max(misses.values()) < 0.06
    assert sum(miss * (tenth == each).mean() for each, miss in misses.items()) < 0.02
