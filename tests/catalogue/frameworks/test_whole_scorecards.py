"""What holds of every scorecard: its best and worst customers stand at the ends, and each axis lifts by itself."""

from __future__ import annotations

import pytest

from tests.catalogue.placing import columns_of
from tests.catalogue.test_frameworks import shipped
from worthbook.definitions.framework import Axis
from worthbook.kernel.units import Value

CARDS = tuple(name for name, each in sorted(shipped().items()) if each.method == "scorecard")
LIMITS = (10.0, 20.0, 30.0)
"""Where relative cuts lie in the population of these tests."""


def cuts_of(axis: Axis) -> list[float]:
    fixed = {"value", "above"}
    placed = [each.value + (1e-6 if each.kind == "above" else 0) for each in axis.parsed_cuts if each.kind in fixed]
    relative = [each for each in axis.parsed_cuts if each.kind not in fixed]
    return [*placed, *(max(placed, default=0) + limit for limit in LIMITS[: len(relative)])]


def value_in(axis: Axis, band: int) -> float:
    """A value in the middle of a band, the lowest being 0."""
    cuts = cuts_of(axis)
    edges = [cuts[0] - 1, *cuts, cuts[-1] + 2]
    return (edges[band] + edges[band + 1]) / 2


def points_of(axis: Axis) -> list[float]:
    return [band.points or 0.0 for band in axis.bands]


def values(name: str, best: frozenset[str]) -> dict[str, Value]:
    """A customer who is at its best on some axes and at its worst on the others."""
    chosen = {}
    for axis_name, axis in shipped()[name].axes.items():
        points = points_of(axis)
        band = points.index(max(points) if axis_name in best else min(points))
        chosen[axis.column] = value_in(axis, band)
    return dict(chosen)


def scored(name: str, *customers: dict[str, Value]) -> tuple[list[Value], list[float]]:
    cuts = {axis: cuts_of(each) for axis, each in shipped()[name].axes.items()}
    columns = list(customers[0])
    found = columns_of(name, cuts, columns, *([each[column] for column in columns] for each in customers))
    return found[name], [float(str(score)) for score in found[f"{name}__score"]]


@pytest.mark.parametrize("name", CARDS)
def test_no_column_counts_twice(name: str) -> None:
    columns = [axis.column for axis in shipped()[name].axes.values()]
    assert sorted(set(columns)) == sorted(columns)


@pytest.mark.parametrize("name", CARDS)
def test_best_and_worst_stand_at_the_ends(name: str) -> None:
    framework = shipped()[name]
    cells, scores = scored(name, values(name, frozenset(framework.axes)), values(name, frozenset()))
    assert cells == [framework.cells[-1].key, framework.cells[0].key]
    assert scores[0] == pytest.approx(100)


@pytest.mark.parametrize("name", CARDS)
def test_each_axis_lifts_the_score_by_itself(name: str) -> None:
    axes = list(shipped()[name].axes)
    _, (base, *lifted) = scored(name, values(name, frozenset()), *(values(name, frozenset({axis})) for axis in axes))
    assert [axis for axis, score in zip(axes, lifted, strict=True) if score <= base] == []


@pytest.mark.parametrize("name", CARDS)
def test_weights_are_shares_of_a_hundred(name: str) -> None:
    """So that a reader sees per cent: groups sum to 100, or else axes do."""
    framework = shipped()[name]
    parts = framework.groups or framework.axes
    assert sum(part.weight or 0 for part in parts.values()) == 100


@pytest.mark.parametrize("name", CARDS)
def test_of_whom_nothing_is_known_nothing_is_said(name: str) -> None:
    nobody = dict.fromkeys((axis.column for axis in shipped()[name].axes.values()), None)
    cuts = {axis: cuts_of(each) for axis, each in shipped()[name].axes.items()}
    found = columns_of(name, cuts, list(nobody), list(nobody.values()))
    assert (found[name], found[f"{name}__score"]) == ([None], [None])
