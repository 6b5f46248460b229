from __future__ import annotations

import datetime as dt
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.planning.studies.world import Line, World
from worthbook.kernel.result import Study
from worthbook.planning.study import make_study


def study(world: World, lines: list[Line], as_of: str = "2024-12-31") -> Study:
    return make_study(world.definition("cohorts"), world.context(lines, as_of))


def visits(customer: str, *days: str, amount: float = 10) -> list[Line]:
    return [(customer, day, amount, False) for day in days]


def monthly(coming_back: dict[int, int], size: int = 60) -> list[Line]:
    """Cohorts of 2023 and 2024: per month (counted from 2023-01), how many of its customers come back a month later."""
    lines: list[Line] = []
    for month, back in coming_back.items():
        first, next_month = (dt.date(2023 + each // 12, each % 12 + 1, 5) for each in (month, month + 1))
        for index in range(size):
            lines += visits(f"c{month}_{index}", str(first), *([str(next_month)] if index < back else []))
    return lines


def test_share_active_by_age(world: World) -> None:
    lines = [
        *visits("a", "2024-01-05", "2024-02-05", "2024-04-05"),
        *visits("b", "2024-01-09"),
        *visits("c", "2024-02-01"),
    ]
    average = study(world, lines, "2024-04-30").table("average")
    assert average.rows == ((1, 1 / 3, 2, 3), (2, 0.0, 2, 3), (3, 0.5, 1, 2))


def test_a_month_that_is_not_over_is_left_out(world: World) -> None:
    lines = visits("a", "2024-01-05", "2024-02-05", "2024-03-05")
    average = study(world, lines, "2024-03-30").table("average")
    assert average.column("age") == (1,)


def test_a_month_is_over_on_its_last_day(world: World) -> None:
    lines = visits("a", "2024-01-05", "2024-02-05", "2024-03-05")
    average = study(world, lines, "2024-03-31").table("average")
    assert average.column("age") == (1, 2)


def test_revenue_per_customer_adds_up_by_age(world: World) -> None:
    lines = [*visits("a", "2024-01-05", "2024-02-05"), *visits("b", "2024-01-09", "2024-03-09", amount=4)]
    cumulative = study(world, lines, "2024-03-31").table("cumulative")
    assert cumulative.column("revenue_until") == (Decimal(7), Decimal(12), Decimal(14))


def test_long_histories_are_told_in_quarters(world: World) -> None:
    lines = [*visits("a", "2021-02-05", "2021-04-05", "2021-06-05"), *visits("b", "2024-02-05")]
    made = study(world, lines)
    assert (made.facts["unit"], made.facts["active_3m"], made.table("cohorts").rows[0][0]) == (
        "quarters",
        0.5,
        "2021 Q1",
    )


def test_older_cohorts_become_one_row(world: World) -> None:
    lines = [line for year in range(2010, 2025) for line in visits(f"c{year}", f"{year}-03-01")]
    made = study(world, lines)
    assert (
        str(made.table("cohorts").rows[0][0]),
        made.facts["cohorts_left_out"],
        made.facts["customers_left_out"],
    ) == (
        "earlier",
        9,
        9,
    )


def test_newer_cohorts_that_come_back_less_are_found(world: World) -> None:
    made = study(world, monthly({**dict.fromkeys(range(7), 30), **dict.fromkeys(range(7, 12), 6)}), "2024-01-31")
    assert (made.facts["newer"], made.facts["newer_since"], made.facts["newer_active"]) == ("worse", "2023-08", 0.1)


def test_a_difference_that_may_be_chance_is_not_said(world: World) -> None:
    made = study(world, monthly({month: (20, 30, 24)[month % 3] for month in range(12)}), "2024-01-31")
    assert made.facts["newer"] == "unclear"


def test_the_first_cohorts_are_not_compared_as_they_hold_old_customers(world: World) -> None:
    made = study(world, monthly(dict.fromkeys(range(12), 24)), "2024-01-31")
    assert made.facts["compared_since"] == "2023-03"


def test_few_customers_are_not_compared(world: World) -> None:
    assert study(world, monthly(dict.fromkeys(range(12), 1), size=2), "2024-01-31").facts["newer"] is None


lines_drawn = st.lists(
    st.tuples(
        st.sampled_from("abcdef"),
        st.dates(dt.date(2012, 1, 1), dt.date(2024, 12, 31)).map(str),
        st.integers(-100, 1000),
        st.booleans(),
    ),
    min_size=1,
    max_size=20,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(lines=lines_drawn)
def test_cohorts_add_up_to_all_customers_and_all_revenue(world: World, lines: list[Line]) -> None:
    made = study(world, lines)
    rows = made.table("cohorts").rows if made.tables else ()
    names = [column.name for column in made.table("cohorts").columns] if made.tables else []
    buyers = {customer for customer, _, _, returned in lines if not returned}
    bought = sum((Decimal(str(row[names.index("revenue")] or 0)) for row in rows), Decimal(0))
    customers = sum(int(str(row[names.index("customers")])) for row in rows)
    expected = sum(int(amount or 0) for _, _, amount, _ in lines) if buyers else 0
    assert (customers, bought) == (len(buyers), Decimal(expected))
