"""Which model of lifetimes fits a book, how far each can be trusted, and what is to be expected of the customers."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from worthbook.definitions.checks import COVARIATE_UNITS, COVARIATE_UNUSABLE
from worthbook.definitions.measure import MeasureDefinition
from worthbook.definitions.model import ModelDefinition
from worthbook.definitions.season import parse_season
from worthbook.kernel.errors import Fault, WorthbookError, did_you_mean
from worthbook.kernel.language import Text
from worthbook.kernel.period import DAYS_PER_WEEK, Window, parse_date
from worthbook.kernel.result import Finding, Table
from worthbook.kernel.units import Unit
from worthbook.models.lifetime.choose import Candidate
from worthbook.planning.beside import all_read, may_stand_beside
from worthbook.planning.drift import Drift, drift_since, earlier_runs, foretells
from worthbook.planning.effect_tables import effect_findings, effect_tables
from worthbook.planning.effects import Effects, described_models, effects_of
from worthbook.planning.estimators import ALL_CANDIDATES, CANDIDATES
from worthbook.planning.index import Catalogue
from worthbook.planning.lifetime_needs import needs
from worthbook.planning.lifetime_tables import (
    GRADES,
    comparison_table,
    of_others,
    parameter_table,
    rolling_table,
    sentences,
)
from worthbook.planning.lifetimes import Lifetimes, look_ahead, purchase_roles, spend_roles, weigh, with_others
from worthbook.planning.run import Workbench
from worthbook.planning.season_effects import (
    SeasonEffects,
    season_effects,
    season_findings,
    season_model,
    season_table,
)
from worthbook.planning.segments_ahead import Segments, segments_ahead
from worthbook.planning.timeline import Timeline, timeline_of
from worthbook.services.ingest_files import ingest_files
from worthbook.services.open_book import OpenBook, open_book

HORIZON = "12m"
CUSTOMERS = "customers"

HEADLINE = Text(en="{title}: models of purchases as of {as_of}", zh="{title}：购买模型，评估日 {as_of}")

MODEL_UNKNOWN = Fault(
    "lifetime-model-unknown",
    what=Text(en="There is no model of purchases '{name}'.", zh="没有名为“{name}”的购买模型。"),
    hint=Text(en="{near}", zh="{near}"),
)
HORIZON_UNREADABLE = Fault(
    "horizon-unreadable",
    what=Text(en="'{text}' is not a length of time.", zh="“{text}”不是有效的时间长度。"),
    hint=Text(en="Write for example 12m, 52w, 90d or 3y.", zh="例如可写 12m（月）、52w（周）、90d（天）或 3y（年）。"),
)
NOTHING_GIVEN = Fault(
    "lifetime-without-orders",
    what=Text(
        en="There is nothing to read: name a file of orders or a book.", zh="没有可读取的内容：请指定订单文件或账簿。"
    ),
    hint=Text(
        en="worthbook lifetime orders.csv, or worthbook lifetime --book shop.book",
        zh="worthbook lifetime orders.csv，或 worthbook lifetime --book shop.book",
    ),
)

_UNITS: Mapping[str, str] = {"d": "days", "w": "weeks", "m": "months", "y": "years"}


@dataclass(frozen=True)
class Question:
    """What is asked of the models."""

    as_of: str | None = None
    calibrate_until: str | None = None
    horizon: str = HORIZON
    models: tuple[str, ...] = ()
    """Names of models of purchases, none of them standing for all, and of definitions of models to set beside them."""
    customer: str | None = None
    """Whom to follow through time."""
    by: str | None = None
    """The column whose values are segments: a framework, or a column of the customers."""
    pooled: bool = False
    """Whether each segment has a fit of its own, which learns from the others."""
    covariates: tuple[str, ...] = ()
    """Columns that may go with how often customers buy and how readily they leave."""
    seasons: tuple[str, ...] = ()
    """What may go with how often customers buy from period to period: `quarters`, `11-01..12-31`, a season by name."""


@dataclass(frozen=True)
class Answer:
    """What was found."""

    title: str
    currency: str
    lifetimes: Lifetimes
    timeline: Timeline | None = None
    drift: Drift | None = None
    """What an earlier evaluation of the book foretold, beside what has come since."""
    segments: Segments | None = None
    effects: Effects | None = None
    seasons: SeasonEffects | None = None

    @property
    def needs(self) -> tuple[Text, ...]:
        """What more data would let the models say."""
        return needs(self.lifetimes)

    @property
    def headline(self) -> Text:
        """What it is about."""
        return HEADLINE.format(title=self.title, as_of=self.lifetimes.as_of)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The recommendation and what to know of it; of covariates, what goes with them."""
        if self.effects is not None:
            return (*effect_findings(self.effects, self.lifetimes), *of_others(self.lifetimes))
        if self.seasons is not None:
            return (*season_findings(self.seasons), *sentences(self.lifetimes, self.currency))
        said = [*sentences(self.lifetimes, self.currency), *(Finding(each) for each in self.needs)]
        if self.segments is not None:
            said += [Finding(each, "warning") for each in self.segments.cautions]
        if self.drift is not None:
            said.append(Finding(self.drift.sentence, "good" if self.drift.holds else "warning"))
        return tuple(said)

    @property
    def tables(self) -> tuple[Table, ...]:
        """The models side by side, further tests, and the recommended one's parameters; or a customer, or segments."""
        if self.timeline is not None:
            return (self.timeline.table(self.lifetimes.as_of),)
        if self.effects is not None:
            return (*effect_tables(self.effects, self.currency), comparison_table(self.lifetimes))
        if self.seasons is not None:
            return (season_table(self.seasons), comparison_table(self.lifetimes))
        if self.segments is not None and self.lifetimes.expected is not None:
            used = self.lifetimes.comparison.used
            return (self.segments.table(self.lifetimes.expected, "" if used is None else used.candidate.label),)
        entry, rolling = self.lifetimes.comparison.chosen, rolling_table(self.lifetimes)
        found = (comparison_table(self.lifetimes), rolling, None if entry is None else parameter_table(entry))
        return tuple(each for each in found if each is not None)

    @property
    def notes(self) -> tuple[Text, ...]:
        """What the grades mean."""
        return (GRADES,)


