"""Every study survives every kind of thin or odd data, in both languages, and says something."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest

from tests.planning.studies.world import UNITS, Line, World
from worthbook.kernel.result import Study
from worthbook.planning.study import METHODS, make_study

STUDIES = ("concentration", "rhythm", "cohorts", "churn", "expected_12m", "value_spread", "purchase_models")


def days(count: int, step: int = 1, first: str = "2022-01-01") -> list[str]:
    return [str(dt.date.fromisoformat(first) + dt.timedelta(days=index * step)) for index in range(count)]


EDGES: dict[str, Sequence[Line]] = {
    "one order": [("a", "2024-06-01", 10, False)],
    "one customer": [("a", day, 10, False) for day in days(8, 40)],
    "one day": [(f"c{index}", "2024-06-01", index, False) for index in range(40)],
    "no amounts": [(f"c{index % 30}", day, None, False) for index, day in enumerate(days(90, 9))],
    "zero total": [(f"c{index % 30}", day, 0, False) for index, day in enumerate(days(90, 9))],
    "negative total": [(f"c{index % 30}", day, -index, False) for index, day in enumerate(days(90, 9))],
    "only returns": [(f"c{index}", "2024-06-01", -5, True) for index in range(30)],
    "one month": [(f"c{index % 20}", day, 5 + index, False) for index, day in enumerate(days(31, 1, "2024-12-01"))],
    "three years": [(f"c{index % 70}", day, 5 + index, False) for index, day in enumerate(days(365, 3))],
    "twelve years": [
        (f"c{index // 3}", day, 5 + index, False) for index, day in enumerate(days(440, 10, "2012-12-01"))
    ],
    "some amounts": [(f"c{index}", day, index if index % 2 else None, False) for index, day in enumerate(days(60))],
}


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("name", STUDIES)
def test_a_study_survives(world: World, name: str, edge: str) -> None:
    study = make_study(world.definition(name), world.context(EDGES[edge]))
    assert list(flaws(study)) == []


@pytest.mark.parametrize("name", STUDIES)
def test_a_study_survives_losses(world: World, name: str) -> None:
    lines: list[Line] = [(f"c{index}", "2024-06-01", index, False) for index in range(40)]
    assert list(flaws(make_study(world.definition(name), world.context(lines, cost=15)))) == []


@pytest.mark.parametrize("edge", ["no amounts", "three years"])
@pytest.mark.parametrize("name", STUDIES)
def test_a_study_survives_without_columns(world: World, name: str, edge: str) -> None:
    study = make_study(world.definition(name), world.context(EDGES[edge], without=tuple(UNITS)))
    assert list(flaws(study)) == []


def flaws(study: Study) -> list[str]:
    """What would be wrong with any study."""
    found = []
    method = METHODS[{"expected_12m": "forecast"}.get(study.name, study.name)]
    if not study.findings:
        found.append("says nothing")
    found += [f"unfilled: {finding.text}" for finding in study.findings if "{" in finding.text.en + finding.text.zh]
    found += [
        f"unknown number: {finding.text}" for finding in study.findings if "–" in finding.text.en + finding.text.zh
    ]
    found += [f"undeclared fact {name}" for name in set(study.facts) - method.facts]
    for table in study.tables:
        names = [column.name for column in table.columns]
        found += [f"undeclared column {table.name}.{name}" for name in set(names) - method.tables[table.name]]
        found += [f"ragged {table.name}" for row in table.rows if len(row) != len(names)]
        if len(table.rows) > 24 * 24:
            found.append(f"long {table.name}")
    for chart in study.charts:
        columns = {column.name for column in study.table(chart.table).columns}
        found += [f"undrawable {chart.name}" for name in (chart.x, *chart.y) if name not in columns]
        found += [f"unknown number: {chart.summary}" for text in (chart.summary.en, chart.summary.zh) if "–" in text]
    return found
