from __future__ import annotations

from pathlib import Path

from worthbook.cli.console import files_and_pairs


def test_pairs_stay_as_they_are_written() -> None:
    words = ["a.csv", "customer_id=order//buyer/", "ordered_on=./date"]
    assert files_and_pairs(words, by_hand=True) == ([Path("a.csv")], ["customer_id=order//buyer/", "ordered_on=./date"])
