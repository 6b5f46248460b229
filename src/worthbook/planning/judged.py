"""Weights that people judged in pairs, read from a definition; and whether the judgements may be used."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from worthbook.definitions import weighing_checks
from worthbook.definitions.definition import Definition
from worthbook.definitions.framework import FrameworkDefinition, Level
from worthbook.definitions.weighing import OVER, Weighing
from worthbook.kernel.errors import Fault, Place, Problem, WorthbookError
from worthbook.kernel.language import Text

if TYPE_CHECKING:
    from worthbook.models.weights import Ahp, Weights
    from worthbook.models.weights.ahp import WorstJudgement

INCONSISTENT = Fault(
    "judgements-inconsistent",
    what=Text(
        en="The judgements contradict each other: consistency ratio {cr} by the table {table}, at most 0.10 is usual. "
        "'{first} over {second}' is {given}; the others imply about {suggested}, with which the ratio would be {then}.",
        zh="判断前后不一致：一致性比率为 {cr}（随机指标表 {table}），通常不应超过 0.10。"
        "“{first} over {second}”给出 {given}，按其余判断约为 {suggested}，改后比率为 {then}。",
    ),
    hint=Text(
        en="Ask the judge again about this pair first, then about others that seem off.",
        zh="请先请评判者复核这一对，再复核其他存疑的判断。",
    ),
)
WORTH_A_LOOK = 0.25
"""A judgement that is so near to what the others imply is left alone: Saaty's scale has no finer words."""

JUDGE_INCONSISTENT = Text(
    en="The judgements of '{judge}' contradict each other (consistency ratio {cr}); those of all together do not.",
    zh="评判者“{judge}”的判断前后不一致（一致性比率 {cr}），但全体合并后一致。",
)


def problems(definitions: Iterable[Definition]) -> Iterator[Problem]:
    """What is wrong with the judgements in some definitions, with file and line.

    Where they name something that is not there, which is told elsewhere, they cannot be weighed.
    """
    for definition in definitions:
        if not isinstance(definition, FrameworkDefinition) or any(weighing_checks.weights(definition)):
            continue
        for level in definition.levels:
            for path, weighing in _judged(level):
                yield from _problems(definition, path, weighing, level.names)


def _judged(level: Level) -> Iterator[tuple[tuple[str | int, ...], Weighing]]:
    for index, part in enumerate(() if level.weighing is None else level.weighing.parts):
        if part.method == "ahp":
            yield (*level.path, *(() if part is level.weighing else ("of", index))), part


def _problems(
    definition: FrameworkDefinition, path: Sequence[str | int], weighing: Weighing, names: Sequence[str]
) -> Iterator[Problem]:
    try:
        found = ahp_of(weighing, names)
    except WorthbookError as error:
        for problem in error.problems:
            yield replace(problem, where=definition.place_of(*path, "judges"))
        return
    if not found.consistent and found.worst is not None:
        worst = found.worst
        yield INCONSISTENT.problem(
            _place(definition, path, weighing, worst),
            cr=f"{found.cr:.2f}",
            table=weighing.random_index,
            first=worst.first,
            second=worst.second,
            given=saaty(worst.given),
            suggested=saaty(worst.suggested),
            then=f"{worst.cr_with_suggestion:.2f}",
        )


def _place(
    definition: FrameworkDefinition, path: Sequence[str | int], weighing: Weighing, worst: WorstJudgement
) -> Place:
    """The line of the pair where one judge speaks of it; else that of the judges."""
    keys = {OVER.join(pair) for pair in ((worst.first, worst.second), (worst.second, worst.first))}
    lines = [(judge, key) for judge, said in weighing.judges.items() for key in said if key in keys]
    if len(lines) == 1:
        return definition.place_of(*path, "judges", *lines[0])
    return definition.place_of(*path, "judges")


def saaty(value: float) -> str:
    """A ratio as it is written in judgements: 3, or 1/3.

    >>> saaty(3.0), saaty(1 / 3)
    ('3', '1/3')
    """
    return f"{value:.3g}" if value >= 1 else f"1/{1 / value:.3g}"


def ahp_of(weighing: Weighing, names: Sequence[str]) -> Ahp:
    """The weights of all judges together: geometric means of what they said, pair by pair.

    Raises:
        WorthbookError: `judgement-contradicts`, `judgements-apart`, `ahp-criteria-many`.
    """
    from worthbook.models.weights import Judgements  # noqa: PLC0415  # numpy is not loaded to list definitions

    each = [Judgements.of(_pairs(weighing, judge), names) for judge in weighing.judges]
    return Judgements.of_group(each).weigh(weighing.random_index)


def _pairs(weighing: Weighing, judge: str) -> dict[tuple[str, str], float]:
    return {(each.first, each.second): each.times for each in weighing.judgements(judge)}


def judged(weighing: Weighing, names: Sequence[str]) -> Weights:
    """The same with notes about judges who contradict themselves, though all together do not."""
    from worthbook.models.weights import Judgements  # noqa: PLC0415  # see ahp_of

    found = ahp_of(weighing, names)
    notes = list(found.weights.notes)
    for judge in weighing.judges if len(weighing.judges) > 1 else ():
        try:
            alone = Judgements.of(_pairs(weighing, judge), names).weigh(weighing.random_index)
        except WorthbookError:
            continue  # too few judgements to be weighed by themselves; what there is counts among the others'
        if not alone.consistent:
            notes.append(JUDGE_INCONSISTENT.format(judge=judge, cr=f"{alone.cr:.2f}"))
    facts = {**found.weights.facts, "judges": len(weighing.judges)}
    worst = found.worst
    if worst is not None and not math.isclose(worst.given, worst.suggested, rel_tol=WORTH_A_LOOK):
        facts |= {"worst_first": worst.first, "worst_second": worst.second}
        facts |= {"worst_given": saaty(worst.given), "worst_suggested": saaty(worst.suggested)}
    return replace(found.weights, notes=tuple(notes), facts=facts)
