"""A waterfall: a first level, what was added and taken away step by step, and the level to which that leads."""

from __future__ import annotations

from decimal import Decimal

from worthbook.kernel.language import Language, Text
from worthbook.kernel.result import Chart, Table
from worthbook.kernel.units import Unit, Value, show
from worthbook.reporting.axis import label_expression
from worthbook.reporting.guides import Channels, Row
from worthbook.reporting.marks import Marks

LEVEL, RISE, FALL = "level", "rise", "fall"
_ROOM = 0.22
"""For labels to the right of the longest bar, of the whole length."""
_TICKS = 5


def waterfall(chart: Chart, table: Table, language: Language, currency: str) -> Marks:
    """What the template `waterfall` is filled with.

    Args:
        chart: `x` names the steps, the one column of `y` holds them; the first and the last row are levels.
        table: a row a step.
        language: of the words.
        currency: of amounts.
    """
    name = chart.y[0]
    unit = table.unit(name)
    rows: list[Row] = []
    reached, last = 0.0, len(table.rows) - 1
    for place, (step, value) in enumerate(zip(table.column(chart.x), table.column(name), strict=True)):
        size = _number(value)
        is_level = place in {0, last}
        start = 0.0 if is_level else reached
        reached = start + size
        kind = LEVEL if is_level else RISE if size >= 0 else FALL
        rows.append(
            {
                "x": _said(step, language), "from": start, "to": reached, "kind": kind, "edge": max(start, reached),
                "label": _label(value, unit, language, currency, is_level=is_level), "order": place,
            }
        )  # fmt: skip
    ends = [end for row in rows for end in (row["from"], row["to"])] or [0.0]
    low, high = min(0.0, *ends), max(0.0, *ends)
    room = (high - low) * _ROOM or 1.0
    largest = max(abs(low), abs(high))
    channels: Channels = {
        "x": {
            "scale": {"domain": [low, high + room], "nice": False},
            "axis": {
                "title": chart.y_title.say(language) if chart.y_title else _title(table, name, language),
                "labelExpr": label_expression(unit, largest, language, currency), "tickCount": _TICKS,
            },
        },
        "y": {"axis": {"title": None}},
    }  # fmt: skip
    return Marks("waterfall", rows, channels)


def _label(value: Value | Text, unit: Unit, language: Language, currency: str, *, is_level: bool) -> str:
    """What a bar says: changes with their sign."""
    if isinstance(value, Text):
        return value.say(language)
    said = show(value, unit, language, currency)
    return said if is_level or _number(value) <= 0 else f"+{said}"


def _title(table: Table, name: str, language: Language) -> str:
    return next(column.title.say(language) for column in table.columns if column.name == name)


def _said(value: Value | Text, language: Language) -> str:
    return value.say(language) if isinstance(value, Text) else show(value, Unit.TEXT, language)


def _number(value: Value | Text) -> float:
    return float(value) if isinstance(value, Decimal | float | int) else 0.0
