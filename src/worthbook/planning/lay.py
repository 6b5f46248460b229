"""Lay a framework over all customers, and say who is where and who could not be placed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import cast

from worthbook.data import columns
from worthbook.definitions.framework import SCORE, FrameworkDefinition
from worthbook.kernel.evaluation import AxisResult, CellResult, FrameworkResult
from worthbook.kernel.language import Text
from worthbook.kernel.units import Unit, Value
from worthbook.planning.balance import balance
from worthbook.planning.remarks import remarks
from worthbook.planning.run import AxisThresholds, Workbench
from worthbook.planning.weigh import weigh, weighting_of
from worthbook.planning.worth import VALUE_COLUMN
from worthbook.scoring import framework as scoring
from worthbook.scoring.weighting import Weighting

HELD = Text(
    en="{count} customers keep a tier that their numbers of this day alone would not give.",
    zh="另有 {count} 位客户按保级规则维持原等级，仅按当日数据则不在该等级。",
)
ONE_HELD = Text(
    en="1 customer keeps a tier that the numbers of this day alone would not give.",
    zh="另有 1 位客户按保级规则维持原等级，仅按当日数据则不在该等级。",
)
BY_HAND = Text(en="{count} customers were placed by hand.", zh="其中 {count} 位客户为人工指定。")
ONE_BY_HAND = Text(en="1 customer was placed by hand.", zh="其中 1 位客户为人工指定。")


def lay(bench: Workbench, frameworks: Sequence[FrameworkDefinition]) -> None:
    """Make the columns of some frameworks in one pass over the customers; scorecards take a second one."""
    needed = {name for framework in frameworks for name in bench.plan.needs[framework.name]}
    first: dict[str, tuple[str, Unit]] = {}
    for framework in frameworks:
        for formulas in scoring.steps(framework, thresholds_of(bench, framework), weighting(bench, framework)):
            first |= formulas
    bench.derive(first, needed)
    scored = [framework for framework in frameworks if framework.computed not in first]
    if scored:
        grades: dict[str, tuple[str, Unit]] = {}
        for framework in scored:
            grades |= scoring.steps(framework, thresholds_of(bench, framework))[-1]
        bench.derive(grades, {*needed, *first})


def thresholds_of(bench: Workbench, framework: FrameworkDefinition) -> AxisThresholds:
    """How the axes are cut in this population; a scorecard's own score too, once it is made."""
    found = {name: bench.cut(axis.cut_column, axis.parsed_cuts) for name, axis in framework.axes.items()}
    score = scoring.score_column(framework)
    if score is not None and score in bench.sheets:
        found[SCORE] = bench.cut(score, framework.parsed_score_cuts)
    return found


def weighting(bench: Workbench, framework: FrameworkDefinition) -> Weighting | None:
    """How much the axes of a scorecard count where that is found in this population or judged; None where stated."""
    if all(level.weighing is None for level in framework.levels):
        return None
    return weighting_of(framework, weigh(bench, framework, thresholds_of(bench, framework)))


def laid(bench: Workbench, framework: FrameworkDefinition) -> FrameworkResult:
    """The framework's result: every cell with its customers and what they are worth, and who is in none."""
    value = value_column(framework)
    counted = _counted(bench, framework.name, value)
    meta = bench.catalogue.meta(framework.name)
    notes, tables = balance(bench, framework, thresholds_of(bench, framework))
    unplaced, _ = counted.pop(None, (0, None))
    cells = _cells(framework, counted)
    return FrameworkResult(
        name=framework.name,
        title=framework.title,
        description=framework.description,
        method=framework.method,
        cells=cells,
        unplaced=unplaced,
        unplaced_because=_reasons(bench, framework) if unplaced else (),
        axes=_axes(bench, framework),
        value_title=bench.catalogue.meta(value).title,
        value_unit=bench.catalogue.meta(value).unit,
        caveats=meta.caveats,
        source=framework.source,
        provenance=bench.plan.provenance[framework.name].with_facts(unplaced=unplaced, **_weights(bench, framework)),
        notes=(*_notes(bench, framework), *remarks(bench, framework, cells), *notes),
        tables=tables,
    )


