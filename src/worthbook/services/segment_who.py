"""Whom a command is about: a segment by its name, a cell (`customer_pyramid.vip`), or a condition as it is typed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from worthbook.data.chosen import Customers
from worthbook.data.formula import parse
from worthbook.definitions import segment_checks
from worthbook.definitions.columns import unit_of
from worthbook.definitions.formulas import FormulaReader
from worthbook.definitions.framework import Cell, FrameworkDefinition
from worthbook.definitions.segment import Event, SegmentDefinition
from worthbook.kernel.errors import Fault, did_you_mean, raise_all
from worthbook.kernel.language import Text
from worthbook.kernel.period import Window
from worthbook.planning.index import NAME_UNKNOWN, Catalogue
from worthbook.planning.misfits import misfit
from worthbook.planning.worth import VALUE_COLUMN
from worthbook.services.open_book import OpenBook

SEGMENT_UNKNOWN = Fault(
    "segment-unknown",
    what=Text(en="There is no segment '{name}'.", zh="没有名为“{name}”的客群。"),
    hint=Text(
        en='A condition compares something: "revenue_12m > 500". {near}',
        zh='条件需要有比较，例如 "revenue_12m > 500"。{near}',
    ),
)
NOTHING_ASKED = Fault(
    "segment-nothing-asked",
    what=Text(en="It is not said which customers are meant.", zh="没有说明要找哪些客户。"),
    hint=Text(
        en='Name a segment, a cell such as customer_pyramid.vip, or a condition such as "revenue_12m > 500".',
        zh='请给出客群名称、单元（如 customer_pyramid.vip）或条件（如 "revenue_12m > 500"）。',
    ),
)
FRAMEWORK_UNKNOWN = Fault(
    "segment-framework-unknown",
    what=Text(en="There is no framework '{name}'.", zh="没有名为“{name}”的分层框架。"),
    hint=Text(en="{near}", zh="{near}"),
)
CELL_UNKNOWN = Fault(
    "segment-framework-cell-unknown",
    what=Text(en="The framework '{framework}' has no cell '{name}'.", zh="分层框架“{framework}”中没有单元“{name}”。"),
    hint=Text(en="{near}", zh="{near}"),
)

_CELL = re.compile(r"(?P<framework>[a-z][a-z0-9_]*)\.(?P<cell>[a-z][a-z0-9_]*)")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
REPORT = "overview"
"""The report whose columns are compared and grouped by where none are named."""
TYPED = "typed"
"""The name of a condition that has none yet."""


@dataclass(frozen=True)
class Who:
    """Some customers, by a condition that can be asked of all."""

    name: str
    title: Text
    condition: str
    """Over columns that can be made."""
    reads: tuple[str, ...]
    """Those columns."""
    definition: SegmentDefinition | None = None
    cell: Cell | None = None

    @property
    def meaning(self) -> tuple[tuple[Text, Text], ...]:
        """What it is and who is in it: label and text."""
        asked = self.condition if self.definition is None else self.definition.when or self.definition.list or ""
        pairs = [(_WHO, Text(en=asked, zh=asked))]
        if self.definition is not None:
            pairs.insert(0, (_MEANING, self.definition.description))
            pairs += [(Text(en=name, zh=name), _event(each)) for name, each in self.definition.events.items()]
        if self.cell is not None:
            pairs.insert(0, (_MEANING, self.cell.meaning))
        return tuple(pairs)

    @property
    def words(self) -> tuple[tuple[Text, Text], ...]:
        """Strategy, service level and next action, as far as they are said: label and text."""
        said = self.definition or self.cell
        pairs = [] if said is None else [(_STRATEGY, said.strategy), (_SERVICE, said.service_level)]
        pairs += [] if said is None else [(_NEXT, said.next_action)]
        return tuple((label, text) for label, text in pairs if text is not None)


_MEANING = Text(en="Meaning", zh="含义")
_WHO = Text(en="Condition", zh="条件")
_STRATEGY = Text(en="Strategy", zh="策略")
_SERVICE = Text(en="Service level", zh="服务标准")
_NEXT = Text(en="Next action", zh="下一步")
_COUNTED = Text(en="{title} ({table}, {window}): {formula}", zh="{title}（{table}，{window}）：{formula}")
_OF = Text(en="{framework}: {cell}", zh="{framework}：{cell}")


def _event(event: Event) -> Text:
    """What an event counts, in words and in the formula language."""
    span = Text(en="whole history", zh="全部历史") if event.window is None else Window.parse(event.window).title
    return _COUNTED.format(title=event.title, table=event.table, window=span, formula=event.formula)


def read_who(catalogue: Catalogue, text: str) -> Who:
    """Read what was typed.

    Raises:
        WorthbookError: segment-unknown, segment-framework-unknown, segment-framework-cell-unknown, or all that is wrong
            with the condition.
    """
    asked = text.strip()
    if asked in catalogue.segments:
        segment = catalogue.segments[asked]
        return Who(asked, segment.title, asked, (asked,), segment)
    if match := _CELL.fullmatch(asked):
        return _cell(catalogue, match["framework"], match["cell"])
    if _NAME.fullmatch(asked) and asked not in catalogue.makers:
        raise SEGMENT_UNKNOWN(name=asked, near=did_you_mean(asked, catalogue.segments))
    return typed(catalogue, asked)


def typed(catalogue: Catalogue, condition: str) -> Who:
    """A condition as it is typed, if it can be asked.

    Raises:
        WorthbookError: everything that is wrong with the condition.
    """
    words = Text(en=condition, zh=condition)
    if not condition.strip():
        raise NOTHING_ASKED()  # noqa: RSE102 - a Fault is called to become an exception
    segment = SegmentDefinition(name=TYPED, title=words, description=words, source=TYPED, when=condition)
    known = {name: unit_of(maker, name).storage for name, maker in catalogue.makers.items()}
    wrong = [
        *segment_checks.problems(segment, catalogue.makers, FormulaReader(parse, lambda _: False)),
        *misfit(segment, known),
    ]
    raise_all(replace(problem, where=None) for problem in wrong)
    return Who(condition, words, condition, tuple(sorted(parse(condition).columns)))


def framework_of(catalogue: Catalogue, name: str) -> FrameworkDefinition:
    """A framework by its name.

    Raises:
        WorthbookError: segment-framework-unknown.
    """
    if name not in catalogue.frameworks:
        raise FRAMEWORK_UNKNOWN(name=name, near=did_you_mean(name, catalogue.frameworks))
    return catalogue.frameworks[name]


def _cell(catalogue: Catalogue, name: str, key: str) -> Who:
    framework = framework_of(catalogue, name)
    cell = next((each for each in framework.cells if each.key == key), None)
    if cell is None:
        raise CELL_UNKNOWN(framework=name, name=key, near=did_you_mean(key, framework.labels))
    title = _OF.format(framework=framework.title, cell=cell.title)
    return Who(f"{name}.{key}", title, f"{name} = '{key}'", (name,), cell=cell)


def columns_of(catalogue: Catalogue, who: Who) -> tuple[str, ...]:
    """The columns to show beside the customers: those that the condition reads, or that the segment's reads."""
    if who.definition is None:
        return who.reads
    return tuple(sorted(catalogue.needs_of(who.definition)))


def customers_for(opened: OpenBook, asked: Sequence[Who], as_of: str | None, more: Sequence[str] = ()) -> Customers:
    """All customers with the columns that some questions read, with their value, and no others.

    Raises:
        WorthbookError: `book-empty`, `as-of-before-history`, `date-unreadable`.
    """
    names = dict.fromkeys([VALUE_COLUMN, *more, *(name for who in asked for name in who.reads)])
    day = opened.day(as_of)
    bench = opened.make(names, as_of=day)
    return Customers(opened.engine, bench.sheets_of(names), day, opened.snapshot.settings)


def known_columns(catalogue: Catalogue, asked: Sequence[str] = ()) -> tuple[str, ...]:
    """The columns that were asked for, or all that the report lists.

    Raises:
        WorthbookError: `name-unknown`.
    """
    report = catalogue.reports[REPORT]
    names = asked or (*report.columns, *report.frameworks)
    raise_all(
        NAME_UNKNOWN.problem(name=name, near=did_you_mean(name, catalogue.makers))
        for name in names
        if name not in catalogue.makers
    )
    return tuple(dict.fromkeys(names))
