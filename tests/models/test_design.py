from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.models.design import Covariates, Design

SEEN = Covariates({"channel": ["web", "shop", "web", "fair"], "age": [31, 45, 60, 20], "same": [1, 1, 1, 1]})


def test_text_becomes_columns_against_the_first_value() -> None:
    design = Design.of("age + channel", SEEN)
    assert design.terms == ("age", "channel[shop]", "channel[web]")
    assert design.matrix(SEEN).tolist() == [[31, 0, 1], [45, 1, 0], [60, 0, 1], [20, 0, 0]]
    assert Design.from_record(design.as_record()) == design
    assert Design.of("", SEEN).matrix(SEEN).shape == (4, 0)


@pytest.mark.parametrize(
    ("make", "slugs"),
    [
        (lambda: Design.of("age +", SEEN), ("covariate-formula-unreadable",)),
        (lambda: Design.of("age + age", SEEN), ("covariate-formula-unreadable",)),
        (lambda: Design.of("age * channel", SEEN), ("covariate-formula-unreadable",)),
        (lambda: Design.of("agee + chanel", SEEN), ("covariate-unknown", "covariate-unknown")),
        (lambda: Design.of("same", SEEN), ("covariate-constant",)),
        (lambda: Covariates({"age": [1, float("nan")]}), ("covariate-missing",)),
        (lambda: Covariates({"age": [1, float("inf")]}), ("covariate-missing",)),
        (lambda: Covariates({"channel": ["web", None, ""]}), ("covariate-missing",)),
        (lambda: Covariates({"age": [1, 2], "channel": ["web"]}), ("covariate-rows-differ",)),
    ],
)
def test_what_cannot_be_used_is_refused(make: Callable[[], object], slugs: tuple[str, ...]) -> None:
    with pytest.raises(WorthbookError) as caught:
        make()
    assert caught.value.slugs == slugs


def test_dependent_columns_are_named() -> None:
    rng = np.random.default_rng(1)
    age = rng.normal(40, 10, 50)
    columns = Covariates({"age": age, "born": 2026 - age, "tall": rng.normal(size=50)})
    with pytest.raises(WorthbookError, match="'born' follows exactly") as caught:
        Design.of("tall + age + born", columns)
    assert caught.value.slugs == ("covariates-collinear",)


def test_what_the_fit_has_not_seen_is_refused() -> None:
    design = Design.of("channel + age", SEEN)
    with pytest.raises(WorthbookError, match="'app'"):
        design.matrix(Covariates({"channel": ["app"], "age": [3]}))
    with pytest.raises(WorthbookError) as caught:
        design.matrix(Covariates({"channel": [1], "age": [3]}))
    assert caught.value.slugs == ("covariate-kind-differs",)
    with pytest.raises(WorthbookError) as caught:
        design.matrix(Covariates({"channel": ["web"]}))
    assert caught.value.slugs == ("covariate-unknown",)
