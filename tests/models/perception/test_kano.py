from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from worthbook.models.perception import kano as kano_module
from worthbook.models.perception.kano import CLASSES, TABLES, classify, continuous, drift, ellipses, kano
from worthbook.models.perception.tally import Tally

SEVEN_DIGITS = 5e-8
EXACT = 1e-9

PUBLISHED = {
    "F6": ([91, 19, 9, 160, 49, 30], "I", 0.3942652, -0.1003584),
    "F7": ([70, 121, 59, 77, 9, 22], "O", 0.5840979, -0.5504587),
    "F8": ([78, 122, 66, 62, 7, 23], "O", 0.6097561, -0.5731707),
    "F9": ([145, 76, 25, 78, 12, 22], "A", 0.6820988, -0.3117284),
    "F10": ([18, 174, 90, 42, 7, 27], "O", 0.5925926, -0.8148148),
    "F11": ([88, 90, 32, 105, 15, 28], "O", 0.5650794, -0.3873016),
}
CLASSIC = {"F6": (177, 13), "F7": (87, 12), "F8": (71, 14), "F9": (85, 15), "F10": (52, 17), "F11": (114, 19)}


def tally(counts: list[list[float]]) -> Tally:
    each = np.array(counts, dtype=float)
    return Tally(each, each, each)


