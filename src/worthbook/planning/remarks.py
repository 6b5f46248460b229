"""What is odd about where customers are: a tier with nobody, everybody in one cell, rungs that nobody can reach."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from worthbook.data import columns
from worthbook.definitions.framework import FrameworkDefinition
from worthbook.kernel.evaluation import CellResult
from worthbook.kernel.language import Text
from worthbook.planning.run import Workbench
from worthbook.planning.waiting import needs_behind

_EVERYBODY = Text(
    en="All {count} customers placed are in “{cell}”: the framework tells nobody apart.",
    zh="已归类的 {count} 位客户全部属于“{cell}”，未能区分客户。",
)
_NOBODY = Text(en="Nobody is in: {cells}.", zh="以下各级没有客户：{cells}。")
_UNDECIDED = Text(
    en="Not known of anybody: {columns}; needed: {needs}. Nobody can reach a rung through it.",
    zh="所有客户均缺少：{columns}；需要：{needs}。暂时无法凭此达到任何一级。",
)


def remarks(bench: Workbench, framework: FrameworkDefinition, cells: Sequence[CellResult]) -> Iterator[Text]:
    """What to know of the customers in the cells before anything is read from them."""
    placed = sum(cell.customers for cell in cells)
    fullest = max(cells, key=lambda cell: cell.customers)
    if placed > 1 and fullest.customers == placed:
        yield _EVERYBODY.format(count=f"{placed:,}", cell=fullest.title)
    elif placed > 1 and framework.is_ranked:
        empty = [cell.title for cell in cells if not cell.customers]
        if empty:
            yield _NOBODY.format(cells=listed(empty))
    if framework.method == "ladder":
        yield from _undecided(bench, framework)


def _undecided(bench: Workbench, framework: FrameworkDefinition) -> Iterator[Text]:
    """The columns of a ladder that are known of nobody."""
    names = sorted(bench.plan.needs[framework.name])
    known = columns.totals(bench.engine, bench.sheets_of(names), names)
    missing = [name for name in names if not known[name].known and name != framework.by_hand]
    if missing:
        needs = [need for name in missing for need in needs_behind(bench, name)]
        yield _UNDECIDED.format(
            columns=listed([bench.catalogue.meta(name).title for name in missing]), needs=listed(needs)
        )


def listed(texts: Sequence[Text]) -> Text:
    """Some words, each once, in a row."""
    each = tuple(dict.fromkeys(texts))
    return Text(en=", ".join(text.en for text in each), zh="、".join(text.zh for text in each))
