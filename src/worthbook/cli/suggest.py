"""`worthbook suggest`: groups and conditions that the customers themselves suggest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from worthbook.cli.console import BookOption, JsonOption, LanguageOption
from worthbook.cli.segment_ask import AsOfOption, show_answer

if TYPE_CHECKING:
    from worthbook.services.segment_answer import SegmentAnswer

suggest = typer.Typer(
    help="Groups and conditions that the customers themselves suggest, as frameworks to keep. 建议分组。",
    no_args_is_help=True,
    add_completion=False,
)

SaveOption = Annotated[str, typer.Option(metavar="NAME", help="Save it in the book as a framework of this name.")]
FEWEST, MOST, DEEPEST = 2, 20, 6


@suggest.command("clusters")
def clusters(
    columns: Annotated[
        str, typer.Option(help="Group by these, with commas; by default how recently, how often and for how much.")
    ] = "",
    groups: Annotated[
        str, typer.Option(metavar="FEWEST..MOST", help="How many groups to try; or one number.")
    ] = "2..8",
    save: SaveOption = "",
    book: BookOption = None,
    as_of: AsOfOption = "",
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Groups that customers fall into: whether there are any, how stable, what they are like, and their conditions."""
    tried = groups_of(groups)
    names = [name.strip() for name in columns.split(",") if name.strip()]

    def make() -> SegmentAnswer:
        from worthbook.services.suggest_clusters import suggest_clusters  # noqa: PLC0415

        return suggest_clusters(book, names, tried, as_of or None, save or None)

    show_answer(make, language, as_json=as_json)


@suggest.command("tree")
def tree(
    target: Annotated[str, typer.Option(help="The column to tell: a number, yes or no, or cells.", show_default=False)],
    columns: Annotated[str, typer.Option(help="Tell it by these, with commas; by default those of the report.")] = "",
    depth: Annotated[int, typer.Option(min=1, max=DEEPEST, help="At most so many conditions one after another.")] = 3,
    save: SaveOption = "",
    book: BookOption = None,
    as_of: AsOfOption = "",
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """A few conditions that tell apart who is high and who is low, tested on customers held back."""
    names = [name.strip() for name in columns.split(",") if name.strip()]

    def make() -> SegmentAnswer:
        from worthbook.services.suggest_tree import suggest_tree  # noqa: PLC0415

        return suggest_tree(book, target, names, depth=depth, as_of=as_of or None, save=save or None)

    show_answer(make, language, as_json=as_json)


def groups_of(text: str) -> tuple[int, int]:
    """The fewest and the most groups.

    >>> groups_of("2..8"), groups_of("4")
    ((2, 8), (4, 4))
    """
    low, dots, high = text.partition("..")
    try:
        found = (int(low), int(high) if dots else int(low))
    except ValueError:
        found = (0, 0)
    if not FEWEST <= found[0] <= found[1] <= MOST:
        message = f"--groups is a number from {FEWEST} to {MOST}, or two of them as in 2..8"
        raise typer.BadParameter(message)
    return found
