"""Weights that a definition asks for, found in a real book and shown with the result."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import pytest

from worthbook.kernel.evaluation import FrameworkResult
from worthbook.planning.lay import laid
from worthbook.planning.weigh import weigh
from worthbook.services.explain_column import explain_column
from worthbook.services.open_book import open_book

CELL = "{{key: {key}, title: {{en: {key}, zh: {key}}}, meaning: {{en: x, zh: x}}, strategy: {{en: x, zh: x}}}}"
BookOf = Callable[[str], Path]


def customers(amounts: Sequence[int]) -> str:
    """One order a customer."""
    lines = [f"C{place:02d},O{place:02d},2026-01-{place % 28 + 1:02d},{amount}" for place, amount in enumerate(amounts)]
    return "\n".join(["customer_id,order_id,date,amount", *lines, ""])


def card(points: Sequence[Sequence[float]], weights: str, columns: Sequence[str] = ()) -> str:
    """A scorecard in which customers who bring 1, 2, 3 … have the points of the first, second, third … row."""
    axes = []
    for place, column in enumerate(zip(*points, strict=True)):
        bands = "\n".join(
            f"      - {{key: b{row}, title: {{en: b, zh: b}}, points: {value}}}" for row, value in enumerate(column)
        )
        cut = columns[place] if columns else "revenue_lifetime"
        cuts = ", ".join(str(row + 1) for row in range(1, len(column)))
        axes.append(
            f"  c{place}:\n    title: {{en: C{place}, zh: C{place}}}\n    column: {cut}\n    cuts: [{cuts}]\n"
            f"    bands:\n{bands}"
        )
    cells = "\n".join(f"  - {CELL.format(key=key)}" for key in ("low", "high"))
    return (
        "framework: card\ntitle: {en: Card, zh: 评分卡}\ndescription: {en: A card., zh: 评分卡。}\nmethod: scorecard\n"
        f"score_cuts: [mean]\n{weights}axes:\n{chr(10).join(axes)}\ncells:\n{cells}\nsource: Test\n"
    )


def result_of(folder: Path, definition: str) -> tuple[FrameworkResult, dict[str, float]]:
    """The framework's result, and the weights that were found."""
    file = folder / "definitions" / "card.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(definition, encoding="utf-8")
    with open_book(folder) as opened:
        bench = opened.make(["card", "revenue_12m"], as_of=opened.day(None))
        framework = opened.catalogue.frameworks["card"]
        result = laid(bench, framework)
        return result, weigh(bench, framework, {}).within[""].as_mapping()


@pytest.mark.shared_data
@pytest.mark.parametrize("method", ["entropy", "critic"])
def test_weights_found_in_customers_are_those_published(shared: Path, book_of: BookOf, method: str) -> None:
    """Elsayed, Dawood and Karthikeyan (2017), IJETT 46(2): entropy; Tus and Adali (2019), Opsearch 56: CRITIC.

    Each alternative is a customer, and each criterion an axis that gives the customer its value as points.
    """
    case = json.loads((shared / "data" / "worked_examples" / "examples.json").read_text())[method]
    matrix = case["matrix"]
    folder = book_of(customers(range(1, len(matrix) + 1)))
    _, weights = result_of(folder, card(matrix, f"weights: {{method: {method}}}\n"))
    assert list(weights.values()) == pytest.approx(case.get("weights_6dp", case["weights"]), abs=1e-6)


@pytest.mark.shared_data
def test_judged_weights_are_those_published(shared: Path, book_of: BookOf) -> None:
    """Saaty (2008), Int. J. Services Sciences 1(1): drinks; CR by the table of 1980 worked out from its lambda."""
    case = json.loads((shared / "data" / "worked_examples" / "examples.json").read_text())["ahp_drinks"]
    judgements = [
        f"      c{first} over c{first + 1 + place}: {times}"
        for first, row in enumerate(case["upper_triangle_rows"])
        for place, times in enumerate(row)
    ]
    weights = "\n".join(["weights:", "  method: ahp", "  judges:", "    saaty:", *judgements, ""])
    folder = book_of(customers([1, 2]))
    result, found = result_of(folder, card([[0] * 7, [100] * 7], weights))
    assert list(found.values()) == pytest.approx(case["weights_eigenvector"], abs=1e-6)
    assert result.notes[0].en == (
        "Weights of the axes by judgements in pairs (AHP): C0 18 %, C1 1.9 %, C2 4.2 %, C3 12 %, C4 19 %, C5 13 %, "
        "C6 33 %; 1 judge, consistency ratio 0.02 (at most 0.10 is usual; table saaty_1980)."
    )


def test_points_that_people_divided_are_averaged(book_of: BookOf) -> None:
    weights = "weights: {method: constant_sum, answers: {an: {c0: 60, c1: 40}, bo: {c0: 20, c1: 80}}}\n"
    _, found = result_of(book_of(customers([1, 2])), card([[0, 0], [100, 50]], weights))
    assert found == pytest.approx({"c0": 0.4, "c1": 0.6})


def test_regression_weighs_by_what_goes_with_the_target(book_of: BookOf) -> None:
    """The target is the amount, 2 x the first and 1 x the second of two axes that are independent: 0.8 and 0.2."""
    points = [[0, 0], [0, 1], [1, 0], [1, 1]]
    weights = "weights: {method: regression, target: revenue_lifetime}\n"
    _, found = result_of(book_of(customers([1, 2, 3, 4])), card(points, weights))
    assert found == pytest.approx({"c0": 0.8, "c1": 0.2})


