"""The pages about coverage and speed say what was kept, and mark what is not as promised."""

from __future__ import annotations

import json
from typing import Any

from tools.measured import FOLDER, PAGES, coverage_page, speed_page
from tools.reference import NOTE


def test_the_pages_are_those_of_the_kept_results() -> None:
    for name, page in PAGES.items():
        kept = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
        assert (FOLDER / f"{name}.md").read_text(encoding="utf-8") == NOTE + page(kept)


def test_shares_outside_their_bounds_beyond_chance_are_bold() -> None:
    row: dict[str, Any] = {"model": "NBD", "method": "Laplace", "customers": 2000, "runs": 100}
    row |= {"parameters": [0.9, 0.88, 0.92], "of_customers": [0.99, 0.98, 1.0], "totals": [0.92, 0.85, 0.96]}

    last = coverage_page([row]).splitlines()[-1]

    assert last == (
        "| NBD | Laplace | 2,000 | 100 | **90.0 %** (88.0–92.0) | **99.0 %** (98.0–100.0) | 92.0 % (85.0–96.0) |"
    )


def test_a_figure_stands_beside_another_program_or_alone() -> None:
    alone = {"name": "fit", "ours": 0.0123, "unit": "s", "bar": 0.02, "theirs": None, "other": ""}
    beside = {"name": "posterior", "ours": 0.5, "unit": "s", "bar": 0.002, "theirs": 500.0, "other": "NUTS"}

    *_, first, second = speed_page({"machine": "2 cores", "figures": [alone, beside]}).splitlines()

    assert first == "| fit | 0.0123 s | | | 0.02 s |"
    assert second == "| posterior | 0.5 s | NUTS 500 s | 1,000 × faster | 500 × faster |"


def test_quantiles_stand_beside_those_of_nuts() -> None:
    row = {"symbol": "beta", "level": 0.975, "ours": 20.1, "many": 20.0, "nuts": 19.5, "error": 0.2}

    page = speed_page({"machine": "2 cores", "figures": [], "quantiles": [row]})

    assert "| beta | 97.5 % | 20.1 | 20 | 19.5 | +2.6 % | 1.0 % |" in page
    assert "within 2.6 % of" in page
