"""What must hold for any answers, and what is said when they cannot carry the model."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.models.perception.structural.published import MOBI
from worthbook.kernel.errors import WorthbookError
from worthbook.models.base import FloatArray, IntArray
from worthbook.models.perception.answers import Answers
from worthbook.models.perception.structural.options import Missing, Options
from worthbook.models.perception.structural.pls import PLS, PLSFit

MODEL = "Quality =~ q1 + q2 + q3; Value <~ v1 + v2; Loyalty =~ l1 + l2; Value ~ Quality; Loyalty ~ Quality + Value"
ITEMS = ("q1", "q2", "q3", "v1", "v2", "l1", "l2")
ROUTES = 1e-9
"""Agreement between two of our own ways to the same number."""


def simulate(n: int, seed: int, *, noise: float = 0.7) -> FloatArray:
    """Answers from 1 to 10 in which quality drives value and both drive loyalty."""
    rng = np.random.default_rng(seed)
    quality = rng.normal(size=n)
    value = 0.6 * quality + 0.8 * rng.normal(size=n)
    loyalty = 0.4 * quality + 0.4 * value + 0.6 * rng.normal(size=n)
    causes = np.stack([quality] * 3 + [value] * 2 + [loyalty] * 2, axis=1)
    answers: FloatArray = np.clip(np.rint(6 + 2 * (causes + noise * rng.normal(size=causes.shape))), 1, 10)
    return answers


def answers_of(values: FloatArray, weights: IntArray | None = None) -> Answers:
    return Answers(ITEMS, values, weights, dict.fromkeys(ITEMS, (1, 10)))


def paths(fit: PLSFit) -> list[float]:
    return [row.estimate for row in fit.summary]


@given(st.integers(0, 10_000), st.permutations(range(60)))
@settings(max_examples=10)
def test_the_order_of_respondents_does_not_matter(seed: int, order: list[int]) -> None:
    values = simulate(60, seed)
    assert paths(PLS.of(MODEL).fit(answers_of(values[order]))) == pytest.approx(
        paths(PLS.of(MODEL).fit(answers_of(values))), abs=1e-6
    )


@given(st.integers(0, 10_000))
@settings(max_examples=10)
def test_a_weight_of_two_is_a_respondent_twice(seed: int) -> None:
    values = simulate(50, seed)
    twice = np.random.default_rng(seed).integers(1, 4, 50)
    weighted = PLS.of(MODEL).fit(answers_of(values, weights=twice))
    repeated = PLS.of(MODEL).fit(answers_of(np.repeat(values, twice, axis=0)))
    assert paths(weighted) == pytest.approx(paths(repeated), abs=ROUTES)
    assert weighted.hundred is not None
    assert repeated.hundred is not None
    assert weighted.hundred.index[0] == pytest.approx(repeated.hundred.index[0], abs=1e-6)


@given(st.integers(0, 10_000), st.floats(0.1, 10), st.floats(-50, 50))
@settings(max_examples=10)
def test_the_scale_of_an_item_does_not_matter(seed: int, factor: float, shift: float) -> None:
    values = simulate(60, seed)
    moved = values.copy()
    moved[:, 0] = factor * moved[:, 0] + shift
    plain = PLS.of(MODEL).fit(answers_of(values))
    bounds = {**dict.fromkeys(ITEMS, (1.0, 10.0)), "q1": (factor + shift - 1e-6, 10 * factor + shift + 1e-6)}
    other = PLS.of(MODEL).fit(Answers(ITEMS, moved, bounds=bounds))
    assert paths(other) == pytest.approx(paths(plain), abs=1e-6)
    assert plain.hundred is not None
    assert other.hundred is not None
    assert other.hundred.index[0] == pytest.approx(plain.hundred.index[0], abs=1e-3)


def test_a_reversed_construct_points_the_way_of_its_items() -> None:
    values = simulate(200, 3)
    reversed_loyalty = values.copy()
    reversed_loyalty[:, 5:] = 11 - reversed_loyalty[:, 5:]
    plain, turned = (PLS.of(MODEL).fit(answers_of(each)) for each in (values, reversed_loyalty))
    assert (turned.solution.loadings[0] > 0).all()
    assert paths(turned)[1:] == pytest.approx([-each for each in paths(plain)[1:]], abs=1e-6)


def test_batches_give_what_single_samples_give() -> None:
    sample = PLS.of(MODEL).sample(answers_of(simulate(80, 5)))
    counts = np.random.default_rng(0).multinomial(80, np.full(80, 1 / 80), 20).astype(float)
    together = sample.solve(counts)
    for row in range(20):
        alone = sample.solve(counts[[row]])
        np.testing.assert_allclose(together.B[:, :, row], alone.B[:, :, 0], rtol=0, atol=ROUTES)


def test_missing_answers_three_ways() -> None:
    """5 % of the answers are lost at random: all three treatments stay near the whole."""
    values = simulate(2000, 8)
    holes = np.where(np.random.default_rng(1).random(values.shape) < 0.05, np.nan, values)
    whole = paths(PLS.of(MODEL).fit(answers_of(values)))
    treatments: tuple[Missing, ...] = ("pairwise", "listwise", "mean")
    for missing in treatments:
        fit = PLS.of(MODEL, Options(missing=missing)).fit(answers_of(holes))
        assert paths(fit) == pytest.approx(whole, abs=0.04)
        assert any("missing" in text.en for text in fit.cautions)
        assert fit.facts["missing_share"] == pytest.approx(0.05, abs=0.005)


def test_pairwise_is_what_pairs_say() -> None:
    """Each correlation from those who answered both, as `numpy.corrcoef` of those rows gives it."""
    values = simulate(100, 2)
    holes = np.where(np.random.default_rng(1).random(values.shape) < 0.2, np.nan, values)
    fit = PLS.of(MODEL).fit(answers_of(holes))
    both = ~np.isnan(holes[:, 0]) & ~np.isnan(holes[:, 4])
    assert fit.moments.S[0, 0, 4] == pytest.approx(np.corrcoef(holes[both, 0], holes[both, 4])[0, 1], abs=1e-12)


def test_json_returns_the_same_fit() -> None:
    moderated = MODEL.replace("~ Quality + Value", "~ Quality + Value + Quality:Value")
    fit = PLS.of(moderated).fit(answers_of(simulate(90, 4)))
    again = PLSFit.from_json(fit.to_json())
    assert again.facts == fit.facts
    np.testing.assert_allclose(again.solution.B, fit.solution.B, rtol=0, atol=1e-12)


def test_scores_average_to_the_index() -> None:
    data = answers_of(simulate(90, 4))
    fit = PLS.of(MODEL).fit(data)
    assert fit.hundred is not None
    scores = fit.predict(data)
    assert [column.mean() for column in scores.values()] == pytest.approx(fit.hundred.index[0].tolist(), abs=1e-9)
    holed = data.values.copy()
    holed[0, 0] = np.nan
    scores = fit.predict(answers_of(holed))
    assert np.isnan(scores["Quality"][0])
    assert not np.isnan(scores["Loyalty"]).any()


@pytest.mark.parametrize(
    ("change", "slug", "named"),
    [
        (lambda values: values[:3], "respondents-too-few", "3 respondents"),
        (lambda values: np.where(np.arange(7) == 2, 5.0, values), "item-constant", "'q3'"),
        (lambda values: np.where(np.arange(7) == 2, np.nan, values), "item-unanswered", "'q3'"),
    ],
)
def test_answers_that_cannot_carry_the_model(change: Callable[[FloatArray], FloatArray], slug: str, named: str) -> None:
    with pytest.raises(WorthbookError) as caught:
        PLS.of(MODEL).fit(answers_of(change(simulate(40, 1))))
    assert caught.value.slugs == (slug,)
    assert named in caught.value.say("en")


def test_answers_off_the_scale_name_the_item() -> None:
    values = simulate(40, 1)
    values[3, 1], values[4, 1] = 11, -99
    with pytest.raises(WorthbookError, match="'q2' has 2 answers outside its scale of 1 to 10, such as 11"):
        answers_of(values)


def test_absent_items_are_all_named() -> None:
    with pytest.raises(WorthbookError) as caught:
        PLS.of(MODEL).fit(Answers(ITEMS[:5], simulate(40, 1)[:, :5]))
    assert caught.value.slugs == ("item-absent", "item-absent")


def test_formative_items_that_tell_each_other_are_named() -> None:
    values = simulate(40, 1)
    values[:, 4] = values[:, 3]
    with pytest.raises(WorthbookError, match="items of 'Value' tell each other exactly"):
        PLS.of(MODEL).fit(answers_of(values))


def test_more_items_than_respondents_is_said() -> None:
    text = "A =~ " + " + ".join(f"a{i}" for i in range(12)) + "; B =~ b1; B ~ A"
    values = np.random.default_rng(0).normal(size=(12, 13))
    fit = PLS.of(text).fit(Answers([*(f"a{i}" for i in range(12)), "b1"], values))
    assert any("more items (13) than respondents (12)" in text.en for text in fit.cautions)


def test_improper_solutions_are_named(mobi: Answers) -> None:
    """Consistent PLS on 30 of the phone users: a correlation of constructs beyond 1."""
    fit = PLS.of(MOBI, Options(consistent=True)).fit(mobi.among(np.arange(30)))
    assert not fit.facts["proper"]
    assert fit.improper
    assert all(reason.who for reason in fit.improper)
    assert fit.cautions[0].en.startswith("This solution is improper")
