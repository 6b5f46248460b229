from __future__ import annotations

from tests.scoring.examples import GRID, TREE, axis, band, cell, framework, group
from worthbook.definitions.framework import FrameworkDefinition
from worthbook.definitions.framework_checks import problems

BANDS = [band("low", 0), band("high", 100)]
TWO = [cell("x"), cell("y")]


def said(definition: FrameworkDefinition) -> list[str]:
    return [problem.what.en for problem in problems(definition)]


def test_a_whole_tree_has_no_problems() -> None:
    assert problems(TREE) == ()


def test_every_axis_belongs_to_a_group_that_there_is() -> None:
    axes = {
        "a": axis("revenue", ["1"], BANDS, 1, "worth"),
        "b": axis("orders", ["1"], BANDS, 1, "wroth"),
        "c": axis("visits", ["1"], BANDS, 1),
    }
    found = said(framework("scorecard", axes, TWO, ["50"], {"worth": group("worth", 1)}))
    assert found == [
        "Axis 'b' belongs to group 'wroth', which there is not.",
        "Axis 'c' belongs to no group, while others do.",
    ]


def test_a_group_has_axes_and_a_weight() -> None:
    groups = {"worth": group("worth"), "stay": group("stay", -1)}
    axes = {"a": axis("revenue", ["1"], BANDS, 1, "worth")}
    assert said(framework("scorecard", axes, TWO, ["50"], groups)) == [
        "No axis belongs to group 'stay'.",
        "'worth' has no weight above 0.",
        "'stay' has no weight above 0.",
    ]


def test_axes_groups_and_the_score_have_names_of_their_own() -> None:
    groups = {"score": group("score", 1), "a": group("a", 1)}
    axes = {"a": axis("revenue", ["1"], BANDS, 1, "score"), "b": axis("orders", ["1"], BANDS, 1, "a")}
    assert said(framework("scorecard", axes, TWO, ["50"], groups)) == [
        "'score' is used twice: as one of the parts and as the score itself.",
        "'a' is used twice: as an axis and as a group.",
    ]


def test_a_scorecard_needs_an_axis() -> None:
    assert said(framework("scorecard", {}, TWO, ["50"])) == ["A framework by scorecard needs at least one axis."]


def test_only_scorecards_have_groups() -> None:
    grouped = framework("grid", GRID.axes, GRID.cells, groups={"worth": group("worth", 1)})
    assert said(grouped) == ["'groups' means nothing in a framework by grid."]
