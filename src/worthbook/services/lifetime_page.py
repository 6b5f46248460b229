"""The answer about lifetimes as one page: what was found, and the charts of the models and of the customers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from worthbook.kernel.language import Language
from worthbook.kernel.result import Study
from worthbook.kernel.whole import replacing
from worthbook.planning.assemble import About, context_of
from worthbook.planning.study import make_study
from worthbook.services.lifetime import Answer
from worthbook.services.open_book import OpenBook

STUDIES = ("purchase_models", "rhythm", "cohorts", "value_spread")
"""Of the shipped studies those whose charts belong to lifetimes: tracking, calibration, matrices and frequencies of the
models; timing of purchases; curves of cohorts; the spread of lifetime value over tiers."""

TIMELINE = "timeline"
"""Where a customer is followed."""


def studies_of(opened: OpenBook, answer: Answer) -> tuple[Study, ...]:
    """The studies with their charts, as the answer's own models say it."""
    catalogue, found = opened.catalogue, answer.lifetimes
    needed = sorted({name for study in STUDIES for name in catalogue.needs(study)})
    names = [column for name in needed for column in catalogue.columns_of(name)]
    told = STUDIES if answer.timeline is None else (TIMELINE, *STUDIES)
    bench = opened.make(dict.fromkeys(names), as_of=found.as_of)
    about = About(answer.title, answer.currency, found.first, (), ())
    context = replace(context_of(bench, about), lifetimes=found, timeline=answer.timeline)
    return tuple(make_study(catalogue.studies[name], context) for name in told)


def write_page(opened: OpenBook, answer: Answer, to: Path, language: Language) -> None:
    """Write the answer as one HTML file that opens anywhere."""
    from worthbook.reporting.page import Answered, render_answer  # noqa: PLC0415 - drawing is slow to load

    studies = studies_of(opened, answer)
    page = Answered(answer.headline, answer.findings, answer.tables, answer.notes, studies, answer.currency)
    with replacing(to) as place:
        place.write_text(render_answer(page, language), encoding="utf-8")