def lifetime_of_files(
    files: Sequence[Path],
    folder: Path | None,
    question: Question,
    *,
    mapping: str | None = None,
    also: Callable[[OpenBook, Answer], None] | None = None,
) -> Answer:
    """Answer for a book, or for files, which are read into a book that goes away again unless a folder is named.

    Args:
        files: of orders, or one book.
        folder: the book.
        question: what is asked.
        mapping: how to read the files.
        also: what else is done while the book is open, such as to write a page.

    Raises:
        WorthbookError: What is wrong with the files, the definitions, the dates or the names.
    """
    if not files:
        if folder is None:
            raise NOTHING_GIVEN()  # noqa: RSE102  # a fault makes the exception
        return _answered(folder, question, also)
    if len(files) == 1 and (files[0] / "book.toml").exists():
        return _answered(files[0], question, also)
    with tempfile.TemporaryDirectory(prefix="worthbook-") as place:
        home = folder if folder is not None else Path(place) / f"{files[0].name.split('.')[0] or 'orders'}.book"
        ingest_files(files, home, mapping=mapping)
        return _answered(home, question, also)


def _answered(folder: Path, question: Question, also: Callable[[OpenBook, Answer], None] | None) -> Answer:
    with open_book(folder) as opened:
        answer = lifetime(opened, question)
        if also is not None:
            also(opened, answer)
        return answer


def lifetime(opened: OpenBook, question: Question) -> Answer:
    """Weigh the models of purchases for a book.

    Raises:
        WorthbookError: `lifetime-model-unknown`, `horizon-unreadable`, `calibration-outside-history`, `book-empty`.
    """
    horizon = parse_horizon(question.horizon)
    candidates, others = models_of(opened.catalogue, question.models)
    seasons = tuple(parse_season(each) for each in question.seasons)
    day = opened.day(question.as_of)
    cut = None if question.calibrate_until is None else parse_date(question.calibrate_until)
    if question.by is not None:
        opened = with_segments(opened, question.by)
    for name in question.covariates:
        opened = with_covariate(opened, name)
    by = (*(() if question.by is None else (question.by,)), *question.covariates)
    roles = (*purchase_roles(opened.catalogue).values(), *spend_roles(opened.catalogue).values())
    described = described_models(opened.catalogue, question.covariates) if question.covariates else ()
    in_seasons = season_model(opened.catalogue, seasons) if seasons else None
    others = (*others, *described, *(() if in_seasons is None else (in_seasons,)))
    bench = opened.make(dict.fromkeys((*roles, *by, *all_read(others))), as_of=day)
    found = with_others(bench, weigh(bench, opened.extent.first, candidates, cut), others)
    found = look_ahead(bench, found, horizon.after(day))
    timeline = _followed(bench, question.customer, found)
    segments = None if question.by is None else segments_ahead(bench, found, question.by, pooled=question.pooled)
    weeks = (horizon.after(day) - day).days / DAYS_PER_WEEK
    effects = effects_of(bench, question.covariates, weeks) if question.covariates else None
    drift = _drift(opened, bench)
    with_seasons = None if in_seasons is None else season_effects(bench, in_seasons, horizon.after(day))
    title, currency = opened.book.title, opened.book.currency
    return Answer(title, currency, found, timeline, drift, segments, effects, with_seasons)


