from __future__ import annotations

import datetime as dt

import pytest

from worthbook.data.moves import Move, Standing
from worthbook.definitions.framework import Axis, Cell, FrameworkDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.result import ColumnMeta
from worthbook.kernel.units import Unit
from worthbook.planning.migration import Direction, Migration, Side

TEXT = Text(en="text", zh="文字")


def side(method: str = "tiers", *, cells: tuple[str, ...] = ("small", "big")) -> Side:
    framework = FrameworkDefinition(
        name="grades",
        title=TEXT,
        description=TEXT,
        source="test",
        method=method,  # type: ignore[arg-type]  # one of the methods
        axes={"value": Axis(title=TEXT, column="revenue_12m", cuts=("10",))},
        cells=tuple(Cell(key=key, title=TEXT, meaning=TEXT, strategy=TEXT) for key in cells),
    )
    meta = ColumnMeta("revenue_12m", TEXT, Unit.MONEY, TEXT, "test")
    return Side(framework, dt.date(2026, 6, 30), Standing((), "grades", "revenue_12m"), meta)


MOVES = (
    Move(None, "small", "big", existed=True, exists=True, customers=2, value_before=None, value_after=7),
    Move(None, "big", None, existed=True, exists=True, customers=1, value_before=5, value_after=None),
    Move(None, None, "small", existed=False, exists=True, customers=4, value_before=None, value_after=1),
)


@pytest.mark.parametrize(
    ("before", "after", "direction"),
    [("small", "big", "up"), ("big", "small", "down"), ("big", "big", "same"), ("no-customer", "big", "other")],
)
def test_moves_between_ordered_cells_have_a_direction(before: str, after: str, direction: Direction) -> None:
    assert Migration(side(), side(), ()).direction(before, after) == direction


def test_moves_in_a_grid_have_none() -> None:
    assert Migration(side("grid"), side("grid"), ()).direction("small", "big") == "other"


def test_frameworks_with_other_cells_have_none() -> None:
    assert Migration(side(), side(cells=("big", "small")), ()).direction("big", "big") == "other"


def test_who_is_in_no_cell_stands_apart() -> None:
    found = Migration(side(), side(), MOVES)
    assert {key: flow.customers for key, flow in found.flows.items()} == {
        ("small", "big"): 2,
        ("big", "not-placed"): 1,
        ("no-customer", "small"): 4,
    }


def test_the_best_cell_comes_first() -> None:
    found = Migration(side(), side(), MOVES)
    assert (list(found.rows), list(found.columns)) == (["big", "small", "no-customer"], ["big", "small", "not-placed"])
