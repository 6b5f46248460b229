"""One study of a survey, on a book or directly on a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from worthbook.data import engines
from worthbook.data.answers import Answers
from worthbook.data.engine import Snapshot
from worthbook.data.survey_file import read_survey
from worthbook.definitions.instrument import InstrumentDefinition, Scoring
from worthbook.definitions.study import StudyDefinition
from worthbook.kernel.errors import Fault, did_you_mean
from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding, Study
from worthbook.planning.index import Catalogue, read_catalogue
from worthbook.planning.studies.surveyed import INSTRUMENT_UNKNOWN
from worthbook.planning.study import StudyContext, make_study
from worthbook.planning.surveys import FileSurveys
from worthbook.services.own_definitions import definitions_folder

NOT_SCORED = Fault(
    "survey-not-scored",
    what=Text(en="There is no ready study for the scoring '{scoring}'.", zh="计分方式“{scoring}”没有现成的分析。"),
    hint=Text(en="Use `worthbook survey check` to look at the answers.", zh="可用 `worthbook survey check` 查看答卷。"),
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
        return {
            "study": self.study.name,
            "instrument": self.instrument,
            "facts": dict(self.study.facts),
            **{table.name: [dict(zip([c.name for c in table.columns], map(_plain, row), strict=True))
                            for row in table.rows] for table in self.study.tables},
            "findings": [_both(finding.text) for finding in self.study.findings],
            "notes": [_both(finding.text) for finding in self.notes],
            "caveats": [_both(caveat) for caveat in self.study.caveats],
            "source": self.study.source,
        }  # fmt: skip


@dataclass(frozen=True)
class OpenSurvey:
    """A file of answers with the catalogue and an engine: what studies are made with."""

    answers: Answers
    catalogue: Catalogue
    context: StudyContext

    def study(self, name: str | None = None, **options: str | float | None) -> SurveyAnswer:
        """Make one study; by default the one that scores the instrument.

        Raises:
            WorthbookError: survey-not-scored, survey-unanswered, or what the study finds wrong.
        """
        instrument = self.answers.instrument
        if name is None:
            if instrument.scoring not in STUDIES:
                raise NOT_SCORED(scoring=instrument.scoring)
            name = STUDIES[instrument.scoring]
        definition = _asking(self.catalogue.studies[name], instrument, options)
        study = make_study(definition, self.context)
        if not study.tables:
            raise NOBODY(title=instrument.title)
        return SurveyAnswer(study, instrument.name, self.answers.notes)


def survey_study(  # noqa: PLR0913 - what, of what, and how
    source: Path,
    name: str | None = None,
    *,
    instrument: str | None = None,
    book: Path | None = None,
    segments: Collection[str] = (),
    options: Mapping[str, str | float | None] | None = None,
) -> SurveyAnswer:
    """Make one study of the answers in a file.

    Args:
        source: a file of answers.
        name: which study; None for the one that scores the instrument.
        instrument: which instrument was used; None to tell by the columns.
        book: whose own instruments count too.
        segments: columns that divide respondents.
        options: of the study, in the place of its definition's.

    Raises:
        WorthbookError: What is wrong with the file or the answers.
    """
    with open_survey(source, instrument=instrument, book=book, segments=segments) as opened:
        return opened.study(name, **(options or {}))


@contextmanager
def open_survey(
    source: Path, *, instrument: str | None = None, book: Path | None = None, segments: Collection[str] = ()
) -> Iterator[OpenSurvey]:
    """Read the answers in a file, ready for studies.

    Raises:
        WorthbookError: instrument-unknown, or what is wrong with the file.
    """
    catalogue = read_catalogue(definitions_folder(book))
    if instrument is not None and instrument not in catalogue.instruments:
        raise INSTRUMENT_UNKNOWN(name=instrument, near=did_you_mean(instrument, catalogue.instruments))
    wanted = [name for name in segments if name not in {"wave", "brand"}]
    answers = read_survey(source, catalogue.instruments, instrument, wanted)
    engine = engines.start("duckdb", threads=1)
    try:
        context = StudyContext(
            engine=engine,
            snapshot=Snapshot({}, {}, 1),
            tables=catalogue.tables,
            sheets=(),
            known={},
            as_of=answers.last_day or dt.datetime.now(dt.UTC).date(),
            customers=0,
            currency="",
            fits={},
            provenance={} if answers.provenance is None else {"answers": answers.provenance},
            surveys=FileSurveys(answers),
            instruments={**catalogue.instruments, answers.instrument.name: answers.instrument},
        )
        yield OpenSurvey(answers, catalogue, context)
    finally:
        engine.close()


def _asking(
    definition: StudyDefinition, instrument: InstrumentDefinition, options: Mapping[str, str | float | None]
) -> StudyDefinition:
    """The study's definition, asking about this instrument with these options."""
    given = {key: value for key, value in options.items() if value is not None}
    return definition.model_copy(update={"options": {**definition.options, "instrument": instrument.name, **given}})


def _both(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}


def _plain(cell: object) -> object:
    return _both(cell) if isinstance(cell, Text) else cell
