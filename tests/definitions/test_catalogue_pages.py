"""The reference pages of the catalogue."""

from __future__ import annotations

import re

import pytest

from tools import catalogue_pages
from worthbook.services.list_definitions import KINDS, definitions_of


@pytest.mark.parametrize("kind", KINDS)
def test_every_shipped_definition_has_its_place_on_a_page(kind: str) -> None:
    names = re.findall(r"^## (\w+)$", catalogue_pages.page(kind), re.MULTILINE)

    assert names == [each.name for each in definitions_of(catalogue_pages.shipped(), kind)]


def test_a_framework_is_described_in_both_languages() -> None:
    page = catalogue_pages.page("frameworks")

    assert ("| vip | VIP |" in page, "| vip | VIP客户 |" in page) == (True, True)
