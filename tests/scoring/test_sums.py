from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tests.scoring.examples import TREE, WHOLE
from tests.scoring.test_weighting import CUSTOMERS, CUTS
from worthbook.kernel.units import Value
from worthbook.scoring.place import Case
from worthbook.scoring.sums import adding_up, summands
from worthbook.scoring.weighting import rounded


@given(CUSTOMERS)
def test_what_is_shown_adds_up_to_the_score_that_is_shown(customer: dict[str, Value]) -> None:
    case = Case(TREE, customer, CUTS)
    exact = sum((each.amount for each in case.contributions), Fraction(0))
    assert sum((each.amount for each in summands(case)), Decimal(0)) == rounded(exact, 2)


@given(st.lists(st.fractions(-50, 50, max_denominator=97), max_size=8), st.integers(0, 4))
def test_no_part_is_moved_by_more_than_one_step(parts: list[Fraction], places: int) -> None:
    moved = [abs(Fraction(shown) - part) for shown, part in zip(adding_up(parts, places), parts, strict=True)]
    assert max(moved, default=Fraction(0)) <= Fraction(1, 10**places)


def test_a_summand_says_how_it_comes_about() -> None:
    said = [each.text.en for each in summands(Case(TREE, WHOLE, CUTS))]
    assert said == [
        "contribution, balance: 60 points x 45.0 % = 27.00",
        "contribution, orders: 20 points x 15.0 % = 3.00",
        "loyalty, tenure: 10 points x 13.3 % = 1.33",
        "loyalty, satisfaction: 100 points x 26.7 % = 26.67",
    ]
