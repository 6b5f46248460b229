"""Where the studies of surveys find answers: in one file that was read, or in the tables of a book."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from worthbook.data.answers import Answers
from worthbook.data.survey_tables import SurveyTables
from worthbook.definitions.instrument import InstrumentDefinition
from worthbook.models.perception.tally import Tally


@dataclass(frozen=True)
class Groups:
    """Respondents divided by a column: the names of the groups, and how their answers are spread."""

    names: tuple[str, ...]
    tally: Tally
    """Groups by the numbers of the scale, lowest first."""


class Surveys(Protocol):
    """Answers to instruments."""

    def answers(self, instrument: InstrumentDefinition) -> Answers | None:
        """All that respondents answered up to the date; None where nobody did."""
        ...

    def invited(self, instrument: InstrumentDefinition) -> int | None:
        """How many were invited to the surveys that asked this; None where it is not known of all."""
        ...

    def groups(self, instrument: InstrumentDefinition, question: str, by: str | None) -> Groups | None:
        """The answers to one question counted by wave, brand or segment; one nameless group without `by`."""
        ...


class NoSurveys:
    """Nobody has been asked."""

    def answers(self, instrument: InstrumentDefinition) -> Answers | None:  # noqa: ARG002 - the protocol's
        """Nothing."""
        return None

    def invited(self, instrument: InstrumentDefinition) -> int | None:  # noqa: ARG002
        """Nobody knows."""
        return None

    def groups(self, instrument: InstrumentDefinition, question: str, by: str | None) -> Groups | None:  # noqa: ARG002
        """Nothing."""
        return None


@dataclass(frozen=True)
class FileSurveys:
    """The answers of one file, and perhaps of others beside it."""

    found: Answers
    beside: tuple[Answers, ...] = ()
    """Answers to other instruments, such as those of the firm's own people."""

    def answers(self, instrument: InstrumentDefinition) -> Answers | None:
        """The file's, if it answers this instrument."""
        return next((each for each in (self.found, *self.beside) if each.instrument.name == instrument.name), None)

    def invited(self, instrument: InstrumentDefinition) -> int | None:  # noqa: ARG002 - the protocol's
        """A file of answers does not say."""
        return None

    def groups(self, instrument: InstrumentDefinition, question: str, by: str | None) -> Groups | None:
        """Counted in memory."""
        found = self.answers(instrument)
        return None if found is None or not found.has(question) else count(found, question, by)


@dataclass(frozen=True)
class BookSurveys:
    """The answers of a book."""

    tables: SurveyTables
    segments: tuple[str, ...] = ()
    """Columns of answers or customers by which studies divide respondents."""

    def answers(self, instrument: InstrumentDefinition) -> Answers | None:
        """Read as a matrix."""
        return self.tables.answers(instrument, self.segments)

    def invited(self, instrument: InstrumentDefinition) -> int | None:
        """As the table of surveys says."""
        return self.tables.invited(instrument)

    def groups(self, instrument: InstrumentDefinition, question: str, by: str | None) -> Groups | None:
        """Counted by the engine."""
        counts = self.tables.counts(instrument, question, by)
        if not counts:
            return None
        names = tuple(dict.fromkeys(each.group for each in counts if each.group or by is None))
        if by == "wave":
            names = (*(each for each in instrument.waves if each in names),
                     *(each for each in names if each not in instrument.waves))  # fmt: skip
        low, high = instrument.scale_of(question).bounds
        shape = (len(names), int(high - low) + 1)
        found = {part: np.zeros(shape) for part in ("respondents", "weight", "square")}
        for each in counts:
            if each.group in names:
                cell = names.index(each.group), round(each.answer - low)
                for part, sums in found.items():
                    sums[cell] += getattr(each, part)
        return Groups(names, Tally(found["respondents"], found["weight"], found["square"]))


def count(answers: Answers, question: str, by: str | None) -> Groups:
    """The answers to one question, counted by group; who has no group is not in any.

    Raises:
        WorthbookError: survey-segment-unknown, survey-questions-absent.
    """
    low, high = answers.instrument.scale_of(question).bounds
    values = np.round(answers.column(question))
    kind = np.where(np.isnan(values), -1, values - low).astype(int)
    names, group = (("",), np.zeros(len(answers), int)) if by is None else grouped(answers, by)
    return Groups(names, Tally.of(group, kind, answers.weights, (len(names), int(high - low) + 1)))


def grouped(answers: Answers, by: str) -> tuple[tuple[str, ...], np.ndarray[tuple[int], np.dtype[np.intp]]]:
    """The names of the groups and the group of each row; −1 for a row without."""
    values = answers.segment(by)
    order = {"wave": answers.wave_order, "brand": answers.brand_order}
    names = order[by] if by in order else tuple(str(each) for each in np.unique(values) if each)
    if not names:
        return (), np.full(len(values), -1)
    sorter = np.argsort(names)
    place = np.searchsorted(names, values, sorter=sorter)
    found = sorter[np.minimum(place, len(names) - 1)]
    return names, np.where(np.array(names)[found] == values, found, -1)
