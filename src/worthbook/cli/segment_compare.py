"""`worthbook segment overlap`, `compare`, `usage`: segments beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from worthbook.cli.console import BookOption, JsonOption, LanguageOption
from worthbook.cli.segment_ask import AsOfOption, WhoArgument, show_answer

if TYPE_CHECKING:
    from worthbook.services.segment_answer import SegmentAnswer


def overlap(
    who: Annotated[list[str], typer.Argument(metavar="WHO…", help="Segments, cells or conditions, each in quotes.")],
    book: BookOption = None,
    as_of: AsOfOption = "",
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Who is in which of some segments: combinations with customers and value, pairs with their Jaccard index."""

    def make() -> SegmentAnswer:
        from worthbook.services.segment_overlap import overlap as overlapping  # noqa: PLC0415

        return overlapping(book, who, as_of or None)

    show_answer(make, language, as_json=as_json)


def compare(
    who: WhoArgument,
    other: Annotated[str, typer.Argument(help="Another; by default all other customers.")] = "",
    columns: Annotated[str, typer.Option(help="Compare only these, with commas; by default all of the report.")] = "",
    book: BookOption = None,
    as_of: AsOfOption = "",
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """How two segments differ: every column ranked by how far it tells them apart, with 95 % intervals."""
    names = [name.strip() for name in columns.split(",") if name.strip()]

    def make() -> SegmentAnswer:
        from worthbook.services.segment_compare import compare as comparing  # noqa: PLC0415

        return comparing(book, who, other or None, as_of or None, names)

    show_answer(make, language, as_json=as_json)


def usage(
    name: Annotated[str, typer.Argument(help="The segment.", show_default=False)],
    book: BookOption = None,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Where a segment is used, directly and by way of others."""

    def make() -> SegmentAnswer:
        from worthbook.services.segment_usage import usage as using  # noqa: PLC0415

        return using(book, name)

    show_answer(make, language, as_json=as_json)
