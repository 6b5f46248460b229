"""Every model that can be chosen has a page that says what it assumes, its mathematics, and when to use it."""

from __future__ import annotations

from pathlib import Path

import pytest

from worthbook.planning.estimators import ESTIMATORS

FOLDER = Path(__file__).parents[2] / "docs" / "models"
SHARED_PAGE = {"bg_cnbd_k": "cnbd_k", "mbg_cnbd_k": "cnbd_k"}
SECTIONS = ("## What it assumes", "## Mathematics", "## When to use it", "## When not")


@pytest.mark.parametrize("name", ESTIMATORS)
def test_a_model_has_its_page(name: str) -> None:
    text = (FOLDER / f"{SHARED_PAGE.get(name, name)}.md").read_text(encoding="utf-8")
    assert [section for section in SECTIONS if section not in text] == []


def test_the_index_leads_to_every_page() -> None:
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    pages = {page.name for page in FOLDER.glob("*.md")} - {"README.md"}
    assert {page for page in pages if f"({page})" not in index} == set()
