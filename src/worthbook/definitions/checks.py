"""Rules between definitions: every name that one uses is there, of the right kind, and nothing is made from itself."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property

from worthbook.definitions import (
    alert_checks,
    cycles,
    framework_checks,
    instrument_checks,
    mapping_checks,
    segment_checks,
    stability_checks,
    structure_checks,
    table_checks,
)
from worthbook.definitions.alert import AlertDefinition
from worthbook.definitions.columns import Maker, Parse, columns_made, table_columns, unit_of
from worthbook.definitions.definition import Definition
from worthbook.definitions.formulas import FormulaReader
from worthbook.definitions.framework import FrameworkDefinition
from worthbook.definitions.instrument import InstrumentDefinition
from worthbook.definitions.mapping import MappingDefinition
from worthbook.definitions.measure import MeasureDefinition
from worthbook.definitions.model import ModelDefinition, with_every
from worthbook.definitions.population import PopulationDefinition
from worthbook.definitions.reader import Reading
from worthbook.definitions.report import ReportDefinition
from worthbook.definitions.segment import SegmentDefinition, with_events
from worthbook.definitions.structure import StructureDefinition
from worthbook.definitions.study import FindingDefinition, StudyDefinition
from worthbook.definitions.table import TableDefinition
from worthbook.kernel.errors import Fault, Place, Problem, did_you_mean
from worthbook.kernel.language import Text
from worthbook.kernel.units import Unit

REFERENCE_UNKNOWN = Fault(
    "definition-reference-unknown",
    what=Text(en="There is no {kind} '{name}'.", zh="没有名为“{name}”的{kind}。"),
    hint=Text(en="{near}", zh="{near}"),
)
COLUMN_NOT_NUMERIC = Fault(
    "column-not-numeric",
    what=Text(
        en="'{name}' is counted in '{unit}', where a number is needed.", zh="此处需要数值，而“{name}”的单位是“{unit}”。"
    ),
    hint=Text(en="Choose a column that is a number.", zh="请改用数值列。"),
)
COVARIATE_UNUSABLE = Fault(
    "covariate-unusable",
    what=Text(
        en="'{name}' is counted in '{unit}', where numbers or words are needed.",
        zh="此处需要数值或文字，而“{name}”的单位是“{unit}”。",
    ),
    hint=Text(
        en="Choose a column of numbers or words; of a date take the time since then.",
        zh="请改用数值列或文字列；日期可换算为距今时长。",
    ),
)
OUTCOME_WINDOW = Fault(
    "model-outcome-window",
    what=Text(
        en="'{name}' is not counted over {window}, as the model's window says.",
        zh="“{name}”的统计窗口与模型的 window（{window}）不一致。",
    ),
    hint=Text(
        en="Take a measure with that window, such as revenue_12m for 12 months.",
        zh="请选用窗口相同的指标，例如 12 months 对应 revenue_12m。",
    ),
)
NAME_GIVEN_TWICE = Fault(
    "name-given-twice",
    what=Text(en="'{name}' is given twice: here and in {first}.", zh="“{name}”重复：此处与 {first} 都使用了这个名称。"),
    hint=Text(en="One name has one meaning; rename one of the two.", zh="一个名称只能有一个含义，请为其中一个改名。"),
)
WINDOW_WITHOUT_TABLE = Fault(
    "window-without-table",
    what=Text(en="'{name}' has a window but no table.", zh="“{name}”有时间窗口，但没有指定表。"),
    hint=Text(
        en="Remove the window: arithmetic takes that of its columns. Or say which table it is over.",
        zh="请删除 window（算术指标沿用各列自身的时间窗口），或用 table 指定数据表。",
    ),
)
UNIT_UNKNOWN = Fault(
    "placeholder-unit-unknown",
    what=Text(en="The placeholder {{{text}}} names no known unit.", zh="占位符 {{{text}}} 的单位无法识别。"),
    hint=Text(en="Write it as {{fact:unit}}. {near}", zh="请写成 {{fact:unit}}。{near}"),
)

COVARIATE_UNITS = frozenset({Unit.TEXT, Unit.LABEL, Unit.FLAG})
"""What covariates may be beside numbers."""

KINDS: dict[str, Text] = {
    "table": Text(en="table", zh="数据表"),
    "column": Text(en="column", zh="列"),
    "framework": Text(en="framework", zh="分层框架"),
    "study": Text(en="study", zh="专题研究"),
    "input": Text(en="column, model or framework", zh="列、模型或分层框架"),
}
_BRACES = re.compile(r"\{([^{}]*)\}")
_COLUMNS = Text(en="The catalogue", zh="目录")


def problems(reading: Reading, parse: Parse) -> tuple[Problem, ...]:
    """Every problem between the definitions of a reading.

    Args:
        reading: the definitions; what refers to one that could not be read is not reported a second time.
        parse: reads formulas, which is the work of the floor above.
    """
    return tuple(dict.fromkeys(_Checks(reading, parse).all()))


class _Checks:
    """One check of all definitions."""

    def __init__(self, reading: Reading, parse: Parse) -> None:
        self.reading = reading
        self.definitions = with_every(with_events(reading.definitions))
        self.formulas = FormulaReader(parse, reading.was_refused)

    def all(self) -> Iterator[Problem]:
        yield from self._names()
        for definition in self.definitions:
            yield from self._one(definition)
            if isinstance(definition, InstrumentDefinition):
                yield from instrument_checks.problems(definition)
            if isinstance(definition, StructureDefinition):
                yield from structure_checks.problems(definition, self.instruments)
            if isinstance(definition, AlertDefinition):
                yield from alert_checks.problems(definition, self.makers, self.formulas)
            if isinstance(definition, SegmentDefinition):
                yield from segment_checks.problems(definition, self.makers, self.formulas)
        yield from cycles.problems(self.definitions, self.formulas)

    def _one(self, definition: Definition) -> Iterator[Problem]:
        match definition:
            case TableDefinition():
                yield from table_checks.problems(definition, self.tables, self.formulas)
            case MappingDefinition():
                yield from mapping_checks.problems(definition, self.tables, self.formulas)
            case PopulationDefinition():
                yield from self._population(definition)
            case MeasureDefinition():
                yield from self._measure(definition)
            case ModelDefinition():
                yield from self._model(definition)
            case FrameworkDefinition():
                yield from self._framework(definition)
            case StudyDefinition():
                yield from self._study(definition)
            case ReportDefinition():
                yield from self._report(definition)

    @cached_property
    def tables(self) -> Mapping[str, TableDefinition]:
        return {each.name: each for each in self.definitions if isinstance(each, TableDefinition)}

    @cached_property
    def instruments(self) -> Mapping[str, InstrumentDefinition]:
        return {each.name: each for each in self.definitions if isinstance(each, InstrumentDefinition)}

    @cached_property
    def makers(self) -> Mapping[str, Maker]:
        """Column → what makes it."""
        return {column: each for each in self.definitions if isinstance(each, Maker) for column in columns_made(each)}

    def _named(self, kind: type[Definition]) -> set[str]:
        return {each.name for each in self.definitions if isinstance(each, kind)}

    def _names(self) -> Iterator[Problem]:
        """One name, one meaning."""
        given: dict[str, Place] = {}
        for definition in self.definitions:
            made = columns_made(definition) if isinstance(definition, Maker) else ()
            for name in dict.fromkeys([definition.name, *made]):
                where = definition.place_of("gives", name) if name in made else definition.place
                first = given.setdefault(name, where)
                if first != where:  # the same place gives the same name again where a definition is read twice
                    yield NAME_GIVEN_TWICE.problem(where, name=name, first=first)

    def _reference(self, name: str, kind: str, known: Collection[str], where: Place) -> Iterator[Problem]:
        if name not in known and not self.reading.was_refused(name):
            yield REFERENCE_UNKNOWN.problem(where, kind=KINDS[kind], name=name, near=did_you_mean(name, known))

    def _number(self, column: str, where: Place) -> Iterator[Problem]:
        yield from self._reference(column, "column", self.makers, where)
        if column in self.makers:
            unit = unit_of(self.makers[column], column)
            if not unit.is_numeric:
                yield COLUMN_NOT_NUMERIC.problem(where, name=column, unit=unit.value)

    def _model(self, definition: ModelDefinition) -> Iterator[Problem]:
        for role, column in definition.inputs.items():
            yield from self._number(column, definition.place_of("inputs", role))
        for index, column in enumerate(definition.covariates):
            yield from self._covariate(column, definition.place_of("covariates", index))
        if definition.window is not None:
            yield from self._outcome(definition, definition.window)

    def _outcome(self, definition: ModelDefinition, window: str) -> Iterator[Problem]:
        """What is to be foretold is counted over the window itself; arithmetic has the windows of its columns."""
        for role, column in definition.inputs.items():
            maker = self.makers.get(column)
            if isinstance(maker, MeasureDefinition) and maker.table is not None and maker.window != window:
                where = definition.place_of("inputs", role)
                yield OUTCOME_WINDOW.problem(where, name=column, window=window)

    def _covariate(self, column: str, where: Place) -> Iterator[Problem]:
        yield from self._reference(column, "column", self.makers, where)
        if column in self.makers:
            unit = unit_of(self.makers[column], column)
            if not unit.is_numeric and unit not in COVARIATE_UNITS:
                yield COVARIATE_UNUSABLE.problem(where, name=column, unit=unit.value)

    def _population(self, definition: PopulationDefinition) -> Iterator[Problem]:
        for path, rows in definition.rows:
            yield from self._reference(rows.table, "table", self.tables, definition.place_of(*path, "table"))
            if rows.where is not None and rows.table in self.tables:
                yield from self._rows(definition, rows.table, (*path, "where"), rows.where)

    def _rows(self, definition: Definition, table: str, path: tuple[str | int, ...], formula: str) -> Iterator[Problem]:
        """A formula over the rows of a table: an aggregate in a measure, a condition elsewhere."""
        columns = table_columns(self.tables[table], self.tables)
        whole = table_checks.table_named(table)
        aggregate = isinstance(definition, MeasureDefinition)
        yield from self.formulas.problems(formula, definition.place_of(*path), columns, whole, aggregate=aggregate)

    def _measure(self, definition: MeasureDefinition) -> Iterator[Problem]:
        if definition.table is None:
            if definition.window is not None:
                yield WINDOW_WITHOUT_TABLE.problem(definition.place_of("window"), name=definition.name)
            where = definition.place_of("formula")
            yield from self.formulas.problems(definition.formula, where, self.makers, _COLUMNS, aggregate=False)
            return
        yield from self._reference(definition.table, "table", self.tables, definition.place_of("table"))
        if definition.table in self.tables:
            yield from self._rows(definition, definition.table, ("formula",), definition.formula)

    def _framework(self, definition: FrameworkDefinition) -> Iterator[Problem]:
        yield from framework_checks.problems(definition)
        yield from stability_checks.problems(definition)
        for name, axis in definition.axes.items():
            where = definition.place_of("axes", name, "column")
            if axis.cuts:
                yield from self._number(axis.column, where)
            else:
                yield from self._reference(axis.column, "column", self.makers, where)
            for column in axis.spread.columns if axis.spread is not None else ():
                yield from self._number(column, definition.place_of("axes", name, "spread"))
            if axis.cuts_from is not None:
                yield from self._number(axis.cuts_from, definition.place_of("axes", name, "cuts_from"))
        for level in definition.levels:
            for path, target in level.targets:
                yield from self._number(target, definition.place_of(*path))
        if definition.by_hand is not None:
            yield from self._reference(definition.by_hand, "column", self.makers, definition.place_of("by_hand"))
        known = {*self.makers, *definition.axes}
        for index, cell in enumerate(definition.cells):
            if cell.when is not None:
                where = definition.place_of("cells", index, "when")
                yield from self.formulas.problems(cell.when, where, known, _COLUMNS, aggregate=False)

    def _study(self, definition: StudyDefinition) -> Iterator[Problem]:
        known = {*self.makers, *self._named(ModelDefinition)}
        for key, inputs in (("inputs", definition.inputs), ("optional", definition.optional)):
            for role, name in inputs.items():
                yield from self._reference(name, "input", known, definition.place_of(key, role))
        yield from self._placeholders(definition, "findings", definition.findings)

    def _report(self, definition: ReportDefinition) -> Iterator[Problem]:
        frameworks, studies = self._named(FrameworkDefinition), self._named(StudyDefinition)
        lists: tuple[tuple[str, str, tuple[str, ...], Collection[str]], ...] = (
            ("headline", "framework", definition.headline, frameworks),
            ("frameworks", "framework", definition.listed_frameworks, frameworks),
            ("studies", "study", definition.studies, studies),
            ("columns", "column", definition.columns, self.makers),
        )
        for key, kind, names, known in lists:
            for index, name in enumerate(names):
                yield from self._reference(name, kind, known, definition.place_of(key, index))
        yield from self._placeholders(definition, "findings", definition.findings)
        yield from self._placeholders(definition, "cautions", definition.cautions)

    def _placeholders(
        self, definition: Definition, key: str, findings: Iterable[FindingDefinition]
    ) -> Iterator[Problem]:
        units = [unit.value for unit in Unit]
        for index, finding in enumerate(findings):
            for text in placeholders(finding.text):
                unit = text.partition(":")[2]
                if unit not in units:
                    where = definition.place_of(key, index, "text")
                    yield UNIT_UNKNOWN.problem(where, text=text, near=did_you_mean(unit, units))


def placeholders(text: Text) -> list[str]:
    """What stands in braces, in either language.

    >>> placeholders(Text(en="{share:share} of {n:count}", zh="{n:count} 中的 {share:share}"))
    ['share:share', 'n:count']
    """
    return list(dict.fromkeys(found for words in (text.en, text.zh) for found in _BRACES.findall(words)))
