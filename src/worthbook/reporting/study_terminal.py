"""A single study as terminal text: what was found, the tables, and what to bear in mind."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from worthbook.kernel.language import Language, Text
from worthbook.kernel.result import Finding, Study, Table
from worthbook.kernel.units import Unit, Value, show, show_exactly
from worthbook.reporting.screen import Screen
from worthbook.reporting.terminal import plain

if TYPE_CHECKING:
    from rich.console import Console

_MOST_ROWS = 40
_OUTLINED = 9
"""Columns of a map with ellipses, whose table holds half-axes and angles: for drawing, not for reading."""
_NOTES = Text(en="Noticed while reading", zh="读取时发现")
_CAVEATS = Text(en="Bear in mind", zh="注意")
_WRITTEN = Text(en="Written: {file}", zh="已写入：{file}")


def print_study(  # noqa: PLR0913 - what was found, and how it is said
    study: Study,
    language: Language,
    notes: Sequence[Finding] = (),
    written: Sequence[Path] = (),
    console: Console | None = None,
    *,
    currency: str = "",
    without: Collection[str] = (),
    more: Sequence[Table] = (),
    exactly: Collection[str] = (),
) -> None:
    """Print a study.

    Args:
        study: what was found.
        language: of every word.
        notes: what was noticed while the data were read.
        written: files that hold more.
        console: where to; by default standard output.
        currency: of the amounts.
        without: tables that are there to be drawn.
        more: tables that stand beside the study, shown after its own.
        exactly: tables whose amounts are written to the cent, so that they add up before the reader's eyes.
    """

    def say(cell: Value | Text, unit: Unit) -> str:
        return cell.say(language) if isinstance(cell, Text) else show(cell, unit, language, currency)

    def say_exactly(cell: Value | Text, unit: Unit) -> str:
        return cell.say(language) if isinstance(cell, Text) else show_exactly(cell, unit, language, currency)

    screen = Screen.of(language, console)
    screen.heading(study.title)
    screen.blank()
    screen.sentences(study.findings)
    drawn = {*without, *(chart.table for chart in study.charts if len(chart.y) == _OUTLINED)}
    for table in (*(table for table in study.tables if table.name not in drawn), *more):
        screen.table(table, say_exactly if table.name in exactly else say, _MOST_ROWS)
    for title, findings in ((_NOTES, notes), (_CAVEATS, [Finding(caveat) for caveat in study.caveats])):
        if findings:
            screen.blank()
            screen.heading(title)
            screen.sentences(findings)
    for file in written:
        screen.blank()
        screen.terminal.print(plain(_WRITTEN.format(file=file).say(language)), markup=False)
