"""Two populations side by side: of two dates, or of two versions of one. Who is in one of them alone is there too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlglot import exp

from worthbook.data.engine import Sheet
from worthbook.data.sheets import CUSTOMER, Sheets, named, quoted
from worthbook.data.typed import column

EXISTED, EXISTS = "was in the population", "is in the population"
"""Whether a customer is in the first and in the second population; no column can be called so."""

Files = dict[str, tuple[str, ...]]


class View(NamedTuple):
    """Some columns of one population, under names of their own."""

    sheets: Sequence[Sheet]
    columns: Mapping[str, str]
    """New name → column."""


def side_by_side(before: View, after: View) -> tuple[exp.Query, Files]:
    """One row a customer of either population: both views' columns, `EXISTED` and `EXISTS`; and the files to read.

    Parts are joined one by one where both populations have the same number of them, as those of one book have.

    Raises:
        WorthbookError: column-not-made.
    """
    views = {"before": before, "after": after}
    sides = {name: Sheets(tuple(view.sheets)) for name, view in views.items()}
    pairs: Sequence[Sequence[int] | None] = [None]
    if len(sides["before"].parts) == len(sides["after"].parts):
        pairs = [[number] for number in sides["before"].parts]
    queries: list[exp.Select] = []
    files: Files = {}
    for place, parts in enumerate(pairs):
        tables = []
        for name, view in views.items():
            rows, found = sides[name].whole(dict.fromkeys(view.columns.values()), parts)
            tables.append(_aliased(rows, found, f"{name} {place}", name))
            files |= {f"{name} {place} {old}": paths for old, paths in found.items()}
        same = exp.EQ(this=column(CUSTOMER, "before"), expression=column(CUSTOMER, "after"))
        chosen = _chosen(views).from_(tables[0])
        queries.append(chosen.join(tables[1], on=same, join_type="full", copy=False))
    whole = queries[0] if len(queries) == 1 else exp.union(*queries, distinct=False, copy=False)
    return whole, files


def _chosen(views: Mapping[str, View]) -> exp.Select:
    ids = [column(CUSTOMER, name) for name in views]
    return exp.select(
        named(exp.Coalesce(this=ids[0], expressions=ids[1:]), CUSTOMER),
        *(named(known(each.copy()), flag) for each, flag in zip(ids, (EXISTED, EXISTS), strict=True)),
        *(named(column(old, name), new) for name, view in views.items() for new, old in view.columns.items()),
    )


def _aliased(rows: exp.Subquery, files: Mapping[str, Sequence[str]], prefix: str, alias: str) -> exp.Subquery:
    """The same rows under another name, reading sets of files whose names no other side uses."""
    for table in rows.find_all(exp.Table):
        if table.name in files:
            table.set("this", quoted(f"{prefix} {table.name}"))
    rows.set("alias", exp.TableAlias(this=quoted(alias)))
    return rows


def known(tree: exp.Expr) -> exp.Expr:
    """Whether a value is known."""
    return exp.Not(this=exp.Is(this=tree, expression=exp.Null()))
