"""The answers to one instrument as a matrix: respondents by questions, with who they are and how much each counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from worthbook.definitions.instrument import InstrumentDefinition
from worthbook.kernel.errors import Fault, did_you_mean
from worthbook.kernel.language import Text
from worthbook.kernel.provenance import Provenance
from worthbook.kernel.result import Finding

FloatArray = NDArray[np.float64]
Strings = NDArray[np.str_]
Mask = NDArray[np.bool_]

SEGMENT_UNKNOWN = Fault(
    "survey-segment-unknown",
    what=Text(en="The answers hold no column '{name}'.", zh="答卷中没有“{name}”列。"),
    hint=Text(en="{near}", zh="{near}"),
)
QUESTIONS_ABSENT = Fault(
    "survey-questions-absent",
    what=Text(
        en="The answers hold nothing for {questions}, which '{instrument}' needs here.",
        zh="答卷缺少“{instrument}”在此所需的题目：{questions}。",
    ),
    hint=Text(
        en="Add the columns, or list their headers under `names:` of these questions.",
        zh="请补充这些列，或在这些题目的 `names:` 中列出文件所用的表头。",
    ),
)


@dataclass(frozen=True)
class Answers:
    """What respondents answered: one row each, or, where rivals are compared, one row for each brand.

    Every array has one entry a row; an unknown word is empty, an unknown number NaN.
    """

    instrument: InstrumentDefinition
    questions: tuple[str, ...]
    """Those whose answers are numbers, as far as they were found, in the order of the instrument."""
    values: FloatArray
    """Rows by `questions`, as answered: nothing is turned round; NaN where there is no answer."""
    weights: FloatArray
    """How much each row counts, 1 where nothing was said."""
    respondents: Strings
    customers: Strings
    waves: Strings
    brands: Strings
    seconds: FloatArray
    """How long answering took."""
    answered_on: NDArray[np.datetime64]
    segments: Mapping[str, Strings] = field(default_factory=dict)
    comments: Mapping[str, Strings] = field(default_factory=dict)
    """Questions answered in words."""
    notes: tuple[Finding, ...] = ()
    """What was noticed while reading."""
    provenance: Provenance | None = None

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.weights)

    @cached_property
    def place(self) -> Mapping[str, int]:
        """Question → its column in `values`."""
        return {name: index for index, name in enumerate(self.questions)}

    def has(self, *questions: str) -> bool:
        """Whether all of these were found."""
        return all(name in self.place for name in questions)

    def need(self, questions: Sequence[str]) -> None:
        """See that some questions were found.

        Raises:
            WorthbookError: survey-questions-absent, naming those that were not.
        """
        absent = [name for name in questions if name not in self.place]
        if absent:
            raise QUESTIONS_ABSENT(questions=", ".join(absent), instrument=self.instrument.name)

    def column(self, question: str) -> FloatArray:
        """The answers to one question, as answered.

        Raises:
            WorthbookError: survey-questions-absent.
        """
        self.need([question])
        return self.values[:, self.place[question]]

    def matrix(self, questions: Sequence[str]) -> FloatArray:
        """Rows by some questions, reversed items turned round: 2 on a scale from 1 to 10 becomes 9.

        Raises:
            WorthbookError: survey-questions-absent.
        """
        self.need(questions)
        found = self.values[:, [self.place[name] for name in questions]]
        turned = np.array([self.instrument.questions[name].reversed for name in questions], dtype=bool)
        return np.where(turned, self.bounds(questions).sum(axis=1) - found, found)

    def bounds(self, questions: Sequence[str]) -> FloatArray:
        """The lowest and highest possible answer of each of some questions, as rows of two."""
        return np.array([self.instrument.scale_of(name).bounds for name in questions], dtype=float).reshape(-1, 2)

    def segment(self, name: str) -> Strings:
        """The values of a segment, or of `wave`, `brand`.

        Raises:
            WorthbookError: survey-segment-unknown.
        """
        known = {"wave": self.waves, "brand": self.brands, **self.segments}
        if name not in known:
            raise SEGMENT_UNKNOWN(name=name, near=did_you_mean(name, known))
        return known[name]

    @property
    def wave_order(self) -> tuple[str, ...]:
        """The waves that there are, in the order of the instrument, others after them by name."""
        return _ordered(self.waves, self.instrument.waves)

    @property
    def brand_order(self) -> tuple[str, ...]:
        """The brands that there are, our own first where the instrument says which that is."""
        return _ordered(self.brands, self.instrument.brands)

    def where(self, rows: Mask) -> Answers:
        """Some of the rows."""
        return replace(
            self,
            values=self.values[rows],
            weights=self.weights[rows],
            respondents=self.respondents[rows],
            customers=self.customers[rows],
            waves=self.waves[rows],
            brands=self.brands[rows],
            seconds=self.seconds[rows],
            answered_on=self.answered_on[rows],
            segments={name: values[rows] for name, values in self.segments.items()},
            comments={name: values[rows] for name, values in self.comments.items()},
        )

    def weighted(self, weights: FloatArray) -> Answers:
        """The same answers, each row counting differently."""
        return replace(self, weights=weights)

    def noting(self, *notes: Finding) -> Answers:
        """The same answers with more to bear in mind."""
        return replace(self, notes=(*self.notes, *notes))

    @property
    def last_day(self) -> dt.date | None:
        """The day of the last answer, where days are known."""
        known = self.answered_on[~np.isnat(self.answered_on)]
        if not len(known):
            return None
        return dt.date.fromisoformat(str(known.max().astype("datetime64[D]")))


def _ordered(found: Strings, known: Sequence[str]) -> tuple[str, ...]:
    there = [str(each) for each in np.unique(found) if each]
    return (*(each for each in known if each in there), *(each for each in there if each not in known))
