"""What is to be said of a file, as terminal text, at most 100 columns wide."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table as Grid

from worthbook.cli.definition_text import WIDTH
from worthbook.kernel.language import Language, Text
from worthbook.services.inspect_file import Inspection, ReadColumn
from worthbook.services.unlocks import Missing

_FORM = Text(en="{columns} columns, {lines} lines of data", zh="{columns} 列，{lines} 行数据")
_SHEET = Text(en="sheet '{sheet}'", zh="工作表“{sheet}”")
_LAYOUT = Text(en="Layout", zh="格式")
_SURE = Text(en="Confidence", zh="置信度")
_NEXT = Text(en="Runner-up", zh="次选")
_LINES = Text(en="Lines", zh="各行")
_COUNTED = Text(
    en="{accepted} accepted + {rejected} rejected + {skipped} skipped = {read} read",
    zh="接受 {accepted} + 拒绝 {rejected} + 跳过 {skipped} = 读取 {read}",
)
_PREAMBLE = Text(en="Before the headers", zh="标题行之前")
_COLUMNS = Text(en="Columns", zh="各列")
_HEADER = Text(en="In the file", zh="文件中的列")
_GOES_TO = Text(en="Goes to", zh="导入到")
_SAMPLES = Text(en="Values", zh="示例值")
_ONLY_RULES = Text(en="(decides which lines count)", zh="（用于判断哪些行计入）")
_NOT_USED = Text(en="(known, not used)", zh="（已识别，未使用）")
_READ_AS = Text(en="{text} → {value}", zh="{text} → {value}")
_UNREADABLE = Text(en="{text} → unreadable", zh="{text} → 无法识别")
_NOT_READ = Text(en="Not read", zh="未读取")
_MISSING = Text(en="Missing, and what it would add", zh="缺少的数据及其作用")
_UNLOCKS = Text(en="{example}", zh="{example}")
_UNLOCKS_MORE = Text(en="{example} and {more} more", zh="{example}等 {more} 项")
_CAVEATS = Text(en="Bear in mind", zh="注意")
_SAVED = Text(
    en="Saved as {file}; the next file with these headers is read the same way.",
    zh="已保存为 {file}；下次遇到相同表头的文件将按此读取。",
)
_ORDERS = {"day/month": Text(en="day/month", zh="日/月"), "month/day": Text(en="month/day", zh="月/日")}

_LONGEST = 28
"""Values are cut to so many characters."""
_MOST_MISSING = 8


def print_inspection(found: Inspection, language: Language) -> None:
    """Print all there is to say of a file."""
    wide = Console(highlight=False)
    console = wide if wide.width <= WIDTH else Console(highlight=False, width=WIDTH)
    form = [each.say(language) for each in (found.encoding, found.delimiter) if each is not None]
    form += [] if found.sheet is None else [_SHEET.format(sheet=found.sheet).say(language)]
    form.append(_FORM.format(columns=len(found.headers), lines=found.read).say(language))
    console.print(f"[bold]{escape(found.file)}[/bold]  {escape(('，' if language == 'zh' else ', ').join(form))}")
    console.print(_facts(found, language))
    for title, texts in (
        (_PREAMBLE, [_cut(line, WIDTH - 6) for line in found.preamble]),
        (_COLUMNS, None),
        (_NOT_READ, [", ".join(found.unread)] if found.unread else []),
        (_CAVEATS, [each.say(language) for each in found.caveats]),
    ):
        if texts is None:
            console.print(f"\n[bold]{title.say(language)}[/bold]")
            console.print(_columns(found, language))
        elif texts:
            console.print(f"\n[bold]{title.say(language)}[/bold]")
            for text in texts:
                console.print(Padding(escape(text), (0, 0, 0, 2), expand=False))
    if found.missing:
        console.print(f"\n[bold]{_MISSING.say(language)}[/bold]")
        console.print(_missing(found, language))
    if found.saved is not None:
        console.print("\n" + escape(_SAVED.format(file=found.saved).say(language)))


def _facts(found: Inspection, language: Language) -> Padding:
    grid = _bare()
    grid.add_row(_LAYOUT.say(language), f"{found.mapping}  {escape(found.title.say(language))}")
    because = escape(found.sureness.said.say(language))
    grid.add_row(_SURE.say(language), f"{found.sureness.confidence:.2f}  {because}")
    if found.runner_up is not None:
        rival = found.runner_up
        grid.add_row(_NEXT.say(language), f"{rival.name}  {escape(rival.title.say(language))}, {rival.confidence:.2f}")
    counted = _COUNTED.format(accepted=found.accepted, rejected=found.rejected, skipped=found.skipped, read=found.read)
    grid.add_row(_LINES.say(language), counted.say(language))
    for note in found.notes:
        grid.add_row("", escape(note.say(language)))
    return Padding(grid, (0, 0, 0, 2), expand=False)


def _columns(found: Inspection, language: Language) -> Padding:
    grid = Grid(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for title, width in ((_HEADER, 24), (_GOES_TO, 30), (_SAMPLES, None)):
        grid.add_column(title.say(language), overflow="fold", max_width=width)
    for column in found.columns:
        aside = _ONLY_RULES if column.decides else _NOT_USED
        goes_to = ", ".join(_short(column.goes_to)) or aside.say(language)
        grid.add_row(escape(column.header), escape(goes_to), escape("; ".join(_samples(column, language))))
    return Padding(grid, (0, 0, 0, 2), expand=False)


def _short(targets: tuple[str, ...]) -> Iterator[str]:
    """The table is said once for columns of one table that follow each other."""
    table = ""
    for target in targets:
        name, _, column = target.partition(".")
        yield column if name == table else target
        table = name


def _samples(column: ReadColumn, language: Language) -> Iterator[str]:
    for sample in column.samples:
        text, value = _cut(sample.text), sample.value
        if value is None:
            yield _UNREADABLE.format(text=text).say(language)
        elif value.strip() == sample.text.strip():
            yield text
        else:
            yield _READ_AS.format(text=text, value=_cut(value)).say(language)
    if column.order:
        yield f"({_ORDERS[column.order].say(language)})"


def _missing(found: Inspection, language: Language) -> Padding:
    grid = _bare()
    for each in found.missing[:_MOST_MISSING]:
        grid.add_row(f"{each.table}.{each.column}", escape(f"{each.title.say(language)}: {_unlocks(each, language)}"))
    return Padding(grid, (0, 0, 0, 2), expand=False)


def _unlocks(missing: Missing, language: Language) -> str:
    more = len(missing.unlocks) - 1
    said = _UNLOCKS if not more else _UNLOCKS_MORE
    return said.format(example=missing.example, more=more + (language == "zh")).say(language)


def _bare() -> Grid:
    grid = Grid(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    return grid


def _cut(text: str, longest: int = _LONGEST) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= longest else plain[: longest - 1] + "…"
