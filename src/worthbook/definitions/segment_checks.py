"""Whether a segment can be decided: it has a condition, over columns and cells that there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from worthbook.definitions.columns import Maker, labels_of
from worthbook.definitions.formulas import FormulaReader
from worthbook.definitions.framework_checks import compared_with
from worthbook.definitions.segment import LISTED, SegmentDefinition
from worthbook.kernel.errors import Fault, Problem, did_you_mean
from worthbook.kernel.language import Text

CONDITION_MISSING = Fault(
    "segment-condition-missing",
    what=Text(en="The segment '{name}' does not say who is in it.", zh="客群“{name}”没有说明包含哪些客户。"),
    hint=Text(
        en="Add `when:` with a condition, or `list:` with the file of a list that was added to the book.",
        zh="请用 `when:` 写明条件，或用 `list:` 指定已导入的名单文件。",
    ),
)
CELL_UNKNOWN = Fault(
    "segment-cell-unknown",
    what=Text(en="'{column}' has no group '{name}'.", zh="“{column}”中没有名为“{name}”的分组。"),
    hint=Text(en="{near}", zh="{near}"),
)
WORD_UNQUOTED = Fault(
    "segment-word-unquoted",
    what=Text(
        en="'{name}' is a group of '{column}' and needs quotes.", zh="“{name}”是“{column}”的一个分组，须加引号。"
    ),
    hint=Text(en="Write {column} = '{name}'.", zh="请写成 {column} = '{name}'。"),
)
EVENT_NAMED_AS_COLUMN = Fault(
    "segment-event-named-as-column",
    what=Text(
        en="The event '{event}' has the name of a column, so that the condition could mean either.",
        zh="事件“{event}”与已有的列同名，条件含义不明确。",
    ),
    hint=Text(en="Give the event another name.", zh="请为该事件另取名称。"),
)

_COLUMNS = Text(en="The catalogue", zh="目录")


def problems(definition: SegmentDefinition, makers: Mapping[str, Maker], formulas: FormulaReader) -> Iterator[Problem]:
    """What is wrong with the condition of one segment; its events are measures and are checked as such.

    Args:
        definition: the segment.
        makers: column → what makes it.
        formulas: reads conditions.
    """
    if definition.when is None and definition.list is None:
        yield CONDITION_MISSING.problem(definition.place, name=definition.name)
    for event in definition.events:
        if event in makers or event == LISTED:
            yield EVENT_NAMED_AS_COLUMN.problem(definition.place_of("events", event), event=event)
    if definition.when is None:
        return
    where = definition.place_of("when")
    known = {*makers, *definition.columns_by_event}
    formula = formulas.read(definition.when)
    read = sorted(formula.columns & set(makers)) if formula is not None else []
    bare = {label: column for column in read for label in labels_of(makers[column], column) if label not in known}
    yield from formulas.problems(definition.when, where, {*known, *bare}, _COLUMNS, aggregate=False)
    for label in sorted(set(bare) & (formula.columns if formula is not None else set())):
        yield WORD_UNQUOTED.problem(where, column=bare[label], name=label)
    for column in read:
        labels = labels_of(makers[column], column)
        for word in compared_with(column, definition.when):
            if labels and word not in labels:
                yield CELL_UNKNOWN.problem(where, column=column, name=word, near=did_you_mean(word, labels))
