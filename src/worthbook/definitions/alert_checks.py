"""Whether an alert can be decided: its condition reads columns and cells that there are, at either date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from worthbook.definitions.alert import GROUP_FACTS, RUNG, WAS, AlertDefinition
from worthbook.definitions.columns import Maker, labels_of, unit_of
from worthbook.definitions.formulas import FormulaReader
from worthbook.definitions.framework import FrameworkDefinition
from worthbook.definitions.framework_checks import compared_with
from worthbook.kernel.errors import Fault, Problem, did_you_mean
from worthbook.kernel.language import Text
from worthbook.kernel.units import Unit

NOT_A_FRAMEWORK = Fault(
    "alert-groups-unknown",
    what=Text(
        en="There is no framework '{name}' whose groups could be watched.", zh="没有名为“{name}”的框架可供监测。"
    ),
    hint=Text(en="{near}", zh="{near}"),
)
NOT_MONEY = Fault(
    "alert-value-not-money",
    what=Text(
        en="What is at stake must be an amount of money; '{name}' is none.", zh="所涉价值必须是金额列，而“{name}”不是。"
    ),
    hint=Text(en="Name a column such as revenue_12m.", zh="请指定金额列，例如 revenue_12m。"),
)
NOT_A_NUMBER = Fault(
    "alert-watches-no-number",
    what=Text(
        en="'{name}' is not a column of numbers whose change could be a reason.",
        zh="“{name}”不是数值列，无法作为变动原因。",
    ),
    hint=Text(en="{near}", zh="{near}"),
)
CELL_UNKNOWN = Fault(
    "alert-cell-unknown",
    what=Text(en="'{column}' has no group '{name}'.", zh="“{column}”中没有名为“{name}”的分组。"),
    hint=Text(en="{near}", zh="{near}"),
)
LOOKS_AHEAD = Fault(
    "alert-looks-back-previous",
    what=Text(
        en="'{text}' does not say how long before the date the earlier one lies.", zh="“{text}”未说明回看多长时间。"
    ),
    hint=Text(en="Write for example '3 months'.", zh="例如可写“3 months”。"),
)

_ROWS = Text(en="The catalogue (was_ may stand before a name)", zh="目录（名称前可加 was_）")
_GROUPS = Text(en="A group", zh="分组")


def problems(definition: AlertDefinition, makers: Mapping[str, Maker], formulas: FormulaReader) -> Iterator[Problem]:
    """What is wrong with one alert.

    Args:
        definition: the alert.
        makers: column → what makes it.
        formulas: reads conditions.
    """
    if definition.span.previous:
        yield LOOKS_AHEAD.problem(definition.place_of("looks_back"), text=definition.looks_back)
    yield from _stake(definition, makers)
    where = definition.place_of("when")
    if definition.groups is not None:
        if not isinstance(makers.get(definition.groups), FrameworkDefinition):
            known = [name for name, maker in makers.items() if isinstance(maker, FrameworkDefinition)]
            near = did_you_mean(definition.groups, known)
            yield NOT_A_FRAMEWORK.problem(definition.place_of("groups"), name=definition.groups, near=near)
        yield from formulas.problems(definition.when, where, set(GROUP_FACTS), _GROUPS, aggregate=False)
        return
    yield from formulas.problems(definition.when, where, readable(makers), _ROWS, aggregate=False)
    yield from _cells(definition, makers)


def readable(makers: Mapping[str, Maker]) -> set[str]:
    """All names that the condition of an alert about customers may read."""
    rungs = {
        f"{maker.name}{RUNG}" for maker in makers.values() if isinstance(maker, FrameworkDefinition) and maker.is_ranked
    }
    now = {*makers, *rungs}
    return now | {f"{WAS}{name}" for name in now}


def _stake(definition: AlertDefinition, makers: Mapping[str, Maker]) -> Iterator[Problem]:
    units = {name: unit_of(maker, name) for name, maker in makers.items()}
    if units.get(definition.value) is not Unit.MONEY:
        yield NOT_MONEY.problem(definition.place_of("value"), name=definition.value)
    for index, name in enumerate(definition.watches):
        if name not in units or not units[name].is_numeric:
            near = did_you_mean(name, [each for each, unit in units.items() if unit.is_numeric])
            yield NOT_A_NUMBER.problem(definition.place_of("watches", index), name=name, near=near)


def _cells(definition: AlertDefinition, makers: Mapping[str, Maker]) -> Iterator[Problem]:
    """Cells that the condition compares with and that there are not."""
    for column, maker in makers.items():
        labels = labels_of(maker, column)
        for name in (column, f"{WAS}{column}") if labels else ():
            for word in compared_with(name, definition.when):
                if word not in labels:
                    near = did_you_mean(word, labels)
                    yield CELL_UNKNOWN.problem(definition.place_of("when"), column=column, name=word, near=near)
