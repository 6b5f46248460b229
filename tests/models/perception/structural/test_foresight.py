"""Importance and performance, and prediction of answers that were not seen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.models.perception.structural.published import MOBI, read_answers
from tests.models.perception.structural.test_pls import MODEL, answers_of, simulate
from worthbook.kernel.errors import WorthbookError
from worthbook.models.perception.answers import Answers
from worthbook.models.perception.structural.foresight import fitted, foretell
from worthbook.models.perception.structural.importance import importance_performance
from worthbook.models.perception.structural.pls import PLS


@pytest.mark.shared_data
def test_prediction_of_mobile_phones(mobi: Answers, shared: Path) -> None:
    """Seminr, 10 folds of its own drawing: out-of-sample errors, ours within 1 %, the linear model's within 3 %."""
    lines = (shared / "data/mobi_ecsi/reference/mobi_plspredict.txt").read_text().splitlines()
    published: dict[tuple[str, str, str], float] = {}
    section, names = "", [""]
    for line in lines:
        first, *rest = line.split() or [""]
        if "metrics" in line:
            section = line.removesuffix(" metrics:")
        elif first in {"RMSE", "MAE"}:
            published |= {(section, first, name): float(cell) for name, cell in zip(names, rest, strict=True)}
        elif first:
            names = [first, *rest]
    found = foretell(PLS.of(MOBI).sample(mobi), folds=10, repeats=10, standard="others")
    assert len(found) == 19
    for row in found:
        assert row.rmse == pytest.approx(published["PLS out-of-sample", "RMSE", row.item], rel=0.01)
        assert row.mae == pytest.approx(published["PLS out-of-sample", "MAE", row.item], rel=0.01)
        assert row.lm_rmse == pytest.approx(published["LM out-of-sample", "RMSE", row.item], rel=0.03)
        assert row.lm_mae == pytest.approx(published["LM out-of-sample", "MAE", row.item], rel=0.03)


def test_what_was_seen_is_foretold_better() -> None:
    sample = PLS.of(MODEL).sample(answers_of(simulate(150, 2)))
    seen, unseen = fitted(sample), foretell(sample, 5)
    assert all(one.lm_rmse < other.lm_rmse for one, other in zip(seen, unseen, strict=True))
    assert all(row.q2 > 0 for row in unseen)
    assert foretell(sample, 5) == unseen


def test_noise_is_not_foretold() -> None:
    values = np.random.default_rng(6).integers(1, 11, (200, 7)).astype(float)
    rows = foretell(PLS.of(MODEL).sample(answers_of(values)), 10)
    assert all(row.q2 < 0.05 for row in rows)


def test_folds_that_cannot_be_made() -> None:
    sample = PLS.of(MODEL).sample(answers_of(simulate(30, 2)))
    for folds in (1, 31):
        with pytest.raises(WorthbookError, match="folds-unfit"):
            foretell(sample, folds)


@pytest.mark.shared_data
def test_importance_and_performance_of_mobile_phones(mobi: Answers) -> None:
    """Importance is the derivative of the index: so much does a point of quality add to satisfaction."""
    fit = PLS.of(MOBI).fit(mobi)
    places = importance_performance(fit, "Satisfaction")
    quality = next(place for place in places if (place.construct, place.item) == ("Quality", None))
    assert quality.importance == pytest.approx(0.639795, abs=1e-6)
    assert quality.performance == pytest.approx(74.9766, abs=5e-5)
    items = [place for place in places if place.construct == "Quality" and place.item]
    assert sum(place.importance for place in items) == pytest.approx(quality.importance, abs=1e-12)
    scores = fit.predict(mobi)
    spread = {name: column.std() for name, column in scores.items()}
    names = fit.solution.plan.constructs
    total = fit.solution.total[names.index("Quality"), names.index("Satisfaction"), 0]
    assert quality.importance == pytest.approx(total * spread["Satisfaction"] / spread["Quality"], abs=1e-9)


@pytest.mark.shared_data
def test_performance_of_durables(shared: Path) -> None:
    """SERVPERF of a maker of durables, answers from 0 to 100: a dimension of equal weights is its published mean."""
    answers = read_answers(shared / "data/service_quality_durables/sq.csv", (0, 100))
    dimensions = {"T": range(1, 5), "Rel": range(5, 10), "Resp": range(10, 14), "A": range(14, 18), "E": range(18, 23)}
    text = "\n".join(f"{name} =~ {' + '.join(f'a{i:02d}' for i in items)}" for name, items in dimensions.items())
    fit = PLS.of(text + "\nSat =~ sat\nSat ~ T + Rel + Resp + A + E").fit(answers)
    assert fit.hundred is not None
    published = [77.420925, 81.450122, 78.394161, 81.995134, 74.277372, 80.875912]
    assert fit.hundred.equal[0] == pytest.approx(published, abs=5e-7)


def test_no_scale_no_importance() -> None:
    fit = PLS.of(MODEL).fit(Answers(("q1", "q2", "q3", "v1", "v2", "l1", "l2"), simulate(60, 1)))
    with pytest.raises(WorthbookError, match="items-without-scale"):
        importance_performance(fit, "Loyalty")
    scaled = PLS.of(MODEL).fit(answers_of(simulate(60, 1)))
    with pytest.raises(WorthbookError, match="target-unknown"):
        importance_performance(scaled, "Quality")
