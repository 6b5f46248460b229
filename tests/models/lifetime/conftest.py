"""Simulated bases that several tests of the models share."""

from __future__ import annotations

import numpy as np
import pytest

from worthbook.models.lifetime import PurchaseHistory
from worthbook.models.lifetime.bg_nbd_process import BGNBDProcess
from worthbook.models.lifetime.simulate import simulate_purchases


@pytest.fixture(scope="session")
def process() -> BGNBDProcess:
    """The published CDNOW estimates (Fader, Hardie and Lee 2005, Table 2)."""
    return BGNBDProcess(0.243, 4.414, 0.793, 2.426)


@pytest.fixture(scope="session")
def base(process: BGNBDProcess) -> PurchaseHistory:
    """Two thousand customers of 27 to 39 weeks."""
    rng = np.random.default_rng(20050324)
    return simulate_purchases(process, rng.uniform(27, 39, 2000), 0.0, rng)[0]
