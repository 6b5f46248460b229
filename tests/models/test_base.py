from __future__ import annotations

import json

import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.models.lifetime import NBD, PurchaseHistory
from worthbook.models.lifetime.nbd import NBDFit
from worthbook.models.lifetime.pareto_nbd import ParetoNBDFit


@pytest.fixture(scope="module")
def kept() -> str:
    """A fit as JSON."""
    return NBD().fit(PurchaseHistory([0, 1, 3, 9], [0, 3, 9, 8], [10, 10, 10, 9])).to_json()


def test_a_fit_kept_by_another_version_is_refused_in_words(kept: str) -> None:
    """Whatever field is missing, it is named, and there is no KeyError."""
    for field in json.loads(kept).keys() - {"estimator"}:
        record = json.loads(kept)
        del record[field]
        with pytest.raises(WorthbookError) as caught:
            NBDFit.from_json(json.dumps(record))
        assert caught.value.slugs == ("fit-of-another-version",)
        assert field in str(caught.value)


def test_a_fit_of_another_estimator_is_refused(kept: str) -> None:
    with pytest.raises(WorthbookError) as caught:
        ParetoNBDFit.from_json(kept)
    assert caught.value.slugs == ("fit-of-another-estimator",)
