"""Groups: the gender comparison of the bank, tests that reject as rarely as they say, and invariance."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.models.perception.structural.published import BANK, read_columns
from tests.models.perception.structural.test_pls import MODEL, answers_of, simulate
from worthbook.models.perception.answers import Answers
from worthbook.models.perception.structural.comparing import henseler, parametric, permutation, welch
from worthbook.models.perception.structural.invariance import micom
from worthbook.models.perception.structural.pls import PLS
from worthbook.models.perception.structural.resampling import bootstrap


@pytest.fixture(scope="module")
def female(shared: Path) -> np.ndarray:
    _, columns = read_columns(shared / "data/bank_satisfaction/satisfaction.csv")
    return np.array([cell == "female" for cell in columns["gender"]])


@pytest.mark.shared_data
def test_gender_at_the_bank_by_permutation(bank: Answers, female: np.ndarray) -> None:
    """Plspm, 500 permutations: paths to four digits; p within the error of its 500 draws (2 standard errors)."""
    published = {
        "IMAG -> EXPE": (0.6189, 0.4837, 0.1816),
        "IMAG -> SAT": (0.2382, 0.1458, 0.3733),
        "IMAG -> LOY": (0.4708, 0.0825, 0.0080),
        "EXPE -> QUAL": (0.8372, 0.8579, 0.6487),
        "EXPE -> VAL": (0.1740, 0.0380, 0.3932),
        "EXPE -> SAT": (-0.0476, 0.0877, 0.3573),
        "QUAL -> VAL": (0.6751, 0.6446, 0.8583),
        "QUAL -> SAT": (0.2407, 0.0259, 0.2455),
        "VAL -> SAT": (0.4752, 0.6764, 0.2814),
        "SAT -> LOY": (0.2606, 0.7160, 0.0040),
    }
    found = permutation(PLS.of(BANK).sample(bank), female, "path", 2000)
    for row in found.differences:
        first, second, p = published[row.label]
        assert (row.first, row.second) == pytest.approx((first, second), abs=5.1e-5)
        assert row.p == pytest.approx(p, abs=2 * np.sqrt(0.25 / 500))
    assert {row.label for row in found.differences if row.p < 0.05} == {"IMAG -> LOY", "SAT -> LOY"}


@pytest.mark.shared_data
def test_gender_at_the_bank_by_bootstrap(bank: Answers, female: np.ndarray) -> None:
    """Plspm, bootstrap t with 248 degrees of freedom: 3.152 and 3.574, p 0.0009 and 0.0002 (one-sided there)."""
    sides = [PLS.of(BANK).sample(bank.among(np.flatnonzero(side))) for side in (female, ~female)]
    one, two = (bootstrap(side, 1000, 1, ("path",)) for side in sides)
    n = (sides[0].n, sides[1].n)
    pooled = {row.label: row for row in parametric(one, two, "path", n)}
    assert pooled["IMAG -> LOY"].degrees == 248
    assert pooled["IMAG -> LOY"].t == pytest.approx(3.152, rel=0.06)
    assert pooled["SAT -> LOY"].t == pytest.approx(-3.574, rel=0.06)
    for rows in (pooled.values(), welch(one, two, "path", n), henseler(one, two, "path")):
        assert {row.label for row in rows if row.p < 0.05} == {"IMAG -> LOY", "SAT -> LOY"}


@pytest.mark.shared_data
def test_the_bank_measures_value_differently_by_gender(bank: Answers, female: np.ndarray) -> None:
    verdicts = {row.construct: row.verdict for row in micom(PLS.of(BANK).sample(bank), female, 500)}
    assert verdicts.pop("VAL") == "none"
    assert set(verdicts.values()) == {"full"}


def test_groups_of_one_population_differ_as_rarely_as_promised() -> None:
    """60 surveys cut in two at random: p below 0.1 for about 10 % of three paths each."""
    small = 0
    for survey in range(60):
        sample = PLS.of(MODEL).sample(answers_of(simulate(120, 500 + survey)))
        found = permutation(sample, np.arange(120) < 60, "path", 99, survey)
        small += int((found.p_values <= 0.1).sum())
    assert small == pytest.approx(18, abs=4 * np.sqrt(180 * 0.1 * 0.9))


def test_a_difference_that_is_there_is_found() -> None:
    values = simulate(400, 3)
    rng = np.random.default_rng(3)
    values[:200, 5:] = np.clip(np.rint(5 + rng.normal(size=(200, 2)) * 2), 1, 10)  # loyalty is random in the first half
    sample = PLS.of(MODEL).sample(answers_of(values))
    found = {row.label: row for row in permutation(sample, np.arange(400) < 200, "path", 499).differences}
    assert found["Value -> Loyalty"].p < 0.05
    assert found["Quality -> Value"].p > 0.05
    indices = {row.label: row for row in permutation(sample, np.arange(400) < 200, "index", 499).differences}
    assert indices["Loyalty"].p < 0.05
    assert indices["Loyalty"].difference < 0


def test_shifted_means_are_partial_and_other_weights_no_invariance() -> None:
    values = simulate(600, 8)
    shifted = values.copy()
    shifted[:300, :3] = np.clip(shifted[:300, :3] - 2, 1, 10)
    is_first = np.arange(600) < 300
    rows = {row.construct: row for row in micom(PLS.of(MODEL).sample(answers_of(shifted)), is_first, 199)}
    assert rows["Quality"].verdict == "partial"
    assert rows["Quality"].mean_difference < -0.5
    broken = values.copy()
    broken[:300, 3] = np.random.default_rng(1).integers(1, 11, 300)  # v1 says nothing in the first half
    rows = {row.construct: row for row in micom(PLS.of(MODEL).sample(answers_of(broken)), is_first, 199)}
    assert rows["Value"].verdict == "none"
