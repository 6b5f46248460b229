"""`worthbook compare`: what differs between two moments, and who moved between the cells of a framework."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from worthbook.cli.console import (
    JsonOption,
    LanguageOption,
    ShowPersonalOption,
    answering,
    language_of,
)
from worthbook.cli.study_answer import LISTS, show_list, show_study

if TYPE_CHECKING:
    from worthbook.kernel.language import Language
    from worthbook.services.compare_runs import Comparison

PageOrListOption = Annotated[
    Path | None, typer.Option(help="Write a page (HTML), or with --cell the list of customers (CSV, Parquet).")
]
_DRAWN = ("cells",)
_MATRICES = ("matrix", "shares", "worth")


def compare(
    book: Annotated[Path, typer.Argument(help="The book.", show_default=False)],
    before: Annotated[
        str, typer.Argument(help="A date, or a kept run or the beginning of its name.", show_default=False)
    ],
    after: Annotated[str, typer.Argument(help="Another date or run.", show_default=False)],
    framework: Annotated[
        str, typer.Option("--framework", "-f", help="Whose cells; by default the one that leads the report.")
    ] = "",
    to_framework: Annotated[str, typer.Option(help="The framework at the later moment, if it is another.")] = "",
    by: Annotated[str, typer.Option(help="Count by group as well: region, kind, a framework.")] = "",
    cell: Annotated[
        str,
        typer.Option(
            metavar="BEFORE,AFTER",
            help="With --to: the customers of one cell, such as vip,small; no-customer and not-placed are cells too.",
        ),
    ] = "",
    to: PageOrListOption = None,
    show_personal: ShowPersonalOption = False,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Compare two dates or kept runs: how totals changed, and who moved from which cell to which, with their value."""
    chosen = language_of(language)
    pair = cells_of(cell, to)
    with answering(chosen, as_json=as_json):
        from worthbook.services.compare_runs import Question, compare_runs, list_movers  # noqa: PLC0415

        question = Question(before, after, framework or None, to_framework or None, by or None)
        if pair is not None and to is not None:
            count = list_movers(book, question, *pair, to, show_personal=show_personal)
            show_list(count, to, as_json=as_json)
            return
        _show(compare_runs(book, question), chosen, to, as_json=as_json)


def cells_of(cell: str, to: Path | None) -> tuple[str, str] | None:
    """The two cells, where a list is asked for."""
    if not cell:
        return None
    first, comma, last = (part.strip() for part in cell.partition(","))
    if not comma or to is None or to.suffix not in LISTS:
        message = "--cell is written as BEFORE,AFTER and needs --to FILE.csv or FILE.parquet"
        raise typer.BadParameter(message)
    return first, last


def _show(comparison: Comparison, language: Language, to: Path | None, *, as_json: bool) -> None:
    from worthbook.services.compare_runs import WIDE  # noqa: PLC0415

    wide = comparison.is_wide
    tables = () if comparison.totals is None else (comparison.totals,)
    show_study(
        comparison.study, language, to, comparison.as_json() if as_json else None, notes=comparison.notes,
        currency=comparison.currency, without=(*_DRAWN, *(_MATRICES if wide else ())), more=tables,
    )  # fmt: skip
    if wide and not as_json:
        typer.echo(WIDE.say(language))
