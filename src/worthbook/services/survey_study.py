"""One study of a survey, on a book or directly on a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from worthbook.data import engines
from worthbook.data.answers import Answers
from worthbook.data.engine import Engine, Snapshot
from worthbook.data.extent import extent
from worthbook.data.invited import Invited, read_invited
from worthbook.data.survey_file import read_survey
from worthbook.data.survey_tables import SurveyTables
from worthbook.definitions.instrument import InstrumentDefinition, Scoring
from worthbook.definitions.study import StudyDefinition
from worthbook.kernel.errors import Fault, did_you_mean
from worthbook.kernel.language import Text
from worthbook.kernel.provenance import Provenance
from worthbook.kernel.result import Finding, Study
from worthbook.planning.index import Catalogue, read_catalogue
from worthbook.planning.studies.surveyed import INSTRUMENT_UNKNOWN
from worthbook.planning.study import StudyContext, make_study
from worthbook.planning.survey_weights import to_margins
from worthbook.planning.surveys import BookSurveys, FileSurveys, Surveys
from worthbook.services.open_book import open_book
from worthbook.services.own_definitions import definitions_folder
from worthbook.services.study_json import sentences_json, study_json

NOT_SCORED = Fault(
    "survey-not-scored",
    what=Text(en="There is no ready study for the scoring '{scoring}'.", zh="计分方式“{scoring}”没有现成的分析。"),
    hint=Text(en="Use `worthbook survey check` to look at the answers.", zh="可用 `worthbook survey check` 查看答卷。"),
)

NOT_NAMED = Fault(
    "survey-instrument-not-named",
    what=Text(en="A book may hold the answers to several instruments.", zh="账簿中可能有多份问卷的答卷。"),
    hint=Text(en="Name one with --instrument: {names}.", zh="请用 --instrument 指定：{names}。"),
)
NOBODY = Fault(
    "survey-unanswered",
    what=Text(en="Nobody has answered '{title}'.", zh="尚无人作答“{title}”。"),
    hint=Text(
        en="Look at the answers with `worthbook survey check`; perhaps they belong to another instrument.",
        zh="请用 `worthbook survey check` 查看答卷；可能对应的是另一份问卷。",
    ),
)

STUDIES: Mapping[Scoring, str] = {
    "nps": "net_promoter",
    "top_box": "satisfied_share",
    "servqual": "service_gaps",
    "kano": "kano_features",
    "dual": "importance_satisfaction",
    "points": "importance_satisfaction",
    "index": "construct_scores",
    "profile": "construct_scores",
}
"""Which study scores an instrument."""


@dataclass(frozen=True)
class SurveyAnswer:
    """A study of a survey, and what was noticed while its answers were read."""

    study: Study
    instrument: str
    notes: tuple[Finding, ...] = field(default=())

    def as_json(self) -> dict[str, object]:
        """Plain values, for programs: every table as a list of rows."""
        notes = sentences_json(self.notes)
        return {**study_json(self.study), "instrument": self.instrument, "notes": notes}


@dataclass(frozen=True)
class OpenSurvey:
    """The answers of a file or a book with the catalogue and an engine: what studies are made with."""

    instrument: InstrumentDefinition
    catalogue: Catalogue
    context: StudyContext

    @cached_property
    def answers(self) -> Answers:
        """All answers as a matrix.

        Raises:
            WorthbookError: survey-unanswered.
        """
        found = self.context.surveys.answers(self.instrument)
        if found is None or not len(found):
            raise NOBODY(title=self.instrument.title)
        return found

    def weighted(self, margins: Mapping[str, Mapping[str, float]]) -> OpenSurvey:
        """The same with respondents weighted to known margins.

        Raises:
            WorthbookError: survey-margin-unfit, survey-segment-unknown.
        """
        surveys = FileSurveys(to_margins(self.answers, margins))
        return OpenSurvey(self.instrument, self.catalogue, replace(self.context, surveys=surveys))

    def beside(self, answers: Answers) -> OpenSurvey:
        """The same with the answers to another instrument beside them."""
        surveys = FileSurveys(self.answers, (answers,))
        return OpenSurvey(self.instrument, self.catalogue, replace(self.context, surveys=surveys))

    def inviting(self, invited: Invited) -> OpenSurvey:
        """The same, knowing who was invited."""
        return OpenSurvey(self.instrument, self.catalogue, replace(self.context, invited=invited))

    def study(self, name: str | None = None, **options: str | float | None) -> SurveyAnswer:
        """Make one study; by default the one that scores the instrument.

        Raises:
            WorthbookError: survey-not-scored, survey-unanswered, or what the study finds wrong.
        """
        if name is None:
            if self.instrument.scoring not in STUDIES:
                raise NOT_SCORED(scoring=self.instrument.scoring)
            name = STUDIES[self.instrument.scoring]
        study = make_study(_asking(self.catalogue.studies[name], self.instrument, options), self.context)
        if not study.tables:
            raise NOBODY(title=self.instrument.title)
        notes = self.answers.notes if isinstance(self.context.surveys, FileSurveys) else ()
        return SurveyAnswer(study, self.instrument.name, notes)


def survey_study(  # noqa: PLR0913 - what, of what, and how
    source: Path,
    name: str | None = None,
    *,
    instrument: str | None = None,
    book: Path | None = None,
    segments: Collection[str] = (),
    margins: Mapping[str, Mapping[str, float]] | None = None,
    invited: Path | None = None,
    beside: Mapping[str, Path] | None = None,
    options: Mapping[str, str | float | None] | None = None,
) -> SurveyAnswer:
    """Make one study of the answers in a file or a book.

    Args:
        source: a file of answers, or a book.
        name: which study; None for the one that scores the instrument.
        instrument: which instrument was used; None to tell by the columns.
        book: whose own instruments count too.
        segments: columns that divide respondents.
        margins: column → group → share of the population, to which respondents are weighted.
        invited: a file of those who were invited, with the first of `segments` as a column.
        beside: instrument → a file of the answers to it, which the study looks at as well.
        options: of the study, in the place of its definition's.

    Raises:
        WorthbookError: What is wrong with the file or the answers.
    """
    known = margins or {}
    wanted = tuple(dict.fromkeys((*segments, *known)))
    with open_survey(source, instrument=instrument, book=book, segments=wanted) as opened:
        chosen = opened.weighted(known) if known else opened
        for other, file in (beside or {}).items():
            chosen = chosen.beside(read_survey(file, chosen.catalogue.instruments, other))
        if invited is not None:
            chosen = chosen.inviting(read_invited(invited, next(iter(segments), None)))
        return chosen.study(name, **(options or {}))


@contextmanager
def open_survey(
    source: Path,
    *,
    instrument: str | None = None,
    book: Path | None = None,
    segments: Collection[str] = (),
    made: InstrumentDefinition | None = None,
) -> Iterator[OpenSurvey]:
    """Find the answers in a file or a book, ready for studies.

    They answer an instrument of the catalogue, or one that was made for the file.

    Raises:
        WorthbookError: instrument-unknown, survey-instrument-not-named, or what is wrong with the file.
    """
    is_book = (source / "book.toml").exists()
    catalogue = read_catalogue(definitions_folder(source if is_book else book))
    if made is not None:
        catalogue = replace(catalogue, instruments={**catalogue.instruments, made.name: made})
        instrument = made.name
    if instrument is not None and instrument not in catalogue.instruments:
        raise INSTRUMENT_UNKNOWN(name=instrument, near=did_you_mean(instrument, catalogue.instruments))
    opening = _from_book if is_book else _from_file
    with opening(source, catalogue, instrument, tuple(segments)) as opened:
        yield opened


@contextmanager
def _from_file(
    file: Path, catalogue: Catalogue, instrument: str | None, segments: tuple[str, ...]
) -> Iterator[OpenSurvey]:
    wanted = [name for name in segments if name not in {"wave", "brand"}]
    answers = read_survey(file, catalogue.instruments, instrument, wanted)
    engine = engines.start("duckdb", threads=1)
    try:
        day = answers.last_day or dt.datetime.now(dt.UTC).date()
        leaf = {} if answers.provenance is None else {"answers": answers.provenance}
        context = context_of(engine, catalogue, Snapshot({}, {}, 1), FileSurveys(answers), day, leaf)
        yield OpenSurvey(answers.instrument, catalogue, context)
    finally:
        engine.close()


@contextmanager
def _from_book(
    folder: Path, catalogue: Catalogue, instrument: str | None, segments: tuple[str, ...]
) -> Iterator[OpenSurvey]:
    if instrument is None:
        raise NOT_NAMED(names=", ".join(catalogue.instruments))
    with open_book(folder) as opened:
        found = extent(opened.engine, opened.snapshot, catalogue.tables["answers"])
        if found is None:
            raise NOBODY(title=catalogue.instruments[instrument].title)
        surveys = BookSurveys(
            SurveyTables(opened.engine, opened.snapshot, catalogue.tables, _day(found.last)), segments
        )
        content = opened.snapshot.content.get("answers", "")
        leaf = {"answers": Provenance("table", "answers", None, content, "import")}
        context = context_of(opened.engine, catalogue, opened.snapshot, surveys, _day(found.last), leaf)
        yield OpenSurvey(catalogue.instruments[instrument], catalogue, context)


def _day(moment: dt.date) -> dt.date:
    return moment.date() if isinstance(moment, dt.datetime) else moment


def context_of(  # noqa: PLR0913, PLR0917 - all of it
    engine: Engine,
    catalogue: Catalogue,
    snapshot: Snapshot,
    surveys: Surveys,
    as_of: dt.date,
    provenance: Mapping[str, Provenance],
) -> StudyContext:
    """What a study may look at, where there are answers and perhaps a book, but no evaluation."""
    return StudyContext(
        engine=engine, snapshot=snapshot, tables=catalogue.tables, sheets=(), known={}, as_of=as_of, customers=0,
        currency="", fits={}, provenance=provenance, surveys=surveys, instruments=catalogue.instruments,
        structures=catalogue.structures,
        vocabularies=catalogue.vocabularies,
    )  # fmt: skip


def _asking(
    definition: StudyDefinition, instrument: InstrumentDefinition, options: Mapping[str, str | float | None]
) -> StudyDefinition:
    """The study's definition, asking about this instrument with these options."""
    given = {key: value for key, value in options.items() if value is not None}
    return definition.model_copy(update={"options": {**definition.options, "instrument": instrument.name, **given}})
