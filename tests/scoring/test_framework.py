from __future__ import annotations

from tests.scoring.examples import GRID, RULES, SCORECARD, TIERS
from worthbook.kernel.units import Unit
from worthbook.scoring.framework import band_columns, score_column, steps


def test_tiers_are_made_in_one_step() -> None:
    (only,) = steps(TIERS, {"value": [100, 500]})
    expected = (
        "case when revenue is null then null when revenue >= 500 then 'vip' when revenue >= 100 then 'ordinary' "
        "else 'small' end"
    )
    assert only == {"sample": (expected, Unit.LABEL)}


def test_a_grid_reads_its_bands() -> None:
    _, cells = steps(GRID, {"value": [100], "stay": [2, 5]})
    expected = (
        "case when sample__value is null or sample__stay is null then null "
        "when sample__value = 'low' and sample__stay = 'once' then 'prune' "
        "when sample__value = 'low' and sample__stay in ('again', 'often') then 'grow' "
        "when sample__value = 'high' then 'keep' end"
    )
    assert cells == {"sample": (expected, Unit.LABEL)}


def test_rules_read_bands_and_columns() -> None:
    _, cells = steps(RULES, {"value": [100], "growth": [0]})
    text, _ = cells["sample"]
    assert "when (sample__growth is not null and sample__growth = 'up' and orders > 1) then 'seed'" in text


def test_only_tiers_have_no_columns_of_bands() -> None:
    found = [band_columns(each) for each in (TIERS, GRID)]
    assert found == [{}, {"value": "sample__value", "stay": "sample__stay"}]


def test_only_scorecards_have_a_score() -> None:
    assert [score_column(each) for each in (TIERS, SCORECARD)] == [None, "sample__score"]
