"""The pictures of a framework: groups as layers, a grid as a plane, the scores of a card as bars."""

from __future__ import annotations

from worthbook.kernel.evaluation import RANKED, CellResult, FrameworkResult
from worthbook.kernel.language import Text
from worthbook.kernel.result import Chart, Table, TableColumn
from worthbook.kernel.units import Unit, show
from worthbook.reporting.words import WORDS

Drawing = tuple[Chart, Table]


def framework_charts(framework: FrameworkResult) -> tuple[Drawing, ...]:
    """What is drawn of a framework, the most telling picture first; nothing where nobody was placed."""
    if not any(cell.customers for cell in framework.cells):
        return ()
    if framework.method == "grid" and framework.spread is not None:
        return (_plane(framework, framework.spread),)
    scores = () if framework.spread is None else (_scores(framework, framework.spread),)
    return (_groups(framework), *scores)


def _groups(framework: FrameworkResult) -> Drawing:
    """Share of customers back to back with share of value, a layer a group."""
    cells = framework.best_first
    columns = (
        TableColumn("tier", WORDS["tier"] if framework.method in RANKED else WORDS["group"], Unit.TEXT),
        TableColumn("customers", WORDS["customer_share"], Unit.SHARE),
        TableColumn("value", WORDS["value_share"], Unit.SHARE),
    )
    rows = tuple((cell.title, cell.customer_share, cell.value_share) for cell in cells)
    valued = any(cell.value_share is not None for cell in cells)
    parts = Text(en="; ".join(_part(cell).en for cell in cells), zh="；".join(_part(cell).zh for cell in cells))
    chart = Chart(
        name="pyramid",
        title=WORDS["pyramid_title"],
        kind="pyramid",
        table="pyramid",
        x="tier",
        y=("customers", "value") if valued else ("customers",),
        summary=WORDS["pyramid_summary"].format(parts=parts),
    )
    return chart, Table("pyramid", WORDS["pyramid_title"], columns, rows)


def _part(cell: CellResult) -> Text:
    """A layer in words."""
    customers, value = (
        None if share is None else Text(en=show(share, Unit.SHARE, "en"), zh=show(share, Unit.SHARE, "zh"))
        for share in (cell.customer_share, cell.value_share)
    )
    name = "pyramid_part_unknown" if value is None else "pyramid_part"
    return WORDS[name].format(title=cell.title, customers=customers, value=value)


def _plane(framework: FrameworkResult, fields: Table) -> Drawing:
    across, up = (axis.title for axis in framework.axes)
    chart = Chart(
        name="plane",
        title=WORDS["plane_title"],
        kind="matrix",
        table=fields.name,
        x="x",
        y=("y", "customers", "value"),
        colour="group",
        summary=WORDS["plane_summary"].format(across=across, up=up, largest=_largest(framework)),
    )
    return chart, fields


def _scores(framework: FrameworkResult, scores: Table) -> Drawing:
    chart = Chart(
        name="scores",
        title=WORDS["scores_title"],
        kind="bar",
        table=scores.name,
        x="score",
        y=("customers",),
        summary=WORDS["scores_summary"].format(edges=_edges(framework)),
    )
    return chart, scores


def _largest(framework: FrameworkResult) -> Text:
    return _part(max(framework.cells, key=lambda cell: cell.customers))


def _edges(framework: FrameworkResult) -> Text:
    """Where each grade begins."""
    said: dict[str, list[str]] = {"en": [], "zh": []}
    score = framework.axes[-1]
    for band, edge in zip(score.bands[1:], score.thresholds, strict=False):
        said["en"].append(f"{band.en} {float(edge):g}")
        said["zh"].append(f"{band.zh}{float(edge):g}")
    return Text(en=", ".join(said["en"]), zh="、".join(said["zh"]))