@pytest.fixture(scope="module")
def answers(shared: Path) -> dict[str, tuple[list[float], list[float]]]:
    """Functional and dysfunctional answers of 358 respondents to six features of money transfers."""
    words = {"like": 1, "expect": 2, "neutral": 3, "tolerate": 4, "dislike": 5}
    with (shared / "data" / "kano_payment" / "transfers.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))

    def coded(column: str) -> list[float]:
        return [float(next(code for word, code in words.items() if f" {word}" in row[column])) for row in rows]

    return {feature: (coded(f"{feature}_functional"), coded(f"{feature}_dysfunctional")) for feature in PUBLISHED}


def counted(answers: dict[str, tuple[list[float], list[float]]], table: kano_module.TableName) -> Tally:
    kinds = [classify(np.array(with_it), np.array(without), table) for with_it, without in answers.values()]
    return tally([np.bincount(kind, minlength=6).tolist() for kind in kinds])


@pytest.mark.shared_data
def test_counts_classes_and_coefficients_of_358_respondents(
    answers: dict[str, tuple[list[float], list[float]]],
) -> None:
    """REPPL, Doing research online: the Kano model (Reppel 2022), Pouliot's table, to all seven printed digits."""
    found = kano(counted(answers, "pouliot"))

    assert found.tally.count.tolist() == [counts for counts, *_ in PUBLISHED.values()]
    assert [CLASSES[kind] for kind in found.kind] == [kind for _, kind, *_ in PUBLISHED.values()]
    assert found.better == pytest.approx([better for *_, better, _ in PUBLISHED.values()], abs=SEVEN_DIGITS)
    assert found.worse == pytest.approx([worse for *_, worse in PUBLISHED.values()], abs=SEVEN_DIGITS)


@pytest.mark.shared_data
def test_the_classic_table_moves_answers_from_questionable_to_indifferent(
    answers: dict[str, tuple[list[float], list[float]]],
) -> None:
    """The same data by the classical table; recomputed with independent code."""
    found = kano(counted(answers, "classic"))
    columns = [CLASSES.index("I"), CLASSES.index("Q")]

    assert found.tally.count[:, columns].tolist() == [list(map(float, each)) for each in CLASSIC.values()]
    assert found.better == pytest.approx(
        [0.3716216, 0.5667656, 0.5934718, 0.6676737, 0.5748503, 0.5493827], abs=SEVEN_DIGITS
    )
    assert found.worse == pytest.approx(
        [-0.0945946, -0.5341246, -0.5578635, -0.3051360, -0.7904192, -0.3765432], abs=SEVEN_DIGITS
    )


def test_coefficients_of_the_ski_example() -> None:
    """Per cent A, O, M, I of three features of a ski (Sauerwein et al. 1996, from memory of the source)."""
    shares = tally([[7.0, 32.3, 49.3, 9.5, 0, 0], [10.4, 45.1, 30.5, 11.5, 0, 0], [63.8, 21.6, 2.9, 8.5, 0, 0]])
    found = kano(shares)

    assert found.better == pytest.approx([0.4006, 0.5692, 0.8822], abs=5e-5)
    assert found.worse == pytest.approx([-0.8318, -0.7754, -0.2531], abs=5e-5)


def test_among_equals_the_class_counts_that_asks_most_of_us() -> None:
    """M > O > A > I (Berger et al. 1993)."""
    found = kano(tally([[30, 30, 30, 10, 0, 0], [30, 30, 0, 10, 0, 0], [10, 0, 0, 10, 0, 0]]), "mode")

    assert [CLASSES[kind] for kind in found.kind] == ["M", "O", "A"]


def test_two_classes_close_together_are_undecided() -> None:
    """Fong: 40 against 35 of 100 differ by 5, less than 1.65 √(75 · 125 / 200) = 11.3; 60 against 20 do not."""
    assert kano(tally([[40, 35, 25, 0, 0, 0], [60, 20, 20, 0, 0, 0]])).decided.tolist() == [False, True]


def test_each_table_names_all_pairs_of_answers() -> None:
    assert [CLASSES[each] for each in TABLES["classic"].ravel()] == list("QAAAORIIIMRIIIMRIIIMRRRRQ")
    assert [CLASSES[each] for each in TABLES["pouliot"].ravel()] == list("QAAAORQIIMRIIIMRIIQMRRRRQ")


def test_nobody_has_no_class() -> None:
    found = kano(tally([[0] * 6]))

    assert (found.kind.tolist(), bool(np.isnan(found.better[0])), ellipses(found.tally, draws=50)) == (
        [-1],
        True,
        (None,),
    )


@given(st.lists(st.integers(0, 60), min_size=6, max_size=6).filter(lambda counts: sum(counts[:4]) > 0))
def test_coefficients_keep_their_bounds(counts: list[int]) -> None:
    found = kano(tally([list(map(float, counts))]))

    assert 0 <= found.better[0] <= 1
    assert -1 <= found.worse[0] <= 0


def test_the_ellipse_has_the_spread_of_the_multinomial() -> None:
    """Better and worse of 400 respondents as smooth functions of the class shares: the delta method gives the axes."""
    counts = np.array([120.0, 100.0, 80.0, 100.0])
    (ellipse,) = ellipses(tally([[*counts, 0, 0]]), draws=40_000, seed=3)
    assert ellipse is not None
    share, size = counts / 400, 400
    gradient = np.array([[1, 1, 0, 0], [0, -1, -1, 0]], dtype=float)
    covariance = gradient @ (np.diag(share) - np.outer(share, share)) @ gradient.T / size
    axes = np.sqrt(np.linalg.eigvalsh(covariance)[::-1] * -2 * np.log(0.05))

    assert ellipse.axes == pytest.approx(axes.tolist(), rel=0.03)
    assert ellipse.outline().mean(axis=0) == pytest.approx([0.55, -0.45], abs=0.01)


def test_the_continuous_form_scores_the_answers_of_dumouchel() -> None:
    """Functional 4, 2, 0, −1, −2; dysfunctional −2, −1, 0, 2, 4 (DuMouchel in Berger et al. 1993)."""
    each = np.array([[1.0], [2.0], [3.0], [4.0], [5.0]])
    found = continuous(each, each, np.ones(5))

    assert (found.functional[0], found.dysfunctional[0]) == (0.6, 0.6)


def test_a_feature_that_becomes_expected_is_ageing() -> None:
    steady = [[100.0, 60, 40, 60, 5, 5], [104.0, 58, 38, 62, 4, 6]]
    ageing = [[140.0, 40, 20, 60, 5, 5], [40.0, 60, 120, 50, 5, 5]]

    assert (drift(tally(steady)).ageing, drift(tally(ageing)).ageing) == (False, True)
    assert drift(tally(ageing)).worse_high < 0


def test_chance_alone_seldom_looks_like_drift() -> None:
    """2 000 pairs of waves from one distribution: p < 0.05 in 5 % ± 1.5 %."""
    random = np.random.default_rng(5)
    waves = random.multinomial(300, [0.3, 0.2, 0.15, 0.25, 0.05, 0.05], size=(2000, 2)).astype(float)
    p = np.array([drift(Tally(each, each, each)).p for each in waves])

    assert np.mean(p < 0.05) == pytest.approx(0.05, abs=0.015)


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 3)), min_size=1, max_size=30))
def test_a_weight_is_worth_as_many_respondents(rows: list[tuple[int, int, int]]) -> None:
    def weighed(pairs: list[tuple[int, int]], weights: list[float]) -> Tally:
        functional, dysfunctional = np.array(pairs, dtype=float).T
        kinds = classify(functional, dysfunctional)
        return Tally.of(np.zeros(len(pairs), int), kinds, np.array(weights), (1, 6))

    once = kano(weighed([(f, d) for f, d, _ in rows], [float(w) for *_, w in rows]))
    often = kano(weighed([(f, d) for f, d, w in rows for _ in range(w)], [1.0] * sum(w for *_, w in rows)))

    assert once.kind.tolist() == often.kind.tolist()
    np.testing.assert_allclose(once.better, often.better, atol=EXACT)