def _weights(bench: Workbench, framework: FrameworkDefinition) -> dict[str, float]:
    """The weights that were found or judged, for the record."""
    found = weighting(bench, framework)
    return {} if found is None else {f"weight_{name}": value for name, value in {**found.groups, **found.axes}.items()}


def _notes(bench: Workbench, framework: FrameworkDefinition) -> Iterator[Text]:
    """What decided beside the axes."""
    if framework.stability is not None:
        pairs = columns.cross(bench.engine, bench.sheets_of([framework.held, framework.computed]),
                              [framework.held, framework.computed])  # fmt: skip
        if count := sum(cast("int", customers) for held, computed, customers in pairs if held != computed):
            yield ONE_HELD if count == 1 else HELD.format(count=count)
    if framework.by_hand is not None:
        totals = columns.totals(bench.engine, bench.sheets_of([framework.by_hand]), [framework.by_hand])
        if count := totals[framework.by_hand].known:
            yield ONE_BY_HAND if count == 1 else BY_HAND.format(count=count)


def value_column(framework: FrameworkDefinition) -> str:
    """What the cells are weighed by: the ranking column of a tier framework, else the year's revenue."""
    if framework.method == "tiers":
        return next(iter(framework.axes.values())).column
    return VALUE_COLUMN


def _counted(bench: Workbench, name: str, value: str) -> dict[str | None, tuple[int, Value]]:
    """Customers and their value by cell; under None those in none."""
    found = columns.by_label(bench.engine, bench.sheets_of([name, value]), name, [value])
    return {cast("str | None", label): (cast("int", count), total) for label, count, total in found}


def _cells(framework: FrameworkDefinition, counted: dict[str | None, tuple[int, Value]]) -> tuple[CellResult, ...]:
    customers = sum(count for count, _ in counted.values())
    amounts = {key: _number(total) for key, (_, total) in counted.items()}
    known = [amount for amount in amounts.values() if amount is not None]
    total = sum(known)
    cells = []
    for cell in framework.cells:
        count, value = counted.get(cell.key, (0, None if not known else Decimal(0)))
        amount = amounts.get(cell.key, 0.0 if known else None)
        cells.append(
            CellResult(
                key=cell.key,
                title=cell.title,
                meaning=cell.meaning,
                strategy=cell.strategy,
                customers=count,
                customer_share=count / customers if customers else 0.0,
                value=value,
                value_share=amount / total if amount is not None and total > 0 else None,
                service_level=cell.service_level,
                next_action=cell.next_action,
            )
        )
    return tuple(cells)


def _number(value: Value) -> float | None:
    return None if value is None else float(cast("Decimal | float", value))


def _reasons(bench: Workbench, framework: FrameworkDefinition) -> tuple[tuple[Text, int], ...]:
    """Which column is not known, for how many; an axis that is known for everyone gives no reason."""
    reasons = []
    for column in dict.fromkeys(axis.column for axis in framework.axes.values()):
        unknown = columns.unknown(
            bench.engine, bench.sheets_of([column, framework.name]), column, unplaced_in=framework.name
        )
        if unknown:
            reasons.append((bench.catalogue.meta(column).title, unknown))
    return tuple(reasons)


def _axes(bench: Workbench, framework: FrameworkDefinition) -> tuple[AxisResult, ...]:
    thresholds = thresholds_of(bench, framework)
    cells = tuple(cell.title for cell in framework.cells)
    axes = [
        AxisResult(
            name=name,
            title=axis.title,
            column=axis.column,
            unit=bench.catalogue.meta(axis.column).unit,
            thresholds=tuple(thresholds[name]),
            bands=tuple(band.title for band in axis.bands) or cells,
        )
        for name, axis in framework.axes.items()
    ]
    score = scoring.score_column(framework)
    if score is not None:
        meta = bench.catalogue.meta(score)
        axes.append(AxisResult(SCORE, meta.title, score, meta.unit, tuple(thresholds[SCORE]), cells))
    return tuple(axes)
