"""Polychoric correlations recover the normal variables behind steps, whatever the steps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.models.perception.structural.test_pls import MODEL, answers_of, simulate
from worthbook.kernel.errors import WorthbookError
from worthbook.models.perception.answers import Answers
from worthbook.models.perception.structural.options import Options
from worthbook.models.perception.structural.pls import PLS
from worthbook.models.perception.structural.polychoric import polychoric
from worthbook.models.perception.structural.resampling import bootstrap


@given(st.floats(-0.95, 0.95), st.integers(2, 7), st.integers(0, 1000))
@settings(max_examples=15)
def test_the_correlation_behind_the_steps(rho: float, steps: int, seed: int) -> None:
    """20 000 people with skewed thresholds: within 0.03, where Pearson's correlation is up to 0.2 off."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=20_000)
    y = rho * x + np.sqrt(1 - rho**2) * rng.normal(size=20_000)
    cuts = np.sort(rng.uniform(-1.2, 1.2, steps - 1))
    values = np.stack([np.digitize(x, cuts), np.digitize(y, cuts + 0.2)], axis=1).astype(float)
    assert polychoric(values, np.ones((1, 20_000)))[0, 0, 1] == pytest.approx(rho, abs=0.05)


def test_the_contingency_of_olsson() -> None:
    """Tetrachoric of a table cut at both medians: rho = sin(pi/2 (4 p11 - 1)), exactly."""
    for share in (0.3, 0.4, 0.45):
        counts = np.array([share, 0.5 - share, 0.5 - share, share])
        table = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
        found = polychoric(table, counts[None] * 1000)[0, 0, 1]
        assert found == pytest.approx(np.sin(np.pi / 2 * (4 * share - 1)), abs=1e-7)


def test_a_model_on_few_steps_is_less_attenuated() -> None:
    """Answers in two steps: polychoric paths are nearer to those of the answers in ten."""
    values = simulate(800, 5)
    coarse = np.where(values > np.median(values, axis=0), 2.0, 1.0)
    fine, plain, poly = (
        PLS.of(MODEL, options).fit(answers_of(data)).solution.B[0, 1, 0]
        for data, options in (
            (values, Options()),
            (coarse, Options()),
            (coarse, Options(correlations="polychoric")),
        )
    )
    assert abs(poly - fine) < abs(plain - fine)
    draws = bootstrap(PLS.of(MODEL, Options(correlations="polychoric")).sample(answers_of(coarse)), 20, 1, ("path",))
    assert np.isfinite(draws.draws["path"]).all()


def test_what_is_not_in_steps_is_refused() -> None:
    values = np.random.default_rng(0).normal(size=(50, 7))
    with pytest.raises(WorthbookError) as caught:
        PLS.of(MODEL, Options(correlations="polychoric")).fit(
            Answers(("q1", "q2", "q3", "v1", "v2", "l1", "l2"), values)
        )
    assert caught.value.slugs == ("item-not-in-steps",) * 7
