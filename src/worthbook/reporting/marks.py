"""What a chart's template is filled with: plain rows, titles, tick labels, series, reference lines."""

from __future__ import annotations

import bisect
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from worthbook.kernel.language import Language, Text
from worthbook.kernel.result import Chart, Table
from worthbook.kernel.units import Unit, Value, show
from worthbook.reporting.axis import (
    PER_CENT,
    SPELT,
    fit,
    is_sequence,
    label_expression,
    steps_of,
    text_width,
    title_with_unit,
)
from worthbook.reporting.guides import WIDTH, Channels, Row, legend, reference_lines

_ROOM_FOR_LABELS = 1.45
_TICKS = 5
_LOW_HIGH = 3
_SLANT = -40
"""Degrees by which names are turned that have no room side by side."""


@dataclass(frozen=True)
class Marks:
    """A filled-in form for one template."""

    template: str
    rows: list[Row]
    channels: Channels
    """Settings by channel; None takes a channel out."""
    references: list[dict[str, Any]] = field(default_factory=list)
    title: str = ""
    """Stands above the vertical axis, unturned."""
    size: Mapping[str, float] = field(default_factory=dict)
    """Width and height, where they are not the template's."""


def marks(chart: Chart, table: Table, language: Language, currency: str) -> Marks:
    """Everything that depends on the data and the language."""
    drawing = _Drawing(chart, table, language, currency)
    if chart.kind == "heatmap":
        return drawing.heatmap()
    if chart.kind == "interval":
        return drawing.interval()
    if chart.kind == "pyramid":
        return drawing.pyramid()
    return drawing.series()


