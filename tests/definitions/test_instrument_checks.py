from __future__ import annotations

import pytest

from worthbook.data.formula import parse
from worthbook.definitions import checks
from worthbook.definitions.reader import read_text

FEATURES = """\
instrument: features
title: {en: Features, zh: 功能}
description: {en: Two questions a feature., zh: 每项功能两题。}
source: Worthbook
scoring: kano
scales:
  feeling: {low: 1, high: 5, labels: {1: {en: I like it, zh: 喜欢}}, missing: [-99]}
constructs: {joy: {en: Joy, zh: 愉悦}}
topics:
  speed: {en: Speed, zh: 速度}
questions:
  speed_with:
    text: {en: If it is fast?, zh: 如果很快？}
    scale: feeling
    topic: speed
    aspect: functional
    indicates: joy
    names: [q1]
  speed_without:
    text: {en: If it is slow?, zh: 如果很慢？}
    scale: feeling
    topic: speed
    aspect: dysfunctional
"""


def told(before: str, after: str) -> list[str]:
    """Line, slug and sentence of each problem, without hints."""
    assert before in FEATURES
    reading = read_text(FEATURES.replace(before, after), "i.yaml")
    assert reading.problems == ()
    return [problem.say("en").partition("\n")[0].removeprefix("i.yaml:") for problem in checks.problems(reading, parse)]


def test_an_instrument_that_fits_has_no_problems() -> None:
    assert told("", "") == []


SCALE = "7: [instrument-scale-unfit] The scale 'feeling' is not complete: "
UNPAIRED = (
    "5: [instrument-questions-missing] The scoring 'kano' needs questions of aspect 'dysfunctional' about a topic; "
)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            "scale: feeling\n    topic: speed\n    aspect: functional",
            "scale: feelings\n    topic: speed\n    aspect: functional",
            "14: [instrument-part-unknown] The instrument has no scale 'feelings'.",
        ),
        (
            "indicates: joy",
            "indicates: joys",
            "17: [instrument-part-unknown] The instrument has no construct 'joys'.",
        ),
        ("low: 1, high: 5", "low: 5, high: 1", SCALE + "`low` and `high` are missing or not in order."),
        ("labels: {1:", "labels: {7:", SCALE + "the label 7 lies outside of it."),
        ("missing: [-99]", "missing: [3]", SCALE + "the missing code 3 is a possible answer."),
        ("    aspect: dysfunctional\n", "", UNPAIRED + "there is none."),
        (
            "names: [q1]",
            "names: [Speed Without]",
            "19: [instrument-header-twice] 'speed_without' heads two questions: 'speed_with' and 'speed_without'.",
        ),
    ],
)
def test_what_does_not_fit_is_told_with_its_line(before: str, after: str, expected: str) -> None:
    assert told(before, after) == [expected]


def test_a_topic_without_its_pair_is_named() -> None:
    found = told("topics:\n", "topics:\n  size: {en: Size, zh: 尺寸}\n")

    assert [each.rpartition("; ")[2] for each in found] == ["there is none about 'size'."] * 2


def test_two_questions_that_ask_the_same_are_told_apart() -> None:
    assert told("aspect: dysfunctional", "aspect: functional") == [
        UNPAIRED + "there is none.",
        "19: [instrument-question-twice] 'speed_with' and 'speed_without' ask the same of the topic 'speed'.",
    ]
