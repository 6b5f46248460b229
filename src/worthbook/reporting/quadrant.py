"""A map of named points on two scales: crosses or ellipses for their uncertainty, lines where the fields are cut.

One grammar serves importance and satisfaction, better and worse, importance and performance of constructs, value maps.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from worthbook.kernel.language import Language, Text
from worthbook.kernel.result import Chart, Table
from worthbook.kernel.units import Unit, Value, show
from worthbook.reporting.axis import label_expression, title_with_unit
from worthbook.reporting.guides import Channels, Row, legend
from worthbook.reporting.marks import Marks

ACROSS, UP = slice(0, 3), slice(3, 6)
"""In `y` of the chart: value, low and high along the horizontal axis, then along the vertical one."""
ELLIPSE = slice(6, 9)
"""And, where an ellipse is drawn in the place of the cross: half its longer and shorter axis, and its angle."""
_TURNS = 48
_LOOK = {"strokeDash": [3, 3], "color": "var(--ink-soft)", "strokeWidth": 1}
_TICKS = 5


def quadrant(chart: Chart, table: Table, language: Language, currency: str) -> Marks:
    """What the template `quadrant` is filled with.

    Args:
        chart: `x` names the points; `y` holds six or nine columns, in the order of `ACROSS`, `UP`, `ELLIPSE`; a column
            that the table does not have is not known for any point.
        table: a row a point.
        language: of the words.
        currency: of amounts.
    """
    known = {column.name for column in table.columns}
    columns = [table.column(name) if name in known else (None,) * len(table.rows) for name in (chart.x, *chart.y)]
    kinds = table.column(chart.colour) if chart.colour in known and chart.colour else (None,) * len(table.rows)
    rows: list[Row] = []
    for cells, kind in zip(zip(*columns, strict=True), kinds, strict=True):
        rows += _point(cells, kind, language)
    names = [] if chart.colour is None else list(dict.fromkeys(_said(kind, language) for kind in kinds))
    channels: Channels = {
        "x": {"axis": _axis(chart.y[0], chart.x_title, table, language, currency)},
        "y": {"axis": {**_axis(chart.y[3], chart.y_title, table, language, currency), "title": None}},
        **legend(names, "scatter"),
    }
    channels = {name: value for name, value in channels.items() if name in {"x", "y", "color", "shape"}}
    title = _title(chart.y[3], chart.y_title, table, language)
    return Marks("quadrant", rows, channels, _lines(chart, rows), title)


def _point(cells: Sequence[Value | Text], kind: Value | Text, language: Language) -> list[Row]:
    label, series = _said(cells[0], language), _said(kind, language)
    numbers = [_number(cell) for cell in cells[1:]]
    across, up, ellipse = numbers[ACROSS], numbers[UP], numbers[ELLIPSE]
    if across[0] is None or up[0] is None:
        return []
    point: Row = {"part": "point", "label": label, "series": series, "x": across[0], "y": up[0]}
    drawn = [each for each in ellipse if each is not None]
    if len(drawn) == 3:  # noqa: PLR2004 - two axes and an angle
        return [point, *_outline(across[0], up[0], drawn, {"part": "outline", "label": label, "series": series})]
    ends = {"x_low": across[1], "x_high": across[2], "y_low": up[1], "y_high": up[2]}
    return [point | {name: end for name, end in ends.items() if end is not None}]


def _outline(x: float, y: float, ellipse: Sequence[float], about: Row) -> list[Row]:
    longer, shorter, angle = ellipse
    cos, sin = math.cos(angle), math.sin(angle)
    turns = [2 * math.pi * step / _TURNS for step in range(_TURNS + 1)]
    return [
        about
        | {
            "order": step,
            "x": x + longer * math.cos(turn) * cos - shorter * math.sin(turn) * sin,
            "y": y + longer * math.cos(turn) * sin + shorter * math.sin(turn) * cos,
        }
        for step, turn in enumerate(turns)
    ]


def _lines(chart: Chart, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Cuts at `x` and `y`, and a `diagonal` with a slope through the points' own range.

    A diagonal goes through zero, or where it has an `offset` through that height at x = 0; then it ends where the
    points do, up and down as well.
    """
    lines: list[dict[str, Any]] = []
    none = {"color": None, "shape": None}
    where: Channels
    for meaning, value in chart.reference.items():
        if meaning == "offset":
            continue
        if meaning == "diagonal":
            ends = [{"x": x, "y": y} for x, y in _diagonal(value, chart.reference.get("offset"), rows)]
            where = {axis: {"field": axis, "type": "quantitative"} for axis in ("x", "y")}
            mark = {"type": "line", **_LOOK}
        else:
            ends = [{"at": value}]
            other = {"x": "y", "y": "x"}[meaning]
            where = {meaning: {"field": "at", "type": "quantitative"}, other: None}
            mark = {"type": "rule", **_LOOK}
        lines.append({"data": {"values": ends}, "mark": mark, "encoding": {**none, **where}})
    return lines


def _diagonal(slope: float, offset: float | None, rows: Sequence[Row]) -> list[tuple[float, float]]:
    """Both ends of a slanting line; nothing where it passes by all points."""
    across, up = ([row[axis] for row in rows] or [0.0, 1.0] for axis in ("x", "y"))
    ends = [min(across), max(across)]
    if offset is not None and slope > 0:
        lowest, highest = ((end - offset) / slope for end in (min(up), max(up)))
        ends = [max(ends[0], lowest), min(ends[1], highest)]
    if ends[0] > ends[1]:
        return []
    return [(end, (offset or 0.0) + slope * end) for end in ends]


def _axis(name: str, given: Text | None, table: Table, language: Language, currency: str) -> dict[str, Any]:
    unit = _unit(name, table)
    known = {column.name for column in table.columns}
    values = [abs(number) for cell in (table.column(name) if name in known else ()) if (number := _number(cell))]
    expression = label_expression(unit, max(values, default=0.0), language, currency)
    return {"title": _title(name, given, table, language), "labelExpr": expression, "tickCount": _TICKS}


def _title(name: str, given: Text | None, table: Table, language: Language) -> str:
    own = next((column.title for column in table.columns if column.name == name), Text(en=name, zh=name))
    return title_with_unit((given or own).say(language), _unit(name, table), language)


def _unit(name: str, table: Table) -> Unit:
    return next((column.unit for column in table.columns if column.name == name), Unit.RATIO)


def _said(value: Value | Text, language: Language) -> str:
    return value.say(language) if isinstance(value, Text) else show(value, Unit.TEXT, language)


def _number(value: Value | Text) -> float | None:
    return float(value) if isinstance(value, Decimal | float | int) else None
