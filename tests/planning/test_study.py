from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.planning.studies.world import Line, World
from worthbook.data.duckdb import DuckDB
from worthbook.definitions.reader import read_text
from worthbook.definitions.study import StudyDefinition
from worthbook.kernel.errors import WorthbookError
from worthbook.kernel.language import Text
from worthbook.planning.study import check_study, make_study

LINES: list[Line] = [(f"c{index}", f"2024-0{1 + index % 9}-05", 10 + index, False) for index in range(30)]

WRONG = """\
study: mine
title: {en: Mine, zh: 我的}
description: {en: Mine, zh: 我的}
source: test
method: concentration
inputs: {order: orders_lifetime}
charts:
  - name: one
    title: {en: One, zh: 一}
    kind: line
    table: wale
    x: customers
    y: [value]
    summary: {en: "{totl:money}", zh: "{total:money}"}
  - name: two
    title: {en: Two, zh: 二}
    kind: line
    table: whale
    x: customer
    y: [value, marginn]
    colour: blue
    when: top_share > 1
    summary: {en: Two, zh: 二}
findings:
  - when: gini >
    text: {en: "{gini}", zh: "{gini:ratio}"}
"""


def definition(text: str) -> StudyDefinition:
    (found,) = read_text(text, "mine.yaml").definitions
    assert isinstance(found, StudyDefinition)
    return found


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    engine = DuckDB(threads=1)
    yield World(tmp_path, engine)
    engine.close()


def test_every_problem_of_a_definition_is_found_with_its_line() -> None:
    found = sorted(
        (problem.where.line or 0, problem.slug) for problem in check_study(definition(WRONG)) if problem.where
    )
    assert found == [
        (6, "study-role-unknown"),
        (11, "study-table-unknown"),
        (14, "fact-unknown"),
        (19, "study-column-unknown"),
        (20, "study-column-unknown"),
        (21, "study-column-unknown"),
        (22, "fact-unknown"),
        (25, "formula-unreadable"),
        (26, "placeholder-unreadable"),
    ]


def test_an_unknown_method_proposes_the_nearest() -> None:
    (problem,) = check_study(definition(WRONG.replace("method: concentration", "method: concentrate")))
    assert (problem.slug, problem.hint.en) == ("study-method-unknown", "Did you mean 'concentration'?")


def test_a_wrong_definition_is_not_made(world: World) -> None:
    with pytest.raises(WorthbookError) as caught:
        make_study(definition(WRONG), world.context(LINES))
    assert len(caught.value.problems) == 9


def test_every_fact_of_the_method_is_there_even_if_unknown(world: World) -> None:
    study = make_study(world.definition("concentration"), world.context(LINES))
    assert (study.facts["margin_total"], study.facts["customers"]) == (None, 30)


def test_a_series_that_is_not_known_is_left_out_of_its_chart(world: World) -> None:
    study = make_study(world.definition("concentration"), world.context(LINES, without=["revenue_12m"]))
    assert [chart.y for chart in study.charts] == [("value",), ("value",)]


def test_sentences_speak_both_languages_and_the_currency(world: World) -> None:
    study = make_study(world.definition("concentration"), world.context(LINES, cost=15))
    (text,) = [finding.text for finding in study.findings if "gross margin" in finding.text.en]
    assert text == Text(
        en="5 of 30 customers cost more than they bring and take $15 of gross margin away; "
        "without them it would be $300 instead of $285.",
        zh="30位客户中有5位的毛利为负，共侵蚀毛利$15；若没有他们，毛利将为$300，而非$285。",
    )


def test_provenance_is_made_from_what_was_used(world: World) -> None:
    study = make_study(world.definition("rhythm"), world.context(LINES))
    node = study.provenance
    assert (node.kind, node.name, node.maker, [parent.name for parent in node.made_from]) == (
        "study",
        "rhythm",
        "rhythm 2",
        ["transactions"],
    )


def test_lines_are_read_once_for_all_studies(world: World) -> None:
    context = world.context(LINES)
    for name in ("rhythm", "cohorts"):
        make_study(world.definition(name), context)
    first = context.activity
    assert context.activity is first
