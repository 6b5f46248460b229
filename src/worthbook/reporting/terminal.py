"""An evaluation on one terminal screen: the findings, who is in which tier, and where the rest is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from worthbook.kernel.evaluation import CellResult, Evaluation, FrameworkResult
from worthbook.kernel.language import Language, Text
from worthbook.kernel.result import Finding
from worthbook.kernel.units import Unit, show

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text as Line

_TITLE = Text(en="{title}: {customers} customers as of {as_of}", zh="{title}：{customers} 位客户，评估日 {as_of}")
_MORE_FINDINGS = Text(en="{count} more in the report.", zh="另有 {count} 条结论见报告。")
_CAUTION = Text(en="Note: {text}", zh="注意：{text}")
_MORE_CELLS = Text(en="{count} smaller groups are in the report.", zh="另有 {count} 个较小的群体见报告。")
_NOT_PLACED = Text(en="Not placed: {count:,} customers.", zh="未能归类：{count:,} 位客户。")
_WRITTEN = Text(en="Written to {folder}: {files}", zh="已写入 {folder}：{files}")
_CUSTOMERS = Text(en="customers", zh="客户数")
_SHARE = Text(en="share", zh="占比")

MARKS = {"good": ("+", "bold green"), "neutral": ("-", "dim"), "warning": ("!", "bold yellow")}
_HEIGHT = 23
"""Lines that may be printed: a terminal has 24, and the next prompt takes one."""
WIDEST = 100
_BARS = (4, 12)
"""How narrow and how wide a bar may be."""
_CELLS = 6
"""Groups of the headline framework that are shown at most: those of most value."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_PIECES = re.compile(r"\s+|[（“《]?(?:[^\s\u2e80-\uffef]+|[\u2e80-\uffef])[，。；：、）！？％》]*")
"""What stays on one line: a Latin word or a Chinese character, with the punctuation that belongs to it."""


def print_summary(
    evaluation: Evaluation, language: Language, written: Sequence[Path], console: Console | None = None
) -> None:
    """Print an evaluation so that it fits a terminal of 80 columns and 24 lines.

    Findings come first things first; those that have no room are counted, and stand in the report. A mark before each
    says its tone: `!` a warning, `+` good news, `-` neither.

    Args:
        evaluation: what was found.
        language: of the words.
        written: the files that hold the rest.
        console: where to; by default standard output.
    """
    from rich.console import Console as Terminal  # noqa: PLC0415 - only where something is printed

    terminal = console if console is not None else Terminal(highlight=False)
    width = min(terminal.width, WIDEST)
    mark = "#" if terminal.options.ascii_only else "█"
    table = cells_table(evaluation.headline, language, evaluation.currency, width, mark)
    below = [*below_cells(evaluation.headline, language), *written_to(written, language, width)]
    room = _HEIGHT - 4 - table.row_count - 1 - len(below)
    title = _TITLE.format(title=evaluation.title, customers=f"{evaluation.customers:,}", as_of=evaluation.as_of)
    above = [styled(title.say(language), "bold"), styled("")]
    above += _sentences(evaluation.findings, evaluation.cautions, language, width, room)
    for line in [*above, styled("")]:
        terminal.print(line, no_wrap=True, overflow="ellipsis")
    terminal.print(table)
    for line in [styled(""), *below]:
        terminal.print(line, no_wrap=True, overflow="ellipsis")


