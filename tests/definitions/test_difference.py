"""What differs between two versions of a framework, key by key."""

from __future__ import annotations

from tests.scoring.examples import GRID, TIERS, axis, cell, framework, said
from worthbook.definitions.difference import Difference, differences
from worthbook.definitions.stability import Stability


def test_nothing_differs_from_itself() -> None:
    assert differences(GRID, GRID) == ()


def test_words_decide_nothing() -> None:
    assert differences(TIERS, TIERS.model_copy(update={"title": said("other"), "source": "elsewhere"})) == ()


def test_a_cut_is_named_as_in_the_file() -> None:
    cells = [cell("small"), cell("ordinary"), cell("vip")]
    changed = framework("tiers", {"value": axis("revenue", ["100", "600"])}, cells)
    assert differences(TIERS, changed) == (Difference("axes.value.cuts", "100, 500", "100, 600"),)


def test_a_cell_goes_by_its_key() -> None:
    rules = framework("rules", {}, [cell("a", when="x > 1"), cell("b")])
    changed = framework("rules", {}, [cell("a", when="x > 2"), cell("b")])
    assert differences(rules, changed) == (Difference("cells.a.when", "x > 1", "x > 2"),)


def test_what_is_added_has_nothing_before() -> None:
    changed = TIERS.model_copy(update={"stability": Stability(margin="5%")})
    assert Difference("stability.margin", "", "5%") in differences(TIERS, changed)
