"""A study as the answer of a command: a page where one is asked for, text or JSON; and lists behind its numbers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from worthbook.cli.console import print_json
from worthbook.kernel.language import Language

if TYPE_CHECKING:
    from worthbook.kernel.result import Finding, Study, Table

LISTS = frozenset({".csv", ".parquet"})
"""What lists of customers are written as."""


def show_study(
    study: Study,
    language: Language,
    to: Path | None,
    as_json: Mapping[str, object] | None,
    *,
    notes: Sequence[Finding] = (),
    currency: str = "",
    without: Collection[str] = (),
    more: Sequence[Table] = (),
    exactly: Collection[str] = (),
) -> None:
    """Show a study.

    Args:
        study: what was found.
        language: of every word.
        to: the page to write as well.
        as_json: the answer for programs, where that is wanted instead of text.
        notes: what was noticed while the data were read.
        currency: of amounts, as a code.
        without: tables that are not printed.
        more: tables that are printed beside the study's own.
        exactly: tables whose amounts are printed to the cent.
    """
    written = []
    if to is not None:
        from worthbook.services.write_study import write_study  # noqa: PLC0415

        written.append(write_study(study, to, language, notes=notes, currency=currency))
    if as_json is not None:
        print_json({**as_json, "written": [str(file) for file in written]})
        return
    from worthbook.reporting.study_terminal import print_study  # noqa: PLC0415

    print_study(study, language, notes, written, currency=currency, without=without, more=more, exactly=exactly)


def show_list(customers: int, to: Path, *, as_json: bool) -> None:
    """Say how many customers were written to a file."""
    if as_json:
        print_json({"customers": customers, "written": str(to)})
    else:
        typer.echo(f"{customers:,}  {to}")
