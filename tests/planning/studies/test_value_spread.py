from __future__ import annotations

from decimal import Decimal

import pytest

from tests.planning.studies.world import Line, World
from worthbook.kernel.result import Study
from worthbook.planning.studies.value_spread import edges_up_to
from worthbook.planning.study import make_study

AMOUNTS = (-4.0, 0.0, 4.0, 40.0, 396.0, 400.0, 2920.0)


@pytest.fixture
def study(world: World) -> Study:
    """Lifetime values are a quarter of what was brought: -1, 0, 1, 10, 99, 100 and 730."""
    lines: list[Line] = [(f"c{index}", "2024-06-01", amount, False) for index, amount in enumerate(AMOUNTS)]
    return make_study(world.definition("value_spread"), world.context(lines))


def test_everyone_is_in_one_band(study: Study) -> None:
    table = study.table("spread")
    names = [getattr(band, "en", band) for band in table.column("band")]
    assert dict(zip(names, table.column("customers"), strict=True)) == {
        "0 or less": 2, "below $5": 1, "$5 to $10": 0, "$10 to $20": 1, "$20 to $50": 0, "$50 to $100": 1,
        "$100 to $200": 1, "$200 to $500": 0, "$500 and more": 1,
    }  # fmt: skip


def test_the_worth_of_bands_adds_up(study: Study) -> None:
    worth = [Decimal(str(each)) for each in study.table("spread").column("worth")]
    assert sum(worth) == study.facts["total"] == Decimal(939)


def test_tiers_stand_highest_first(study: Study) -> None:
    titles = [column.title.en for column in study.table("spread").columns]
    assert titles[-2:] == ["VIP", "Small"]


@pytest.mark.parametrize("highest", [0.003, 1.0, 730.0, 1e9])
def test_edges_are_few_and_reach_the_highest(highest: float) -> None:
    edges = edges_up_to(highest)
    assert len(edges) == 7
    assert edges[-1] <= highest < 2.5 * edges[-1] * 1.0001
