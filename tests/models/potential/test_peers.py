from __future__ import annotations

import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.models.potential.peers import Peers


def slugs(spend: list[float], stated: list[float], kind: list[str]) -> list[str]:
    with pytest.raises(WorthbookError) as raised:
        Peers(spend, stated, {"kind": kind})
    return [problem.slug for problem in raised.value.problems]


def test_all_problems_come_together() -> None:
    assert slugs([1, float("nan")], [-1, 0], ["a", "b"]) == ["history-not-finite", "history-negative"]


def test_lengths_must_agree() -> None:
    assert slugs([1, 2], [0, 0], ["a"]) == ["history-lengths-differ"]


def test_nobody_is_too_few() -> None:
    assert slugs([], [], []) == ["history-empty"]


def test_what_was_brought_back_may_outweigh_what_was_bought() -> None:
    assert Peers([-5], [0], {}).spend.tolist() == [-5]
