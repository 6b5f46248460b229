"""Which line of a file holds the headers: bills and bank statements begin with lines about the account."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Collection, Sequence

from worthbook.definitions.mapping import header_key

csv.field_size_limit(1 << 27)  # of the whole process: a cell may hold a picture, and a line is at most 64 MB

DELIMITERS = (",", "\t", ";", "|")

LOOKED_AT = 60
"""The header is looked for in so many lines."""
_FEWEST = 2
"""A line with fewer known headers is not taken for the header in the place of the first line."""
_MOST = 0.5
"""Nor is one in which less than this part of the cells are known headers."""


def divided(line: str, delimiter: str) -> list[str]:
    """The cells of one line."""
    return next(csv.reader([line], delimiter=delimiter), [])


def delimiter_of(line: str) -> str:
    """The sign that divides a line of headers into most cells."""
    return max(DELIMITERS, key=lambda each: len(divided(line, each)))


def header_line(lines: Sequence[str], known: Collection[str]) -> int:
    """Where the headers stand among the first lines of a file, counted from 0.

    The first line that is not blank, unless a later one holds known headers and it does not; or, where no line holds
    any, unless it is a title (one cell) above a table.

    >>> lines = ["Bill of May", "from 1 May,to 31 May", "", "time,payee,amount", "2026-05-02,Ann,3", "2026-05-03,Bo,4"]
    >>> header_line(lines, {"time", "payee", "amount"}), header_line(lines, ()), header_line(lines[3:], ())
    (3, 3, 0)
    """
    filled = [index for index, line in enumerate(lines) if line.strip()]
    if not filled:
        return 0
    first = filled[0]
    scored = {index: _known(lines[index], known) for index in filled}
    best = max(filled, key=lambda index: scored[index])
    if scored[best] >= _FEWEST and scored[best] > 2 * scored[first]:
        return best
    return _below_title(lines, filled) if not any(scored.values()) else first


def _known(line: str, known: Collection[str]) -> int:
    """How many cells are known headers; 0 where they are too few to make it a line of headers."""
    cells = [header_key(cell) for cell in divided(line, delimiter_of(line))]
    cells = [cell for cell in cells if cell]
    found = len(set(cells) & set(known))
    return found if found >= _MOST * len(cells) else 0


def _below_title(lines: Sequence[str], filled: Sequence[int]) -> int:
    """The first line of the table, where one or more lines with a single cell stand above it."""
    cells = {index: divided(lines[index], delimiter_of(lines[index])) for index in filled}
    tabular = [index for index in filled if sum(1 for cell in cells[index] if cell.strip()) > 1]
    if filled[0] in tabular or not tabular:
        return filled[0]
    usual = Counter(len(cells[index]) for index in tabular).most_common(1)[0][0]
    return next(index for index in tabular if len(cells[index]) == usual)
