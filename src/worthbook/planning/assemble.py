"""Put an evaluation together: columns, frameworks, models, studies, and the sentences that lead it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from worthbook.data import columns
from worthbook.data.engine import Engine, Snapshot
from worthbook.data.survey_tables import ANSWERS, SurveyTables
from worthbook.definitions.model import ModelDefinition
from worthbook.definitions.population import CUSTOMERS_TO_DATE, PopulationDefinition
from worthbook.definitions.report import ReportDefinition
from worthbook.kernel.evaluation import Evaluation, FrameworkResult, ModelResult, SourceFile
from worthbook.kernel.provenance import Provenance, fingerprint
from worthbook.kernel.result import Finding, Study
from worthbook.kernel.units import Value
from worthbook.planning.assess import assess
from worthbook.planning.estimate import fit_of
from worthbook.planning.estimators import QUICK_CANDIDATES
from worthbook.planning.findings import tell
from worthbook.planning.index import Catalogue
from worthbook.planning.lay import laid
from worthbook.planning.lifetimes import Lifetimes, weigh
from worthbook.planning.make import make
from worthbook.planning.resolve import resolve
from worthbook.planning.run import Workbench
from worthbook.planning.spread import spread_of
from worthbook.planning.store import KeptRun, Store
from worthbook.planning.study import COMPARING, StudyContext, make_study
from worthbook.planning.surveys import BookSurveys
from worthbook.planning.trials import split_of
from worthbook.planning.waiting import waiting
from worthbook.planning.worth import VALUE_COLUMN

ASSEMBLY_VERSION = "2"
"""Raised when an evaluation is put together differently from the same columns."""


@dataclass(frozen=True)
class About:
    """What an evaluation says about the book, beside its numbers."""

    title: str
    currency: str
    first: dt.date
    sources: tuple[SourceFile, ...]
    notes: tuple[Finding, ...]
    """What was noticed while the files were read."""
    future_lines: int = 0
    """Lines that were rejected because they lie in the future."""
    possible_duplicates: int | None = None
    """Pairs of customers that may be one; None where nobody looked."""


def assemble(  # noqa: PLR0913, PLR0917 - a book's parts, what to say of it, what to make, as at when
    engine: Engine,
    catalogue: Catalogue,
    snapshot: Snapshot,
    store: Store,
    about: About,
    report: ReportDefinition,
    as_of: dt.date,
) -> KeptRun:
    """Evaluate what a report asks for as at a date; if nothing has changed since that was last done, find it.

    The report lists its frameworks (see `planning.asked`).
    """
    asked = tuple(
        dict.fromkeys((VALUE_COLUMN, *report.listed_frameworks, *report.columns, *_study_columns(catalogue, report)))
    )
    plan = resolve(catalogue, snapshot, asked, as_of)
    made_from = [plan.provenance[name].id for name in asked]
    made_from += [leaf.id for leaf in _told_by_respondents(snapshot).values()]
    definitions = [report.fingerprint, *(catalogue.studies[name].fingerprint for name in report.studies)]
    words = [definition.model_dump_json() for definition in catalogue.definitions]
    about_it = [about.title, about.currency, ASSEMBLY_VERSION, about.future_lines, about.possible_duplicates]
    run_id = f"{as_of.isoformat()}-{fingerprint([made_from, definitions, words, about_it])[:8]}"
    kept = store.find_run(run_id)
    if kept is not None:
        return kept
    bench = make(engine, catalogue, snapshot, store, plan)
    evaluation, studies = _evaluated(bench, about, report, run_id)
    provenance = {**plan.provenance, **studies}
    run = KeptRun(evaluation, provenance, bench.sheets_of(bench.sheets))
    store.keep_run(run)
    return run


def _study_columns(catalogue: Catalogue, report: ReportDefinition) -> Sequence[str]:
    """The columns that the report's studies read; a model or framework among their inputs stands for its columns."""
    names: list[str] = []
    for study in report.studies:
        for name in sorted(catalogue.needs(study)):
            names.extend(catalogue.columns_of(name))
    return names


def _evaluated(
    bench: Workbench, about: About, report: ReportDefinition, run_id: str
) -> tuple[Evaluation, Mapping[str, Provenance]]:
    catalogue = bench.catalogue
    frameworks = tuple(
        replace(laid(bench, framework), spread=spread_of(bench, framework))
        for framework in map(catalogue.frameworks.__getitem__, report.listed_frameworks)
    )
    placing = tuple(each for each in frameworks if any(cell.customers for cell in each.cells))
    placed = [each.name for each in placing]
    definitions = [model for model in catalogue.models.values() if set(model.gives) & set(bench.sheets)]
    weighed = _weighed(bench, about.first, report)
    models = tuple(assess(bench, model, about.first, weighed) for model in definitions)
    context = context_of(bench, about)
    customers = context.customers
    headline = _headline(report, frameworks)
    context = replace(
        context,
        fits=_fits(bench, definitions),
        models={model.name: model for model in models},
        frameworks=placing,
        lifetimes=weighed,
    )
    studies = tuple(make_study(catalogue.studies[name], context) for name in report.studies)
    facts = _facts(bench, about, customers, headline, frameworks, models, studies)
    evaluation = Evaluation(
        run_id=run_id,
        title=about.title,
        as_of=bench.plan.as_of,
        made_at=dt.datetime.now(dt.UTC).replace(microsecond=0),
        currency=about.currency,
        customers=customers,
        headline=headline,
        frameworks=placing,
        models=models,
        studies=studies,
        columns=tuple(catalogue.meta(name) for name in dict.fromkeys((*placed, *report.columns))),
        findings=_told(bench, report, facts, about.currency, "findings"),
        sources=about.sources,
        cautions=(*_whom(bench.plan.population), *about.notes,
                  *_told(bench, report, facts, about.currency, "cautions")),
        facts=facts,
        drawn=tuple(name for name in placed if report.pictures == "every" or name in catalogue.own),
        waiting=tuple(waiting(bench, catalogue.frameworks[name], customers)
                      for name in report.listed_frameworks if name not in placed),
    )  # fmt: skip
    return evaluation, {study.name: study.provenance for study in studies}


