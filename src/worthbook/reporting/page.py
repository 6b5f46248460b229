"""The report as one page that opens anywhere: words, tables and charts in one file, without scripts or requests."""

from __future__ import annotations

import functools
import importlib.resources
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from worthbook.kernel.evaluation import Evaluation, FrameworkResult, ModelResult
from worthbook.kernel.language import Language, Text
from worthbook.kernel.provenance import Provenance
from worthbook.kernel.result import Chart, Finding, Study, Table
from worthbook.kernel.units import Unit, Value
from worthbook.reporting.chart import render_chart
from worthbook.reporting.framework_charts import framework_charts
from worthbook.reporting.words import LANGUAGE_TAG, MARKS, WORDS
from worthbook.reporting.writer import Writer

MOST_ROWS = 200
"""Rows of a table in the page; beyond that nobody reads, and the page grows slow on a phone."""

_SUMS = ("revenue_12m", "expected_revenue_12m", "clv_36m", "gross_margin_12m")
"""Columns whose sum over all customers is a key figure where it is known."""


@dataclass(frozen=True)
class Picture:
    """A chart as it stands in the page, with its data."""

    chart: Chart
    table: Table
    svg: Markup


@dataclass(frozen=True)
class StudyView:
    """A study with its charts drawn."""

    study: Study
    figures: tuple[Picture, ...]
    other_tables: tuple[Table, ...]
    """Tables that no chart shows."""
    models: tuple[ModelResult, ...]
    """The graded models that it rests on."""


@dataclass(frozen=True)
class KeyFigure:
    """One large number."""

    title: str
    value: str
    note: str = ""


def render_page(evaluation: Evaluation, language: Language) -> str:
    """The whole report as HTML.

    Args:
        evaluation: what to tell.
        language: of every word; titles that a user wrote stay as they are.

    Returns:
        A complete document with its styles and charts inside; it makes no request and runs no script.
    """
    return _Page(evaluation, language).render()


class _Page:
    def __init__(self, evaluation: Evaluation, language: Language) -> None:
        self.it = evaluation
        self.language = language
        self.written = Writer(language, evaluation.currency)
        self.words = {name: text.say(language) for name, text in WORDS.items()}

    def render(self) -> str:
        it = self.it
        page = _environment(self.written).get_template("page.html")
        return page.render(
            it=it,
            tag=LANGUAGE_TAG.say(self.language),
            words=self.words,
            style=_style(),
            units=Unit,
            most_rows=MOST_ROWS,
            contents=self._contents(),
            customers_counted=self._customers(),
            figures=self._key_figures(),
            led=self._drawn(it.headline),
            judged=[model for model in it.models if model.grade] or it.models,
            studies=[self._study(study) for study in it.studies if _says_something(study)],
            others=[(each, self._drawn(each)) for each in it.frameworks if each.name != it.headline.name],
            origins=self._origins(),
            **MARKS[self.language],
        )

    def _contents(self) -> list[tuple[str, str]]:
        """Place and title of every section that is there."""
        it = self.it
        there = {
            "summary": True,
            "figures": True,
            "tiers": True,
            "trust": it.models,
            "studies": [study for study in it.studies if _says_something(study)],
            "frameworks": len(it.frameworks) > 1,
            "waiting": it.waiting,
            "models": it.models,
            "columns": it.columns,
            "sources": True,
            "about": True,
        }
        titles = {"tiers": it.headline.title.say(self.language), "frameworks": self.words["other_frameworks"]}
        return [(place, titles.get(place) or self.words[place]) for place, shown in there.items() if shown]

    def _customers(self) -> str:
        if self.it.customers == 1:
            return self.words["one_customer_counted"]
        return self.words["customers_counted"].format(count=self.written.counted(self.it.customers))

    def _key_figures(self) -> list[KeyFigure]:
        facts = self.it.facts
        figures = [KeyFigure(self.words["figure_customers"], self.written.counted(self.it.customers)), *self._sums()]
        revenue, orders = _float(facts.get("revenue_lifetime__sum")), _float(facts.get("orders_lifetime__sum"))
        if revenue is not None and orders:
            each = self.written.cell(revenue / orders, Unit.MONEY)
            figures.append(KeyFigure(self.words["figure_per_order"], each, self.words["figure_per_order_note"]))
        alive = _float(facts.get("p_alive__sum"))
        if alive is not None:
            count = self.written.counted(round(alive))
            figures.append(KeyFigure(self.words["figure_alive"], count, self.words["figure_alive_note"]))
        return figures

    def _sums(self) -> Iterator[KeyFigure]:
        """Totals of columns; a part says for how many it is known, and a zero that stands for unknowns is left out."""
        facts, everyone = self.it.facts, self.it.customers
        titles = {column.name: column.title.say(self.language) for column in self.it.columns}
        for name in _SUMS:
            total, known = facts.get(f"{name}__sum"), _float(facts.get(f"{name}__known", everyone))
            if total is None or known is None or name not in titles or (not total and known < everyone):
                continue
            part = self.words["figure_sum_known"].format(count=self.written.counted(known))
            note = self.words["figure_sum"] if known == everyone else part
            yield KeyFigure(titles[name], self.written.cell(total, Unit.MONEY), note)

    def _study(self, study: Study) -> StudyView:
        return study_view(study, self.language, self.it.currency, self.it.models)

    def _picture(self, chart: Chart, table: Table) -> Picture:
        return _picture(chart, table, self.language, self.it.currency)

    def _drawn(self, framework: FrameworkResult) -> list[Picture]:
        """The pictures of a framework, if it is to be drawn."""
        if framework.name not in {self.it.headline.name, *self.it.drawn}:
            return []
        return [self._picture(chart, table) for chart, table in framework_charts(framework)]

    def _origins(self) -> list[tuple[Text, Provenance]]:
        it = self.it
        results: tuple[FrameworkResult | ModelResult | Study, ...] = (*it.frameworks, *it.models, *it.studies)
        return [(each.title, each.provenance) for each in results]


