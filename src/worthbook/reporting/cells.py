"""Cells of a workbook: how a value in each unit is written and shown, chosen once per column."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING, Any

from worthbook.kernel.units import Unit

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Put = Callable[[int, Any], object]
"""Writes a known value into a row of the one column it was made for."""

_AMOUNT, _COUNT, _NUMBER, _PER_CENT, _RATIO = "#,##0.00", "#,##0", "#,##0.0", "0.0%", "0.00"
_SHOWN: Mapping[Unit, str] = {
    Unit.MONEY: _AMOUNT,
    Unit.COUNT: _COUNT,
    Unit.QUANTITY: _NUMBER,
    Unit.DAYS: _NUMBER,
    Unit.WEEKS: _NUMBER,
    Unit.MONTHS: _NUMBER,
    Unit.SHARE: _PER_CENT,
    Unit.RATE: _PER_CENT,
    Unit.PROBABILITY: _PER_CENT,
    Unit.RATIO: _RATIO,
    Unit.SCORE: _RATIO,
    Unit.DATE: "yyyy-mm-dd",
    Unit.TIME: "yyyy-mm-dd hh:mm",
    Unit.ID: "@",
}
"""The number format of each unit; the others are shown as they are."""

_FIRST_DAY = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - a workbook knows no time zones
_FIRST_ORDINAL = _FIRST_DAY.toordinal()
_FIRST_SAFE = dt.date(1900, 3, 1).toordinal()
"""Excel counts days from here without error; it believes that 1900 was a leap year, and knows no day before it."""
_RICH = ("<r>", "</r>")
_UNWRITABLE = {0xFFFE: None, 0xFFFF: None}


@dataclass(frozen=True)
class Styles:
    """The formats of one workbook."""

    title: Format
    header: Format
    strong: Format
    wrapped: Format
    note: Format
    units: Mapping[Unit, Format] = field(default_factory=dict)

    @classmethod
    def of(cls, book: Workbook) -> Styles:
        """Add the formats to a workbook."""
        top = {"valign": "top"}
        header = {"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#E8EDF2", "bottom": 1}
        return cls(
            title=book.add_format({"bold": True, "font_size": 14}),
            header=book.add_format(header),
            strong=book.add_format({"bold": True, **top}),
            wrapped=book.add_format({"text_wrap": True, **top}),
            note=book.add_format({"font_color": "#666666", **top}),
            units={unit: book.add_format({"num_format": shown, **top}) for unit, shown in _SHOWN.items()},
        )


def put_for(sheet: Worksheet, column: int, unit: Unit, styles: Styles, labels: Mapping[str, str] | None = None) -> Put:
    """What writes the values of one column; a text is never taken for a formula, a link or a number.

    Args:
        sheet: where to.
        column: counted from 0.
        unit: decides type and format.
        styles: the formats of the workbook.
        labels: for keys of bands, cells or tiers, their titles.
    """
    style = styles.units.get(unit)
    if unit.is_numeric:
        return _numbers(sheet, column, style)
    if unit in {Unit.DATE, Unit.TIME}:
        return _days(sheet, column, style)
    if unit is Unit.FLAG:
        return lambda row, value: sheet.write_boolean(row, column, value)
    if unit is Unit.LABEL:
        titles = {key: safe(title) for key, title in (labels or {}).items()}
        return lambda row, value: sheet.write_string(row, column, titles.get(value) or safe(value))
    return lambda row, value: sheet.write_string(row, column, safe(value), style)


def _numbers(sheet: Worksheet, column: int, style: Format | None) -> Put:
    write = sheet.write_number

    def put(row: int, value: Decimal | float) -> None:
        if isfinite(value):
            write(row, column, value, style)

    return put


def _days(sheet: Worksheet, column: int, style: Format | None) -> Put:
    def put(row: int, value: dt.date) -> None:
        if value.toordinal() < _FIRST_SAFE:
            sheet.write_string(row, column, str(value))
        elif isinstance(value, dt.datetime):
            passed = value.replace(tzinfo=None) - _FIRST_DAY
            sheet.write_number(row, column, passed / dt.timedelta(days=1), style)
        else:
            sheet.write_number(row, column, value.toordinal() - _FIRST_ORDINAL, style)

    return put


def safe(text: str) -> str:
    """A text as it can stand in the file: xlsxwriter takes `<r>…</r>` for its own markup, and XML knows no U+FFFF."""
    text = text.translate(_UNWRITABLE) if "\ufffe" in text or "\uffff" in text else text
    return f" {text}" if text.startswith(_RICH[0]) and text.endswith(_RICH[1]) else text
