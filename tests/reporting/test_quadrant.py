from __future__ import annotations

import math
from dataclasses import replace

import pytest

from worthbook.kernel.language import Text
from worthbook.kernel.result import Chart, Table, TableColumn
from worthbook.kernel.units import Unit
from worthbook.reporting.chart import render_chart
from worthbook.reporting.quadrant import quadrant

SAME = Text(en="Map", zh="图")


def column(name: str, unit: Unit = Unit.SCORE) -> TableColumn:
    return TableColumn(name, Text(en=name, zh=name), unit)


TABLE = Table(
    "map",
    SAME,
    (column("name", Unit.TEXT), column("field", Unit.TEXT), *(column(each) for each in "xlhyuv")),
    (("Price", "urgent", 4.0, 3.0, 5.0, 8.0, 7.0, 9.0), ("Service", "keep", 8.0, None, None, 9.0, None, None)),
)
CHART = Chart(
    "map", SAME, "quadrant", "map", "name", tuple("xlhyuv"), Text(en="Two points.", zh="两个点。"), "field",
    reference={"x": 6.0, "y": 8.5, "diagonal": 1.0},
)  # fmt: skip


def test_each_point_has_a_cross_where_its_ends_are_known() -> None:
    rows = quadrant(CHART, TABLE, "en", "").rows

    assert [(row["label"], row.get("x_low"), row.get("y_high")) for row in rows] == [
        ("Price", 3.0, 9.0),
        ("Service", None, None),
    ]


def test_an_ellipse_goes_round_its_point() -> None:
    outlined = Table("map", SAME, (*TABLE.columns, column("a"), column("b"), column("t")), tuple(
        (*row, 2.0, 1.0, math.pi / 2) for row in TABLE.rows))  # fmt: skip
    chart = Chart("map", SAME, "quadrant", "map", "name", (*CHART.y, "a", "b", "t"), SAME, "field")
    turns = [row for row in quadrant(chart, outlined, "en", "").rows if row["part"] == "outline"][:49]

    assert max(row["y"] for row in turns) == pytest.approx(10.0)
    assert max(row["x"] for row in turns) == pytest.approx(5.0)


def test_a_map_is_drawn_with_names_and_lines() -> None:
    drawn = render_chart(CHART, TABLE, "en")

    assert (">Price<" in drawn, ">urgent<" in drawn, 'aria-label="Two points."' in drawn) == (True, True, True)
    assert drawn.count("stroke-dasharray") >= 3


def test_a_diagonal_through_the_cut_stays_among_the_points() -> None:
    """Slope 2 through (6, 8.5) would leave the points below; it ends at the height of the lowest and the highest."""
    raised = replace(CHART, reference={"diagonal": 2.0, "offset": 8.5 - 2 * 6.0})
    (line,) = quadrant(raised, TABLE, "en", "").references
    points = quadrant(raised, TABLE, "en", "").rows
    ends = [(end["x"], end["y"]) for end in line["data"]["values"]]
    assert all(y - 8.5 == pytest.approx(2.0 * (x - 6.0)) for x, y in ends)
    for axis, places in zip("xy", zip(*ends, strict=True), strict=True):
        among = [row[axis] for row in points]
        assert min(among) - 1e-9 <= min(places) <= max(places) <= max(among) + 1e-9


def test_a_point_without_a_place_is_left_out() -> None:
    nowhere = Table("map", SAME, TABLE.columns, (("Price", "urgent", None, None, None, 8.0, 7.0, 9.0),))

    assert quadrant(CHART, nowhere, "en", "").rows == []
