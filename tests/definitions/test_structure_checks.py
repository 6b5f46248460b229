"""Structures whose parts are not there are refused with their place."""

from __future__ import annotations

import pytest

from worthbook.definitions.checks import problems
from worthbook.definitions.reader import read_text
from worthbook.kernel.language import Text

STRUCTURE = """\
structure: own
title: {en: Own, zh: 自有}
description: {en: A model., zh: 模型。}
source: test
instrument: asked
target: loyalty
constructs:
  quality: {title: {en: Quality, zh: 质量}}
  loyalty: {title: {en: Loyalty, zh: 忠诚}, items: [l1]}
paths:
  quality: [loyalty]
---
instrument: asked
title: {en: Asked, zh: 问卷}
description: {en: Questions., zh: 题目。}
source: test
scoring: index
scales: {ten: {low: 1, high: 10}}
constructs: {quality: {en: Quality, zh: 质量}}
questions:
  q1: {text: {en: Good?, zh: 好吗？}, scale: ten, indicates: quality}
  l1: {text: {en: Again?, zh: 再来？}, scale: ten}
"""


def found(text: str) -> list[str]:
    reading = read_text(text, "s.yaml")
    assert not reading.problems
    said = problems(reading, lambda *_: pytest.fail("no formula is read"))
    return [f"{each.where}: [{each.slug}] {each.what.en}" for each in said]


def test_a_structure_that_fits_has_no_problems() -> None:
    assert not found(STRUCTURE)


@pytest.mark.parametrize(
    ("edit", "problem"),
    [
        (
            ("instrument: asked\ntarget", "instrument: askd\ntarget"),
            "s.yaml:5: [structure-instrument-unknown] There is no instrument 'askd'.",
        ),
        (
            ("target: loyalty", "target: loyal"),
            "s.yaml:6: [structure-construct-unknown] 'loyal' is not a construct of this structure.",
        ),
        (
            ("quality: [loyalty]", "quality:image: [loyalty]"),
            "s.yaml:11: [structure-construct-unknown] 'image' is not a construct of this structure.",
        ),
        (
            ("items: [l1]", "items: [l2]"),
            "s.yaml:9: [structure-item-unknown] The instrument 'asked' has no question 'l2'.",
        ),
        ((", indicates: quality", ""), "s.yaml:8: [structure-items-missing] The construct 'quality' has no items."),
    ],
)
def test_what_is_not_there_is_named(edit: tuple[str, str], problem: str) -> None:
    assert edit[0] in STRUCTURE
    assert found(STRUCTURE.replace(*edit)) == [problem]


def test_items_are_listed_or_indicated() -> None:
    structure, instrument = sorted(read_text(STRUCTURE, "s.yaml").definitions, key=lambda each: each.noun, reverse=True)
    assert structure.title == Text(en="Own", zh="自有")
    assert structure.items_of("quality", instrument) == ("q1",)  # type: ignore[attr-defined]
    assert structure.items_of("loyalty", instrument) == ("l1",)  # type: ignore[attr-defined]
