"""A grid of two axes as a picture: a field a pair of bands, and a circle as large as the customers in it."""

from __future__ import annotations

import bisect
from decimal import Decimal

from worthbook.kernel.language import LANGUAGES, Language, Text
from worthbook.kernel.result import Chart, Table
from worthbook.kernel.units import Unit, Value, show
from worthbook.reporting.axis import steps_of
from worthbook.reporting.guides import WIDTH, Channels, Row
from worthbook.reporting.marks import Marks, band_titles
from worthbook.reporting.words import WORDS

FIELD_HEIGHT = 116
"""Room for a name, the largest circle and a line of numbers."""
VALUE_SHARE: dict[Language, str] = {language: WORDS["value_share"].say(language) for language in LANGUAGES}
_BETWEEN: dict[Language, str] = {"en": ", ", "zh": "，"}


def matrix(chart: Chart, table: Table, language: Language, currency: str) -> Marks:
    """What the template `matrix` is filled with.

    Args:
        chart: `x` and the first of `y` are the bands; then customers and value; `colour` names the groups.
        table: a row a field, the lowest bands first.
        language: of the words.
        currency: of amounts.
    """
    up, customers, value = chart.y
    group = chart.colour or chart.x
    unit = table.unit(value)
    cells = zip(*(table.column(name) for name in (chart.x, up, group, customers, value)), strict=True)
    fields = [(_said(x), _said(y), _said(name), _number(count), amount) for x, y, name, count, amount in cells]
    whole = sum(max(_number(amount), 0.0) for *_, amount in fields)
    shares = [max(_number(amount), 0.0) / whole if whole else 0.0 for *_, amount in fields]
    steps = steps_of(shares) if whole else []
    bands = band_titles(steps, Unit.SHARE, language, currency)
    rows: list[Row] = []
    for (x, y, name, count, amount), part in zip(fields, shares, strict=True):
        said = [show(count, Unit.COUNT, language)]
        said += [show(amount, unit, language, currency)] if isinstance(amount, Decimal | float | int) else []
        rows.append(
            {
                "x": x[language], "y": y[language], "label": name[language], "customers": count,
                "said": _BETWEEN[language].join(said), "band": bands[bisect.bisect_right(steps, part)],
            }
        )  # fmt: skip
    across, rising = (list(dict.fromkeys(row[axis] for row in rows)) for axis in ("x", "y"))
    channels: Channels = {
        "color": {"scale": {"domain": bands}, "legend": {"columns": len(bands), "title": VALUE_SHARE[language]}},
        "x": {"scale": {"domain": across}, "sort": None, "axis": {"title": _title(table, chart.x, language)}},
        "y": {"scale": {"domain": rising[::-1]}, "sort": None, "axis": {"title": None}},
    }
    size = {"width": WIDTH - 40, "height": FIELD_HEIGHT * len(rising)}
    return Marks("matrix", rows, channels, [], _title(table, up, language), size)


def _title(table: Table, name: str, language: Language) -> str:
    return next(column.title.say(language) for column in table.columns if column.name == name)


def _said(value: Value | Text) -> dict[Language, str]:
    text = value if isinstance(value, Text) else Text(en=str(value or ""), zh=str(value or ""))
    return {"en": text.en, "zh": text.zh}


def _number(value: Value | Text) -> float:
    return float(value) if isinstance(value, Decimal | float | int) else 0.0