def test_combined_weights_are_in_proportion_to_the_product(book_of: BookOf) -> None:
    weights = (
        "weights:\n  method: combined\n  of:\n"
        "    - {method: constant_sum, answers: {an: {c0: 20, c1: 80}}}\n"
        "    - {method: regression, target: revenue_lifetime}\n"
    )
    points = [[0, 0], [0, 1], [1, 0], [1, 1]]
    result, found = result_of(book_of(customers([1, 2, 3, 4])), card(points, weights))
    assert found == pytest.approx({"c0": 0.5, "c1": 0.5})
    assert result.notes[0].en.startswith(
        "Weights of the axes by points that people divided and by what goes with Revenue, lifetime (LMG) combined"
    )


def test_customers_who_are_all_alike_suggest_no_weights(book_of: BookOf) -> None:
    result, found = result_of(book_of(customers([1, 1, 1])), card([[0, 0], [1, 1]], "weights: {method: entropy}\n"))
    assert found == {"c0": 0.5, "c1": 0.5}
    reason = "None of the criteria c0, c1 has a weight above zero."
    assert [note.en for note in result.notes] == [
        "All 3 customers placed are in “high”: the framework tells nobody apart.",
        "Weights of the axes by entropy among the customers: C0 50 %, C1 50 %.",
        f"The weights could not be found in the customers and count alike: {reason}",
        "All customers have the same score.",
    ]


def test_an_axis_of_which_nothing_is_known_gets_no_weight_and_is_named(book_of: BookOf) -> None:
    points = [[0, 0], [50, 50], [100, 100]]
    definition = card(points, "weights: {method: critic}\n", ["revenue_lifetime", "satisfaction_latest"])
    result, found = result_of(book_of(customers([1, 2, 3])), definition)
    assert found == {"c0": 1.0, "c1": 0.0}
    assert result.notes[2].en == (
        "Not known of anybody: C1; needed: Answers. The score rests on the other axes, which have 100 % of the weight."
    )


def test_what_is_shown_of_the_score_adds_up(book_of: BookOf) -> None:
    """The mean score is 0.8 x 50 + 0.2 x 50; the variances of the contributions are as 16 to 1."""
    points = [[0, 0], [0, 100], [100, 0], [100, 100]]
    weights = "weights: {method: constant_sum, answers: {an: {c0: 80, c1: 20}}}\n"
    result, _ = result_of(book_of(customers([1, 2, 3, 4])), card(points, weights))
    axes, grades = result.tables
    assert {name: fact for name, fact in result.provenance.facts.items() if name.startswith("weight")} == {
        "weight_c0": 0.8,
        "weight_c1": 0.2,
    }
    assert axes.column("contribution") == (40.0, 10.0, 50.0)
    assert axes.column("of_variance") == pytest.approx((16 / 17, 1 / 17, 1.0))
    assert (grades.column("low"), grades.column("high")) == ((0.0, 10.0, 10.0), (80.0, 10.0, 90.0))


def test_the_explanation_uses_the_weights_that_were_found(book_of: BookOf) -> None:
    points = [[0, 0], [0, 100], [100, 0], [100, 100]]
    folder = book_of(customers([1, 2, 3, 4]))
    result_of(folder, card(points, "weights: {method: regression, target: revenue_lifetime}\n"))
    with open_book(folder) as opened:
        explained = explain_column(opened, "card__score", "C02")
        placing = explain_column(opened, "card", "C02").placing
    assert placing is not None
    assert (explained.node.value, placing.score) == (80.0, 80.0)
    (weighed,) = explained.weighed
    assert weighed.en == (
        "Weights of the axes by what goes with Revenue, lifetime (LMG): C0 80 %, C1 20 %; "
        "from 4 customers of whom all is known."
    )
    assert sum(Fraction(each.amount) for each in placing.summands) == 80


def test_the_judgement_furthest_from_the_others_is_shown_though_all_may_be_used(book_of: BookOf) -> None:
    """4 x 2 = 8 where 4 was given: each of the three would have to double or to halve."""
    weights = "weights: {method: ahp, judges: {an: {c0 over c1: 4, c1 over c2: 2, c0 over c2: 4}}}\n"
    result, _ = result_of(book_of(customers([1, 2])), card([[0, 0, 0], [100, 100, 100]], weights))
    said = "; furthest from the others is C0 over C2, 4 where they imply about 8."
    assert result.notes[0].en.endswith(said)


def test_a_judge_who_contradicts_himself_among_others_is_named(book_of: BookOf) -> None:
    weights = (
        "weights:\n  method: ahp\n  judges:\n"
        "    an: {c0 over c1: 3, c1 over c2: 3, c0 over c2: 9}\n"
        "    bo: {c0 over c1: 3, c1 over c2: 3, c0 over c2: 9}\n"
        "    cy: {c0 over c1: 3, c1 over c2: 3, c0 over c2: 1/2}\n"
        "    di: {c0 over c1: 3, c1 over c2: 3, c0 over c2: 9}\n"
    )
    result, _ = result_of(book_of(customers([1, 2])), card([[0, 0, 0], [100, 100, 100]], weights))
    assert result.notes[1].en == (
        "The judgements of 'cy' contradict each other (consistency ratio 0.86); those of all together do not."
    )
