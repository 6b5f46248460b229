from __future__ import annotations

import pytest

from worthbook.data.formula import parse
from worthbook.definitions import checks
from worthbook.definitions.reader import read_text
from worthbook.planning import judged

HEAD = """\
framework: card
title: {en: Card, zh: 评分卡}
description: {en: A card., zh: 评分卡。}
method: scorecard
score_cuts: [50]
cells:
  - {key: low, title: {en: Low, zh: 低}, meaning: {en: Low., zh: 低。}, strategy: {en: Wait., zh: 等待。}}
  - {key: high, title: {en: High, zh: 高}, meaning: {en: High., zh: 高。}, strategy: {en: Act., zh: 行动。}}
source: Test
"""
AXIS = """\
  NAME:
    title: {en: NAME, zh: NAME}
    column: revenue
    cuts: [1]
    bands:
      - {key: low, title: {en: low, zh: 低}, points: 0}
      - {key: high, title: {en: high, zh: 高}, points: 100}
"""
MEASURE = """\
---
measure: revenue
title: {en: Revenue, zh: 收入}
description: {en: Revenue., zh: 收入。}
unit: money
formula: "1"
source: Test
"""
NAMES = ("price", "service", "brand")
BEGIN = HEAD.count("\n")


def told(weights: str) -> list[str]:
    """Line within the block of weights, slug and sentence of each problem, without hints."""
    axes = "".join(AXIS.replace("NAME", name) for name in NAMES)
    reading = read_text(f"{HEAD}{weights}axes:\n{axes}{MEASURE}", "w.yaml")
    found = [*reading.problems, *checks.problems(reading, parse), *judged.problems(reading.definitions)]
    return [
        f"{(problem.where.line or 0) - BEGIN if problem.where else ''} [{problem.slug}] {problem.what.en}"
        for problem in found
    ]


@pytest.mark.parametrize(
    "weights",
    [
        "weights: {method: equal}\n",
        "weights: {method: entropy}\n",
        "weights: {method: regression, target: revenue}\n",
        "weights: {method: constant_sum, answers: {an: {price: 33.33, service: 33.33, brand: 33.33}}}\n",
        "weights: {method: constant_sum, total: 10, answers: {an: {price: 5, service: 3, brand: 2}}}\n",
        "weights: {method: ahp, judges: {an: {price over service: 2, service over brand: 1/3}}}\n",
        "weights: {method: combined, of: [{method: equal}, {method: critic}], by: mean}\n",
    ],
)
def test_weights_that_fit_have_no_problems(weights: str) -> None:
    assert told(weights) == []


def test_every_point_that_is_off_is_named_with_its_line() -> None:
    weights = """\
weights:
  method: constant_sum
  answers:
    an: {price: 50, service: 30, brand: 10}
    bo:
      price: 60
      service: 50
      brand: -10
    cy: {price: 60, sevrice: 40}
"""
    assert told(weights) == [
        "4 [constant-sum-off] The points of 'an' sum to 90, not to 100.",
        "8 [constant-sum-negative] 'bo' gave -10 points to 'brand'.",
        "9 [weights-criterion-unknown] 'sevrice' is none of what is weighed here: price, service, brand.",
        "9 [constant-sum-left-out] 'cy' gave no points to service, brand.",
    ]


def test_every_judgement_that_cannot_be_read_is_named_with_its_line() -> None:
    weights = """\
weights:
  method: ahp
  judges:
    an:
      price over service: 3
      price over price: 2
      service: 3
      service over band: 1/2
      price over brand: -2
"""
    assert told(weights) == [
        "6 [judgement-pair-unreadable] 'price over price' does not name a pair.",
        "7 [judgement-pair-unreadable] 'service' does not name a pair.",
        "8 [weights-criterion-unknown] 'band' is none of what is weighed here: price, service, brand.",
        "9 [judgement-not-positive] 'price over brand' is -2: it must be above 0.",
    ]


def test_a_ratio_that_is_none_is_refused() -> None:
    weights = "weights:\n  method: ahp\n  judges:\n    an:\n      price over service: twice\n"
    assert told(weights) == ["5 [judgement-unreadable] 'twice' does not say how many times as important."]


def test_judgements_that_contradict_each_other_are_refused_at_the_worst() -> None:
    """3 x 1/3 = 1 where 1/7 was given: the others imply equal importance."""
    weights = """\
weights:
  method: ahp
  judges:
    an:
      price over service: 3
      service over brand: 1/3
      price over brand: 1/7
"""
    (found,) = told(weights)
    assert found == (
        "7 [judgements-inconsistent] The judgements contradict each other: consistency ratio 0.38 by the table "
        "saaty_1980, at most 0.10 is usual. 'price over brand' is 1/7; the others imply about 1, with which the ratio "
        "would be 0.00."
    )


def test_judgements_that_do_not_hang_together_are_refused() -> None:
    weights = "weights:\n  method: ahp\n  judges:\n    an: {price over service: 2}\n"
    assert told(weights) == ["3 [judgements-apart] No chain of judgements connects 'price' with 'brand'."]


def test_both_ways_of_a_pair_must_agree() -> None:
    weights = (
        "weights:\n  method: ahp\n  judges:\n"
        "    an: {price over service: 2, service over price: 2, service over brand: 1}\n"
    )
    (found,) = told(weights)
    assert found.startswith("3 [judgement-contradicts] 'service' over 'price' is 2")


def test_keys_of_another_method_are_refused() -> None:
    weights = "weights:\n  method: entropy\n  target: revenue\n  judges: {an: {price over service: 2}}\n"
    assert told(weights) == [
        "4 [weights-key-not-here] 'judges' means nothing for weights by entropy.",
        "3 [weights-key-not-here] 'target' means nothing for weights by entropy.",
    ]


@pytest.mark.parametrize(
    ("weights", "slug"),
    [
        ("weights: {method: regression}\n", "weights-key-needed"),
        ("weights: {method: ahp}\n", "weights-key-needed"),
        ("weights: {method: constant_sum}\n", "weights-key-needed"),
        ("weights: {method: combined, of: [{method: equal}]}\n", "weights-combined-of-two"),
        ("weights: {method: regression, target: revneue}\n", "definition-reference-unknown"),
        ("weights: {method: guess}\n", "definition-choice-unknown"),
    ],
)
def test_what_is_missing_or_unknown_is_named(weights: str, slug: str) -> None:
    assert [each.split("]")[0] for each in told(weights)] == [f"1 [{slug}"]


def test_stated_weights_are_needed_where_they_are_read() -> None:
    found = told("weights: {method: combined, of: [{method: stated}, {method: entropy}]}\n")
    assert [each.split("] ")[1] for each in found] == [f"'{name}' has no weight above 0." for name in NAMES]


def test_a_target_made_from_the_framework_itself_is_a_circle() -> None:
    found = told("weights: {method: regression, target: card__score}\n")
    assert [each.split("] ")[1] for each in found] == ["'card__score' is made from itself: card__score → card__score."]
