"""`worthbook override`: customers whom a person puts into a cell, with reason and end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from worthbook.cli.console import BookOption, JsonOption, LanguageOption, ShowPersonalOption, show_said

if TYPE_CHECKING:
    from worthbook.services.place_by_hand import Placed

override = typer.Typer(no_args_is_help=True, help="Put a customer into a cell by hand, with reason and end.")

CustomerArgument = Annotated[str, typer.Argument(help="The customer's id.", show_default=False)]
FrameworkArgument = Annotated[str, typer.Argument(help="A framework, such as customer_pyramid.", show_default=False)]
ReasonOption = Annotated[str, typer.Option(help="Why, for those who look at it later.", show_default=False)]


@override.command("set")
def set_cell(
    customer: CustomerArgument,
    framework: FrameworkArgument,
    cell: Annotated[str, typer.Argument(help="The cell: its key or its title.", show_default=False)],
    reason: ReasonOption,
    until: Annotated[str, typer.Option(help="The last day on which it counts.", show_default=False)],
    since: Annotated[str, typer.Option("--from", help="The first day; by default the last of the purchases.")] = "",
    book: BookOption = None,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Put a customer into a cell until a day; what the framework works out is kept beside it."""
    from worthbook.services.place_by_hand import place_by_hand  # noqa: PLC0415

    def asked() -> Placed:
        return place_by_hand(book, customer, framework, cell, reason=reason, until=until, since=since or None)

    show_said(asked, language, as_json=as_json)


@override.command()
def end(
    customer: CustomerArgument,
    framework: FrameworkArgument,
    reason: ReasonOption,
    on: Annotated[str, typer.Option("--from", help="The day from which it no longer counts.")] = "",
    book: BookOption = None,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """End a placement before its time."""
    from worthbook.services.place_by_hand import end_placement  # noqa: PLC0415

    show_said(lambda: end_placement(book, customer, framework, reason=reason, on=on or None), language, as_json=as_json)


@override.command("list")
def list_all(
    every: Annotated[bool, typer.Option("--all", help="Also those that have ended or not begun.")] = False,
    on: Annotated[str, typer.Option("--as-of", help="The day; by default the last of the purchases.")] = "",
    book: BookOption = None,
    show_personal: ShowPersonalOption = False,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """List who is placed by hand, where, by whom, why and until when."""
    from worthbook.services.place_by_hand import list_placements  # noqa: PLC0415

    show_said(
        lambda: list_placements(book, every=every, on=on or None, show_personal=show_personal),
        language,
        as_json=as_json,
    )
