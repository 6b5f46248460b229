"""What an evaluation shows: a report as it is defined, with the frameworks of the book itself, or cut down to some."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from worthbook.definitions.framework import FrameworkDefinition
from worthbook.definitions.report import ReportDefinition
from worthbook.kernel.errors import Fault, Problem, did_you_mean, raise_all
from worthbook.kernel.language import Text
from worthbook.planning.index import Catalogue

OVERVIEW = "overview"
"""The report that is made where none is asked for."""
FRAMEWORKS = "frameworks"
"""The report that is made where frameworks are asked for by name."""

REPORT_UNKNOWN = Fault(
    "report-unknown",
    what=Text(en="There is no report '{name}'.", zh="没有名为“{name}”的报告。"),
    hint=Text(en="`worthbook list reports` shows all. {near}", zh="可用 `worthbook list reports` 查看全部。{near}"),
)
FRAMEWORK_UNKNOWN = Fault(
    "framework-unknown",
    what=Text(en="There is no framework '{name}'.", zh="没有名为“{name}”的分层框架。"),
    hint=Text(
        en="`worthbook list frameworks` shows all. {near}", zh="可用 `worthbook list frameworks` 查看全部。{near}"
    ),
)


def asked(catalogue: Catalogue, report: str | None, frameworks: Sequence[str] = ()) -> ReportDefinition:
    """The report to make, with its frameworks listed.

    Args:
        catalogue: all definitions that hold for the book.
        report: its name; by default the overview, or the report of frameworks where some are asked for.
        frameworks: the only ones to show, in this order; the list of customers then holds what they are cut from in
            the place of the report's own columns, and studies are made only where a report is named. Without any, those
            of the report and all of the book's own.

    Raises:
        WorthbookError: `report-unknown`, and `framework-unknown` for each name that is none.
    """
    name = report or (FRAMEWORKS if frameworks else OVERVIEW)
    raise_all(_problems(catalogue, name, frameworks))
    definition = catalogue.reports[name]
    if frameworks:
        shown = tuple(dict.fromkeys(frameworks))
        columns = _cut_from(catalogue.frameworks[each] for each in shown)
        narrow: dict[str, object] = {"headline": shown, "frameworks": shown, "columns": columns}
        return definition.model_copy(update=narrow if report else {**narrow, "studies": ()})
    own = tuple(each for each in catalogue.frameworks if each in catalogue.own)
    listed = tuple(catalogue.frameworks) if definition.frameworks == "every" else definition.frameworks
    columns = (*definition.columns, *_cut_from(catalogue.frameworks[each] for each in own))
    return definition.model_copy(
        update={"frameworks": tuple(dict.fromkeys((*listed, *own))), "columns": tuple(dict.fromkeys(columns))}
    )


def _problems(catalogue: Catalogue, report: str, frameworks: Sequence[str]) -> Iterator[Problem]:
    if report not in catalogue.reports:
        yield REPORT_UNKNOWN.problem(name=report, near=did_you_mean(report, catalogue.reports))
    for name in frameworks:
        if name not in catalogue.frameworks:
            yield FRAMEWORK_UNKNOWN.problem(name=name, near=did_you_mean(name, catalogue.frameworks))


def _cut_from(frameworks: Iterable[FrameworkDefinition]) -> tuple[str, ...]:
    """The columns that the axes of some frameworks cut."""
    return tuple(dict.fromkeys(axis.column for framework in frameworks for axis in framework.axes.values()))
