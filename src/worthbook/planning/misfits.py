"""Conditions of segments that compare what cannot be compared, found before anything is computed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping

from worthbook.data.compile import Scope, compile_condition
from worthbook.data.formula import parse
from worthbook.data.typed import Kind
from worthbook.definitions.columns import Maker, columns_made, unit_of
from worthbook.definitions.definition import Definition
from worthbook.definitions.segment import SegmentDefinition, with_events
from worthbook.kernel.errors import Problem, WorthbookError

_ANY_DAY = dt.date(2000, 1, 1)


def misfits(definitions: Iterable[Definition]) -> Iterator[Problem]:
    """Each condition that is no condition, or compares text with numbers and the like, with its file and line.

    What cannot be read, or reads columns that there are not, is told elsewhere.
    """
    makers = [each for each in with_events(definitions) if isinstance(each, Maker)]
    kinds = {column: unit_of(maker, column).storage for maker in makers for column in columns_made(maker)}
    for maker in makers:
        if isinstance(maker, SegmentDefinition):
            yield from misfit(maker, kinds)


def misfit(segment: SegmentDefinition, kinds: Mapping[str, Kind]) -> tuple[Problem, ...]:
    """The same for one segment.

    Args:
        segment: what is asked.
        kinds: column → what it holds.
    """
    if segment.when is None:
        return ()
    own = {event: kinds[column] for event, column in segment.columns_by_event.items() if column in kinds}
    try:
        formula = parse(segment.when, segment.place_of("when"))
    except WorthbookError:
        return ()
    if formula.is_aggregate or not formula.columns <= {*kinds, *own}:
        return ()
    try:
        compile_condition(formula, Scope({**kinds, **own}, _ANY_DAY))
    except WorthbookError as error:
        return error.problems
    return ()
