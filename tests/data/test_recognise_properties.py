"""What must hold for all files: order, case, width and spaces of headers decide nothing; no layout lacks a column."""

from __future__ import annotations

import csv
import functools
import io
import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.data.importing import FILES, mappings
from tests.data.test_layouts import LAYOUTS
from worthbook.data.opening import open_source
from worthbook.data.recognise import recognise
from worthbook.data.recognition import Recognition
from worthbook.definitions.mapping import header_key, vocabulary
from worthbook.kernel.errors import WorthbookError

PLAIN = sorted(name for name, mapping in LAYOUTS.items() if mappings()[mapping].header_lines == 1)
WAYS = ["upper", "spaced", "wide", "as it is"]
HEADERS = st.lists(st.text(min_size=1, max_size=12).filter(str.strip), min_size=1, max_size=8, unique=True)
REFUSALS = {"customer-column-missing", "date-column-missing", "file-layout-unknown"}
WIDER = {ord(sign): ord(sign) + 0xFEE0 for sign in map(chr, range(ord("!"), ord("~") + 1))}


@functools.cache
def table(name: str) -> tuple[tuple[str, ...], ...]:
    """The headers and lines of a layout's file, without what stands before them."""
    with tempfile.TemporaryDirectory() as folder:
        source = open_source(FILES / name, Path(folder), vocabulary(mappings().values()))
        headers = [column.header for column in source.columns]
        rows = [[values[number] or "" for values in source.sample().values()] for number in range(2)
                if all(len(values) > number for values in source.sample().values())]  # fmt: skip
    return (tuple(headers), *(tuple(row) for row in rows))


def recognised(headers: list[str], rows: list[list[str]]) -> Recognition:
    text = io.StringIO()
    csv.writer(text).writerows([headers, *rows])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "file.csv"
        file.write_text(text.getvalue(), encoding="utf-8")
        return recognise(open_source(file, Path(folder), vocabulary(mappings().values())), mappings())


def recognised_or_refused(headers: list[str], rows: list[list[str]]) -> Recognition | set[str]:
    try:
        return recognised(headers, rows)
    except WorthbookError as error:
        return set(error.slugs)


def rewritten(header: str, how: str) -> str:
    match how:
        case "upper":
            return header.upper()
        case "spaced":
            return f"  {header.replace('_', ' ')} "
        case "wide":
            return header.translate(WIDER)
        case _:
            return header


@settings(max_examples=60)
@given(st.sampled_from(PLAIN), st.randoms(use_true_random=False), st.sampled_from(WAYS))
def test_order_case_width_and_spaces_do_not_matter(name: str, random: random.Random, how: str) -> None:
    headers, *rows = table(name)
    order = list(range(len(headers)))
    random.shuffle(order)
    found = recognised([rewritten(headers[at], how) for at in order], [[row[at] for at in order] for row in rows])
    assert found.mapping.name == LAYOUTS[name]


@settings(max_examples=60)
@given(st.sampled_from(PLAIN), st.randoms(use_true_random=False), st.integers(1, 4))
def test_a_file_without_a_needed_column_gets_another_layout_or_none(
    name: str, random: random.Random, dropped: int
) -> None:
    headers, *rows = table(name)
    mapping = mappings()[LAYOUTS[name]]
    needed = {header_key(each) for field in mapping.fields.values() if field.needed for each in field.names}
    gone = set(random.sample([at for at, header in enumerate(headers) if header_key(header) in needed], 1))
    gone |= set(random.sample(range(len(headers)), min(dropped, len(headers) - 2)))
    kept = [at for at in range(len(headers)) if at not in gone]
    found = recognised_or_refused([headers[at] for at in kept], [[row[at] for at in kept] for row in rows])
    if not isinstance(found, Recognition):
        assert found <= REFUSALS
    else:
        assert found.lacking == ()
        there = {header_key(headers[at]) for at in kept}
        for field in found.declared.fields.values():
            if field.needed and field.looks_like is None:
                assert there & {header_key(each) for each in field.names}


@settings(max_examples=100)
@given(HEADERS)
def test_any_headers_give_a_layout_that_fits_or_a_clear_error(headers: list[str]) -> None:
    found = recognised_or_refused(headers, [["1"] * len(headers), ["2"] * len(headers)])
    assert (found.lacking == ()) if isinstance(found, Recognition) else found


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_layout_of_each_file_beats_every_other(name: str, tmp_path: Path) -> None:
    source = open_source(FILES / name, tmp_path, vocabulary(mappings().values()))
    best = recognise(source, mappings())
    others = {each: mapping for each, mapping in mappings().items() if each != best.mapping.name}
    try:
        second = recognise(source, others)
    except WorthbookError:
        return
    assert second.confidence < best.confidence
