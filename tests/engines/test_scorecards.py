"""Scores of trees, ladders, and customers grouped by their points, are the same on both engines."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from pathlib import Path

import numpy as np
import pytest

from tests.engines.conftest import values_of
from tests.scoring.examples import LADDER, TREE
from worthbook.data.columns import derive
from worthbook.data.combinations import combinations
from worthbook.data.engine import Engine, Sheet
from worthbook.scoring.framework import steps
from worthbook.scoring.place import Case
from worthbook.scoring.points import points_formulas

DAY = dt.date(2026, 6, 30)
CUTS = {"funds": [100.0, 500.0], "trades": [2.0], "stays": [365.0], "content": [70.0], "score": [40.0, 70.0]}
COLUMNS = {
    "balance": (math.nan, 50.0, 100.0, 900.0),
    "orders": (math.nan, 1.0, 2.0),
    "tenure": (math.nan, 10.0, 400.0),
    "satisfaction": (math.nan, 0.0, 70.0),
}
CUSTOMERS = list(itertools.product(*COLUMNS.values()))
"""Everything that can be known and unknown of a customer at once."""


@pytest.fixture(scope="module")
def sheet(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Sheet:
    path = tmp_path_factory.mktemp("scorecards") / "part-00000.parquet"
    arrays = {name: np.array(values) for name, values in zip(COLUMNS, zip(*CUSTOMERS, strict=True), strict=True)}
    ids = np.arange(len(CUSTOMERS), dtype=float)
    ladder = {"revenue": ids - 20, "referrals": np.where(ids % 3 == 0, np.nan, ids % 2)}
    engine.write_arrays({"customer_id": ids, **arrays, **ladder}, path)
    return Sheet((str(path),), (*COLUMNS, *ladder))


def given(engine: Engine, sheet: Sheet) -> dict[str, dict[str, float | None]]:
    return values_of(engine, sheet)  # type: ignore[return-value]  # all are numbers


def test_a_tree_is_scored_as_one_customer_is(engine: Engine, sheet: Sheet, tmp_path: Path) -> None:
    first, last = steps(TREE, CUTS)
    for name in ("first", "last"):
        (tmp_path / name).mkdir()
    scored = derive(engine, [sheet], first, DAY, {}, tmp_path / "first")
    graded = derive(engine, [sheet, scored], last, DAY, {}, tmp_path / "last")
    found = values_of(engine, scored, graded)
    cases = {customer: Case(TREE, values, CUTS) for customer, values in given(engine, sheet).items()}
    expected = {customer: (case.score, case.cell) for customer, case in cases.items()}
    assert {customer: (each["sample__score"], each["sample"]) for customer, each in found.items()} == expected


def test_a_ladder_is_climbed_as_by_one_customer(engine: Engine, sheet: Sheet, tmp_path: Path) -> None:
    (formulas,) = steps(LADDER, {})
    found = values_of(engine, derive(engine, [sheet], formulas, DAY, {}, tmp_path))
    expected = {customer: Case(LADDER, values, {}).cell for customer, values in given(engine, sheet).items()}
    assert {customer: each["sample"] for customer, each in found.items()} == expected


def test_customers_are_grouped_by_their_points(engine: Engine, sheet: Sheet) -> None:
    formulas = points_formulas(TREE, CUTS)
    found = combinations(engine, [sheet], formulas, DAY)
    # Every combination of four, three, three and three values, of which 50 and 10, and so on, score alike.
    assert (len(found["customers"]), found["customers"].sum()) == (4 * 3 * 3 * 3, len(CUSTOMERS))
    assert int(np.isnan(found["funds"]).sum()) == 3 * 3 * 3


def test_a_mean_leaves_out_whom_it_is_unknown_of(engine: Engine, sheet: Sheet) -> None:
    formulas = {"funds": points_formulas(TREE, CUTS)["funds"]}
    found = combinations(engine, [sheet], formulas, DAY, "tenure")
    assert found["customers"].tolist() == [18.0] * 4
    assert found["mean"].tolist() == [205.0] * 4
