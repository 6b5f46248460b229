from __future__ import annotations

import dataclasses

from tests.reporting.charted import charts
from tests.reporting.conftest import pyramid, rfm
from worthbook.kernel.result import Table, TableColumn
from worthbook.kernel.units import Unit
from worthbook.reporting.framework_charts import framework_charts
from worthbook.reporting.words import WORDS

SCORES = Table(
    "scores",
    WORDS["scores_title"],
    (TableColumn("score", WORDS["range"], Unit.TEXT), TableColumn("customers", WORDS["customers"], Unit.COUNT)),
    (("0–50", 10), ("50–100", 3)),
)


def test_tiers_are_layers_the_highest_on_top() -> None:
    ((chart, table),) = framework_charts(pyramid())
    assert (chart.kind, [str(getattr(cell, "en", "")) for cell in table.column("tier")]) == (
        "pyramid",
        ["VIP", "Major", "Ordinary", "Small"],
    )


def test_other_groups_keep_the_order_of_their_definition() -> None:
    ((_, table),) = framework_charts(rfm())
    assert [str(getattr(cell, "en", "")) for cell in table.column("tier")] == ["Champions", "Lost"]


def test_a_grid_is_a_plane() -> None:
    _, fields = charts()["matrix"]
    grid = dataclasses.replace(rfm(), method="grid", spread=fields, axes=(rfm().axes[0], rfm().axes[0]))
    assert [chart.kind for chart, _ in framework_charts(grid)] == ["matrix"]


def test_a_scorecard_shows_its_grades_and_how_customers_score() -> None:
    card = dataclasses.replace(pyramid(), method="scorecard", spread=SCORES)
    assert [chart.kind for chart, _ in framework_charts(card)] == ["pyramid", "bar"]


def test_the_edges_of_grades_are_told_beside_the_scores() -> None:
    card = dataclasses.replace(pyramid(), method="scorecard", spread=SCORES)
    assert framework_charts(card)[1][0].summary.en == (
        "Customers by score. Grades begin at: Ordinary 31.5, Major 128.4, VIP 342.11."
    )


def test_nobody_is_not_drawn() -> None:
    empty = dataclasses.replace(
        pyramid(), cells=tuple(dataclasses.replace(cell, customers=0) for cell in pyramid().cells)
    )
    assert framework_charts(empty) == ()
