from __future__ import annotations

import xml.etree.ElementTree as ET

from tests.reporting.charted import charts
from tools.gallery import PICTURES, light_colours, page, standalone
from worthbook.planning.index import read_catalogue
from worthbook.reporting.chart import render_chart

LARGEST = 1_500_000
"""Bytes of all pictures together."""


def test_every_framework_stands_in_the_gallery_with_every_group_in_both_languages() -> None:
    text = page()
    cells = [cell for each in read_catalogue().frameworks.values() for cell in each.cells]
    assert [
        cell.key for cell in cells if f"| {cell.title.en} |" not in text or f"| {cell.title.zh} |" not in text
    ] == []


def test_a_picture_that_is_not_drawn_yet_is_not_linked() -> None:
    linked = {part.split(")")[0] for part in page().split("](gallery/")[1:]}
    assert linked <= {path.name for path in PICTURES.iterdir()}


def test_the_pictures_are_light() -> None:
    assert sum(path.stat().st_size for path in PICTURES.iterdir()) < LARGEST


def test_a_picture_stands_by_itself() -> None:
    svg = standalone(render_chart(*charts()["matrix"], "zh"), light_colours())
    root = ET.fromstring(svg)  # noqa: S314 - our own drawing
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "var(" not in svg
