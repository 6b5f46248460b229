"""Lines that can be read as they stand go the short way: read, judged and stored in one step.

Most lines of most files hold numbers like 12.50 and dates like 2026-06-30. To keep the text of all lines for the sake
of the few that must be cleaned, rejected or compared costs as much again as reading them. So the text is dropped, and
read once more for the lines of which it is needed: those that could not be read as they stand, which are then judged
like the lines of any other file; those that were rejected; and those that may stand in the file twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import duckdb
import numpy as np

from worthbook.data.dates import DateOrder, date_orders
from worthbook.data.judge import LOOKS, TEXT, AsTheyStand, Judge, dates_as_text
from worthbook.data.judged import REDONE, Part, show
from worthbook.data.recognition import Recognition
from worthbook.data.scan import Lines
from worthbook.data.source import Refused, SourceColumn
from worthbook.data.text_source import TextSource, forget_refused
from worthbook.data.verdict import ACCEPTED, Reason
from worthbook.definitions.mapping import LINE_CONTENT, LINE_NUMBER
from worthbook.kernel.errors import Place

_TABLE = "judged plainly"
FEWEST = 20_000
"""With fewer lines nothing is to be saved."""
_MOST_ODD = 0.05
"""With a larger part of lines that cannot be read as they stand, the text of all lines is kept."""
_MOST_GAPS = 2_000
"""And with more lines that give no row: the numbers of the others would be dear."""
_TELLING = 3
"""So many columns tell lines apart; lines that they leave alike are compared in all that was read, then as text."""


@dataclass(frozen=True)
class Verdicts:
    """The lines of a file, judged."""

    reasons: tuple[Reason, ...]
    refused: tuple[Refused, ...]
    """Lines that could not be divided into columns."""
    dates: dict[str, DateOrder]
    parts: tuple[Part, ...]
    """The tables of the judged lines."""
    redone: Lines
    """Lines of which there is text although most have none."""

    def bring_texts(self, connection: duckdb.DuckDBPyConnection, source: object) -> None:
        """Have the text of all lines that were rejected meanwhile, or may stand in the file twice."""
        if len(self.parts) == 1 or not isinstance(source, TextSource):
            return
        plain = self.parts[0]
        every = connection.execute(f'SELECT {LOOKS} FROM "{plain.table}" WHERE verdict <> {REDONE}').fetchnumpy()[LOOKS]
        looks = np.sort(np.asarray(every))  # a tenth of the time that grouping takes
        twice = looks[1:][looks[1:] == looks[:-1]]
        connection.register("looks_twice", {LOOKS: np.unique(twice)})
        accepted = f'SELECT {plain.line} AS line, * FROM "{plain.table}" WHERE verdict = {ACCEPTED}'
        found = connection.execute(
            f"SELECT line FROM {plain.rows} WHERE verdict > {ACCEPTED} AND verdict <> {REDONE} UNION ALL "
            f"SELECT unnest(lines) FROM (SELECT list(line) AS lines, * EXCLUDE (line) "
            f"FROM ({accepted}) SEMI JOIN looks_twice USING ({LOOKS}) GROUP BY ALL HAVING count(*) > 1)"
        ).fetchnumpy()["line"]
        source.load_lines(connection, np.union1d(self.redone, found))


def judge_lines(connection: duckdb.DuckDBPyConnection, judge: Judge, fewest: int = FEWEST) -> Verdicts:
    """Read and judge every line of a file.

    Args:
        connection: where the relations `judged` and `source_lines` are made; it knows the macros.
        judge: the file, its mapping, and what to skip.
        fewest: with fewer lines the text of all is kept.

    Raises:
        WorthbookError: dates-mixed.
    """
    source = judge.source
    long = isinstance(source, TextSource) and source.read >= fewest
    found = _judge_plainly(connection, judge, source) if long and isinstance(source, TextSource) else None
    if found is not None and not len(found[1]):
        return _all_plain(connection, judge, found[0])
    plain: tuple[Part, ...] = ()
    redone = np.empty(0, np.int64)
    if found is None or not isinstance(source, TextSource):
        refused = source.load(connection)
    else:
        part, redone = found
        plain = (part,)
        refused = source.load_lines(connection, redone)
    orders = date_orders(connection, dates_as_text(judge.recognition), Place(str(source.file)))
    judge = replace(judge, day_first={name: order.day_first for name, order in orders.items()})
    reasons = judge.reasons
    connection.execute(f'CREATE TABLE "{TEXT.table}" AS {judge.query(reasons)}')
    show(connection, (*plain, TEXT), judge.constants)
    return Verdicts(reasons, refused, orders, (*plain, TEXT), redone)


def _all_plain(connection: duckdb.DuckDBPyConnection, judge: Judge, plain: Part) -> Verdicts:
    """No line is left that must be read another way: the statement for such lines is long, and not even looked at."""
    nothing = f'SELECT CAST(NULL AS BIGINT) AS line, * EXCLUDE ({LOOKS}) FROM "{plain.table}" WHERE FALSE'
    connection.execute(f'CREATE TABLE "{TEXT.table}" AS {nothing}')
    show(connection, (plain, TEXT), judge.constants)
    orders = {name: DateOrder(day_first=True) for name in dates_as_text(judge.recognition)}
    return Verdicts(judge.reasons, (), orders, (plain, TEXT), np.empty(0, np.int64))


def _judge_plainly(
    connection: duckdb.DuckDBPyConnection, judge: Judge, source: TextSource
) -> tuple[Part, Lines] | None:
    """The table of the lines that were read as they stand, and the numbers of all others; None where it is no gain."""
    by_line = any(column.zone_by for column in judge.recognition.fields.values())
    if by_line or not _stand_alone(judge.recognition):
        return None
    plainly = replace(judge, plainly=AsTheyStand(source.every, _telling(source), source.blanks))
    forget_refused(connection)
    connection.execute(f'CREATE TABLE "{_TABLE}" AS {plainly.query(plainly.reasons)}')
    ((rows, odd),) = connection.execute(
        f'SELECT count(*), count(*) FILTER (verdict = {REDONE}) FROM "{_TABLE}"'
    ).fetchall()
    refused = source.refused_lines(connection)
    gaps = source.gaps(refused)
    if rows + len(refused) != source.read or odd > _MOST_ODD * rows or len(gaps) > _MOST_GAPS:
        connection.execute(f'DROP TABLE "{_TABLE}"')
        return None
    part = Part(
        _TABLE, f"rowid + {source.first} + {_moved(*(each.tolist() for each in np.unique(gaps, return_counts=True)))}"
    )
    query = f'SELECT {part.line} AS line FROM "{_TABLE}" WHERE verdict = {REDONE}'
    return part, np.union1d(refused, connection.execute(query).fetchnumpy()["line"])


def _telling(source: TextSource) -> list[SourceColumn]:
    """The columns that differ most from line to line: lines that are alike in these may be alike in all."""
    values = source.sample()
    return sorted(source.columns, key=lambda column: -len(set(values[column.header])))[:_TELLING]


def _stand_alone(laid: Recognition) -> bool:
    """Whether each line is judged by itself, and nothing reads its number or which one of several alike it is."""
    mapping = laid.mapping
    alone = mapping.carry_down is None and mapping.header_lines == 1 and mapping.identical_lines == "keep"
    return alone and not laid.names_read & {LINE_NUMBER, LINE_CONTENT}


def _moved(rows: Sequence[int], moves: Sequence[int]) -> str:
    """By how many lines without a row the lines are moved from each of some rows on: a search by halves.

    >>> _moved([5, 9], [1, 2])
    '(CASE WHEN rowid < 9 THEN (CASE WHEN rowid < 5 THEN 0 ELSE 1 END) ELSE 3 END)'
    """
    reached = [0, *np.cumsum(moves).tolist()]

    def between(low: int, high: int) -> str:
        if low == high:
            return str(reached[low])
        middle = (low + high) // 2
        return f"(CASE WHEN rowid < {rows[middle]} THEN {between(low, middle)} ELSE {between(middle + 1, high)} END)"

    return between(0, len(rows))
