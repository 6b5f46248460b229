"""What helps to read a chart beside its axes: the key of its series, and straight lines to compare with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from worthbook.reporting.axis import text_width

Row = dict[str, Any]
Channels = dict[str, dict[str, Any] | None]
"""Settings by channel of the drawing; None takes a channel out."""

WIDTH = 460.0
"""Of the plotting area in the templates."""

_SYMBOL = 44.0
_SERIES = ("color", "strokeDash", "xOffset", "yOffset", "shape")
_TOLD_APART_BY: Mapping[str, tuple[str, ...]] = {
    "line": ("color", "strokeDash"),
    "bar": ("color", "xOffset"),
    "bar_across": ("color", "yOffset"),
    "scatter": ("color", "shape"),
}
"""Lines and points differ in more than colour, for those who do not see it."""

_LOOK = {"strokeDash": [3, 3], "color": "var(--ink-soft)", "strokeWidth": 1}


def legend(names: Sequence[str], template: str) -> Channels:
    """How series are told apart; a single one needs no key.

    Args:
        names: of the series, in order.
        template: what is drawn.
    """
    channels: Channels = dict.fromkeys(_SERIES)
    if len(names) < 2:  # noqa: PLR2004 - a single series
        return channels
    columns = max(1, min(len(names), int(WIDTH / (max(map(text_width, names)) + _SYMBOL))))
    for channel in _TOLD_APART_BY.get(template, ("color",)):
        key = {} if channel.endswith("Offset") else {"legend": {"columns": columns}}
        channels[channel] = {
            "field": "series",
            "type": "nominal",
            "sort": None,
            "scale": {"domain": list(names)},
            **key,
        }
    return channels


def reference_lines(reference: Mapping[str, float], rows: Sequence[Row], *, across: bool) -> list[dict[str, Any]]:
    """Layers that draw a chart's reference lines.

    Args:
        reference: by meaning: `diagonal` is a slope from zero, `x` and `y` are positions.
        rows: what is drawn; the diagonal goes as far as they do.
        across: whether values lie on the horizontal axis.
    """
    none = dict.fromkeys(("x", "y", *_SERIES))
    lines: list[dict[str, Any]] = []
    for meaning, value in reference.items():
        if meaning == "diagonal":
            end = max((row["x"] for row in rows if isinstance(row["x"], float)), default=1.0)
            points = [{"x": 0.0, "y": 0.0}, {"x": end, "y": end * value}]
            where = {axis: {"field": axis, "type": "quantitative"} for axis in ("x", "y")}
            mark = {"type": "line", **_LOOK}
        else:
            axis = {"x": "y", "y": "x"}[meaning] if across else meaning
            points = [{"at": value}]
            where = {axis: {"field": "at", "type": "quantitative"}}
            mark = {"type": "rule", **_LOOK}
        lines.append({"data": {"values": points}, "mark": mark, "encoding": {**none, **where}})
    return lines