@dataclass(frozen=True)
class _Drawing:
    chart: Chart
    table: Table
    language: Language
    currency: str

    # --- the kinds -----------------------------------------------------------------------------------------------

    def series(self) -> Marks:
        """Lines, areas, bars and points: rows of x, y and series."""
        rows, names = self._series_rows()
        values = [row["y"] for row in rows]
        kind = self.chart.kind
        places = list(dict.fromkeys(str(row["x"]) for row in rows))
        across = kind == "bar" and not self._x_is_number and not is_sequence(places) and _too_wide(places)
        template = "bar_across" if across else kind
        value_axis, place_axis = ("x", "y") if across else ("y", "x")
        channels: Channels = {
            value_axis: {"axis": self._value_axis(values, self._y_title if across else None)},
            place_axis: {"sort": None, "axis": {"title": None}} if across else self._place(rows, places),
            **legend(names, template),
        }
        lines = reference_lines(self.chart.reference, rows, across=across)
        return Marks(template, rows, channels, lines, "" if across else self._y_title)

    def heatmap(self) -> Marks:
        """Fields coloured in steps; the legend says from where to where each step goes."""
        chart = self.chart
        colour = chart.colour or chart.y[-1]
        columns = [self._cells(name) for name in (chart.x, chart.y[0], colour)]
        cells = [(self._said(x), self._said(y), _number(value)) for x, y, value in zip(*columns, strict=True)]
        known = [(x, y, value) for x, y, value in cells if value is not None]
        steps = steps_of([value for _, _, value in known])
        bands = band_titles(steps, self.table.unit(colour), self.language, self.currency)
        rows = [{"x": x, "y": y, "band": bands[bisect.bisect_right(steps, value)]} for x, y, value in known]
        seen = {x for x, _, _ in known}
        places = [x for x in dict.fromkeys(x for x, _, _ in cells) if x in seen]
        channels: Channels = {
            "x": {
                "scale": {"domain": places},
                "sort": None,
                "axis": {"title": self._x_title, **_named_places(places)},
            },
            "y": {"axis": {"title": None}},
            "color": {"scale": {"domain": bands}, "legend": {"columns": len(bands)}},
        }
        return Marks("heatmap", rows, channels, [], self._y_title)

    def interval(self) -> Marks:
        """An estimate with its lower and upper end; what is known has no ends."""
        chart = self.chart
        names = (chart.x, *chart.y[:_LOW_HIGH])
        unit = self.table.unit(chart.y[0])
        rows = [self._interval_row(cells, unit) for cells in zip(*map(self._cells, names), strict=True)]
        ends = [row["end"] for row in rows]
        channels: Channels = {
            "x": {"axis": self._value_axis(ends, self._y_title)},
            "y": {"axis": {"title": None}},
        }
        return Marks("interval", rows, channels, reference_lines(self.chart.reference, rows, across=True))

    def pyramid(self) -> Marks:
        """Layers, the first row on top: one column around the middle, or two columns back to back."""
        sides = [(name, self._column_title(name)) for name in self.chart.y]
        units = {self.table.unit(name) for name, _ in sides}
        rows: list[Row] = []
        for place, (name, title) in enumerate(sides):
            sizes = [_number(value) for value in self._cells(name)]
            scale = 1.0 if len(units) == 1 else 1 / (max((abs(size or 0) for size in sizes), default=1) or 1)
            for x, value, size in zip(self._cells(self.chart.x), self._cells(name), sizes, strict=True):
                length = max(size or 0.0, 0.0) * scale
                start, end = (-length / 2, length / 2) if len(sides) == 1 else (0.0, length if place else -length)
                label = show(_plain(value), self.table.unit(name), self.language, self.currency)
                side = 1 if len(sides) == 1 or place else -1
                rows.append(
                    {
                        "x": self._said(x),
                        "from": start,
                        "to": end,
                        "edge": end,
                        "side": side,
                        "label": label,
                        "series": title,
                    }
                )
        names = [title for _, title in sides]
        reach = max((abs(row["edge"]) for row in rows), default=0.0) * _ROOM_FOR_LABELS or 1.0
        channels: Channels = {
            "y": {"axis": {"title": None}},
            "x": {"type": "quantitative", "axis": None, "scale": {"domain": [-reach, reach]}},
        }
        return Marks("pyramid", rows, {**channels, **legend(names, "pyramid")})

    # --- rows ----------------------------------------------------------------------------------------------------

    def _series_rows(self) -> tuple[list[Row], list[str]]:
        chart = self.chart
        known = {column.name for column in self.table.columns}
        places = [self._place_value(value) for value in self._cells(chart.x)]
        if chart.colour is not None:
            kinds = [self._said(value) for value in self._cells(chart.colour)]
            values = self._cells(chart.y[0])
            rows = [{"x": x, "y": _number(y), "series": kind} for x, y, kind in zip(places, values, kinds, strict=True)]
            return rows, list(dict.fromkeys(kinds))
        names = [name for name in chart.y if name in known]
        rows = [
            {"x": x, "y": _number(y), "series": self._column_title(name)}
            for name in names
            for x, y in zip(places, self._cells(name), strict=True)
        ]
        return rows, [self._column_title(name) for name in names]

    def _interval_row(self, cells: Sequence[Value | Text], unit: Unit) -> Row:
        name, *ends = cells
        estimate, low, high = (*map(_number, ends), None, None)[:_LOW_HIGH]

        def said(value: float | None) -> str:
            return show(value, unit, self.language, self.currency)

        span = "" if low is None or high is None else f"{said(low)} – {said(high)}"
        end = max((value for value in (estimate, high) if value is not None), default=0.0)
        return {
            "x": self._said(name), "y": estimate, "low": low, "high": high,
            "label": said(estimate), "span": span, "end": max(end, 0.0),
        }  # fmt: skip

    def _cells(self, name: str) -> tuple[Value | Text, ...]:
        return self.table.column(name)

    def _said(self, value: Value | Text) -> str:
        return value.say(self.language) if isinstance(value, Text) else show(value, Unit.TEXT, self.language)

    def _place_value(self, value: Value | Text) -> str | float | None:
        if isinstance(value, dt.datetime):
            return value.isoformat()
        if isinstance(value, dt.date):
            return f"{value.isoformat()}T00:00:00"  # with a time, or it would be read as midnight in Greenwich
        return _number(value) if self._x_is_number else self._said(value)

    # --- axes ----------------------------------------------------------------------------------------------------

    @property
    def _x_unit(self) -> Unit:
        return self.table.unit(self.chart.x)

    @property
    def _x_is_number(self) -> bool:
        return self._x_unit.is_numeric and self.chart.kind in {"line", "area", "scatter"}

    @property
    def _x_title(self) -> str:
        title = self.chart.x_title.say(self.language) if self.chart.x_title else self._column_title(self.chart.x)
        return title_with_unit(title, self._x_unit, self.language)

    @property
    def _y_title(self) -> str:
        chart = self.chart
        if chart.y_title is None and len(chart.y) > 1 and chart.kind != "interval":
            return self._unit_title  # the key names the series; the title of one of them would mislead
        title = chart.y_title.say(self.language) if chart.y_title else self._column_title(chart.y[0])
        return title_with_unit(title, self._y_unit, self.language)

    @property
    def _unit_title(self) -> str:
        return self._y_unit.title.say(self.language) if self._y_unit in SPELT else ""

    @property
    def _y_unit(self) -> Unit:
        known = {column.name for column in self.table.columns}
        return self.table.unit(next(name for name in self.chart.y if name in known))

    def _column_title(self, name: str) -> str:
        return next((each.title.say(self.language) for each in self.table.columns if each.name == name), name)

    def _value_axis(self, values: Sequence[float | None], title: str | None) -> dict[str, Any]:
        largest = max((abs(value) for value in values if value is not None), default=0.0)
        expression = label_expression(self._y_unit, largest, self.language, self.currency)
        fewest = {"tickMinStep": 1} if self._y_unit is Unit.COUNT else {}
        return {"title": title, "labelExpr": expression, "tickCount": _TICKS, **fewest}

    def _place(self, rows: Sequence[Row], labels: Sequence[str]) -> dict[str, Any]:
        """The horizontal axis: numbers, dates or names."""
        axis: dict[str, Any] = {"title": self._x_title, "labelAngle": 0}
        if self._x_is_number:
            largest = max((abs(row["x"]) for row in rows if row["x"] is not None), default=0.0)
            axis |= {"labelExpr": label_expression(self._x_unit, largest, self.language, self.currency)}
            axis |= {"tickCount": _TICKS, **({"tickMinStep": 1} if self._x_unit is Unit.COUNT else {})}
            return {
                "type": "quantitative",
                "axis": axis,
                "scale": {"zero": False, "nice": self.chart.kind == "scatter"},
            }
        if self._x_unit.storage in {"date", "time"} and self.chart.kind != "bar":
            return {"type": "temporal", "axis": {**axis, "format": "%Y-%m", "tickCount": _TICKS}}
        return {
            "type": "ordinal",
            "sort": None,
            "scale": {"domain": list(labels)},
            "axis": {**axis, "values": fit(labels, WIDTH)},
        }


