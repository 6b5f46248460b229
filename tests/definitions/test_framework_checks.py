from __future__ import annotations

import pytest

from tests.scoring.examples import GRID, LADDER, RULES, SCORECARD, TIERS, axis, band, cell, framework
from worthbook.definitions.framework import FrameworkDefinition
from worthbook.definitions.framework_checks import problems

LOW_HIGH = [band("low"), band("high")]
VALUE = {"value": axis("revenue", ["100"], LOW_HIGH)}
TWO = [cell("x"), cell("y")]


def said(definition: FrameworkDefinition) -> list[str]:
    return [problem.what.en for problem in problems(definition)]


@pytest.mark.parametrize("definition", [TIERS, GRID, SCORECARD, RULES, LADDER], ids=lambda each: each.method)
def test_a_whole_framework_has_no_problems(definition: FrameworkDefinition) -> None:
    assert problems(definition) == ()


def test_there_is_one_band_more_than_cuts() -> None:
    axes = {"value": axis("revenue", ["100", "500"], LOW_HIGH)}
    expected = ["Axis 'value' has 2 cuts and 2 bands: there must be 3, one more than cuts."]
    assert said(framework("rules", axes, TWO[:1])) == expected


def test_an_axis_without_a_cut_says_nothing() -> None:
    axes = {"value": axis("revenue", [], [band("all")])}
    expected = ["Axis 'value' has 0 cuts and 1 bands: there must be 2, one more than cuts."]
    assert said(framework("rules", axes, TWO[:1])) == expected


@pytest.mark.parametrize(
    ("cuts", "rise"),
    [
        (["1", "2"], True),
        (["2", "1"], False),
        (["1", "1"], False),
        (["above 1", "2"], True),
        (["above 0", "80% of customers", "95% of customers"], True),
        (["95% of customers", "80% of customers"], False),
        (["0% of customers"], False),
        (["100% of total"], False),
        (["median", "mean"], True),
        (["mean", "mean"], False),
    ],
)
def test_cuts_rise(cuts: list[str], *, rise: bool) -> None:
    cells = [cell(key) for key in "abcd"[: len(cuts) + 1]]
    found = [problem.slug for problem in problems(framework("tiers", {"value": axis("revenue", cuts)}, cells))]
    assert found == ([] if rise else ["framework-cuts-unordered"])


def test_tiers_have_one_axis_without_bands() -> None:
    expected = ["'tiers' needs exactly one axis, without bands, because its cells are the bands."]
    assert said(framework("tiers", VALUE, TWO)) == expected


def test_tiers_have_one_cell_more_than_cuts() -> None:
    expected = ["There are 1 cuts and 1 cells: there must be 2 cells, one more than cuts."]
    assert said(framework("tiers", {"value": axis("revenue", ["100"])}, TWO[:1])) == expected


def test_a_grid_leaves_no_combination_out() -> None:
    cells = [cell("x", bands={"value": "low", "stay": ("once", "again")}), cell("y", bands={"value": "high"})]
    assert said(framework("grid", GRID.axes, cells)) == ["No cell takes value: low, stay: often."]


def test_a_grid_gives_no_combination_to_two_cells() -> None:
    cells = [*GRID.cells, cell("more", bands={"value": "high", "stay": "once"})]
    assert said(framework("grid", GRID.axes, cells)) == ["value: high, stay: once leads to several cells: keep, more."]


def test_a_grid_knows_its_axes_and_bands() -> None:
    cells = [cell("x", bands={"value": ("low", "hgih")}), cell("y", bands={"value": "high", "worth": "high"})]
    found = [(problem.what.en, problem.hint.en) for problem in problems(framework("grid", VALUE, cells))]
    assert found == [
        ("Cell 'x' speaks of band 'hgih', which there is not.", "Did you mean 'high'?"),
        ("Cell 'y' speaks of axis 'worth', which there is not.", "Known: value"),
        ("No cell takes value: high.", "Add it to the bands of one cell."),
    ]


def test_a_scorecard_has_weights_points_and_grades() -> None:
    axes = {"value": axis("revenue", ["100"], [band("low", 1), band("high")]), "stay": SCORECARD.axes["stay"]}
    expected = [
        "There are 1 cuts and 3 cells: there must be 2 cells, one more than cuts.",
        "'value' has no weight above 0.",
        "A scorecard needs points for band 'high' of axis 'value'.",
    ]
    assert said(framework("scorecard", axes, SCORECARD.cells, ["2"])) == expected


def test_only_the_last_rule_may_take_the_rest() -> None:
    cells = [cell("x"), cell("y", when="value = 'low'")]
    assert said(framework("rules", VALUE, cells)) == ["Cell 'x' has no 'when', but cells come after it."]


@pytest.mark.parametrize("condition", ["value = 'medium'", "value in ('low', 'medium')", "value  <>'medium'"])
def test_a_rule_compares_axes_with_their_bands(condition: str) -> None:
    cells = [cell("x", when=condition), cell("y")]
    assert said(framework("rules", VALUE, cells)) == ["Cell 'x' speaks of band 'medium', which there is not."]


def test_the_name_of_an_axis_is_no_column() -> None:
    axes = {"revenue": axis("revenue", ["100"], LOW_HIGH)}
    expected = ["'revenue' is used twice: as an axis and as a column."]
    assert said(framework("rules", axes, [cell("x", when="revenue = 'low'"), cell("y")])) == expected


def test_bands_of_an_axis_differ() -> None:
    axes = {"value": axis("revenue", ["100"], [band("low"), band("low")])}
    assert said(framework("rules", axes, TWO[:1])) == ["'low' is used twice: as a band of axis 'value'."]


def test_keys_of_other_methods_are_refused() -> None:
    axes = {"value": axis("revenue", ["100"], [band("low", 1), band("high", 2)], weight=1)}
    cells = [cell("x", bands={"value": "low"}), cell("y")]
    expected = [
        "'score_cuts' means nothing",
        "'bands' means nothing",
        "'weight' means nothing",
        "'points' means nothing",
    ]
    found = said(framework("rules", axes, cells, ["1"]))
    assert [each.split(" in a framework")[0] for each in found[:4]] == expected


def test_only_the_first_rung_does_without_a_condition() -> None:
    cells = [cell("a", when="orders = 0"), cell("b"), cell("c", when="orders > 1")]
    assert said(framework("ladder", {}, cells)) == [
        "The first rung 'a' has a 'when'.",
        "Rung 'b' does not say who reaches it.",
    ]


def test_a_ladder_has_two_rungs() -> None:
    assert said(framework("ladder", {}, TWO[:1])) == ["A ladder needs at least two rungs."]


def test_rungs_know_the_bands_of_their_axes() -> None:
    cells = [cell("a"), cell("b", when="value = 'hihg'")]
    assert said(framework("ladder", VALUE, cells)) == ["Cell 'b' speaks of band 'hihg', which there is not."]
