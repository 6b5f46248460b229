from __future__ import annotations

from decimal import Decimal

from tests.planning.studies.world import Line, World
from worthbook.kernel.result import Study
from worthbook.planning.studies.rhythm import SAMPLE
from worthbook.planning.study import make_study


def study(world: World, lines: list[Line], as_of: str = "2024-12-31") -> Study:
    return make_study(world.definition("rhythm"), world.context(lines, as_of))


def visits(customer: str, *days: str) -> list[Line]:
    return [(customer, day, 10, False) for day in days]


def test_median_gap_and_one_time_buyers(world: World) -> None:
    facts = study(world, [*visits("a", "2024-01-01", "2024-01-11", "2024-02-10"), *visits("b", "2024-01-01")]).facts
    expected = {
        "median_gap": 20.0,
        "mean_gap": 20.0,
        "gaps": 2,
        "one_time_share": 0.5,
        "repeat_customers": 1,
        "purchases": 4,
    }
    assert {name: facts[name] for name in expected} == expected


def test_the_histogram_holds_every_gap_once(world: World) -> None:
    days = ["2024-01-01", "2024-01-02", "2024-01-09", "2024-02-10", "2024-09-01", "2024-12-31"]
    gaps = study(world, visits("a", *days)).table("gaps")
    assert sum(int(str(count)) for count in gaps.column("purchases")) == len(days) - 1


def test_the_last_bin_is_open(world: World) -> None:
    monthly = [f"{year}-{month:02d}-01" for year in (2022, 2023) for month in range(1, 13)]
    gaps = study(world, visits("a", *monthly, "2024-12-01")).table("gaps")
    names = [str(name) for name in gaps.column("days")]
    assert (names[0], names[-1], gaps.rows[-1][1]) == ("1–7 days", "more than 35 days", 1)


def test_purchase_counts_are_named(world: World) -> None:
    lines = [
        line
        for times in (1, 3, 7, 12)
        for line in visits(f"c{times}", *(f"2024-{1 + day:02d}-01" for day in range(times)))
    ]
    counts = study(world, lines).table("purchase_counts")
    assert {str(row[0]): row[1] for row in counts.rows if row[1]} == {"1": 1, "3": 1, "6–10": 1, "11 and more": 1}


def test_who_is_overdue(world: World) -> None:
    on_time = visits("a", "2024-10-01", "2024-12-01")
    late = visits("b", "2024-01-01", "2024-02-01", "2024-03-01")
    facts = study(world, [*on_time, *late]).facts
    expected = {"rhythm_customers": 2, "overdue_slightly": 1, "overdue_clearly": 1, "overdue_far": 1}
    assert {name: facts[name] for name in expected} == expected


def test_months_without_a_purchase_are_shown(world: World) -> None:
    months = study(world, visits("a", "2024-01-05", "2024-03-05"), "2024-03-20").table("months")
    assert [(row[0], row[1], row[4], row[5]) for row in months.rows] == [
        ("2024-01", 1, Decimal(10), True),
        ("2024-02", 0, Decimal(0), True),
        ("2024-03", 1, Decimal(10), False),
    ]


def test_the_last_36_months_are_shown(world: World) -> None:
    months = study(world, visits("a", "2019-01-05", "2024-12-05")).table("months")
    assert (len(months.rows), months.rows[0][0], months.rows[-1][0]) == (36, "2022-01", "2024-12")


def test_purchases_of_a_sample_are_shown_one_by_one(world: World) -> None:
    """Customers are numbered by first purchase; two orders of one day are one purchase."""
    late = visits("a", "2024-03-01", "2024-04-01")
    early = visits("b", "2024-01-05", "2024-01-05", "2024-02-05")
    timing = study(world, [*late, *early]).table("timing")
    assert [(row[0], str(row[1]), str(row[2])) for row in timing.rows] == [
        (1, "2024-01-05", "first purchase"),
        (1, "2024-02-05", "repeat purchase"),
        (2, "2024-03-01", "first purchase"),
        (2, "2024-04-01", "repeat purchase"),
    ]


def test_no_more_customers_are_shown_than_fit(world: World) -> None:
    lines = [line for number in range(80) for line in visits(f"c{number}", "2024-01-01", "2024-02-01")]
    found = study(world, lines)
    assert (found.facts["shown_customers"], len(found.table("timing").rows)) == (SAMPLE, 2 * SAMPLE)
