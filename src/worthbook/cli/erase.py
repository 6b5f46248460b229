"""`worthbook erase`: remove a customer from a book, with a proof."""

from __future__ import annotations

from typing import Annotated

import typer

from worthbook.cli.console import BookOption, JsonOption, LanguageOption, answering, language_of, print_json


def erase(
    customer: Annotated[str, typer.Option("--customer", "-c", help="The customer's id.", show_default=False)],
    book: BookOption = None,
    why: Annotated[str, typer.Option(help="Why, for the proof; it must name nobody.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again.")] = False,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Remove a customer from every table, kept evaluation and older version; this cannot be undone."""
    chosen = language_of(language)
    if not yes:
        typer.confirm("本操作无法撤销，是否继续？" if chosen == "zh" else "This cannot be undone. Go on?", abort=True)
    with answering(chosen, as_json=as_json):
        from worthbook.services.erase_customer import erase_customer  # noqa: PLC0415

        erased = erase_customer(book, customer, why=why)
        if as_json:
            print_json(erased.as_json())
        else:
            typer.echo(erased.say(chosen))
