"""Frameworks that were asked for by name, on a terminal: who is where, and what follows for each group."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from worthbook.kernel.evaluation import Evaluation
from worthbook.kernel.language import Language, Text
from worthbook.reporting.terminal import WIDEST, below_cells, cells_table, styled, wrapped, written_to
from worthbook.reporting.words import WORDS
from worthbook.reporting.writer import Writer

if TYPE_CHECKING:
    from rich.console import Console

_TITLE = Text(en="{title}: {customers} customers as of {as_of}", zh="{title}：{customers} 位客户，评估日 {as_of}")


def print_frameworks(
    evaluation: Evaluation,
    names: Sequence[str],
    language: Language,
    written: Sequence[Path],
    console: Console | None = None,
) -> None:
    """Print a table for each framework asked for, or what it waits for, and where the files are.

    Args:
        evaluation: what was found.
        names: the frameworks, in order.
        language: of the words.
        written: the files that hold the rest.
        console: where to; by default standard output.
    """
    from rich.console import Console as Terminal  # noqa: PLC0415 - only where something is printed

    terminal = console if console is not None else Terminal(highlight=False)
    width = min(terminal.width, WIDEST)
    mark = "#" if terminal.options.ascii_only else "█"
    placed = {framework.name: framework for framework in evaluation.frameworks}
    waiting = {each.name: each for each in evaluation.waiting}
    customers = f"{evaluation.customers:,}"
    title = _TITLE.format(title=evaluation.title, customers=customers, as_of=evaluation.as_of)
    terminal.print(styled(title.say(language), "bold"))
    for name in dict.fromkeys(names):
        terminal.print()
        if name in placed:
            terminal.print(cells_table(placed[name], language, evaluation.currency, width, mark))
            for line in below_cells(placed[name], language):
                terminal.print(line)
        else:
            terminal.print(styled(waiting[name].title.say(language), "bold"))
            needs = Writer(language, evaluation.currency).listed(waiting[name].needs)
            for each in wrapped(WORDS["waits_for"].say(language).format(needs=needs), width):
                terminal.print(styled(each))
    terminal.print()
    for line in written_to(written, language, width):
        terminal.print(line)