def with_covariate(opened: OpenBook, name: str) -> OpenBook:
    """The book, with a column of the customers table as a measure, where it is none yet.

    Raises:
        WorthbookError: `name-unknown`; `covariate-unusable` for what is neither a number nor a word nor yes or no.
    """
    opened = with_segments(opened, name)
    unit = opened.catalogue.meta(name).unit
    if not unit.is_numeric and unit not in COVARIATE_UNITS:
        raise COVARIATE_UNUSABLE(name=name, unit=unit.value)
    return opened


def with_segments(opened: OpenBook, by: str) -> OpenBook:
    """The book, with a column of the customers table as a measure, where it is none yet and names nobody.

    Raises:
        WorthbookError: `name-unknown`.
    """
    catalogue = opened.catalogue
    told = catalogue.tables[CUSTOMERS].columns.get(by)
    if by in catalogue.makers or told is None or told.personal or told.unit is not Unit.TEXT:
        catalogue.maker(by)
        return opened
    measure = MeasureDefinition(
        name=by,
        title=told.title,
        description=told.description or told.title,
        source=catalogue.tables[CUSTOMERS].source,
        unit=Unit.TEXT,
        table=CUSTOMERS,
        formula=f"max({by})",
    )
    return replace(opened, catalogue=Catalogue.of([*catalogue.definitions, measure]))


def _drift(opened: OpenBook, bench: Workbench) -> Drift | None:
    """How the newest evaluation with a model that is at least four weeks older has held, if one was kept."""
    earlier = (opened.store.find_run(run_id) for run_id in earlier_runs(opened.store.run_ids(), bench.plan.as_of))
    run = next((each for each in earlier if each is not None and foretells(each)), None)
    return None if run is None else drift_since(bench, run, dict(purchase_roles(opened.catalogue)))


def _followed(bench: Workbench, customer: str | None, found: Lifetimes) -> Timeline | None:
    """One customer, by the model that is used.

    Raises:
        WorthbookError: `customer-without-purchases`, or why there is no model.
    """
    used = found.comparison.used
    if customer is None:
        return None
    if used is None or used.fit is None:
        raise WorthbookError([each.problem for each in found.comparison.entries if each.problem is not None])
    return timeline_of(bench, customer, used.fit, used.candidate.label)


def models_of(catalogue: Catalogue, names: Sequence[str]) -> tuple[tuple[Candidate, ...], tuple[ModelDefinition, ...]]:
    """The models of purchases of these names, all where none is named, and the definitions that may stand beside them.

    Raises:
        WorthbookError: `lifetime-model-unknown`.
    """
    known = {each.name: each for each in ALL_CANDIDATES}
    others = {name: model for name, model in catalogue.models.items() if name not in known and may_stand_beside(model)}
    for name in names:
        if name not in known and name not in others:
            raise MODEL_UNKNOWN(name=name, near=did_you_mean(name, {*known, *others}))
    asked = dict.fromkeys(names)
    chosen = tuple(known[name] for name in asked if name in known)
    return chosen or CANDIDATES, tuple(others[name] for name in asked if name in others)


def parse_horizon(text: str) -> Window:
    """A length of time as it is written in short.

    Raises:
        WorthbookError: `horizon-unreadable`.

    >>> str(parse_horizon("52w"))
    '52 weeks'
    """
    unit = _UNITS.get(text[-1:].lower())
    if unit is None or not text[:-1].isdecimal() or not int(text[:-1]):
        raise HORIZON_UNREADABLE(text=text)
    return Window.parse(f"{int(text[:-1])} {unit}")
