"""Drivers with intervals that cover, notes that warn, and answers that are refused."""

from __future__ import annotations

import numpy as np
import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.models.base import FloatArray
from worthbook.models.perception.answers import Answers
from worthbook.models.perception.drivers.analysis import DriverAnalysis
from worthbook.models.perception.drivers.asymmetry import Switches

NAMES = ("speed", "price", "care", "overall")


def simulate(n: int, seed: int) -> FloatArray:
    """Speed is worth 0.6, price 0.3 and care nothing, a point each."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=n)
    x = np.stack([common + rng.normal(size=n) for _ in range(3)], axis=1)
    return np.column_stack([x, x @ [0.6, 0.3, 0.0] + rng.normal(size=n)])


def test_coefficients_and_shares_cover() -> None:
    """100 surveys of 150 people: about 95 % of the intervals hold the truth."""
    everybody = DriverAnalysis(Answers(NAMES, simulate(200_000, 1)), "overall", draws=2)
    truth = {driver.name: driver.share.estimate for driver in everybody.drivers}
    slopes = {"speed": 0.6, "price": 0.3, "care": 0.0}
    held = {"b": 0, "share": 0}
    for survey in range(100):
        for driver in DriverAnalysis(Answers(NAMES, simulate(150, 100 + survey)), "overall", draws=200).drivers:
            name = driver.name
            for key, estimate, true in (("b", driver.b, slopes[name]), ("share", driver.share, truth[name])):
                assert estimate is not None
                assert estimate.low is not None
                assert estimate.high is not None
                held[key] += int(estimate.low <= true <= estimate.high)
    assert held["b"] == pytest.approx(285, abs=4 * np.sqrt(300 * 0.95 * 0.05))
    assert held["share"] >= 285 - 6 * np.sqrt(300 * 0.95 * 0.05)  # shares near zero are bounded by it


def test_weights_are_repetitions() -> None:
    values, twice = simulate(80, 2), np.random.default_rng(2).integers(1, 4, 80)
    weighted = DriverAnalysis(Answers(NAMES, values, twice), "overall", draws=10)
    repeated = DriverAnalysis(Answers(NAMES, np.repeat(values, twice, axis=0)), "overall", draws=10)
    for one, other in zip(weighted.drivers, repeated.drivers, strict=True):
        assert one.share.estimate == pytest.approx(other.share.estimate, abs=1e-9)


def test_groups_enter_together() -> None:
    groups = {"offer": ("speed", "price")}
    analysis = DriverAnalysis(Answers(NAMES, simulate(200, 3)), "overall", groups=groups, draws=50)
    offer, care = analysis.drivers
    assert (offer.name, offer.b, care.name) == ("offer", None, "care")
    assert offer.share.estimate + care.share.estimate == pytest.approx(analysis.r2, abs=1e-12)


def test_overlap_and_signs_are_noted() -> None:
    rng = np.random.default_rng(5)
    values = simulate(400, 4)
    values[:, 1] = values[:, 0] + 0.1 * rng.normal(size=400)  # price tells what speed tells
    values[:, 3] = values[:, 0] - 0.3 * values[:, 1] + rng.normal(size=400)
    values[:, 2] = -values[:, 3] + rng.normal(size=400)  # care was asked in reverse
    said = " ".join(text.en for text in DriverAnalysis(Answers(NAMES, values), "overall", draws=20).cautions)
    assert "Largely told by the other drivers (variance inflation): speed" in said
    assert "since the others say what they say: price" in said
    assert "'care' goes against 'overall'" in said


def test_many_drivers_are_shared_by_orders_and_it_is_said() -> None:
    rng = np.random.default_rng(6)
    x = rng.normal(size=(300, 25))
    values = np.column_stack([x, x[:, 0] + rng.normal(size=300)])
    analysis = DriverAnalysis(Answers([*(f"d{i}" for i in range(25)), "y"], values), "y", draws=50)
    assert analysis.method == "lmg_sampled"
    assert any("orders drawn at random" in text.en for text in analysis.cautions)
    best = analysis.drivers[0]
    assert best.name == "d0"
    assert best.share.low is not None
    assert best.share.low < best.share.estimate
    assert sum(driver.share.estimate for driver in analysis.drivers) == pytest.approx(analysis.r2, abs=1e-9)


def test_missing_answers_do_not_lose_respondents() -> None:
    values = simulate(2000, 7)
    holes = np.where(np.random.default_rng(1).random(values.shape) < 0.1, np.nan, values)
    whole, holed = (DriverAnalysis(Answers(NAMES, each), "overall", draws=5) for each in (values, holes))
    assert holed.r2 == pytest.approx(whole.r2, abs=0.04)


@pytest.mark.parametrize(
    ("values", "names", "slug"),
    [
        (simulate(4, 1), NAMES, "respondents-too-few"),
        (np.where(np.arange(4) == 1, 3.0, simulate(30, 1)), NAMES, "item-constant"),
        (simulate(30, 1)[:, [0, 0, 2, 3]], NAMES, "drivers-collinear"),
        (simulate(30, 1), ("speed", "price", "care", "total"), "item-absent"),
    ],
)
def test_what_cannot_be_told_apart_is_refused(values: FloatArray, names: tuple[str, ...], slug: str) -> None:
    with pytest.raises(WorthbookError) as caught:
        DriverAnalysis(Answers(names, values), "overall", ("speed", "price", "care"))
    assert caught.value.slugs == (slug,)


def test_basic_performance_and_excitement_are_told_apart() -> None:
    """A breakdown costs 3, a gift brings 3, speed both by 2, colour nothing."""
    rng = np.random.default_rng(8)
    answers = rng.integers(1, 4, (1500, 4))
    low, high = answers == 1, answers == 3
    y = 5 - 3 * low[:, 0] + 3 * high[:, 1] - 2 * low[:, 2] + 2 * high[:, 2] + rng.normal(size=1500)
    found = Switches(("reliability", "gift", "speed", "colour"), low, high, y, np.ones(1500)).judge(300)
    assert [row.factor for row in found] == ["basic", "excitement", "performance", "indifferent"]
    assert [round(row.balance) for row in found[:3]] == [-1, 1, 0]
    assert found[0].penalty == pytest.approx(-3, abs=0.3)
    assert found[0].penalty_low < -3 + 0.3 < 0


def test_too_few_lows_are_not_judged() -> None:
    answers = np.full((60, 1), 3)
    answers[:5] = 1
    answers[5:30] = 2
    (row,) = Switches(("a",), answers == 1, answers == 3, np.arange(60.0), np.ones(60)).judge(50)
    assert row.factor == "unknown"
    assert np.isnan(row.penalty)
    assert row.low_count == 5
