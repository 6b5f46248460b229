"""`worthbook explain`: why a customer is where it is, down to the lines of the files."""

from __future__ import annotations

from typing import Annotated

import typer

from worthbook.cli.console import (
    BookOption,
    JsonOption,
    LanguageOption,
    ShowPersonalOption,
    answering,
    language_of,
    print_json,
)


def explain(
    name: Annotated[str, typer.Argument(help="A column, such as customer_pyramid or clv_36m.", show_default=False)],
    customer: Annotated[str, typer.Option("--customer", "-c", help="The customer's id.", show_default=False)],
    book: BookOption = None,
    as_of: Annotated[str, typer.Option(help="The date; by default that of the book's latest evaluation.")] = "",
    rows: Annotated[int, typer.Option(min=0, help="How many rows of each table to show; 0 for all.")] = 12,
    show_personal: ShowPersonalOption = False,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Show how one customer's value comes about, and the smallest change that would move its tier."""
    chosen = language_of(language)
    with answering(chosen, as_json=as_json):
        from worthbook.services.explain_column import explain_in_book  # noqa: PLC0415

        explanation = explain_in_book(book, name, customer, as_of=as_of or None, show_personal=show_personal)
        if as_json:
            print_json(explanation.as_json())
        else:
            typer.echo(explanation.say(chosen, rows))
