"""The columns that definitions make: their names, what they are made from, and what they mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from worthbook.definitions.alert import AlertDefinition, column_of
from worthbook.definitions.definition import Definition
from worthbook.definitions.framework import SCORE, FrameworkDefinition
from worthbook.definitions.measure import MeasureDefinition
from worthbook.definitions.model import ModelDefinition
from worthbook.definitions.report import ReportDefinition
from worthbook.definitions.segment import SegmentDefinition
from worthbook.definitions.study import StudyDefinition
from worthbook.definitions.table import TableDefinition
from worthbook.kernel.errors import Place
from worthbook.kernel.language import Text
from worthbook.kernel.result import ColumnMeta
from worthbook.kernel.units import Unit

Maker = MeasureDefinition | ModelDefinition | FrameworkDefinition | SegmentDefinition
"""What makes columns about customers."""


_COMPUTED = Text(en="as computed", zh="系统计算结果")
_CHANCE = Text(en="probability of {cell}", zh="“{cell}”的概率")
_HELD = Text(en="kept", zh="保级后结果")
_KEPT_TO = Text(en="may be kept up to", zh="可保留的最高等级")
_SINCE = Text(en="since", zh="起始日期")


class ReadFormula(Protocol):
    """What must be known of a formula here; reading it is the work of the floor above."""

    @property
    def columns(self) -> frozenset[str]:
        """The columns that it reads."""
        ...

    @property
    def is_aggregate(self) -> bool:
        """Whether it makes one value of many rows."""
        ...


Parse = Callable[[str, Place | None], ReadFormula]
"""Reads a formula that stands at a place, or raises a `WorthbookError`."""


def columns_made(maker: Maker) -> tuple[str, ...]:
    """The names of the columns that a measure, model, framework or segment makes."""
    match maker:
        case MeasureDefinition() | SegmentDefinition():
            return (maker.name,)
        case ModelDefinition():
            return tuple(maker.gives)
        case FrameworkDefinition():
            bands = (_inner(maker, axis) for axis, each in maker.axes.items() if each.bands)
            groups = (_inner(maker, group) for group in maker.groups)
            score = (_inner(maker, SCORE),) if maker.method == "scorecard" else ()
            kept = (*maker.remembered, maker.kept_to) if maker.stability is not None else ()
            return tuple(dict.fromkeys((maker.name, maker.computed, *bands, *groups, *score, *kept, *maker.chances)))


def unit_of(maker: Maker, column: str) -> Unit:
    """The unit of one of its columns."""
    match maker:
        case MeasureDefinition() | SegmentDefinition():
            return maker.unit
        case ModelDefinition():
            return maker.gives[column].unit
        case FrameworkDefinition():
            if column in maker.remembered and column == maker.since:
                return Unit.DATE
            if column in maker.chances:
                return Unit.PROBABILITY
            scores = {_inner(maker, part) for part in (SCORE, *maker.groups)} if maker.method == "scorecard" else ()
            return Unit.SCORE if column in scores else Unit.LABEL


def needs(definition: Definition, parse: Parse) -> frozenset[str]:  # noqa: PLR0911 - one return a kind
    """The names that it is made from directly.

    A measure over a table has none: it is made from rows. A study names columns, models or frameworks, a report all
    that it shows by name, a table other tables.
    """
    match definition:
        case MeasureDefinition(table=None):
            return parse(definition.formula, definition.place_of("formula")).columns
        case ModelDefinition():
            return frozenset(definition.reads)
        case FrameworkDefinition():
            axes = definition.axes.values()
            cut = frozenset(column for axis in axes for column in (axis.column, axis.cut_column))
            chosen = frozenset() if definition.by_hand is None else frozenset((definition.by_hand,))
            return cut | {*definition.targets} | _conditions(definition, parse) | chosen
        case SegmentDefinition():
            return _decided_by(definition, parse)
        case StudyDefinition():
            return frozenset({*definition.inputs.values(), *definition.optional.values()})
        case ReportDefinition():
            named = (*definition.headline, *definition.listed_frameworks, *definition.studies, *definition.columns)
            return frozenset(named)
        case AlertDefinition():
            return _watched(definition, parse)
        case TableDefinition():
            return frozenset(tables_behind(definition))
        case _:
            return frozenset()


def tables_behind(table: TableDefinition) -> tuple[str, ...]:
    """The tables that a table reads directly."""
    looked_up = [column.lookup.split(".")[0] for column in table.columns.values() if column.lookup]
    return tuple(dict.fromkeys([*([table.derived_from] if table.derived_from else []), *looked_up]))


def table_columns(table: TableDefinition, tables: Mapping[str, TableDefinition]) -> dict[str, Unit]:
    """The columns of a table and their units; a derived table has its key from the table behind it."""
    columns = {name: column.unit for name, column in table.columns.items()}
    source = tables.get(table.derived_from or "")
    if source is None:
        return columns
    # Without the table itself, so that tables derived in a circle, which are told elsewhere, come to an end.
    behind = table_columns(source, {name: each for name, each in tables.items() if each is not table})
    return {**{name: behind[name] for name in table.key if name in behind}, **columns}


def meta(maker: Maker, column: str, caveats: tuple[Text, ...]) -> ColumnMeta:
    """What one of its columns means."""
    match maker:
        case MeasureDefinition() | SegmentDefinition():
            return ColumnMeta(column, maker.title, maker.unit, maker.description, maker.source, caveats)
        case ModelDefinition():
            given = maker.gives[column]
            return ColumnMeta(column, given.title, given.unit, given.description, maker.source, caveats)
        case FrameworkDefinition():
            title, labels = _framework_words(maker, column)
            unit = unit_of(maker, column)
            return ColumnMeta(column, title, unit, maker.description, maker.source, caveats, labels)


def labels_of(maker: Maker, column: str) -> Mapping[str, Text]:
    """For a column of named bands, cells or tiers: the title of each key; nothing for others."""
    return _framework_words(maker, column)[1] if isinstance(maker, FrameworkDefinition) else {}


def _framework_words(framework: FrameworkDefinition, column: str) -> tuple[Text, Mapping[str, Text]]:
    """Title and labels of a framework's own column, of an axis, of a group, or of the score."""
    if column == framework.name:
        return framework.title, framework.labels
    beside = {framework.computed: _COMPUTED}
    if framework.stability is not None:
        beside |= {framework.held: _HELD, framework.kept_to: _KEPT_TO, framework.since: _SINCE}
    if column in beside:
        return _within(framework, beside[column]), {} if column == framework.since else framework.labels
    if column in framework.chances:
        cell = framework.cells[framework.chances.index(column)]
        return _within(framework, _CHANCE.format(cell=cell.title)), {}
    inner = column.removeprefix(_inner(framework, ""))
    if inner in framework.axes:
        axis = framework.axes[inner]
        return _within(framework, axis.title), {band.key: band.title for band in axis.bands}
    if inner in framework.groups:
        return _within(framework, framework.groups[inner].title), {}
    return _within(framework, Text(en="score", zh="得分")), {}


