"""Our own count of the lines of a CSV file, independent of the parser that reads it.

One unclosed quote makes a parser swallow ten thousand lines and report one error. So the lines are counted here first,
with the quotes on each; what the parser accepted and refused must add up to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from worthbook.data.convert import BLANKS
from worthbook.kernel.errors import Fault, Place, WorthbookError
from worthbook.kernel.language import Text

QUOTE_UNCLOSED = Fault(
    "quote-unclosed",
    what=Text(
        en="A quote that opens in line {line} of {file} is not closed, so the lines after it cannot be told apart.",
        zh="{file} 第 {line} 行的引号没有闭合，之后的各行无法区分。",
    ),
    hint=Text(
        en="Close or remove the quote in that line, then import the file again.",
        zh="请在该行补上或删除引号，然后重新导入文件。",
    ),
)

LINE_TOO_LONG = Fault(
    "line-too-long",
    what=Text(en="Line {line} of {file} is longer than 64 MB.", zh="{file} 第 {line} 行超过 64 MB。"),
    hint=Text(
        en="No line of data is so long: look whether line ends are missing, and export the file again.",
        zh="数据行不会这么长，请检查是否缺少换行符，并重新导出文件。",
    ),
)

LONGEST_LINE = 64 << 20
_CHUNK = 1 << 19
"""So much stays in the processor's cache while it is looked through several times."""
_LONGEST = 200
"""A quoted value that runs over more lines than this is taken for a quote that was forgotten."""
_NEWLINE, _QUOTE = 10, 34
_BLANKS = {each: each.encode() for each in BLANKS if each not in "\n\r"}
"""All but the ends of lines, which are looked at one by one, and are line feeds only."""
_OF_ASCII = tuple(each for each in _BLANKS if each.isascii())

Lines = NDArray[np.int64]


@dataclass(frozen=True)
class Layout:
    """How the lines of a file are divided."""

    delimiter: bytes
    columns: int
    file: Path
    """What errors name; the text may have been copied from it."""
    header: int
    """The line of the headers."""


@dataclass(frozen=True)
class Piece:
    """Some whole lines of a file."""

    at: int
    """The byte at which they begin."""
    size: int
    """How many bytes they are."""
    first: int
    """The number of the first."""
    lines: int


@dataclass(frozen=True)
class Scan:
    """Where the lines of a file are; lines are counted from 1."""

    lines: int
    header: int
    """The line of the headers."""
    blank: Lines
    """Empty lines after the header."""
    continued: Lines
    """Lines that belong to a quoted value which began in a line before."""
    pieces: tuple[Piece, ...] = ()
    """Where in the file whole lines begin, every so many bytes."""
    blanks: str = ""
    """The signs for blanks, other than the space, that occur in it."""

    @property
    def records(self) -> int:
        """How many lines of data a parser must find."""
        return self.lines - self.header - len(self.blank) - len(self.continued)

    @property
    def divisible(self) -> bool:
        """Whether every line feed ends a record, so that a file can be read from several places at once.

        A reader that starts within a value of several lines may take the rest of it for records of their own.
        """
        return not len(self.continued)

    @property
    def longest(self) -> int:
        """So many bytes are enough for any record."""
        return max((piece.size for piece in self.pieces), default=0) if self.divisible else LONGEST_LINE

    def gaps(self, refused: Sequence[int]) -> Lines:
        """For each line that gave no row (blank, continued, refused): before which row, counted from 0, it lies.

        >>> Scan(lines=6, header=1, blank=np.array([3]), continued=np.array([5])).gaps([])
        array([1, 2])
        """
        lines = np.union1d(np.union1d(self.blank, self.continued), np.asarray(refused, dtype=np.int64))
        found: Lines = lines - (self.header + 1) - np.arange(len(lines))
        return found


@dataclass(frozen=True)
class _Marks:
    """What one pass over the bytes shows."""

    lines: int
    blank: Lines
    odd: Lines
    """Lines with an odd number of quotes: only these can begin or end a value of several lines."""
    odd_at: Lines
    """The byte at which each of them begins."""
    pieces: tuple[Piece, ...] = ()
    blanks: frozenset[str] = frozenset()


def scan(path: Path, layout: Layout) -> Scan:
    """Count the lines of a UTF-8 file with line feeds for line ends.

    Raises:
        WorthbookError: quote-unclosed.
    """
    marks = _mark(path, layout.file)
    continued = np.asarray(list(_continued(path, marks, layout)), dtype=np.int64)
    blank = np.setdiff1d(marks.blank[marks.blank > layout.header], continued)
    blanks = marks.blanks | ({"\n"} if len(continued) else set())
    return Scan(marks.lines, layout.header, blank, continued, marks.pieces, "".join(sorted(blanks)))


def line_at(path: Path, positions: list[int]) -> list[int]:
    """The number of the line in which each byte lies; positions in rising order, counted from 0."""
    found: list[int] = []
    line, offset = 1, 0
    for chunk in _chunks(path) if positions else ():
        ends = _ends(chunk)
        inside = [each - offset for each in positions if offset <= each < offset + len(chunk)]
        found.extend(int(each) + line for each in np.searchsorted(ends, inside))
        line, offset = line + len(ends), offset + len(chunk)
    return found


def cut_lines(path: Path, scanned: Scan, lines: Lines, to: Path) -> Lines:
    """Write some lines of a file to another, each with the lines that go on with it.

    Args:
        path: the file.
        scanned: where its lines are.
        lines: the numbers of the lines, in rising order.
        to: the other file.

    Returns:
        The number that each line of the other file has in the first.
    """
    wanted = lines
    while len(more := np.setdiff1d(np.intersect1d(wanted + 1, scanned.continued), wanted)):
        wanted = np.union1d(wanted, more)
    with ThreadPoolExecutor() as pool, to.open("wb") as target:
        target.writelines(pool.map(lambda piece: _cut(path, piece, wanted), scanned.pieces))
    return wanted


