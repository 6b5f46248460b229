"""`worthbook duplicates`: customers who appear twice, merged or kept apart by a person."""

from __future__ import annotations

from typing import Annotated

import typer

from worthbook.cli.console import BookOption, JsonOption, LanguageOption, ShowPersonalOption, show_said

duplicates = typer.Typer(no_args_is_help=True, help="Find customers who appear twice; merge them, or keep them apart.")

WhyOption = Annotated[str, typer.Option(help="Why, for those who look at it later.")]


@duplicates.command("list")
def list_pairs(
    book: BookOption = None,
    limit: Annotated[int, typer.Option(help="How many pairs at most.")] = 50,
    show_personal: ShowPersonalOption = False,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """List pairs of customers that may be one, most alike first, with what speaks for and against."""
    from worthbook.services.duplicates import list_duplicates  # noqa: PLC0415

    show_said(lambda: list_duplicates(book, limit=limit, show_personal=show_personal), language, as_json=as_json)


@duplicates.command()
def accept(
    ids: Annotated[list[str] | None, typer.Argument(help="Two ids: the first is merged into the second.")] = None,
    above: Annotated[float | None, typer.Option(help="Merge all listed pairs with at least this score.")] = None,
    why: WhyOption = "",
    book: BookOption = None,
    show_personal: ShowPersonalOption = False,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Merge two customers; every table follows, and the merge can be undone."""
    from worthbook.services.duplicates import accept as accepted  # noqa: PLC0415

    show_said(
        lambda: accepted(book, ids or (), above=above, why=why, show_personal=show_personal), language, as_json=as_json
    )


@duplicates.command()
def reject(
    ids: Annotated[list[str], typer.Argument(help="Two ids.")],
    why: WhyOption = "",
    book: BookOption = None,
    show_personal: ShowPersonalOption = False,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Say that two customers are two; the pair is not listed again."""
    from worthbook.services.duplicates import reject as rejected  # noqa: PLC0415

    show_said(lambda: rejected(book, ids, why=why, show_personal=show_personal), language, as_json=as_json)


@duplicates.command()
def merges(
    book: BookOption = None,
    show_personal: ShowPersonalOption = False,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """List the merges that count, with who, when and why."""
    from worthbook.services.duplicates import list_merges  # noqa: PLC0415

    show_said(lambda: list_merges(book, show_personal=show_personal), language, as_json=as_json)


@duplicates.command()
def undo(
    merge: Annotated[str, typer.Argument(help="The merge, as `duplicates merges` lists it.")],
    why: WhyOption = "",
    book: BookOption = None,
    show_personal: ShowPersonalOption = False,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Take one merge back; all numbers are what they were."""
    from worthbook.services.duplicates import undo_merge  # noqa: PLC0415

    show_said(lambda: undo_merge(book, merge, why=why, show_personal=show_personal), language, as_json=as_json)
