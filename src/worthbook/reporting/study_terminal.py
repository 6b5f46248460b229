"""A single study as terminal text: what was found, the tables, and what to bear in mind."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from worthbook.kernel.language import Language, Text
from worthbook.kernel.result import Finding, Study, Table
from worthbook.kernel.units import Unit, show
from worthbook.reporting.folding import folded
from worthbook.reporting.terminal import wrapped

if TYPE_CHECKING:
    from rich.console import Console

_MARKS = {"good": ("+", "bold green"), "neutral": ("-", "dim"), "warning": ("!", "bold yellow")}
_WIDEST = 100
_MOST_ROWS = 40
_OUTLINED = 9
"""Columns of a map with ellipses, whose table holds half-axes and angles: for drawing, not for reading."""
_NOTES = Text(en="Noticed while reading", zh="读取时发现")
_CAVEATS = Text(en="Bear in mind", zh="注意")
_MORE = Text(en="… and {count} more rows", zh="……另有 {count} 行")
_WRITTEN = Text(en="Written: {file}", zh="已写入：{file}")


def print_study(
    study: Study,
    language: Language,
    notes: Sequence[Finding] = (),
    written: Sequence[Path] = (),
    console: Console | None = None,
) -> None:
    """Print a study.

    Args:
        study: what was found.
        language: of every word.
        notes: what was noticed while the data were read.
        written: files that hold more.
        console: where to; by default standard output.
    """
    from rich.console import Console as Terminal  # noqa: PLC0415 - only where something is printed
    from rich.markup import escape  # noqa: PLC0415

    terminal = console if console is not None else Terminal(highlight=False)
    width = min(terminal.width, _WIDEST)
    terminal.print(f"[bold]{escape(study.title.say(language))}[/bold]\n")
    _findings(terminal, study.findings, language, width)
    drawn = {chart.table for chart in study.charts if len(chart.y) == _OUTLINED}
    for table in (table for table in study.tables if table.name not in drawn):
        terminal.print(f"\n[bold]{escape(table.title.say(language))}[/bold]")
        terminal.print(_grid(table, language))
        if len(table.rows) > _MOST_ROWS:
            terminal.print(f"[dim]{_MORE.format(count=len(table.rows) - _MOST_ROWS).say(language)}[/dim]")
    if notes:
        terminal.print(f"\n[bold]{_NOTES.say(language)}[/bold]")
        _findings(terminal, notes, language, width)
    if study.caveats:
        terminal.print(f"\n[bold]{_CAVEATS.say(language)}[/bold]")
        _findings(terminal, [Finding(caveat) for caveat in study.caveats], language, width)
    for file in written:
        terminal.print(f"\n{escape(_WRITTEN.format(file=file).say(language))}")


def _findings(terminal: Console, findings: Sequence[Finding], language: Language, width: int) -> None:
    from rich.text import Text as Line  # noqa: PLC0415

    for finding in findings:
        mark, style = _MARKS[finding.tone]
        first, *others = wrapped(finding.text.say(language), width - 2) or [""]
        line = Line(f"{mark} ", style=style)
        line.append(first, style="not bold not dim default")
        terminal.print(line, no_wrap=True)
        for other in others:
            terminal.print(Line(f"  {other}"), no_wrap=True)


def _grid(table: Table, language: Language) -> object:
    from rich.table import Table as Grid  # noqa: PLC0415

    grid = Grid(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    written = folded(table, language, lambda cell, unit: _cell(cell, unit, language), table.rows[:_MOST_ROWS])
    for index, (title, numeric) in enumerate(zip(written.titles, written.numeric, strict=True)):
        if numeric:
            grid.add_column(title, justify="right", overflow="fold")
        else:
            grid.add_column(title, overflow="fold", no_wrap=index == 0)
    for row in written.rows:
        grid.add_row(*row)
    return grid


def _cell(cell: object, unit: Unit, language: Language) -> str:
    from rich.markup import escape  # noqa: PLC0415

    said = cell.say(language) if isinstance(cell, Text) else show(cell, unit, language)  # type: ignore[arg-type]
    return escape(said)
