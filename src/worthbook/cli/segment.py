"""`worthbook segment`: customers by a condition: count them, compare them, list them with what to do."""

from __future__ import annotations

import typer

from worthbook.cli.segment_ask import count, list_all, show
from worthbook.cli.segment_compare import compare, overlap, usage
from worthbook.cli.segment_write import add_list, customers, export, save

segment = typer.Typer(
    help="Customers by a condition: count, compare, list with what to do. 客群。",
    no_args_is_help=True,
    add_completion=False,
)

for command, name in (
    (list_all, "list"),
    (count, "count"),
    (show, "show"),
    (customers, "customers"),
    (export, "export"),
    (overlap, "overlap"),
    (compare, "compare"),
    (usage, "usage"),
    (save, "save"),
    (add_list, "add-list"),
):
    segment.command(name)(command)
