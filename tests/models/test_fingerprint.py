from __future__ import annotations

import numpy as np

from worthbook.models.fingerprint import fingerprint


def test_rows_may_be_in_any_order_but_not_be_others() -> None:
    rng = np.random.default_rng(1)
    one, other = rng.integers(0, 3, 50).astype(np.float64), rng.normal(size=50)
    order = rng.permutation(50)
    assert fingerprint(one, other) == fingerprint(one[order], other[order])
    assert fingerprint(one, other) != fingerprint(one, other[order])
    assert fingerprint(one, other) != fingerprint(one, other, unit="weeks")
    assert fingerprint(np.array([0.0])) == fingerprint(np.array([-0.0]))
