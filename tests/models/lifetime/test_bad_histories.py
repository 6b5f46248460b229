"""Bases as nobody wants them: every model either refuses with a reason or gives finite numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from worthbook.kernel.errors import Problem, WorthbookError
from worthbook.models.lifetime import (
    BGCNBD,
    BGNBD,
    MBGCNBD,
    MBGNBD,
    NBD,
    GammaGamma,
    GGompertzNBD,
    ParetoGGG,
    ParetoNBD,
    PurchaseHistory,
    SpendHistory,
)
from worthbook.models.lifetime.nbd import NBDProcess
from worthbook.models.lifetime.purchase_model import PurchaseFit, PurchaseModel

MODELS: dict[str, PurchaseModel[PurchaseFit]] = {
    model.estimator: model
    for model in (NBD(), BGNBD(), MBGNBD(), BGCNBD(k=2), MBGCNBD(k=2), ParetoNBD(), GGompertzNBD(), ParetoGGG())
}

every_model = pytest.mark.parametrize("name", list(MODELS))


def attempt(model: PurchaseModel[PurchaseFit], odd: PurchaseHistory) -> tuple[PurchaseFit | None, tuple[Problem, ...]]:
    try:
        return model.fit(odd), ()
    except WorthbookError as error:
        return None, error.problems


def history(x: Sequence[float], t_x: Sequence[float], end: Sequence[float]) -> PurchaseHistory:
    gaps = [count * np.log(last / count) if last > 0 else 0.0 for count, last in zip(x, t_x, strict=True)]
    return PurchaseHistory(x, t_x, end, log_gaps=gaps)


ODD_BASES: dict[str, PurchaseHistory] = {
    "one huge buyer": history([0] * 60 + [1, 2, 3, 20_000], [0] * 60 + [3, 9, 12, 51.9], [52] * 64),
    "a million purchases": history([0] * 60 + [1, 2, 3, 1e6], [0] * 60 + [3, 9, 12, 51.9], [52] * 64),
    "identical customers": history([3] * 50, [20] * 50, [39] * 50),
    "two customers": history([0, 2], [0, 10], [20, 20]),
    "everybody bought on the last day": history([1, 2, 4, 3] * 10, [30] * 40, [30] * 40),
    "some born today": history([0] * 30 + [1, 2, 5] * 10, [0] * 30 + [9, 8, 7] * 10, [0] * 30 + [20] * 30),
    "seconds instead of weeks": history([0] * 30 + [1, 2, 5] * 10, [0] * 30 + [9e6, 8e6, 7e6] * 10, [2e7] * 60),
}


@every_model
@pytest.mark.parametrize("base", list(ODD_BASES))
def test_odd_bases_give_finite_numbers_or_a_reason(name: str, base: str) -> None:
    odd = ODD_BASES[base]
    fit, problems = attempt(MODELS[name], odd)
    assert all(problem.hint.en and problem.hint.zh for problem in problems)
    if fit is None:
        assert problems
        return
    assert fit.facts["converged"] is True
    assert np.isfinite(fit.log_likelihood)
    for columns in (fit.predict(odd, 52, 0.1), {"none": fit.purchase_probabilities(0, odd, 52)}):
        for values in columns.values():
            assert np.isfinite(values).all()
            assert (values >= 0).all()
    assert ((fit.p_alive(odd) >= 0) & (fit.p_alive(odd) <= 1)).all()
    assert "NaN" not in fit.to_json()


@pytest.mark.parametrize(
    ("columns", "slug"),
    [
        (([1.5], [3], [9]), "history-count-not-whole"),
        (([1], [12], [9]), "history-last-after-end"),
        (([1], [-1], [9]), "history-negative"),
        (([1], [3], [np.inf]), "history-not-finite"),
        (([np.nan], [3], [9]), "history-not-finite"),
        (([0], [3], [9]), "history-recency-without-repeat"),
    ],
)
def test_impossible_rows_are_refused(columns: tuple[list[float], list[float], list[float]], slug: str) -> None:
    with pytest.raises(WorthbookError) as caught:
        PurchaseHistory(*columns)
    assert caught.value.slugs == (slug,)


@every_model
def test_one_customer_all_zeros_and_no_time_are_refused(name: str) -> None:
    for bad, slug in (
        (history([3], [20], [30]), "history-of-one-customer"),
        (history([0, 0, 0], [0, 0, 0], [30, 31, 32]), "history-without-repeat-buyer"),
        (history([0, 0], [0, 0], [0, 0]), "history-without-time"),
    ):
        with pytest.raises(WorthbookError) as caught:
            MODELS[name].fit(bad)
        assert caught.value.slugs == (slug,)


def test_regular_buying_needs_gaps() -> None:
    without = PurchaseHistory([1, 2, 0], [3, 9, 0], [20, 20, 20])
    with pytest.raises(WorthbookError) as caught:
        BGCNBD().fit(without)
    assert caught.value.slugs == ("history-without-gaps",)


def test_negative_spend_is_left_out_and_told() -> None:
    fit = GammaGamma().fit(SpendHistory([1, 2, 3, 1, 5], [20.0, 35.5, 28.0, 90.0, -3.0]))
    assert fit.left_out == 1
    assert any("zero or less" in each.en for each in fit.cautions)


@pytest.mark.parametrize("name", ["bg_nbd", "mbg_nbd", "pareto_nbd", "ggompertz_nbd", "bg_cnbd_k"])
def test_no_visible_dropout_is_told(name: str) -> None:
    """Purchases of customers who never leave, as on UCI Online Retail: no model may claim that it sees them leave."""
    rng = np.random.default_rng(3)
    loyal = NBDProcess(1.2, 8.0).simulate(rng.uniform(20, 60, 800), 0.0, rng, "weeks")[0]
    model = BGCNBD() if name == "bg_cnbd_k" else MODELS[name]
    fit = model.fit(loyal)
    assert fit.facts["identified"] is False
    assert any("No dropout is visible" in each.en and "看不出客户流失" in each.zh for each in fit.cautions)
    assert fit.p_alive(loyal).mean() > 0.9
