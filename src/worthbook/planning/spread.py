"""How customers spread within a framework, for its picture: over the fields of a grid, over the scores of a card."""

from __future__ import annotations

import math
from collections.abc import Sequence

from worthbook.data import columns
from worthbook.data.studies import counts_above
from worthbook.definitions.framework import Band, FrameworkDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.result import Table, TableColumn
from worthbook.kernel.units import Unit, Value
from worthbook.planning.lay import value_column
from worthbook.planning.run import Workbench
from worthbook.scoring import framework as scoring

FIELDS, SCORES = "fields", "scores"
BARS = 10
"""About so many bars show how scores spread."""

_SAME = 1e-6
"""Scores that differ by less are one score."""

_CUSTOMERS = TableColumn("customers", Text(en="Customers", zh="客户数"), Unit.COUNT)
_GROUP = TableColumn("group", Text(en="Group", zh="群体"), Unit.TEXT)
_SCORE = TableColumn("score", Text(en="Score", zh="得分"), Unit.TEXT)
_WHO = Text(en="Customers by field", zh="各格客户与价值")
_SCORED = Text(en="Customers by score", zh="客户得分分布")


def spread_of(bench: Workbench, framework: FrameworkDefinition) -> Table | None:
    """A row a field of a grid of two axes, or a row a step of a scorecard's score; None for other frameworks."""
    if framework.method == "grid" and len(framework.axes) == 2:  # noqa: PLR2004 - a plane
        return _fields(bench, framework)
    score = scoring.score_column(framework)
    return None if score is None else _scores(bench, score)


def _fields(bench: Workbench, framework: FrameworkDefinition) -> Table:
    """The fields of the plane, the lowest bands first, each with its group, customers and value."""
    (across, x), (up, y) = scoring.band_columns(framework).items()
    value = value_column(framework)
    meta = bench.catalogue.meta(value)
    labels = [x, y, framework.name]
    found = {
        (row[0], row[1]): (row[2], *row[3:])
        for row in columns.by_labels(bench.engine, bench.sheets_of([*labels, value]), labels, [value])
        if row[2] is not None
    }
    titles = framework.labels
    rows: list[tuple[Value | Text, ...]] = []
    for low in framework.axes[up].bands:
        for left in framework.axes[across].bands:
            cell, *amounts = found.get((left.key, low.key), (_cell_at(framework, across, left, up, low), 0, None))
            rows.append((left.title, low.title, titles.get(str(cell), Text(en="", zh="")), *amounts))
    axes = (
        TableColumn("x", framework.axes[across].title, Unit.TEXT),
        TableColumn("y", framework.axes[up].title, Unit.TEXT),
    )
    return Table(FIELDS, _WHO, (*axes, _GROUP, _CUSTOMERS, TableColumn("value", meta.title, meta.unit)), tuple(rows))


def _cell_at(framework: FrameworkDefinition, across: str, left: Band, up: str, low: Band) -> str | None:
    """The group to which a field in which nobody stands belongs."""
    for cell in framework.cells:
        allowed = [(cell.bands or {}).get(axis, band.key) for axis, band in ((across, left), (up, low))]
        if all(
            band.key in ((each,) if isinstance(each, str) else each)
            for each, band in zip(allowed, (left, low), strict=True)
        ):
            return cell.key
    return None


def _scores(bench: Workbench, score: str) -> Table | None:
    sheets = bench.sheets_of([score])
    totals = columns.totals(bench.engine, sheets, [score])[score]
    if totals.lowest is None or totals.highest is None:
        return None
    edges = edges_of(float(str(totals.lowest)), float(str(totals.highest)))
    known, *above = counts_above(bench.engine, sheets, score, edges[1:])
    counts = [more - less for more, less in zip((known, *above), (*above, 0), strict=True)][: len(edges) - 1]
    rows = tuple(
        (Text(en=f"{low:g}–{high:g}", zh=f"{low:g}–{high:g}"), count)
        for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True)
    )
    return Table(SCORES, _SCORED, (_SCORE, _CUSTOMERS), rows)


def edges_of(lowest: float, highest: float) -> Sequence[float]:
    """Round scores between which customers are counted, from at most the lowest to at least the highest.

    A score on an edge counts below it.

    >>> edges_of(12.5, 93)
    [10, 20, 30, 40, 50, 60, 70, 80, 90, 100]
    >>> edges_of(3, 3)
    [2.0, 3.0]
    """
    if highest - lowest < _SAME:
        return [math.ceil(lowest) - 1.0, float(math.ceil(highest))]
    rough = (highest - lowest) / BARS
    power = 10 ** math.floor(math.log10(rough))
    step = next(size * power for size in (1, 2, 5, 10) if size * power >= rough)
    first, last = math.floor(lowest / step), math.ceil(highest / step)
    return [round(each * step, 9) for each in range(first, last + 1)]
