"""Which lines count: all but those of undone imports and those that a later import brought again.

A later import does not touch the rows of an earlier one. It says in the table `superseded` which lines it brings anew;
they do not count as long as it does, so that undoing it restores them. An import that supersedes a line supersedes
those as well that the line had superseded before: each of the later imports may be undone by itself.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from worthbook.data.engine import TableFiles
from worthbook.data.sheets import read
from worthbook.data.typed import column
from worthbook.kernel.units import Storage

SUPERSEDED = "superseded"
"""The table of lines that no longer count; `import_id` and `import_line` say what supersedes them."""
COLUMNS: Mapping[str, Storage] = {
    "import_id": "text",
    "import_line": "integer",
    "in_table": "text",
    "old_import": "text",
    "old_line": "integer",
}


def listed(table: str) -> str:
    """Under which name a query finds the superseded lines of a table; no table has such a name.

    >>> listed("transactions")
    'superseded transactions'
    """
    return f"{SUPERSEDED} {table}"


def files_for(table: TableFiles, files: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """What a query must be given that reads some files of a table and heeds `counting`."""
    found = {table.name: files}
    return {**found, listed(table.name): table.superseded} if table.superseded_by else found


def counting(table: TableFiles) -> list[exp.Expr]:
    """The conditions under which a row of a table counts; the query calls the table by its name."""
    source = table.name
    conditions: list[exp.Expr] = []
    if table.hidden_imports:
        conditions.append(exp.Not(this=_one_of(column("import_id", source), table.hidden_imports)))
    if table.superseded_by:
        later = listed(table.name)
        entry = (
            exp.select(exp.Literal.number(1))
            .from_(read(later))
            .where(
                exp.EQ(this=column("in_table", later), expression=exp.Literal.string(table.name)),
                exp.EQ(this=column("old_import", later), expression=column("import_id", source)),
                exp.EQ(this=column("old_line", later), expression=column("import_line", source)),
                _one_of(column("import_id", later), table.superseded_by),
            )
        )
        conditions.append(exp.Not(this=exp.Exists(this=entry)))
    return conditions


def _one_of(tree: exp.Expr, names: tuple[str, ...]) -> exp.In:
    return exp.In(this=tree, expressions=[exp.Literal.string(each) for each in names])