def wrapped(text: str, width: int) -> list[str]:
    """A text in lines of at most so many terminal columns, of which a Chinese character takes two.

    >>> wrapped("近12个月，共有 23 位客户。", 12)
    ['近12个月，共', '有 23 位客', '户。']
    """
    from rich.cells import cell_len, chop_cells  # noqa: PLC0415 - only where something is printed

    lines, line = [], ""
    for piece in _PIECES.findall(text):
        if cell_len(line) + cell_len(piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        *full, rest = chop_cells(piece, width) if cell_len(piece) > width else [piece]
        lines.extend(full)
        line += rest if line or rest.strip() else ""
    return [each for each in (*lines, line.rstrip()) if each]


def _sentences(
    findings: Sequence[Finding], cautions: Sequence[Finding], language: Language, width: int, room: int
) -> list[Line]:
    """As many findings as there is room for, the last one always; and a caution in the line that is left."""
    said = [lines_of(finding, language, width) for finding in findings]
    if sum(map(len, said)) <= room:
        lines = [line for sentence in said for line in sentence]
        if cautions and len(lines) < room:
            lines.append(styled(_CAUTION.format(text=cautions[0].text).say(language), "dim"))
        return lines
    *others, last = said
    lines, shown = [], 0
    for sentence in others:
        if len(lines) + len(sentence) + 1 + len(last) > room:
            break
        lines.extend(sentence)
        shown += 1
    more = _MORE_FINDINGS.format(count=len(others) - shown).say(language)
    return [*lines, styled(f"  {more}", "dim"), *last]


def lines_of(finding: Finding, language: Language, width: int) -> list[Line]:
    """A finding as lines of the terminal, after a mark for its tone."""
    mark, style = MARKS[finding.tone]
    first, *others = wrapped(plain(finding.text.say(language)), width - 2) or [""]
    begin = styled(f"{mark} ", style)
    begin.append(first, style="not bold not dim default")
    return [begin, *(styled(f"  {other}") for other in others)]


def cells_table(framework: FrameworkResult, language: Language, currency: str, width: int, mark: str) -> Table:
    """The groups of a framework with their customers and value, each with bars."""
    from rich.cells import cell_len  # noqa: PLC0415 - only where something is printed
    from rich.table import Table as Grid  # noqa: PLC0415

    cells = _shown(framework)
    value = framework.value_title.say(language)
    share = _SHARE.say(language)
    heads = (framework.title.say(language), _CUSTOMERS.say(language), share, value[:1].lower() + value[1:], share)
    rows = [_words(cell, framework.value_unit, language, currency) for cell in cells]
    widths = [max(map(cell_len, column)) for column in zip(heads, *rows, strict=True)]
    spare = width - sum(widths) - len(widths) - 1
    bar = min(max(spare // 2, _BARS[0]), _BARS[1])
    grid = Grid(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="dim")
    grid.add_column(heads[0], no_wrap=True, style="bold", max_width=max(widths[0] + min(spare - 2 * bar, 0), 1))
    grid.add_column(heads[1], no_wrap=True, justify="right", width=widths[1])
    grid.add_column(heads[2], no_wrap=True, justify="right", width=widths[2])
    grid.add_column("", no_wrap=True, width=bar, style="blue")
    grid.add_column(heads[3], no_wrap=True, justify="right")
    grid.add_column(heads[4], no_wrap=True, justify="right", width=widths[4])
    grid.add_column("", no_wrap=True, width=bar, style="cyan")
    for cell, (name, customers, of_customers, brought, of_value) in zip(cells, rows, strict=True):
        bars = (_bar(cell.customer_share, bar, mark), _bar(cell.value_share, bar, mark))
        grid.add_row(name, customers, of_customers, bars[0], brought, of_value, bars[1])
    return grid


def _words(cell: CellResult, unit: Unit, language: Language, currency: str) -> tuple[str, str, str, str, str]:
    return (
        plain(cell.title.say(language)),
        f"{cell.customers:,}",
        show(cell.customer_share, Unit.SHARE, language),
        show(cell.value, unit, language, currency),
        show(cell.value_share, Unit.SHARE, language),
    )


def _shown(framework: FrameworkResult) -> list[CellResult]:
    """The groups as they are read: tiers and grades, which are defined from the lowest up, from the top down."""
    cells = list(framework.best_first)
    if len(cells) > _CELLS:
        largest = sorted(cells, key=lambda cell: -(cell.value_share or 0))[:_CELLS]
        cells = [cell for cell in cells if cell in largest]
    return cells


def _bar(share: float | None, width: int, mark: str) -> str:
    """So much of the width as the share; something that is there shows at least one mark."""
    return mark * min(max(round(share * width), 1), width) if share is not None and share > 0 else ""


def below_cells(framework: FrameworkResult, language: Language) -> Iterator[Line]:
    """How many groups the table leaves out, whom the framework could not place, and each note on a line of its own."""
    hidden = len(framework.cells) - _CELLS
    words = [_MORE_CELLS.format(count=hidden).say(language)] if hidden > 0 else []
    if framework.unplaced:
        words.append(_NOT_PLACED.format(count=framework.unplaced).say(language))
    if words:
        yield styled(" ".join(words), "dim")
    yield from (styled(note.say(language), "dim") for note in framework.notes)


def written_to(written: Sequence[Path], language: Language, width: int) -> Iterator[Line]:
    """Where the files are, folder by folder, as seen from here."""
    for folder in dict.fromkeys(path.parent for path in written):
        files = ", ".join(path.name for path in written if path.parent == folder)
        text = _WRITTEN.format(folder=_from_here(folder), files=files).say(language)
        yield from (styled(line) for line in wrapped(plain(text), width))


def _from_here(folder: Path) -> str:
    whole, here = folder.resolve(), Path.cwd()
    return whole.relative_to(here).as_posix() if whole.is_relative_to(here) else str(folder)


def styled(text: str, style: str = "") -> Line:
    """A line of the terminal in a style, without control characters."""
    from rich.text import Text as Made  # noqa: PLC0415 - only where something is printed

    return Made(plain(text), style=style)


def plain(text: str) -> str:
    """Without the control characters by which a name of a file could speak to the terminal."""
    return _CONTROL.sub(" ", text)