def _whom(population: PopulationDefinition) -> tuple[Finding, ...]:
    """Whom it is about, where that is not the customers to date that everybody expects."""
    if population.name == CUSTOMERS_TO_DATE:
        return ()
    return tuple(Finding(each) for each in (population.description, *population.caveats))


def context_of(bench: Workbench, about: About) -> StudyContext:
    """What the book gives to studies; models and frameworks are added once they are there."""
    catalogue = bench.catalogue
    return StudyContext(
        engine=bench.engine,
        snapshot=bench.snapshot,
        tables=catalogue.tables,
        sheets=bench.sheets_of(bench.sheets),
        known={name: catalogue.meta(name) for name in bench.sheets},
        as_of=bench.plan.as_of,
        customers=columns.count(bench.engine, next(iter(bench.sheets.values()))),
        currency=about.currency,
        fits={},
        provenance={**bench.plan.provenance, **_told_by_respondents(bench.snapshot)},
        vocabularies=catalogue.vocabularies,
        surveys=BookSurveys(SurveyTables(bench.engine, bench.snapshot, catalogue.tables, bench.plan.as_of)),
        instruments=catalogue.instruments,
        structures=catalogue.structures,
        segments=catalogue.segments,
        future_lines=about.future_lines,
        possible_duplicates=about.possible_duplicates,
    )


def _told_by_respondents(snapshot: Snapshot) -> dict[str, Provenance]:
    """Where the studies of surveys come from."""
    content = snapshot.content.get(ANSWERS)
    return {} if content is None else {ANSWERS: Provenance("table", ANSWERS, None, content, "import")}


def _weighed(bench: Workbench, first: dt.date, report: ReportDefinition) -> Lifetimes | None:
    """The models of purchases in one test, where a study of the report shows them and the history carries it."""
    asked = any(bench.catalogue.studies[name].method == COMPARING for name in report.studies)
    split = split_of(first, bench.plan.as_of) if asked else None
    return None if split is None else weigh(bench, first, QUICK_CANDIDATES, split.calibrate_until, rolling=False)


def _told(
    bench: Workbench,
    report: ReportDefinition,
    facts: Mapping[str, Value],
    currency: str,
    key: Literal["findings", "cautions"],
) -> tuple[Finding, ...]:
    sentences = report.findings if key == "findings" else report.cautions
    return tell(sentences, facts, bench.engine, report.place_of, currency=currency, key=key)


def _fits(bench: Workbench, models: Sequence[ModelDefinition]) -> dict[str, object]:
    """The models that could be fitted."""
    fits = {model.name: fit_of(bench, model).fit for model in models}
    return {name: fit for name, fit in fits.items() if fit is not None}


def _headline(report: ReportDefinition, frameworks: Sequence[FrameworkResult]) -> FrameworkResult:
    """The first of the report's choices that could place most customers; the first of all where none could."""
    by_name = {framework.name: framework for framework in frameworks}
    choices = [by_name[name] for name in report.headline]
    return next((each for each in choices if sum(cell.customers for cell in each.cells) > each.unplaced), choices[0])


def _facts(  # noqa: PLR0913, PLR0917 - every part of an evaluation has facts
    bench: Workbench,
    about: About,
    customers: int,
    headline: FrameworkResult,
    frameworks: Sequence[FrameworkResult],
    models: Sequence[ModelResult],
    studies: Sequence[Study],
) -> dict[str, Value]:
    """Everything that a leading sentence may speak of, by name."""
    names = [meta.name for meta in map(bench.catalogue.meta, bench.sheets) if meta.unit.is_numeric]
    totals = columns.totals(bench.engine, bench.sheets_of(names), names)
    facts: dict[str, Value] = {
        "customers": customers,
        "population": bench.plan.population.name,
        "as_of": bench.plan.as_of,
        "first_on": about.first,
        "headline": headline.name,
        "rejected": sum(source.rejected for source in about.sources),
        "read": sum(source.read for source in about.sources),
    }
    for name, total in totals.items():
        facts |= {f"{name}__known": total.known, f"{name}__sum": total.sum, f"{name}__mean": total.mean}
    for framework in frameworks:
        for cell in framework.cells:
            place = f"{framework.name}__{cell.key}"
            facts |= {f"{place}__customers": cell.customers, f"{place}__share": cell.customer_share}
            facts |= {f"{place}__value": cell.value, f"{place}__value_share": cell.value_share}
        facts[f"{framework.name}__unplaced"] = framework.unplaced
    for model in models:
        facts |= {
            f"{model.name}__grade": model.grade,
            **{f"{model.name}__{name}": fact for name, fact in model.facts.items()},
        }
    for study in studies:
        facts |= {f"{study.name}__{name}": fact for name, fact in study.facts.items()}
    return facts
