"""What a framework's result says of customers who are all alike, of tiers with nobody, and of what nobody has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.services.test_weights import CELL, customers
from worthbook.planning.lay import laid
from worthbook.services.open_book import open_book

HEAD = "framework: own\ntitle: {en: Own, zh: 自有}\ndescription: {en: Own., zh: 自有。}\nsource: Test\n"


def said(folder: Path, body: str) -> list[str]:
    file = folder / "definitions" / "own.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(HEAD + body, encoding="utf-8")
    with open_book(folder) as opened:
        bench = opened.make(["own", "revenue_12m"], as_of=opened.day(None))
        return [note.en for note in laid(bench, opened.catalogue.frameworks["own"]).notes]


def tiers(cuts: str, *keys: str) -> str:
    cells = "\n".join(f"  - {CELL.format(key=key)}" for key in keys)
    axis = f"  value: {{title: {{en: V, zh: 值}}, column: revenue_lifetime, cuts: {cuts}}}"
    return f"method: tiers\naxes:\n{axis}\ncells:\n{cells}\n"


LADDER = f"""\
method: ladder
cells:
  - {CELL.format(key="none")}
  - {CELL.format(key="buyer")[:-1]}, when: orders_lifetime >= 1}}
  - {CELL.format(key="advocate")[:-1]}, when: referrals_lifetime >= 1}}
"""


@pytest.mark.parametrize(
    ("amounts", "body", "expected"),
    [
        ([1, 5], tiers("[3]", "low", "high"), []),
        ([1, 2, 5], tiers("[3, 10]", "low", "high", "top"), ["Nobody is in: top."]),
        (
            [1, 2],
            tiers("[3]", "low", "high"),
            ["All 2 customers placed are in “low”: the framework tells nobody apart."],
        ),
        (
            [1, 2],
            LADDER,
            [
                "All 2 customers placed are in “buyer”: the framework tells nobody apart.",
                "Not known of anybody: Recommendations; needed: Referrals. Nobody can reach a rung through it.",
            ],
        ),
        ([1], tiers("[3]", "low", "high"), []),
    ],
    ids=["apart", "a tier with nobody", "all in one", "a rung nobody can reach", "a single customer"],
)
def test_what_is_odd_is_said(
    book_of: Callable[[str], Path], amounts: list[int], body: str, expected: list[str]
) -> None:
    assert said(book_of(customers(amounts)), body) == expected


def test_a_framework_of_which_nothing_is_known_is_a_result_and_no_error(book_of: Callable[[str], Path]) -> None:
    body = tiers("[3]", "low", "high").replace("revenue_lifetime", "satisfaction_latest")
    assert said(book_of(customers([1, 2])), body) == []