def study_view(study: Study, language: Language, currency: str, models: Sequence[ModelResult] = ()) -> StudyView:
    """A study with its charts drawn, and which of some models it rests on."""
    drawn = {chart.table for chart in study.charts}
    used = {node.name for node in study.provenance.walk()}
    return StudyView(
        study,
        tuple(_picture(chart, study.table(chart.table), language, currency) for chart in study.charts),
        tuple(table for table in study.tables if table.name not in drawn),
        tuple(model for model in models if model.grade and used & {model.name, model.provenance.name}),
    )


def render_study(study: Study, language: Language, *, currency: str = "", notes: Sequence[Finding] = ()) -> str:
    """One study as a page of its own, as complete as the report.

    Args:
        study: what to tell.
        language: of every word.
        currency: of amounts, as a code.
        notes: what was noticed while the data were read.
    """
    written = Writer(language, currency)
    return (
        _environment(written)
        .get_template("study.html")
        .render(
            view=study_view(study, language, currency),
            notes=notes,
            tag=LANGUAGE_TAG.say(language),
            words={name: text.say(language) for name, text in WORDS.items()},
            style=_style(),
            units=Unit,
            most_rows=MOST_ROWS,
            **MARKS[language],
        )
    )


@dataclass(frozen=True)
class Answered:
    """What a command found, to be told on a page: sentences and tables first, then studies with their charts."""

    title: Text
    findings: Sequence[Finding]
    tables: Sequence[Table]
    notes: Sequence[Text]
    studies: Sequence[Study]
    currency: str


def render_answer(answer: Answered, language: Language) -> str:
    """An answer as a page of its own."""
    written = Writer(language, answer.currency)
    return (
        _environment(written)
        .get_template("studies.html")
        .render(
            title=answer.title,
            findings=answer.findings,
            tables=answer.tables,
            notes=answer.notes,
            views=[study_view(study, language, answer.currency) for study in answer.studies if study.charts],
            tag=LANGUAGE_TAG.say(language),
            words={name: text.say(language) for name, text in WORDS.items()},
            style=_style(),
            units=Unit,
            most_rows=MOST_ROWS,
            **MARKS[language],
        )
    )


def _picture(chart: Chart, table: Table, language: Language, currency: str) -> Picture:
    svg = render_chart(chart, table, language, currency)
    return Picture(chart, table, Markup(svg))  # noqa: S704 - drawn by us, with every text escaped


@functools.lru_cache(maxsize=8)
def _environment(written: Writer) -> Environment:
    """Templates that write for one language and currency: compiled once, then used by every page like it."""
    loader = PackageLoader("worthbook.reporting", "templates")
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.filters |= written.filters()
    return made


@functools.cache
def _style() -> Markup:
    file = importlib.resources.files("worthbook.reporting") / "templates" / "style.css"
    return Markup(file.read_text(encoding="utf-8"))  # noqa: S704 - our own file


def _says_something(study: Study) -> bool:
    """A study for which there were no data is left out of the page."""
    return bool(study.tables or study.findings)


def _float(value: Value) -> float | None:
    return float(value) if isinstance(value, Decimal | float | int) else None
