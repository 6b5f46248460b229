"""A survey's file as one relation of DuckDB with a row a respondent, whichever way the file is laid out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import duckdb

from worthbook.data.source import LINES, Source
from worthbook.data.survey_columns import SurveyColumns
from worthbook.definitions.instrument import InstrumentDefinition
from worthbook.definitions.mapping import header_key

SURVEY = "survey"
"""The relation: `line`, and text columns named `role …`, `question …`, `segment …`."""


@dataclass(frozen=True)
class SurveyRelation:
    """One file, loaded, with what its columns hold."""

    connection: duckdb.DuckDBPyConnection
    source: Source
    instrument: InstrumentDefinition
    columns: SurveyColumns

    @property
    def asked(self) -> tuple[str, ...]:
        """The questions that the file has, in the order of the instrument."""
        return tuple(name for name in self.instrument.questions if name in self._found)

    @property
    def _found(self) -> Collection[str]:
        if self.columns.long is None:
            return self.columns.questions
        rows = self.connection.execute(f"SELECT DISTINCT wb_clean({self.columns.long[0].sql}) FROM {LINES}").fetchall()
        keys = {header_key(str(row[0])) for row in rows if row[0] is not None}
        return [name for name in self.instrument.questions if keys & self._headers(name)]

    def _headers(self, question: str) -> set[str]:
        each = self.instrument.questions[question]
        return {header_key(name) for name in (question, *each.names, each.text.en, each.text.zh)}

    def prepare(self) -> None:
        """Make the relation `survey`: a row a respondent, text columns named by role, question and segment."""
        kept = {f"role {role}": column.sql for role, column in self.columns.roles.items()}
        kept |= {f"segment {name}": column.sql for name, column in self.columns.segments.items()}
        after = f"WHERE line > {self._preamble()}"
        if self.columns.long is None:
            kept |= {f"question {name}": column.sql for name, column in self.columns.questions.items()}
            chosen = ", ".join(f'wb_clean(CAST({sql} AS VARCHAR)) AS "{name}"' for name, sql in kept.items())
            self.connection.execute(f"CREATE TABLE {SURVEY} AS SELECT line, {chosen} FROM {LINES} {after}")
            return
        self._pivot(kept, after)

    def _pivot(self, kept: Mapping[str, str], after: str) -> None:
        """From a line an answer to a row a respondent."""
        asked, answer = (column.sql for column in self.columns.long or ())
        texts = {row[0] for row in self.connection.execute(f"SELECT DISTINCT {asked} FROM {LINES}").fetchall()}
        chosen = [f'min(wb_clean(CAST({sql} AS VARCHAR))) AS "{name}"' for name, sql in kept.items()]
        for name in self.asked:
            spelt = [
                quoted(text) for text in texts if text is not None and header_key(str(text)) in self._headers(name)
            ]
            chosen.append(f'max_by(wb_clean(CAST({answer} AS VARCHAR)), line) FILTER ({asked} IN ({", ".join(spelt)})) '
                          f'AS "question {name}"')  # fmt: skip
        who = [self.columns.roles[role].sql for role in ("respondent", "wave", "brand") if role in self.columns.roles]
        grouped = f"GROUP BY {', '.join(who)}" if who else "GROUP BY line"
        self.connection.execute(
            f"CREATE TABLE {SURVEY} AS SELECT min(line) AS line, {', '.join(chosen)} FROM {LINES} {after} {grouped}"
        )

    def _preamble(self) -> int:
        """Lines of questions and ids that some programs write below the headers; Qualtrics marks the last of them."""
        first = self.source.columns[0].sql
        found = self.connection.execute(
            f"SELECT coalesce(max(line), 0) FROM {LINES} WHERE CAST({first} AS VARCHAR) LIKE '{{\"ImportId\"%'"
        ).fetchall()
        return int(found[0][0])


def quoted(text: object) -> str:
    """A text as SQL writes it."""
    return "'" + str(text).replace("'", "''") + "'"