def _cut(path: Path, piece: Piece, wanted: Lines) -> bytes:
    """Those of some lines that are in a piece."""
    low, high = np.searchsorted(wanted, [piece.first, piece.first + piece.lines])
    if low == high:
        return b""
    with path.open("rb", buffering=0) as source:
        source.seek(piece.at)
        data = source.read(piece.size)
    inside = wanted[low:high] - piece.first
    ends = np.append(_ends(data), len(data))  # the last line of a file may have no line feed
    begins = np.where(inside > 0, ends[inside - 1] + 1, 0)
    return b"".join(data[begin:end] + b"\n" for begin, end in zip(begins.tolist(), ends[inside].tolist(), strict=True))


def _ends(data: bytes) -> Lines:
    return np.flatnonzero(np.frombuffer(data, np.uint8) == _NEWLINE)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def _mark(path: Path, file: Path) -> _Marks:
    blank, odd, odd_at = [], [], []
    pieces: list[Piece] = []
    lines, offset = 0, 0
    tail = b""
    blanks: set[str] = set()
    for chunk in _chunks(path):
        data = tail + chunk
        whole = data.rfind(b"\n") + 1
        tail = data[whole:]
        found = _mark_piece(data[:whole])
        if len(tail) > LONGEST_LINE:
            line = lines + found.lines + 1
            raise LINE_TOO_LONG(Place(str(file), line), file=file.name, line=line)
        blanks |= found.blanks
        blank.append(found.blank + lines)
        odd.append(found.odd + lines)
        odd_at.append(found.odd_at + offset)
        pieces.append(Piece(offset, whole, lines + 1, found.lines))
        lines, offset = lines + found.lines, offset + whole
    if tail:
        found = _mark_piece(tail + b"\n")
        pieces.append(Piece(offset, len(tail), lines + 1, 1))
        odd.append(found.odd + lines)
        odd_at.append(found.odd_at + offset)
        blanks |= found.blanks
        lines += 1
    empty = np.empty(0, np.int64)
    every = [np.concatenate([empty, *each]) for each in (blank, odd, odd_at)]
    return _Marks(lines, every[0], every[1], every[2], tuple(pieces), frozenset(blanks))


def _mark_piece(data: bytes) -> _Marks:
    """Whole lines only."""
    array = np.frombuffer(data, np.uint8)
    is_end = array == _NEWLINE
    nothing = np.empty(0, np.int64)
    looked_for = _OF_ASCII if data.isascii() else _BLANKS
    blanks = frozenset(each for each in looked_for if _BLANKS[each] in data)
    if b'"' not in data and not data.startswith(b"\n") and not (is_end[1:] & is_end[:-1]).any():
        return _Marks(int(np.count_nonzero(is_end)), nothing, nothing, nothing, blanks=blanks)
    ends = np.flatnonzero(is_end)
    starts = np.concatenate([np.zeros(min(1, len(ends)), np.int64), ends[:-1] + 1])
    blank = np.flatnonzero(starts == ends) + 1
    if b'"' not in data:
        return _Marks(len(ends), blank, nothing, nothing, blanks=blanks)
    quotes = np.flatnonzero(array == _QUOTE)
    counts = np.diff(np.searchsorted(quotes, ends), prepend=0)
    odd = np.flatnonzero(counts % 2)
    return _Marks(len(ends), blank, odd + 1, starts[odd], blanks=blanks)


def _continued(path: Path, marks: _Marks, layout: Layout) -> Iterator[int]:
    """The lines that go on with a quoted value; each value of several lines is followed to its end."""
    reached = 0
    with path.open("rb") as stream:
        for line, at in zip(marks.odd.tolist(), marks.odd_at.tolist(), strict=True):
            if line <= reached or line < layout.header:
                continue
            stream.seek(at)
            record = _Record(layout.delimiter)
            record.read(stream.readline())
            reached = line
            while record.inside:
                following = stream.readline()
                if not following or reached - line >= _LONGEST:
                    raise _unclosed(layout.file, line)
                record.read(following)
                reached += 1
                yield reached
            if reached > line and (record.malformed or (line > layout.header and record.fields != layout.columns)):
                raise _unclosed(layout.file, line)


def _unclosed(file: Path, line: int) -> WorthbookError:
    return QUOTE_UNCLOSED(Place(str(file), line), file=file.name, line=line)


class _Record:
    """One record, read line by line as RFC 4180 has it: a quote opens only at the beginning of a value."""

    def __init__(self, delimiter: bytes) -> None:
        self._delimiter = delimiter
        self.inside = False
        """Whether a quoted value goes on with the next line."""
        self.fields = 1
        self.malformed = False
        """Whether something else than a delimiter follows a closing quote."""

    def read(self, line: bytes) -> None:
        """Go on with one more line."""
        at = 0
        while True:
            if self.inside or line[at : at + 1] == b'"':
                at = self._closing(line, at if self.inside else at + 1)
                if at < 0:
                    self.inside = True
                    return
                self.inside = False
                self.malformed |= line[at : at + 1] not in {self._delimiter, b"\n", b""}
            at = line.find(self._delimiter, at)
            if at < 0:
                return
            at += 1
            self.fields += 1

    @staticmethod
    def _closing(line: bytes, at: int) -> int:
        """The byte after the quote that closes, or -1."""
        while True:
            at = line.find(b'"', at)
            if at < 0 or line[at + 1 : at + 2] != b'"':
                return at if at < 0 else at + 1
            at += 2
