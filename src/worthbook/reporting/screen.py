"""Sentences and small tables on a terminal: what commands print that answer one question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from worthbook.kernel.language import Language, Text
from worthbook.kernel.result import Finding, Table
from worthbook.kernel.units import Unit, Value, show
from worthbook.reporting.folding import Show, folded
from worthbook.reporting.terminal import WIDEST, lines_of, plain, styled, wrapped

if TYPE_CHECKING:
    from rich.console import Console

_LEAST = 0.0005
"""Ratios nearer to nothing are told by a limit, as three decimals would show nothing of them."""
_WHOLE_FROM = 10_000
"""Scores of this size are written without decimals."""

_GAP = 2
"""Blanks between columns."""
_SHORT = 12
"""Where a table is wider than the terminal, words are broken into lines; figures up to this length are not."""
_MORE = Text(en="… and {count} more rows", zh="……另有 {count} 行")


@dataclass(frozen=True)
class Screen:
    """Where something is printed, in one language."""

    terminal: Console
    language: Language

    @classmethod
    def of(cls, language: Language, console: Console | None = None) -> Screen:
        """A screen on a console; by default standard output."""
        from rich.console import Console as Terminal  # noqa: PLC0415 - only where something is printed

        return cls(console if console is not None else Terminal(highlight=False), language)

    @property
    def width(self) -> int:
        """Columns of the terminal that sentences fill at most."""
        return min(self.terminal.width, WIDEST)

    def blank(self) -> None:
        """An empty line."""
        self.terminal.print()

    def heading(self, title: Text) -> None:
        """A title in bold."""
        self.terminal.print(styled(title.say(self.language), "bold"), no_wrap=True, overflow="ellipsis")

    def sentences(self, findings: Sequence[Finding]) -> None:
        """Sentences with a mark for their tone."""
        for finding in findings:
            for line in lines_of(finding, self.language, self.width):
                self.terminal.print(line, no_wrap=True, overflow="ellipsis")

    def small(self, note: Text) -> None:
        """A note in small print."""
        for text in wrapped(plain(note.say(self.language)), self.width):
            self.terminal.print(styled(text, "dim"), no_wrap=True, overflow="ellipsis")

    def table(self, table: Table, say: Show, most: int | None = None) -> None:
        """A table under its title, intervals folded into their numbers; at most so many rows."""
        from rich.cells import cell_len  # noqa: PLC0415 - only where something is printed
        from rich.table import Table as Grid  # noqa: PLC0415

        self.blank()
        self.heading(table.title)
        written = folded(table, self.language, say, table.rows[:most])
        widths = [max(map(cell_len, cells)) for cells in zip(written.titles, *written.rows, strict=True)]
        is_wide = sum(widths) + _GAP * len(widths) > self.terminal.width
        gap = _GAP - 1 if is_wide else _GAP
        grid = Grid(box=None, pad_edge=False, padding=(0, gap, 0, 0), header_style="dim")
        for index, (title, numeric) in enumerate(zip(written.titles, written.numeric, strict=True)):
            figures = numeric or not any(map(str.isalpha, "".join(row[index] for row in written.rows)))
            whole = figures and widths[index] <= _SHORT if is_wide else index == 0
            grid.add_column(plain(title), justify="right" if numeric else "left", overflow="fold", no_wrap=whole)
        for row in written.rows:
            grid.add_row(*(styled(cell) for cell in row))
        self.terminal.print(grid)
        if most is not None and len(table.rows) > most:
            self.small(_MORE.format(count=len(table.rows) - most))


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

    def say(cell: Value | Text, unit: Unit) -> str:
        if isinstance(cell, Text):
            return cell.say(language)
        if unit in {Unit.RATIO, Unit.SCORE} and isinstance(cell, int | float):
            return _statistic(cell, unit)
        return show(cell, unit, language, currency)

    screen = Screen.of(language, console)
    screen.heading(title)
    screen.blank()
    screen.sentences(findings)
    for table in tables:
        screen.table(table, say)
    if notes:
        screen.blank()
    for note in notes:
        screen.small(note)


def _statistic(value: float, unit: Unit) -> str:
    """Statistics are compared digit by digit, so that those of a column have the same places.

    >>> _statistic(-1.23456, Unit.RATIO), _statistic(2e-9, Unit.RATIO), _statistic(-114907.8, Unit.SCORE)
    ('−1.235', '< 0.001', '−114,908')
    """
    if unit is Unit.RATIO:
        if 0 < abs(value) < _LEAST:
            return "< 0.001" if value > 0 else "> −0.001"
        return f"{value:.3f}".replace("-", "−")
    return f"{value:,.{0 if abs(value) >= _WHOLE_FROM else 1}f}".replace("-", "−")
