"""Conditions of segments and alerts that compare what cannot be compared, found before anything is computed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping

from worthbook.data.compile import Scope, compile_condition
from worthbook.data.formula import parse
from worthbook.data.typed import Kind
from worthbook.definitions.alert import RUNG, WAS, AlertDefinition
from worthbook.definitions.columns import Maker, columns_made, unit_of
from worthbook.definitions.definition import Definition
from worthbook.definitions.segment import SegmentDefinition, with_events
from worthbook.kernel.errors import Place, Problem, WorthbookError

_ANY_DAY = dt.date(2000, 1, 1)


def misfits(definitions: Iterable[Definition]) -> Iterator[Problem]:
    """Each condition that is no condition, or compares text with numbers and the like, with its file and line.

    What cannot be read, or reads columns that there are not, is told elsewhere.
    """
    given = with_events(definitions)
    makers = [each for each in given if isinstance(each, Maker)]
    kinds = {column: unit_of(maker, column).storage for maker in makers for column in columns_made(maker)}
    for maker in makers:
        if isinstance(maker, SegmentDefinition):
            yield from misfit(maker, kinds)
    for alert in (each for each in given if isinstance(each, AlertDefinition)):
        yield from _of_condition(alert.when, alert.place_of("when"), _at_both_dates(alert, kinds))


def _at_both_dates(alert: AlertDefinition, kinds: Mapping[str, Kind]) -> dict[str, Kind]:
    """What the condition of an alert may read."""
    if alert.groups is not None:
        value = kinds.get(alert.value, "money")
        return {"customers": "integer", "was_customers": "integer", "value": value, "was_value": value}
    rungs: dict[str, Kind] = {f"{name}{RUNG}": "integer" for name in kinds}
    now = {**rungs, **kinds}
    return {**now, **{f"{WAS}{name}": kind for name, kind in now.items()}}


def misfit(segment: SegmentDefinition, kinds: Mapping[str, Kind]) -> tuple[Problem, ...]:
    """The same for one segment.

    Args:
        segment: what is asked.
        kinds: column → what it holds.
    """
    if segment.when is None:
        return ()
    own = {event: kinds[column] for event, column in segment.columns_by_event.items() if column in kinds}
    return _of_condition(segment.when, segment.place_of("when"), {**kinds, **own})


def _of_condition(when: str, where: Place, kinds: Mapping[str, Kind]) -> tuple[Problem, ...]:
    try:
        formula = parse(when, where)
    except WorthbookError:
        return ()
    if formula.is_aggregate or not formula.columns <= set(kinds):
        return ()
    try:
        compile_condition(formula, Scope(kinds, _ANY_DAY))
    except WorthbookError as error:
        return error.problems
    return ()