def band_titles(steps: Sequence[float], unit: Unit, language: Language, currency: str) -> list[str]:
    """`< 5 %`, `5 %`, `10 %`: the first says below what, the others from where on."""
    said = [_step(step, unit, language, currency) for step in steps]
    return [f"< {said[0]}", *(f"≥ {each}" for each in said)] if said else ["–"]


def _number(value: Value | Text) -> float | None:
    return float(value) if isinstance(value, Decimal | float | int) else None


def _plain(value: Value | Text) -> Value:
    return None if isinstance(value, Text) else value


def _named_places(places: Sequence[str]) -> dict[str, Any]:
    """The labels of the columns of a heat map: names slant where they have no room, what counts up may be left out."""
    if is_sequence(places) or not _too_wide(places):
        return {"values": fit(places, WIDTH), "labelAngle": 0}
    return {"values": list(places), "labelAngle": _SLANT, "labelAlign": "right"}


def _too_wide(labels: Sequence[str]) -> bool:
    return max(map(text_width, labels), default=0.0) * len(labels) * 1.15 > WIDTH


def _step(step: float, unit: Unit, language: Language, currency: str) -> str:
    """A round number: `5 %`, where a measured share would be `5.0 %`."""
    if unit not in PER_CENT:
        return show(step, unit, language, currency)
    sign = "%" if language == "zh" else "\u00a0%"
    return f"{step * 100:.4g}{sign}"
