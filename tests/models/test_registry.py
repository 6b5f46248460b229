from __future__ import annotations

import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.models.lifetime import BGNBD, GammaGamma
from worthbook.models.registry import ESTIMATORS, specification_class


def test_every_estimator_is_found_by_its_name() -> None:
    assert specification_class("bg_nbd") is BGNBD
    assert specification_class("gamma_gamma") is GammaGamma
    assert all(name == each.estimator for name, each in ESTIMATORS.items())


def test_an_unknown_estimator_is_named_with_a_proposal() -> None:
    with pytest.raises(WorthbookError, match="bg_nbd") as caught:
        specification_class("bg_nbt")
    assert caught.value.slugs == ("estimator-unknown",)
    assert "是否想写" in caught.value.say("zh")
