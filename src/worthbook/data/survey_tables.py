"""The answers in a book: as a matrix of respondents and questions, or only counted where that is enough.

Everything is asked of the engine bucket by bucket; a question is found under its name, its other headers, or its
wording, in whichever survey it was asked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np
import sqlglot
from sqlglot import exp

from worthbook.data.answer_codes import Code, Codes, Kind
from worthbook.data.answers import SEGMENT_UNKNOWN, Answers, Strings
from worthbook.data.engine import Engine, Snapshot
from worthbook.data.relations import Relations, bucket_files
from worthbook.data.survey_relation import quoted
from worthbook.definitions.instrument import InstrumentDefinition
from worthbook.definitions.mapping import header_key
from worthbook.definitions.table import TableDefinition
from worthbook.kernel.errors import did_you_mean
from worthbook.kernel.language import Text
from worthbook.kernel.provenance import Provenance
from worthbook.kernel.result import Finding
from worthbook.kernel.units import Value

ANSWERS, QUESTIONS, CUSTOMERS, SURVEYS = "answers", "questions", "customers", "surveys"
_UNFIT = Text(
    en="{bad} of {all} answers to '{question}' are not on its scale and count as no answer.",
    zh="“{question}”的{all}个答案中有{bad}个不在量表上，按未作答处理。",
)
_READ = ("survey_id", "respondent_id", "customer_id", "question_id", "brand", "wave", "value", "text", "weight",
         "answered_at", "seconds")  # fmt: skip
_OWN = ("wave", "brand", "channel")
"""Columns of the answers themselves by which respondents may be divided."""
_ENTRY = "coalesce(text, cast(value as text))"


@dataclass(frozen=True)
class Count:
    """Respondents of one group who gave one answer."""

    group: str
    answer: float
    respondents: float
    weight: float
    square: float


@dataclass(frozen=True)
class SurveyTables:
    """The survey tables of a book as at a date."""

    engine: Engine
    snapshot: Snapshot
    tables: Mapping[str, TableDefinition]
    as_of: dt.date

    def answers(self, instrument: InstrumentDefinition, segments: Collection[str] = ()) -> Answers | None:
        """All answers to an instrument; None where there are none.

        Args:
            instrument: what was asked.
            segments: columns of the answers or of the customers that divide respondents.

        Raises:
            WorthbookError: survey-segment-unknown.
        """
        asked = self._asked(instrument)
        if not asked:
            return None
        codes, notes = self._codes(instrument, asked)
        by = [name for name in segments if name not in {"wave", "brand"}]
        parts = [self._part(bucket, instrument, asked, codes, by) for bucket in range(self.snapshot.buckets)]
        parts = [part for part in parts if len(part[0])]
        if not parts:
            return None
        words = np.concatenate([part[0] for part in parts])
        numbers = np.concatenate([part[1] for part in parts])
        days = np.concatenate([part[2] for part in parts])
        rated = [name for name in instrument.rated if name in asked]
        spoken = [name for name in asked if name not in rated]
        size = len(rated)
        leaf = Provenance("table", ANSWERS, None, self.snapshot.content.get(ANSWERS, ""), "import")
        return Answers(
            instrument=instrument,
            questions=tuple(rated),
            values=numbers[:, :size],
            weights=np.nan_to_num(numbers[:, size], nan=1.0),
            respondents=words[:, 0],
            customers=words[:, 1],
            waves=words[:, 2],
            brands=words[:, 3],
            seconds=numbers[:, size + 1],
            answered_on=days,
            segments={name: words[:, 4 + index] for index, name in enumerate(by)},
            comments={name: words[:, 4 + len(by) + index] for index, name in enumerate(spoken)},
            notes=notes,
            provenance=leaf,
        )

    def counts(self, instrument: InstrumentDefinition, question: str, by: str | None) -> tuple[Count, ...]:
        """The answers to one question counted by group in the engine, whatever their number.

        Raises:
            WorthbookError: survey-segment-unknown.
        """
        asked = self._asked(instrument)
        if question not in asked:
            return ()
        codes, _ = self._codes(instrument, {question: asked[question]})
        number = _case(codes[question])
        group, source = self._group(by)
        sql = (
            f"select {group} as grp, {number} as answer, count(*), sum(weight), sum(weight * weight) from a {source} "
            f"where {_within(asked[question])} and {number} is not null and {group} is not null group by 1, 2"
        )
        found: dict[tuple[str, float], list[float]] = {}
        for row in self._rows(sql, self._columns(by)):
            total = found.setdefault((str(row[0]), float(cast("float", row[1]))), [0.0, 0.0, 0.0])
            for index, each in enumerate(row[2:]):
                total[index] += float(cast("float", each or 0))
        return tuple(Count(group, answer, *total) for (group, answer), total in sorted(found.items()))

    def invited(self, instrument: InstrumentDefinition) -> int | None:
        """How many were invited to the surveys that asked an instrument; None where it is not known of each."""
        wanted = {survey for pairs in self._asked(instrument).values() for survey, _ in pairs}
        if not wanted or SURVEYS not in self._present:
            return None
        rows = self._rows("select survey_id, invited from a", ("survey_id", "invited"), SURVEYS)
        told = {str(survey): count for survey, count in rows if count is not None}
        return sum(int(cast("int", told[each])) for each in wanted) if wanted <= set(told) else None

    # --- which questions ---

    def _asked(self, instrument: InstrumentDefinition) -> dict[str, set[tuple[str, str]]]:
        """Question → the (survey, question id) under which it was asked; nothing where less than half were asked.

        Where a survey is named after the instrument, only such surveys count.
        """
        if ANSWERS not in self._present:
            return {}
        ids = {(str(row[0]), str(row[1])) for row in self._rows("select distinct survey_id, question_id from a")}
        told = {(str(row[0]), str(row[1])): str(row[2] or "") for row in self._wordings}
        own = {each for each in ids if each[0] == instrument.name or each[0].startswith(f"{instrument.name} ")}
        found: dict[str, set[tuple[str, str]]] = {}
        for name, question in instrument.questions.items():
            keys = {header_key(each) for each in (name, *question.names, question.text.en, question.text.zh)}
            here = {each for each in own or ids if keys & {header_key(each[1]), header_key(told.get(each, ""))}}
            if here:
                found[name] = here
        rated = [name for name in instrument.rated if name in found]
        return found if own or 2 * len(rated) >= len(instrument.rated) else {}

    @cached_property
    def _present(self) -> frozenset[str]:
        return frozenset(name for name, table in self.snapshot.tables.items() if table.files)

    @cached_property
    def _wordings(self) -> list[tuple[Value, ...]]:
        """Survey, question and wording, where the export held them."""
        if QUESTIONS not in self._present:
            return []
        columns = ("survey_id", "question_id", "text")
        return list(self._rows("select distinct survey_id, question_id, text from a", columns, QUESTIONS))

    def _codes(
        self, instrument: InstrumentDefinition, asked: Mapping[str, set[tuple[str, str]]]
    ) -> tuple[dict[str, dict[str, Code]], tuple[Finding, ...]]:
        """How each different entry is read, and what does not fit."""
        codes: dict[str, dict[str, Code]] = {}
        notes: list[Finding] = []
        for name in (name for name in instrument.rated if name in asked):
            sql = f"select {_ENTRY}, count(*) from a where {_within(asked[name])} group by 1"
            entries: dict[str, int] = {}
            for entry, count in self._rows(sql):
                if entry is not None:
                    entries[str(entry)] = entries.get(str(entry), 0) + int(cast("int", count))
            codes[name] = Codes.of(instrument.scale_of(name)).read_all(entries)
            bad = sum(n for entry, n in entries.items() if codes[name][entry].kind in {Kind.OUTSIDE, Kind.UNREADABLE})
            if bad:
                said = _UNFIT.format(bad=bad, all=sum(entries.values()), question=name)
                notes.append(Finding(said, "warning"))
        return codes, tuple(notes)

    # --- queries ---

    def _part(
        self,
        bucket: int,
        instrument: InstrumentDefinition,
        asked: Mapping[str, set[tuple[str, str]]],
        codes: Mapping[str, Mapping[str, Code]],
        by: Sequence[str],
    ) -> tuple[Strings, np.ndarray, np.ndarray]:
        """Words, numbers and days of the respondents of one bucket, each in the same order."""
        rated = [name for name in instrument.rated if name in asked]
        spoken = [name for name in asked if name not in rated]
        groups = [self._group(name) for name in by]
        source = next((joined for _, joined in groups if joined), "")
        anyone = " or ".join(f"({_within(each)})" for each in asked.values())
        key = "survey_id, respondent_id, wave, brand"
        tail = f"from a {source} where {anyone} group by {key} order by {key}"
        numbers = [f"max(case when {_within(asked[name])} then {_case(codes[name])} end)" for name in rated]
        words = [
            "respondent_id", "max(a.customer_id)", "wave", "brand", *(f"max({group})" for group, _ in groups),
            *(f"max(case when {_within(asked[name])} then text end)" for name in spoken),
        ]  # fmt: skip
        columns = {column for name in (*by, None) for column in self._columns(name)}
        rows = list(self._rows(f"select {', '.join(words)} {tail}", columns, bucket=bucket))
        named = [
            f"{sql} as n{index}" for index, sql in enumerate([*numbers, "max(weight)", "cast(max(seconds) as double)"])
        ]
        arrays = self._arrays(f"select {', '.join(named)}, max(answered_at) as day {tail}", columns, bucket)
        found = np.array([["" if cell is None else str(cell) for cell in row] for row in rows], dtype=str)
        matrix = np.column_stack([arrays[f"n{index}"] for index in range(len(named))])
        return found.reshape(len(rows), len(words)), matrix, arrays["day"].astype("datetime64[s]")

    def _group(self, by: str | None) -> tuple[str, str]:
        """SQL of what divides respondents, and the join that it needs."""
        if by is None:
            return "''", ""
        if by in _OWN:
            return f"a.{by}", ""
        known = self.tables[CUSTOMERS].columns
        if by not in known or CUSTOMERS not in self._present:
            raise SEGMENT_UNKNOWN(name=by, near=did_you_mean(by, [*_OWN, *known]))
        return f"c.{by}", "left join c on c.customer_id = a.customer_id"

    def _columns(self, by: str | None) -> tuple[str, ...]:
        return (*_READ, *([by] if by in _OWN and by not in _READ else []))

    def _rows(
        self, sql: str, columns: Collection[str] = _READ, table: str = ANSWERS, bucket: int | None = None
    ) -> Iterator[tuple[Value, ...]]:
        for number in range(self.snapshot.buckets) if bucket is None else (bucket,):
            query, files = self._query(sql, columns, table, number)
            yield from self.engine.rows(query, files)

    def _arrays(self, sql: str, columns: Collection[str], bucket: int) -> dict[str, np.ndarray]:
        query, files = self._query(sql, columns, ANSWERS, bucket)
        return self.engine.arrays(query, files)

    def _query(
        self, sql: str, columns: Collection[str], table: str, bucket: int
    ) -> tuple[exp.Query, dict[str, tuple[str, ...]]]:
        """A query over the rows of a table that count, named `a`, and those of customers, named `c`."""
        files = bucket_files(self.snapshot, bucket)
        relations = Relations(self.tables, self.snapshot, self.as_of, frozenset(files))
        query = cast("exp.Select", sqlglot.parse_one(sql, read="duckdb"))
        query = query.with_("a", as_=relations.relation(table, list(columns)))
        if " join c " in sql:
            known = [name for name, each in self.tables[CUSTOMERS].columns.items() if not each.formula]
            query = query.with_("c", as_=relations.relation(CUSTOMERS, known))
        return query, files


def _within(asked: Collection[tuple[str, str]]) -> str:
    """The condition that an answer is to one of some questions."""
    pairs = sorted(asked)
    surveys = {survey for survey, _ in pairs}
    if len({question for _, question in pairs}) == 1 and len(surveys) > 1:
        listed = ", ".join(quoted(each) for each in sorted(surveys))
        return f"question_id = {quoted(pairs[0][1])} and survey_id in ({listed})"
    return " or ".join(f"(survey_id = {quoted(survey)} and question_id = {quoted(name)})" for survey, name in pairs)


def _case(codes: Mapping[str, Code]) -> str:
    cases = "".join(
        f" when {quoted(entry)} then {code.number!r}" for entry, code in codes.items() if code.kind is Kind.ANSWER
    )
    return f"(case {_ENTRY}{cases} end)" if cases else "cast(null as double)"
