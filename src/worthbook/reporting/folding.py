"""Intervals folded into the number they belong to, so that a table fits a screen: `7.6 (7.4 to 7.8)` in one column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from worthbook.kernel.language import Language, Text
from worthbook.kernel.result import Table
from worthbook.kernel.units import UNKNOWN, Unit, Value

Show = Callable[[Value | Text, Unit], str]

_LOW, _HIGH = "_low", "_high"
_BETWEEN = Text(en="{value} ({low} to {high})", zh="{value}（{low}至{high}）")


@dataclass(frozen=True)
class Folded:
    """A table as it is written on a screen."""

    titles: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]


def folded(table: Table, language: Language, show: Show, rows: Sequence[Sequence[Value | Text]]) -> Folded:
    """Write some rows of a table; `x`, `x_low` and `x_high` become one column.

    Args:
        table: whose columns these are.
        language: of titles and intervals.
        show: how a value in a unit is written.
        rows: those to be written.
    """
    place = {column.name: index for index, column in enumerate(table.columns)}
    ends = {
        name: (place[name + _LOW], place[name + _HIGH]) for name in place if {name + _LOW, name + _HIGH} <= set(place)
    }
    hidden = {end for pair in ends.values() for end in pair}
    shown = [(index, column) for index, column in enumerate(table.columns) if index not in hidden]

    def cell(row: Sequence[Value | Text], index: int, unit: Unit, name: str) -> str:
        said = show(row[index], unit)
        if name not in ends or said == UNKNOWN:
            return said
        low, high = (row[end] for end in ends[name])
        if low is None or high is None:
            return said
        return _BETWEEN.say(language).format(value=said, low=show(low, unit), high=show(high, unit))

    return Folded(
        titles=tuple(column.title.say(language) for _, column in shown),
        numeric=tuple(column.unit.is_numeric for _, column in shown),
        rows=tuple(tuple(cell(row, index, column.unit, column.name) for index, column in shown) for row in rows),
    )
