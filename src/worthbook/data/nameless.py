"""Answers without names: whether a file is another export of answers that a book has, told by what its lines hold.

A respondent without an id gets one from the first file that held the line, what the line holds, and its place among the
lines alike. An export of the same answers, with more of them or fewer, gets the ids of the first and adds what is new.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from worthbook.data.book import Book
from worthbook.data.convert import add_macros
from worthbook.data.recognition import Recognition
from worthbook.data.source import LINES, Source, content_sql
from worthbook.data.upsert import rows_there
from worthbook.definitions.table import TableDefinition
from worthbook.kernel.language import Text

DIGITS = 12
"""Of a file's fingerprint, in the ids of respondents that it does not name."""
_FEWEST = 5
"""So many lines that stand in the file only once must be among those that two files share, and more than half."""
_ID = rf"^[0-9a-f]{{{DIGITS}}}-[0-9a-f]{{16}}-\d+$"

_HELD = Text(
    en="All {shared} lines of {file} are in this file too: they are the same answers. If other people gave them, undo "
    "this import and give each line a `respondent`.",
    zh="{file} 的全部 {shared} 行也在本文件中：视为同一批答卷。如确为不同受访者，请撤销本次导入，"
    "并为每行填写 respondent。",
)
_WITHIN = Text(
    en="All {shared} lines are in {file} too: they are the same answers, and nothing is new.",
    zh="本文件全部 {shared} 行均已在 {file} 中：视为同一批答卷，没有新增。",
)
_TOO_ALIKE = Text(
    en="All {shared} lines of {file} are in this file too, but too alike to say that they are the same answers: all "
    "count. If this is a longer export of them, take the first back: worthbook undo {import_id}.",
    zh="{file} 的全部 {shared} 行也在本文件中，但各行过于相似，无法断定是同一批答卷，因此全部计入。"
    "如本文件是其更完整的导出，请撤回前一次导入：worthbook undo {import_id}。",
)
_SHARED = Text(
    en="{shared} lines are in {file} too, which has {others} that are not in this file: all count. If this is a "
    "corrected export of it, take the first back: worthbook undo {import_id}.",
    zh="有 {shared} 行也在 {file} 中，但后者另有 {others} 行不在本文件中，因此全部计入。"
    "如本文件是更正后的导出，请撤回前一次导入：worthbook undo {import_id}。",
)


@dataclass(frozen=True)
class Kinship:
    """Whose ids the nameless respondents of a file get."""

    first: str
    """What the ids begin with: digits of the fingerprint of the first file that held them."""
    notes: tuple[Text, ...] = ()


@dataclass(frozen=True)
class _Earlier:
    """The nameless answers of one file in the book, and how they go together with those of another."""

    first: str
    import_id: str
    theirs: int
    shared: int
    telling: int
    """Shared lines that stand in the other file only once."""

    @property
    def tells(self) -> bool:
        """Whether chance alone does not explain what is shared."""
        return self.telling >= _FEWEST and 2 * self.telling > self.shared


@dataclass(frozen=True)
class Nameless:
    """The answers of a survey in a book that have no names."""

    book: Book
    table: TableDefinition
    """That of answers."""
    survey: str
    """Its name, or what it begins with before a blank."""

    def kinship(self, source: Source, laid: Recognition, own: str) -> Kinship:
        """Which of them the answers of a file are, if they have no names either.

        Args:
            source: the file.
            laid: how it is read; its fields `respondent` and `customer` are names.
            own: digits of its own fingerprint.
        """
        there = self.book.snapshot().tables.get(self.table.name)
        if there is None or not there.files:
            return Kinship(own)
        with duckdb.connect() as connection:
            add_macros(connection)
            source.load(connection)
            lines = _list_mine(connection, source, laid)
            earlier = self._earlier(connection, rows_there(connection, self.table, there))
        if any(each.first == own for each in earlier):
            return Kinship(own)
        same = next((each for each in earlier if each.tells and each.shared in {each.theirs, lines}), None)
        return Kinship(own if same is None else same.first, tuple(self._said(earlier, same)))

    def _earlier(self, connection: duckdb.DuckDBPyConnection, rows: str) -> list[_Earlier]:
        """The files that brought them, the one that shares most with `mine` first."""
        found = connection.execute(
            f"WITH theirs AS (SELECT respondent_id[:{DIGITS}] AS first, respondent_id[{DIGITS + 2}:] AS content, "
            f"min(import_id) AS import_id FROM ({rows}) WHERE regexp_matches(respondent_id, '{_ID}') "
            f"AND starts_with(survey_id || ' ', $survey || ' ') GROUP BY ALL) "
            f"SELECT first, min(import_id), count(*), count(m.content), count(*) FILTER (m.alike = 1) "
            f"FROM theirs LEFT JOIN mine AS m USING (content) GROUP BY first ORDER BY count(m.content) DESC, 2",
            {"survey": self.survey},
        ).fetchall()
        return [_Earlier(*row) for row in found]

    def _said(self, earlier: list[_Earlier], same: _Earlier | None) -> Iterator[Text]:
        files = {record.import_id: record.file for record in self.book.history().visible}
        for each in earlier:
            words = {"file": files[each.import_id], "import_id": each.import_id, "shared": each.shared}
            if each is same:
                yield (_HELD if each.shared == each.theirs else _WITHIN).format(**words)
            elif each.shared == each.theirs:
                yield _TOO_ALIKE.format(**words)
            elif each.tells:
                yield _SHARED.format(**words, others=each.theirs - each.shared)


def _list_mine(connection: duckdb.DuckDBPyConnection, source: Source, laid: Recognition) -> int:
    """Make the table of the answers without a name that a file holds; how many there are."""
    names = [laid.fields[name].sql for name in ("respondent", "customer") if name in laid.fields]
    unnamed = " AND ".join(["TRUE", *(f"wb_clean(CAST({name} AS VARCHAR)) IS NULL" for name in names)])
    given = [f"wb_clean(CAST({each.column.sql} AS VARCHAR)) IS NOT NULL" for each in laid.wide["answer"]]
    connection.execute(
        f"CREATE TABLE mine AS SELECT content, count(*) OVER (PARTITION BY content[:16]) AS alike "
        f"FROM (SELECT {content_sql(source.columns)} AS content, ({' OR '.join(given)}) AND {unnamed} AS counts "
        f"FROM {LINES}) WHERE counts"
    )
    ((lines,),) = connection.execute("SELECT count(*) FROM mine").fetchall()
    return int(lines)
