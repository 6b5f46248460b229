"""`worthbook segment customers`, `export`, `save`, `add-list`: lists of customers, in files and from files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from worthbook.cli.console import BookOption, JsonOption, LanguageOption, ShowPersonalOption, language_of
from worthbook.cli.segment_ask import AsOfOption, WhoArgument, show_answer

if TYPE_CHECKING:
    from worthbook.services.segment_answer import SegmentAnswer


def customers(
    who: WhoArgument,
    most: Annotated[int, typer.Option(help="How many to show.")] = 20,
    book: BookOption = None,
    as_of: AsOfOption = "",
    show_personal: ShowPersonalOption = False,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """The customers of most value, with what the condition reads of them."""

    def make() -> SegmentAnswer:
        from worthbook.services.segment_export import list_customers  # noqa: PLC0415

        return list_customers(book, who, as_of or None, most=most, show_personal=show_personal)

    show_answer(make, language, as_json=as_json)


def export(
    who: Annotated[str, typer.Argument(metavar="WHO", help="A segment, cell or condition.")] = "",
    cell: Annotated[str, typer.Option(metavar="FRAMEWORK.CELL", help="A cell, such as customer_pyramid.vip.")] = "",
    to: Annotated[Path | None, typer.Option(help="The file: .csv, .xlsx or .parquet; by default NAME.csv.")] = None,
    columns: Annotated[str, typer.Option(help="Further columns, with commas.")] = "",
    framework: Annotated[str, typer.Option(help="Add each customer's cell of it, with what to do there.")] = "",
    bom: Annotated[bool, typer.Option(help="Mark the CSV as UTF-8 for Excel.")] = True,
    book: BookOption = None,
    as_of: AsOfOption = "",
    show_personal: ShowPersonalOption = False,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Write the list: who they are, what they bring, and strategy, service level and next action."""
    if bool(who) == bool(cell):
        message = "name either WHO or --cell FRAMEWORK.CELL"
        raise typer.BadParameter(message)
    names = tuple(name.strip() for name in columns.split(",") if name.strip())

    def make() -> SegmentAnswer:
        from worthbook.services.segment_export import Wish, export_customers, file_for  # noqa: PLC0415

        wish = Wish(names, framework or None, language_of(language), bom, show_personal)
        return export_customers(book, who or cell, to or file_for(who or cell), as_of or None, wish)

    show_answer(make, language, as_json=as_json)


def save(
    name: Annotated[str, typer.Argument(help="What the segment is called.", show_default=False)],
    when: Annotated[str, typer.Argument(help="The condition, in quotes.", show_default=False)],
    title: Annotated[str, typer.Option(help="Its title in English.")] = "",
    title_zh: Annotated[str, typer.Option(help="Its title in Chinese.")] = "",
    book: BookOption = None,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Keep a condition as a segment: a YAML file in the book's definitions."""

    def make() -> SegmentAnswer:
        from worthbook.services.segment_save import save_segment  # noqa: PLC0415

        return save_segment(book, name, when, title, title_zh)

    show_answer(make, language, as_json=as_json)


def add_list(
    file: Annotated[Path, typer.Argument(help="A file with a column of customer ids.", show_default=False)],
    name: Annotated[str, typer.Option(help="What the segment is called; by default as the file.")] = "",
    column: Annotated[str, typer.Option(help="The header of the ids; by default found.")] = "",
    book: BookOption = None,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Add a list of customers from a file, and the segment of those who are on it."""

    def make() -> SegmentAnswer:
        from worthbook.services.segment_list_file import add_list as adding  # noqa: PLC0415

        return adding(book, file, name, column)

    show_answer(make, language, as_json=as_json)
