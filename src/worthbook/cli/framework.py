"""`worthbook framework`: what hangs on the rules of a framework."""

from __future__ import annotations

import typer

from worthbook.cli.framework_sensitivity import sensitivity

framework = typer.Typer(
    help="What hangs on the rules of a framework. 分层框架的规则分析。",
    no_args_is_help=True,
    add_completion=False,
)

framework.command("sensitivity")(sensitivity)


@framework.callback()
def group() -> None:
    """A single command keeps its name."""
