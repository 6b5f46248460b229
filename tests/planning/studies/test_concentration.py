from __future__ import annotations

from decimal import Decimal

from tests.planning.studies.world import Line, World
from worthbook.kernel.result import Study
from worthbook.planning.study import make_study

ONE_BIG: list[Line] = [("big", "2024-05-01", 80, False), *((f"c{index}", "2024-05-01", 5, False) for index in range(4))]


def study(world: World, lines: list[Line], cost: float | None = None) -> Study:
    return make_study(world.definition("concentration"), world.context(lines, cost=cost))


def test_facts_of_five_customers(world: World) -> None:
    facts = study(world, ONE_BIG).facts
    expected = {"customers": 5, "total": Decimal(100), "top_20_share": 0.8, "customers_80": 1, "gini": 0.6}
    assert {name: facts[name] for name in expected} == expected


def test_curves_begin_and_end_at_the_corners(world: World) -> None:
    made = study(world, ONE_BIG)
    ends = [(table.rows[0], table.rows[-1]) for table in (made.table("whale"), made.table("lorenz"))]
    assert ends == [((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))] * 2


def test_the_lorenz_curve_of_equal_customers_is_the_diagonal(world: World) -> None:
    lorenz = study(world, [(f"c{index}", "2024-05-01", 3, False) for index in range(7)]).table("lorenz")
    assert [round(float(str(value)), 12) for value in lorenz.column("value")] == list(lorenz.column("customers"))


def test_orders_stand_in_where_no_amount_is_known(world: World) -> None:
    days = {"a": ("2024-05-01", "2024-05-02"), "b": ("2024-05-01",)}
    made = study(world, [(customer, day, None, False) for customer in days for day in days[customer]])
    assert (made.facts["subject"], made.facts["total"], made.findings[0].tone) == ("orders", Decimal(3), "warning")


def test_the_whale_has_a_peak_and_a_tail(world: World) -> None:
    lines: list[Line] = [
        (f"c{index}", "2024-05-01", amount, False) for index, amount in enumerate([110, 60, 10, 5, -10])
    ]
    facts = study(world, lines, cost=10).facts
    expected = {"peak_amount": Decimal(150), "peak_share": 1.2, "loss_customers": 2, "loss_amount": Decimal(25)}
    assert {name: facts[name] for name in expected} == expected


def test_a_margin_is_drawn_as_a_profit_whale(world: World) -> None:
    assert [chart.name for chart in study(world, ONE_BIG, cost=1).charts] == ["profit_whale", "lorenz"]


def test_without_costs_there_is_a_whale_of_revenue(world: World) -> None:
    assert [chart.name for chart in study(world, ONE_BIG).charts] == ["whale", "lorenz"]


def test_who_brings_how_much(world: World) -> None:
    lines: list[Line] = [(f"c{index}", "2024-05-01", index, False) for index in range(1, 21)]
    groups = study(world, lines).table("groups")
    assert [(str(row[0]), *row[1:3]) for row in groups.rows] == [
        ("The 10 largest", 10, Decimal(155)),
        ("Top 5 %", 1, Decimal(20)),
        ("Top 10 %", 2, Decimal(39)),
        ("Top 20 %", 4, Decimal(74)),
        ("All customers", 20, Decimal(210)),
    ]


def test_a_dependence_on_few_is_warned_of(world: World) -> None:
    lines: list[Line] = [(f"c{index}", "2024-05-01", 1000 if index < 10 else 1, False) for index in range(60)]
    warnings = [finding.text.en for finding in study(world, lines).findings if finding.tone == "warning"]
    assert warnings == ["The ten largest customers bring 99.5 % of the total. Losing one of them would be felt."]
