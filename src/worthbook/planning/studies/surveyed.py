"""What studies of surveys share: the instrument that is meant, and groups too small to be shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worthbook.definitions.instrument import InstrumentDefinition, Scoring
from worthbook.definitions.study import StudyDefinition
from worthbook.kernel.errors import Fault, did_you_mean
from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding
from worthbook.kernel.units import Value
from worthbook.models.base import FloatArray
from worthbook.models.perception.points import Shared, Sums
from worthbook.models.perception.tally import Tally
from worthbook.planning.studies.context import Made, StudyContext
from worthbook.planning.surveys import Groups

INSTRUMENT_UNKNOWN = Fault(
    "instrument-unknown",
    what=Text(en="There is no instrument '{name}'.", zh="没有名为“{name}”的问卷。"),
    hint=Text(en="{near}", zh="{near}"),
)
SCORING_OTHER = Fault(
    "instrument-scored-otherwise",
    what=Text(
        en="'{name}' is scored as '{found}', not as '{wanted}'.",
        zh="问卷“{name}”的计分方式是“{found}”，而不是“{wanted}”。",
    ),
    hint=Text(en="Choose another instrument or another analysis.", zh="请更换问卷或分析方法。"),
)
TOO_FEW = Text(
    en="Groups of fewer than {least} respondents are not shown: {names}.",
    zh="受访者不足{least}位的分组不予显示：{names}。",
)
FEW = Text(
    en="With {count} respondents the intervals are wide; take the numbers as a first hint.",
    zh="仅有{count}位受访者，区间较宽，结果只能作为初步参考。",
)
SUMS: Mapping[Sums, Text] = {
    "rescale": Text(
        en="The points of {count} respondents did not add up to {total}; they were scaled to it.",
        zh="有{count}位受访者的点数合计不等于{total}，已按比例换算。",
    ),
    "reject": Text(
        en="The points of {count} respondents did not add up to {total}; they are left out.",
        zh="有{count}位受访者的点数合计不等于{total}，已剔除。",
    ),
    "accept": Text(
        en="The points of {count} respondents did not add up to {total}; they count as they are.",
        zh="有{count}位受访者的点数合计不等于{total}，按原值计入。",
    ),
}
ALIKE = Text(
    en="{count} respondents gave every attribute the same points: they may not have weighed them.",
    zh="有{count}位受访者给各要素分配了相同点数，可能未认真权衡。",
)
LEAST = 10
"""Fewer respondents in a group are not shown: they say little, and one could tell who said it."""
_FEW_BELOW = 30
_NAMES_SHOWN = 6


def instrument_of(definition: StudyDefinition, context: StudyContext, *scoring: Scoring) -> InstrumentDefinition:
    """The instrument that a study is about.

    Raises:
        WorthbookError: instrument-unknown, instrument-scored-otherwise.
    """
    name = str(definition.options.get("instrument", ""))
    found = context.instruments.get(name)
    if found is None:
        where = definition.place_of("options", "instrument")
        raise INSTRUMENT_UNKNOWN(where, name=name, near=did_you_mean(name, context.instruments))
    if scoring and found.scoring not in scoring:
        raise SCORING_OTHER(name=name, found=found.scoring, wanted=scoring[0])
    return found


def option(definition: StudyDefinition, name: str) -> str | None:
    """A word among the options; None where it was not given."""
    found = definition.options.get(name)
    return None if found is None or not str(found) else str(found)


def least_of(definition: StudyDefinition) -> int:
    """How many respondents a group must have to be shown."""
    return int(definition.options.get("least", LEAST))


def withheld(names: Sequence[str], respondents: FloatArray, least: int) -> tuple[Finding, ...]:
    """Says which groups are too small to be shown."""
    small = [name for name, count in zip(names, respondents, strict=True) if 0 < count < least]
    if not small:
        return ()
    shown = ", ".join(small[:_NAMES_SHOWN]) + (" …" if len(small) > _NAMES_SHOWN else "")
    return (Finding(TOO_FEW.format(least=least, names=shown), "warning"),)


def few(count: float) -> tuple[Finding, ...]:
    """Says that there are few respondents, where there are."""
    return (Finding(FEW.format(count=int(count)), "warning"),) if 0 < count < _FEW_BELOW else ()


def nobody() -> Made:
    """A study for which nobody has answered yet: it says nothing, and is left out of the page."""
    return Made((), {"respondents": 0}, ("answers",))


def listed(texts: Sequence[Text]) -> Text:
    """Names after one another."""
    return Text(en=", ".join(text.en for text in texts), zh="、".join(text.zh for text in texts))


def large(groups: Groups, least: int) -> Groups:
    """Without the groups that are too small to be shown."""
    kept = np.flatnonzero(groups.tally.respondents >= least)
    each = groups.tally
    return Groups(
        tuple(groups.names[index] for index in kept), Tally(each.count[kept], each.weight[kept], each.square[kept])
    )


def points_note(shared: Shared, total: float, sums: Sums) -> tuple[Finding, ...]:
    """Says of how many the points did not add up, and what was done about it."""
    told = []
    if shared.off.any():
        told.append(Finding(SUMS[sums].format(count=int(shared.off.sum()), total=f"{total:g}"), "warning"))
    if shared.alike.any():
        told.append(Finding(ALIKE.format(count=int(shared.alike.sum())), "warning"))
    return tuple(told)


def known(number: float | np.floating) -> Value:
    """A number for a cell of a table; None where it is not known."""
    return None if np.isnan(number) else float(number)
