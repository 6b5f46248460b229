from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worthbook.kernel.evaluation import FrameworkResult
from worthbook.planning.spread import edges_of
from worthbook.services.evaluate import evaluate
from worthbook.services.ingest_files import ingest_files
from worthbook.services.open_book import open_book


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, FrameworkResult]:
    """Value and loyalty, and loyal behaviour, of fifty customers."""
    lines = [
        f"C{number:02d},2026-0{1 + month}-05,{10 + number}" for number in range(50) for month in range(1 + number % 5)
    ]
    file = tmp_path_factory.mktemp("spread") / "orders.csv"
    file.write_text("\n".join(["customer,date,amount", *lines]) + "\n", encoding="utf-8")
    book, _ = ingest_files([file])
    with open_book(book.folder) as opened:
        evaluation = evaluate(opened, frameworks=["value_loyalty", "loyalty_behaviour", "rfm"]).evaluation
    return {framework.name: framework for framework in evaluation.frameworks}


def test_the_fields_of_a_grid_hold_everybody_who_is_placed(found: dict[str, FrameworkResult]) -> None:
    grid = found["value_loyalty"]
    assert grid.spread is not None
    assert sum(int(str(count)) for count in grid.spread.column("customers")) == 50 - grid.unplaced


def test_a_grid_has_a_field_a_pair_of_bands(found: dict[str, FrameworkResult]) -> None:
    grid = found["value_loyalty"]
    assert grid.spread is not None
    assert len(grid.spread.rows) == len(grid.axes[0].bands) * len(grid.axes[1].bands)


def test_every_field_belongs_to_a_group_even_where_nobody_stands(found: dict[str, FrameworkResult]) -> None:
    grid = found["value_loyalty"]
    assert grid.spread is not None
    assert {cell.title for cell in grid.cells} == set(grid.spread.column("group"))


def test_the_scores_hold_everybody_who_has_one(found: dict[str, FrameworkResult]) -> None:
    card = found["loyalty_behaviour"]
    assert card.spread is not None
    assert sum(int(str(count)) for count in card.spread.column("customers")) == 50 - card.unplaced


def test_rules_have_no_spread(found: dict[str, FrameworkResult]) -> None:
    assert found["rfm"].spread is None


@given(st.floats(-100, 100), st.floats(0, 1000))
def test_edges_enclose_all_scores_to_six_places(lowest: float, width: float) -> None:
    edges = edges_of(lowest, lowest + width)
    assert edges[0] <= lowest + 1e-6
    assert edges[-1] >= lowest + width - 1e-6
