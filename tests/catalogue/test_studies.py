from __future__ import annotations

import re

import pytest

from worthbook.definitions.study import StudyDefinition
from worthbook.planning.index import read_shipped
from worthbook.planning.study import METHODS, check_study

READING = read_shipped()
STUDIES = {each.name: each for each in READING.definitions if isinstance(each, StudyDefinition)}


def test_they_are_read_without_a_problem() -> None:
    assert READING.problems == ()


def test_every_method_has_a_study() -> None:
    assert {study.method for study in STUDIES.values()} == set(METHODS)


@pytest.mark.parametrize("name", STUDIES)
def test_they_ask_only_for_what_their_method_gives(name: str) -> None:
    assert check_study(STUDIES[name]) == ()


@pytest.mark.parametrize("name", STUDIES)
def test_both_languages_say_the_same_numbers(name: str) -> None:
    sentences = [finding.text for finding in STUDIES[name].findings] + [chart.summary for chart in STUDIES[name].charts]
    differing = [
        text.en for text in sentences if _facts(text.en) != _facts(text.zh) and not _facts(text.zh) < _facts(text.en)
    ]
    assert differing == []


@pytest.mark.parametrize("name", STUDIES)
def test_every_chart_has_its_words(name: str) -> None:
    wordless = [chart.name for chart in STUDIES[name].charts if chart.x_title is None and chart.kind != "interval"]
    assert wordless == []


@pytest.mark.parametrize("name", STUDIES)
def test_every_study_has_caveats(name: str) -> None:
    assert STUDIES[name].caveats


def _facts(sentence: str) -> set[str]:
    return set(re.findall(r"\{([a-z0-9_]+):", sentence))
