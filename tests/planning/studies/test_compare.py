from __future__ import annotations

import pytest

from worthbook.planning.studies.compare import Group, compare_halves


@pytest.mark.parametrize(
    ("active", "verdict"),
    [
        ((200, 210, 100, 110), "worse"),
        ((100, 110, 200, 210), "better"),
        ((150, 150, 150, 152, 152, 152), "same"),
        ((100, 300, 50, 200), "unclear"),
    ],
)
def test_verdicts(active: tuple[int, ...], verdict: str) -> None:
    change = compare_halves([Group(1000, each) for each in active])
    assert change is not None
    assert change.verdict == verdict


@pytest.mark.parametrize("groups", [[Group(1000, 5)] * 3, [Group(20, 5)] * 6, []])
def test_too_few_to_tell(groups: list[Group]) -> None:
    assert compare_halves(groups) is None


def test_a_certain_but_tiny_difference_is_none() -> None:
    change = compare_halves([Group(10**7, each) for each in (10**6, 10**6, 10**6 + 50_000, 10**6 + 50_000)])
    assert change is not None
    assert (change.low > 0, change.verdict) == (True, "same")


def test_nobody_active_is_the_same() -> None:
    change = compare_halves([Group(1000, 0)] * 4)
    assert change is not None
    assert change.verdict == "same"
