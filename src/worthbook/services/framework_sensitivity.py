"""How far the grades of a scorecard hang on its weights."""

from __future__ import annotations

from pathlib import Path

from worthbook.data import columns
from worthbook.definitions.framework import FrameworkDefinition
from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.kernel.result import Study
from worthbook.planning.moved_weights import move_weights
from worthbook.planning.study import StudyContext, make_study
from worthbook.services.compare_runs import framework_of
from worthbook.services.find_book import find_book
from worthbook.services.open_book import OpenBook, open_book

STUDY = "weight_sensitivity"
TITLE = Text(en="{framework}: sensitivity to the weights", zh="{framework}：权重敏感性")

WITHOUT_WEIGHTS = Fault(
    "framework-without-weights",
    what=Text(
        en="'{name}' has no weights: it is made by the method {method}.", zh="“{name}”没有权重：其方法为 {method}。"
    ),
    hint=Text(en="Name a scorecard: {scorecards}.", zh="请指定评分卡：{scorecards}。"),
)


def framework_sensitivity(
    folder: Path | None, name: str, *, as_of: str | None = None, draws: int = 1000, spread: float = 0.2
) -> Study:
    """Move the weights of a scorecard in the book of a folder, or in the only one that lies here.

    Raises:
        WorthbookError: `book-missing`, `framework-unknown`, `framework-without-weights`, `as-of-before-history`.
    """
    with open_book(find_book(folder)) as opened:
        return sensitivity_of(opened, name, as_of=as_of, draws=draws, spread=spread)


def sensitivity_of(
    opened: OpenBook, name: str, *, as_of: str | None = None, draws: int = 1000, spread: float = 0.2
) -> Study:
    """The same for an open book."""
    framework = _scorecard(opened, name)
    bench = opened.make([name], as_of=opened.day(as_of))
    definition = opened.catalogue.studies[STUDY]
    context = StudyContext(
        engine=opened.engine,
        snapshot=opened.snapshot,
        tables=opened.catalogue.tables,
        sheets=bench.sheets_of([name]),
        known={},
        as_of=bench.plan.as_of,
        customers=columns.count(opened.engine, bench.sheets[name]),
        currency=opened.book.currency,
        fits={},
        provenance=bench.plan.provenance,
        moved_weights=move_weights(bench, framework, spread=spread, draws=draws),
    )
    title = TITLE.format(framework=framework.title)
    caveats = (*definition.caveats, *opened.catalogue.meta(name).caveats)
    return make_study(definition.model_copy(update={"title": title, "caveats": caveats}), context)


def _scorecard(opened: OpenBook, name: str) -> FrameworkDefinition:
    framework = framework_of(opened, name)
    if framework.method != "scorecard":
        known = [each.name for each in opened.catalogue.frameworks.values() if each.method == "scorecard"]
        raise WITHOUT_WEIGHTS(name=name, method=framework.method, scorecards=", ".join(known) or "–")
    return framework