def _within(framework: FrameworkDefinition, title: Text) -> Text:
    return Text(en=f"{framework.title.en}: {title.en}", zh=f"{framework.title.zh}：{title.zh}")


def _inner(framework: FrameworkDefinition, part: str) -> str:
    return f"{framework.name}__{part}"


def _watched(alert: AlertDefinition, parse: Parse) -> frozenset[str]:
    """The columns that an alert reads at both dates."""
    if alert.groups is not None:
        return frozenset({alert.groups, alert.value})
    read = parse(alert.when, alert.place_of("when")).columns
    return frozenset({*map(column_of, read), alert.value, *alert.watches})


def _decided_by(segment: SegmentDefinition, parse: Parse) -> frozenset[str]:
    """The columns in the condition of a segment; its events are columns under longer names."""
    events = segment.columns_by_event
    read = parse(segment.when, segment.place_of("when")).columns if segment.when else frozenset[str]()
    listed = frozenset(events.values()) if segment.list else frozenset[str]()
    return frozenset(events.get(name, name) for name in read) | (
        listed - {f"{segment.name}__{each}" for each in segment.events}
    )


def _conditions(framework: FrameworkDefinition, parse: Parse) -> frozenset[str]:
    """The columns in the conditions of rules; the names of axes stand for bands."""
    read = (
        parse(cell.when, framework.place_of("cells", index, "when")).columns
        for index, cell in enumerate(framework.cells)
        if cell.when is not None
    )
    return frozenset[str]().union(*read) - set(framework.axes)
