from __future__ import annotations

import numpy as np
import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.models.base import FloatArray
from worthbook.models.laplace import Estimates
from worthbook.models.optimise import LOG_BOUND, maximise


def slope(point: FloatArray) -> tuple[float, FloatArray]:
    """A parabola in the first parameter, ever rising in the second."""
    return float(-((point[0] - 2) ** 2) + 0.01 * point[1]), np.array([-2 * (point[0] - 2), 0.01])


def test_a_bound_that_is_hit_is_told() -> None:
    best = maximise(slope, [np.zeros(2)])
    assert best.free == (True, False)
    assert best.point == pytest.approx([2, LOG_BOUND], abs=1e-6)
    estimates = Estimates.at(best, ("first", "second"), 100.0, (0.0, 0.0))
    assert estimates.undetermined == ("second",)
    first, second = estimates.summary
    assert first.standard_error == pytest.approx(np.exp(2) / np.sqrt(200), rel=1e-4)
    assert second.standard_error is None
    assert second.low is None
    draws = estimates.draws(2000, np.random.default_rng(1))
    assert np.log(draws[:, 0]).std() == pytest.approx(1 / np.sqrt(200), rel=0.1)
    assert np.ptp(draws[:, 1]) == 0


def test_no_maximum_is_an_error() -> None:
    def broken(point: FloatArray) -> tuple[float, FloatArray]:
        return float("nan"), np.full(len(point), np.nan)

    with pytest.raises(WorthbookError) as caught:
        maximise(broken, [np.zeros(2), np.ones(2)])
    assert caught.value.slugs == ("fit-not-converged",)
