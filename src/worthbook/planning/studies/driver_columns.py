"""What drives a target, as columns: questions as they were answered, or constructs from 0 to 100."""

from __future__ import annotations

import math
import warnings
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from worthbook.data.answers import Answers as Surveyed
from worthbook.definitions.instrument import InstrumentDefinition
from worthbook.definitions.mapping import header_key
from worthbook.kernel.errors import Fault, did_you_mean, raise_all
from worthbook.kernel.language import Text
from worthbook.models.base import FloatArray
from worthbook.models.perception.answers import Answers
from worthbook.models.perception.drivers.analysis import TARGET_AMONG
from worthbook.planning.structures import ANY

NOT_A_QUESTION = Fault(
    "driver-unknown",
    what=Text(
        en="'{name}' is neither a question nor a construct of '{instrument}' that was asked.",
        zh="“{name}”不是问卷“{instrument}”中已作答的题目或潜变量。",
    ),
    hint=Text(en="{near}", zh="{near}"),
)
NO_TARGET = Fault(
    "driver-target-missing",
    what=Text(en="It is not said what is driven.", zh="没有指明要解释的目标。"),
    hint=Text(
        en="Name a question or construct with `--target`. There are: {names}.",
        zh="请用 `--target` 指定题目或潜变量，可选：{names}。",
    ),
)


@dataclass(frozen=True)
class Column:
    """A driver, or the target."""

    name: str
    title: Text
    values: FloatArray
    low: float
    high: float

    @property
    def bounded(self) -> bool:
        """Whether it is known what could be answered."""
        return math.isfinite(self.high) and self.low > -ANY


@dataclass(frozen=True)
class Driven:
    """A target and what may drive it."""

    target: Column
    drivers: tuple[Column, ...]
    weights: FloatArray

    @property
    def answers(self) -> Answers:
        """As models take them."""
        columns = (*self.drivers, self.target)
        alike = bool(np.ptp(self.weights) == 0) if len(self.weights) else True
        values = np.stack([each.values for each in columns], axis=1)
        return Answers([each.name for each in columns], values, None if alike else self.weights)

    def title(self, name: str) -> Text:
        """What people call a driver."""
        return next(each.title for each in (*self.drivers, self.target) if each.name == name)


def driven(
    surveyed: Surveyed,
    target: str | None,
    names: tuple[str, ...],
    *,
    by_construct: bool,
    causes: Mapping[str, Collection[str]] | None = None,
) -> Driven:
    """Find the target and its drivers.

    Args:
        surveyed: the answers.
        target: a question or a construct; None for the construct of satisfaction.
        names: the drivers; none for all constructs, or all questions, but the target's.
        by_construct: whether drivers are constructs, where the instrument has some.
        causes: construct → those that drive it by some route, where a structural model says so; what only follows from
            the target is then no driver of it.

    Raises:
        WorthbookError: driver-target-missing, driver-unknown, target-among-drivers.
    """
    instrument = surveyed.instrument
    constructs = {name: _asked(surveyed, name) for name in instrument.constructs}
    known = {name: items for name, items in constructs.items() if items}
    chosen = target or ("satisfaction" if "satisfaction" in known else None)
    if chosen is None:
        raise NO_TARGET(names=", ".join([*known, *surveyed.questions]))
    wanted = [_found(surveyed, known, each) for each in (chosen, *names)]
    first, others = wanted[0], wanted[1:]
    if first in others:
        raise TARGET_AMONG(target=first)
    if not others:
        home = first if first in known else instrument.questions[first].indicates
        if by_construct and len(known) > 1:
            before = (causes or {}).get(str(home), ())
            others = [name for name in known if name != home and (not before or name in before)]
        else:
            mine = set(known.get(first, ())) | {first}
            others = [name for name in surveyed.questions if name not in mine and _rated(instrument, name)]
    columns = [_column(surveyed, known, name) for name in (first, *others)]
    return Driven(columns[0], tuple(columns[1:]), surveyed.weights)


def _asked(surveyed: Surveyed, construct: str) -> tuple[str, ...]:
    instrument = surveyed.instrument
    return tuple(each for each in instrument.indicators(construct) if surveyed.has(each) and _rated(instrument, each))


def _rated(instrument: InstrumentDefinition, question: str) -> bool:
    scale = instrument.scale_of(question)
    return scale.kind == "rating" or scale.total is None


def _found(surveyed: Surveyed, constructs: dict[str, tuple[str, ...]], name: str) -> str:
    """The question or construct that is meant, by its name or by the header of its column."""
    if name in constructs or surveyed.has(name):
        return name
    headers = {
        header_key(header): question
        for question in surveyed.questions
        for header in (question, *surveyed.instrument.questions[question].names)
    }
    key = header_key(name)
    if key not in headers:
        near = did_you_mean(name, [*constructs, *surveyed.questions])
        raise_all([NOT_A_QUESTION.problem(name=name, instrument=surveyed.instrument.name, near=near)])
    return headers[key]


def _column(surveyed: Surveyed, constructs: dict[str, tuple[str, ...]], name: str) -> Column:
    instrument = surveyed.instrument
    if name not in constructs:
        low, high = surveyed.bounds([name])[0]
        title = Text(en=name, zh=name)
        return Column(name, title, surveyed.matrix([name])[:, 0], float(low), float(high))
    items = constructs[name]
    low, high = surveyed.bounds(items).T
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # who answered none of the items has no mean
        values = np.nanmean(100 * (surveyed.matrix(items) - low) / (high - low), axis=1)
    return Column(name, instrument.constructs[name], values, 0.0, 100.0)
