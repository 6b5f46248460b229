"""Lists and descriptions of definitions as terminal text, at most 100 columns wide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table as Grid

from worthbook.kernel.language import Language, Text
from worthbook.kernel.result import Table
from worthbook.services.describe_definition import Described
from worthbook.services.list_definitions import KINDS, Listed

WIDTH = 100

_NAME = Text(en="Name", zh="名称")
_TITLE = Text(en="Title", zh="标题")
_ABOUT = {
    "measures": Text(en="Unit", zh="单位"),
    "models": Text(en="Gives", zh="给出"),
    "frameworks": Text(en="Cells", zh="单元"),
    "segments": Text(en="Who", zh="条件"),
    "studies": Text(en="From", zh="依据"),
    "tables": Text(en="Columns", zh="列"),
    "mappings": Text(en="Feeds", zh="导入到"),
    "instruments": Text(en="Questions", zh="题目"),
    "structures": Text(en="Constructs", zh="潜变量"),
    "vocabularies": Text(en="Themes", zh="主题"),
}
_WORDS = {
    "needs": Text(en="Made from", zh="计算依据"),
    "used_by": Text(en="Used by", zh="被引用于"),
    "source": Text(en="Source", zh="出处"),
    "where": Text(en="Defined in", zh="定义位置"),
    "caveats": Text(en="Bear in mind", zh="注意"),
}


def print_list(listed: Sequence[Listed], language: Language) -> None:
    """Print a list, kind by kind."""
    console = _console()
    for number, (kind, lines) in enumerate(groupby(listed, key=lambda each: each.kind)):
        grid = _grid([_NAME, _TITLE, *([_ABOUT[kind]] if kind in _ABOUT else [])], language)
        for each in lines:
            about = [each.about.say(language)] if kind in _ABOUT else []
            grid.add_row(*(escape(text) for text in (each.name, each.title.say(language), *about)))
        console.print("\n" * (number > 0) + f"[bold]{KINDS[kind].say(language)}[/bold] ({grid.row_count})")
        console.print(grid)


def print_description(described: Described, language: Language) -> None:
    """Print all about one name."""
    console = _console()
    console.print(f"[bold]{escape(described.title.say(language))}[/bold]  {described.noun} {described.name}")
    console.print(_indented(described.description.say(language)))
    lines = [(fact.label, fact.shown.say(language)) for fact in described.facts]
    lines += [
        (_WORDS[key], text)
        for key, text in (
            ("needs", ", ".join(described.needs)),
            ("used_by", ", ".join(described.used_by)),
            ("source", described.source),
            ("where", described.where),
        )
        if text
    ]
    console.print()
    console.print(_pairs(lines, language))
    for table in described.tables:
        console.print(f"\n[bold]{table.title.say(language)}[/bold]")
        console.print(_table(table, language))
    if described.caveats:
        console.print(f"\n[bold]{_WORDS['caveats'].say(language)}[/bold]")
        console.print(_bullets([caveat.say(language) for caveat in described.caveats]))


def _console() -> Console:
    found = Console(highlight=False)
    return found if found.width <= WIDTH else Console(highlight=False, width=WIDTH)


def _indented(text: str) -> Padding:
    return Padding(escape(text), (0, 0, 0, 2), expand=False)


def _grid(titles: Iterable[Text], language: Language) -> Grid:
    grid = Grid(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for number, title in enumerate(titles):
        # Names are typed again by those who read them: they stay on one line.
        grid.add_column(title.say(language), no_wrap=number == 0, overflow="fold")
    return grid


def _pairs(lines: Iterable[tuple[Text, str]], language: Language) -> Padding:
    grid = _bare()
    for label, text in lines:
        grid.add_row(label.say(language), escape(text))
    return Padding(grid, (0, 0, 0, 2), expand=False)


def _bullets(texts: Iterable[str]) -> Padding:
    grid = _bare(gap=1)
    for text in texts:
        grid.add_row("•", escape(text))
    return Padding(grid, (0, 0, 0, 2), expand=False)


def _bare(gap: int = 2) -> Grid:
    """Two columns without a header."""
    grid = Grid(box=None, show_header=False, pad_edge=False, padding=(0, gap, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    return grid


def _table(table: Table, language: Language) -> Padding:
    grid = _grid([column.title for column in table.columns], language)
    for row in table.rows:
        grid.add_row(*(escape(cell.say(language) if isinstance(cell, Text) else str(cell)) for cell in row))
    return Padding(grid, (0, 0, 0, 2), expand=False)
