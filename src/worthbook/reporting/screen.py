"""Sentences and small tables on a terminal: what commands print that answer one question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from worthbook.kernel.language import Language, Text
from worthbook.kernel.result import Finding, Table
from worthbook.kernel.units import Unit, Value, show
from worthbook.reporting.terminal import MARKS, WIDEST, plain, styled, wrapped

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as Grid

_NUMBERS = {Unit.RATIO: "{:.3f}", Unit.SCORE: "{:,.1f}"}
"""Statistics are compared digit by digit, so that all of a column have the same places."""


def print_screen(  # noqa: PLR0913 - what is said, shown, and how
    title: Text,
    findings: Sequence[Finding],
    tables: Sequence[Table],
    language: Language,
    *,
    currency: str = "",
    notes: Sequence[Text] = (),
    console: Console | None = None,
) -> None:
    """Print a title, sentences with a mark for their tone, tables, and notes in small print.

    Args:
        title: in bold.
        findings: first things first.
        tables: each under its own title.
        language: of the words.
        currency: of the amounts.
        notes: at the end.
        console: where to; by default standard output.
    """
    from rich.console import Console as Terminal  # noqa: PLC0415 - only where something is printed

    terminal = console if console is not None else Terminal(highlight=False)
    width = min(terminal.width, WIDEST)
    terminal.print(styled(title.say(language), "bold"), no_wrap=True, overflow="ellipsis")
    terminal.print()
    for finding in findings:
        mark, style = MARKS[finding.tone]
        first, *others = wrapped(plain(finding.text.say(language)), width - 2) or [""]
        begin = styled(f"{mark} ", style)
        begin.append(first, style="not bold not dim default")
        for line in (begin, *(styled(f"  {other}", "") for other in others)):
            terminal.print(line, no_wrap=True, overflow="ellipsis")
    for table in tables:
        terminal.print()
        terminal.print(styled(table.title.say(language), "bold"))
        terminal.print(_grid(table, language, currency))
    if notes:
        terminal.print()
    for note in notes:
        for text in wrapped(plain(note.say(language)), width):
            terminal.print(styled(text, "dim"), no_wrap=True, overflow="ellipsis")


def _grid(table: Table, language: Language, currency: str) -> Grid:
    from rich.table import Table as Made  # noqa: PLC0415 - only where something is printed

    grid = Made(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for column in table.columns:
        is_number = column.unit.is_numeric
        grid.add_column(column.title.say(language), justify="right" if is_number else "left", no_wrap=is_number)
    for row in table.rows:
        cells = zip(row, table.columns, strict=True)
        grid.add_row(*(plain(_cell(value, column.unit, language, currency)) for value, column in cells))
    return grid


def _cell(value: Value | Text, unit: Unit, language: Language, currency: str) -> str:
    if isinstance(value, Text):
        return value.say(language)
    if unit in _NUMBERS and isinstance(value, int | float):
        return _NUMBERS[unit].format(value).replace("-", "−")
    return show(value, unit, language, currency)
