from __future__ import annotations

import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.models.likelihood_ratio import Fitted, likelihood_ratio


def test_a_published_point_of_chi_squared() -> None:
    """P(chi-squared(2) > 5.991) = .05."""
    found = likelihood_ratio(Fitted(-100.0, 4, "a"), Fitted(-100.0 + 5.991 / 2, 6, "a"))
    assert found.p_value == pytest.approx(0.05, abs=1e-4)
    assert "超出偶然范围" in likelihood_ratio(Fitted(-100.0, 4, "a"), Fitted(-90.0, 5, "a")).sentence.zh
    assert "chance may give" in likelihood_ratio(Fitted(-100.0, 4, "a"), Fitted(-99.9, 5, "a")).sentence.en


@pytest.mark.parametrize(
    ("larger", "why"),
    [
        (Fitted(-90.0, 6, "b"), "different customers"),
        (Fitted(-90.0, 4, "a"), "no more parameters"),
        (Fitted(-101.0, 6, "a"), "fits worse"),
        (Fitted(-90.0, 6, "a", shrunk=True), "drawn towards zero"),
    ],
)
def test_what_cannot_be_compared_is_refused(larger: Fitted, why: str) -> None:
    with pytest.raises(WorthbookError, match=why):
        likelihood_ratio(Fitted(-100.0, 4, "a"), larger)
