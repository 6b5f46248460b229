"""What is wrong with data is found and said; what is right is left alone."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest

from tests.planning.studies.world import World
from worthbook.data.health import LineHealth
from worthbook.kernel.result import Study
from worthbook.planning.study import make_study


def weekly(weeks: int, skip: range = range(0)) -> list[tuple[str, str, float | None, bool]]:
    """A customer a week, from Monday 1 January 2024, without some weeks."""
    start = dt.date(2024, 1, 1)
    return [
        (f"C{week % 7}", (start + dt.timedelta(weeks=week)).isoformat(), 10.0 + week % 5, False)
        for week in range(weeks)
        if week not in skip
    ]


def study(world: World, lines: list[tuple[str, str, float | None, bool]]) -> Study:
    return make_study(world.definition("data_health"), world.context(lines))


def said(found: Study) -> str:
    return "\n".join(finding.text.en for finding in found.findings)


def test_sound_data_are_called_so(world: World) -> None:
    found = study(world, weekly(40))
    assert found.facts["grade"] == "A"
    assert said(found).startswith("Data: grade A. Nothing in the 40 lines looks wrong.")
    assert found.findings[0].text.zh == "数据质量：A级。40行明细未见异常。"


def test_weeks_without_a_sale_are_found(world: World) -> None:
    found = study(world, weekly(40, skip=range(20, 24)))
    assert (found.facts["quiet_weeks"], found.facts["quiet_longest"]) == (4, 4)
    assert found.facts["quiet_from"] == dt.date(2024, 5, 20)
    assert "The longest time is 4 weeks from" in said(found)
    assert found.facts["grade"] == "B"  # a tenth of all weeks, and not more


def test_a_seasonal_business_has_no_gaps(world: World) -> None:
    assert study(world, weekly(40, skip=range(5, 30))).facts["quiet_weeks"] == 0


def test_lines_that_stand_twice_are_counted(world: World) -> None:
    lines = weekly(40)
    found = study(world, [*lines, *lines[:4]])
    assert found.facts["copies"] == 4
    assert found.facts["grade"] == "C"
    assert "4 lines (9.1 %) are like another" in said(found)


def test_returns_before_any_purchase_and_amounts_below_zero(world: World) -> None:
    lines = [*weekly(40), ("R1", "2024-03-05", -5.0, True), ("C1", "2024-09-03", -2.0, False)]
    found = study(world, lines)
    assert (found.facts["returns"], found.facts["returns_first"], found.facts["negative"]) == (1, 1, 1)


def test_an_amount_that_sticks_out(world: World) -> None:
    found = study(world, [*weekly(200), ("C1", "2024-03-05", 100_000.0, False)])
    assert found.facts["outliers"] == 1
    assert "stick out from the rest" in said(found)


def test_unknown_amounts_are_said(world: World) -> None:
    found = study(world, [*weekly(40), *[(f"N{day}", f"2024-02-{day}", None, False) for day in range(10, 20)]])
    assert found.facts["amount_share"] == pytest.approx(0.8)
    assert "The amount is known in 80 % of the lines" in said(found)


def test_what_is_missing_says_what_it_would_answer(world: World) -> None:
    found = study(world, weekly(40))
    known = {row[0].en: row for row in found.table("known").rows}  # type: ignore[union-attr]
    assert known["Transactions: Cost of goods"][1:4] == (0, 40, 0.0)
    assert "Profit instead of revenue" in known["Transactions: Cost of goods"][4].en  # type: ignore[union-attr]
    missing = {row[0].en for row in found.table("missing").rows}  # type: ignore[union-attr]
    assert missing >= {"Customers", "Complaints", "Cost pools"}


def test_nothing_is_found_in_nothing(world: World) -> None:
    found = study(world, [("C1", "2030-01-01", 1.0, False)])  # after the date
    assert (found.facts["grade"], found.facts["lines"]) == (None, 0)


def test_of_lognormal_amounts_next_to_none_stick_out() -> None:
    """Six robust spreads: of normal logarithms, two in a thousand million."""
    values = np.random.default_rng(3).normal(3.0, 0.8, 200_000)
    places, counts = np.unique(np.floor(values * 20).astype(int), return_counts=True)
    health = LineHealth(sizes=dict(zip(places.tolist(), counts.tolist(), strict=True)))
    limit, outliers = health.outliers()
    assert outliers == 0
    assert math.log(limit) == pytest.approx(3.0 + 6 * 0.8, abs=0.15)  # bins of 0.05 and the sampling of the median
