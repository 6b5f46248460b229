"""The `worthbook` command. Commands load what they need when they run, so that help is instant."""

from __future__ import annotations

import gc
import sys

import typer

from worthbook.cli.alerts import alerts
from worthbook.cli.bridge import bridge
from worthbook.cli.check import check
from worthbook.cli.compare import compare
from worthbook.cli.contracts import contracts
from worthbook.cli.demo import demo
from worthbook.cli.describe import describe
from worthbook.cli.duplicates import duplicates
from worthbook.cli.erase import erase
from worthbook.cli.evaluate import evaluate
from worthbook.cli.explain import explain
from worthbook.cli.framework import framework
from worthbook.cli.history import history
from worthbook.cli.imports import imports
from worthbook.cli.ingest import ingest
from worthbook.cli.inspect import inspect
from worthbook.cli.lifetime import lifetime
from worthbook.cli.list import list_definitions
from worthbook.cli.near import near
from worthbook.cli.override import override
from worthbook.cli.preview import preview
from worthbook.cli.rejects import app as rejects
from worthbook.cli.runs import runs
from worthbook.cli.segment import segment
from worthbook.cli.subject_export import subject_export
from worthbook.cli.suggest import suggest
from worthbook.cli.survey import survey
from worthbook.cli.undo import undo

gc.set_threshold(100_000)  # a command keeps what it makes to its end; looking for garbage took a twentieth of its time

app = typer.Typer(
    name="worthbook",
    help="What every customer is worth to you, and what you are worth to every customer. 客户价值评估。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

for command, name in (
    (ingest, "ingest"),
    (imports, "imports"),
    (undo, "undo"),
    (inspect, "inspect"),
    (evaluate, "evaluate"),
    (explain, "explain"),
    (near, "near"),
    (preview, "preview"),
    (lifetime, "lifetime"),
    (contracts, "contracts"),
    (runs, "runs"),
    (compare, "compare"),
    (bridge, "bridge"),
    (alerts, "alerts"),
    (history, "history"),
    (list_definitions, "list"),
    (describe, "describe"),
    (check, "check"),
    (demo, "demo"),
    (erase, "erase"),
    (subject_export, "subject-export"),
):
    app.command(name)(command)

for group, name in (
    (survey, "survey"),
    (segment, "segment"),
    (suggest, "suggest"),
    (framework, "framework"),
    (duplicates, "duplicates"),
    (rejects, "rejects"),
    (override, "override"),
):
    app.add_typer(group, name=name)


@app.callback()
def _group() -> None:
    """Keep the name of a command in front of its words, also where only one was built."""


def main() -> None:
    """Run the command that was called.

    Only that one is built, since to build all of them takes longer than many take to run; all of them for help, and
    for a name that nobody knows.
    """
    called = sys.argv[1] if len(sys.argv) > 1 else ""
    commands = [each for each in app.registered_commands if each.name == called]
    groups = [each for each in app.registered_groups if each.name == called]
    if commands or groups:
        app.registered_commands, app.registered_groups = commands, groups
    app()
