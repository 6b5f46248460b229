"""What functions are worth beside what they cost: from a survey and costs, or from one small file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from worthbook.data import engines
from worthbook.data.cost_sheet import CostSheet, read_costs, tells_importance
from worthbook.data.engine import Snapshot
from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.planning.index import read_catalogue
from worthbook.planning.surveys import NoSurveys
from worthbook.services.own_definitions import definitions_folder
from worthbook.services.survey_study import OpenSurvey, SurveyAnswer, context_of, open_survey

STUDY = "function_value"
COSTS_MISSING = Fault(
    "function-costs-not-given",
    what=Text(en="Nothing says what the functions in {file} cost.", zh="未给出 {file} 中各功能的成本。"),
    hint=Text(
        en="Give --cost brew=50 for each, or --costs with a file of the columns function and cost.",
        zh="请逐项使用 --cost brew=50，或用 --costs 指定含“功能”“成本”两列的文件。",
    ),
)


def function_costs(  # noqa: PLR0913 - what, of what, and how
    source: Path,
    costs: Mapping[str, float],
    costs_file: Path | None = None,
    *,
    instrument: str | None = None,
    book: Path | None = None,
    target_total: float | None = None,
) -> SurveyAnswer:
    """Compare what functions are worth with what they cost.

    Args:
        source: a file of answers or a book; or a file with the columns function, importance and cost.
        costs: function → cost.
        costs_file: a file with the columns function and cost; what `costs` says goes before it.
        instrument: which instrument was used; None to tell by the columns.
        book: whose own instruments count too.
        target_total: what the whole may cost.

    Raises:
        WorthbookError: function-costs-not-given, or what is wrong with files, answers or costs.
    """
    options = {"target_total": None if target_total is None else float(target_total)}
    if not (source / "book.toml").exists() and tells_importance(source):
        return _plain(read_costs(source), book, options)
    listed = {} if costs_file is None else dict(read_costs(costs_file).costs)
    sheet = CostSheet({**listed, **costs})
    if not sheet.costs:
        raise COSTS_MISSING(file=source.name)
    with open_survey(source, instrument=instrument, book=book) as opened:
        costed = OpenSurvey(opened.instrument, opened.catalogue, replace(opened.context, costs=sheet))
        return costed.study(STUDY, **options)


def _plain(sheet: CostSheet, book: Path | None, options: Mapping[str, float | None]) -> SurveyAnswer:
    """Without any survey: the file says itself how much each function counts."""
    catalogue = read_catalogue(definitions_folder(book))
    instrument = catalogue.instruments[str(catalogue.studies[STUDY].options["instrument"])]
    engine = engines.start("duckdb", threads=1)
    try:
        today = dt.datetime.now(dt.UTC).date()
        context = context_of(engine, catalogue, Snapshot({}, {}, 1), NoSurveys(), today, {})
        return OpenSurvey(instrument, catalogue, replace(context, costs=sheet)).study(STUDY, **options)
    finally:
        engine.close()
