"""A forecast that reads a part of very many customers is one of all of them."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pytest

from worthbook.data.duckdb import DuckDB
from worthbook.data.engine import Sheet
from worthbook.models.lifetime import BGNBD
from worthbook.models.lifetime.bg_nbd_process import BGNBDProcess
from worthbook.planning import outlook

PARTS, CUSTOMERS = 8, 8_000
ROLES = {"x": "x", "t_x": "t_x", "T": "T"}


def test_a_sample_stands_for_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Estimate and interval from a quarter of 8 000 customers are those of all, but for the luck of who is in it."""
    rng = np.random.default_rng(6)
    ages = rng.integers(100, 300, CUSTOMERS) / 7
    history = BGNBDProcess(0.8, 6.0, 0.8, 2.5).simulate(ages, 0.0, rng, "weeks")[0]
    paths = []
    with duckdb.connect() as connection:
        for part in range(PARTS):
            rows = np.arange(part, CUSTOMERS, PARTS)
            connection.register("rows", {name: getattr(history, name)[rows] for name in ROLES})
            paths.append(str(tmp_path / f"part-{part}.parquet"))
            connection.execute(
                f"COPY (SELECT 'C' || row_number() OVER () AS customer_id, * FROM rows) TO '{paths[-1]}'"
            )
    engine, fit = DuckDB(), BGNBD().fit(history)
    sheet = Sheet(tuple(paths), ("customer_id", *ROLES))
    try:
        found = []
        for most in (CUSTOMERS, CUSTOMERS // 4):
            monkeypatch.setattr(outlook, "CUSTOMERS", most)
            found.append(outlook.total_outlook(engine, [sheet], ROLES, (fit, None), 52.0, customers=CUSTOMERS))
    finally:
        engine.close()
    everybody, some = (each.purchases for each in found if each is not None)
    assert some.estimate == pytest.approx(everybody.estimate, rel=0.06)
    assert some.high - some.low == pytest.approx(everybody.high - everybody.low, rel=0.15)
