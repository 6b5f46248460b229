"""`worthbook segment list`, `count`, `show`: how many customers, and what they bring."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from worthbook.cli.console import BookOption, JsonOption, LanguageOption, answering, language_of, print_json

if TYPE_CHECKING:
    from worthbook.services.segment_answer import SegmentAnswer

AsOfOption = Annotated[str, typer.Option(help="The date; by default the last day of the orders.")]
WhoArgument = Annotated[
    str,
    typer.Argument(
        metavar="WHO",
        help="A segment by its name, a cell (customer_pyramid.vip), or a condition in quotes "
        "(\"revenue_12m > 500 and activity = 'slipping'\").",
        show_default=False,
    ),
]


def show_answer(make: Callable[[], SegmentAnswer], language: str, *, as_json: bool) -> None:
    """Make an answer and print it."""
    chosen = language_of(language)
    with answering(chosen, as_json=as_json):
        answer = make()
        if as_json:
            print_json(answer.as_json())
            return
        from worthbook.reporting.screen import print_screen  # noqa: PLC0415

        print_screen(
            answer.headline, answer.findings, answer.tables, chosen, currency=answer.currency, notes=answer.notes
        )


def list_all(
    book: BookOption = None, as_of: AsOfOption = "", language: LanguageOption = "en", as_json: JsonOption = False
) -> None:
    """All segments with their customers and what they bring."""

    def make() -> SegmentAnswer:
        from worthbook.services.segment_count import list_segments  # noqa: PLC0415

        return list_segments(book, as_of or None)

    show_answer(make, language, as_json=as_json)


def count(
    who: WhoArgument,
    book: BookOption = None,
    as_of: AsOfOption = "",
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Count the customers of a segment, a cell or a condition, and say what they bring."""

    def make() -> SegmentAnswer:
        from worthbook.services.segment_count import count_segment  # noqa: PLC0415

        return count_segment(book, who, as_of or None)

    show_answer(make, language, as_json=as_json)


def show(
    who: WhoArgument,
    book: BookOption = None,
    as_of: AsOfOption = "",
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """The same, with what it means and what to do: strategy, service level, next action."""

    def make() -> SegmentAnswer:
        from worthbook.services.segment_count import show_segment  # noqa: PLC0415

        return show_segment(book, who, as_of or None)

    show_answer(make, language, as_json=as_json)
