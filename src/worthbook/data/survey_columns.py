"""Which columns of a survey's file hold what: a column a question (wide), or a line an answer (long)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from worthbook.data.source import Source, SourceColumn
from worthbook.definitions.instrument import InstrumentDefinition
from worthbook.definitions.mapping import header_key
from worthbook.kernel.errors import Fault, Place, did_you_mean
from worthbook.kernel.language import Text

NO_QUESTIONS = Fault(
    "survey-questions-not-found",
    what=Text(
        en="No column of {file} holds answers to '{instrument}' ({wanted} …).",
        zh="{file} 中没有“{instrument}”各题（{wanted} 等）的答案列。",
    ),
    hint=Text(
        en="Name the columns as the questions, or list their headers under `names:` there. Found: {columns}.",
        zh="请以题目名称作为列名，或在问卷定义的 `names:` 中列出表头。文件中的列：{columns}。",
    ),
)
COLUMN_ABSENT = Fault(
    "survey-column-absent",
    what=Text(en="{file} has no column '{name}'.", zh="{file} 中没有“{name}”列。"),
    hint=Text(en="{near}", zh="{near}"),
)
INSTRUMENT_NOT_TOLD = Fault(
    "survey-instrument-not-told",
    what=Text(en="{file} does not show which instrument it answers.", zh="无法识别 {file} 对应哪份问卷。"),
    hint=Text(
        en="Say it with --instrument; `worthbook list instruments` shows all. Columns found: {columns}.",
        zh="请用 --instrument 指定；`worthbook list instruments` 可列出全部问卷。文件中的列：{columns}。",
    ),
)

ROLES: Mapping[str, Sequence[str]] = {
    "respondent": ("respondent_id", "respondent", "response_id", "responseid", "respondentid", "caseid", "token",
                   "id", "受访者编号", "答卷编号", "序号", "编号"),
    "customer": ("customer_id", "customer", "externaldatareference", "user_id", "userid", "member_id", "客户编号",
                 "客户ID", "会员号", "会员编号"),
    "wave": ("wave", "round", "调查期次", "期次", "波次"),
    "brand": ("brand", "品牌"),
    "weight": ("weight", "weights", "权重"),
    "answered_on": ("answered_on", "answered_at", "submitdate", "date submitted", "enddate", "recordeddate",
                    "timestamp", "created_at", "date", "提交时间", "提交答卷时间", "答题时间", "日期"),
    "seconds": ("seconds", "duration_seconds", "duration (in seconds)", "duration", "interviewtime", "total time",
                "答题时长", "所用时间", "用时"),
}  # fmt: skip
"""What is known of a respondent beside the answers, by the headers it goes under."""
LONG: Mapping[str, Sequence[str]] = {
    "question": ("question_id", "question", "item", "question_code", "题目", "题号"),
    "answer": ("answer", "value", "score", "response", "rating", "答案", "得分", "评分"),
}


@dataclass(frozen=True)
class SurveyColumns:
    """The columns of one file."""

    roles: Mapping[str, SourceColumn]
    questions: Mapping[str, SourceColumn]
    """Question → its column; empty in a long file."""
    segments: Mapping[str, SourceColumn]
    long: tuple[SourceColumn, SourceColumn] | None = None
    """In a long file: the column of questions and the column of answers."""


def find_columns(source: Source, instrument: InstrumentDefinition, segments: Collection[str] = ()) -> SurveyColumns:
    """Lay an instrument over a file.

    Args:
        source: the file.
        instrument: what was asked.
        segments: headers of further columns that divide respondents.

    Raises:
        WorthbookError: survey-questions-not-found, survey-column-absent.
    """
    columns = {header_key(column.header): column for column in reversed(source.columns)}
    questions = _questions(columns, instrument)
    taken = {column.sql for column in questions.values()}
    roles = {role: column for role, names in ROLES.items() if (column := _first(columns, names, taken)) is not None}
    long = None if questions else _long(columns)
    if not questions and long is None:
        wanted = ", ".join(list(instrument.questions)[:3])
        found = ", ".join(column.header for column in source.columns)
        where = Place(str(source.file))
        raise NO_QUESTIONS(where, file=source.file.name, instrument=instrument.name, wanted=wanted, columns=found)
    return SurveyColumns(roles, questions, _segments(source, columns, instrument, segments), long)


def tell_instrument(source: Source, instruments: Mapping[str, InstrumentDefinition]) -> InstrumentDefinition:
    """The instrument that accounts for most columns of a file; at least half of its questions must be there.

    Raises:
        WorthbookError: survey-instrument-not-told.
    """
    columns = {header_key(column.header): column for column in source.columns}
    there = {name: len(_questions(columns, each)) for name, each in instruments.items() if each.rated}
    shares = {name: count / len(instruments[name].rated) for name, count in there.items()}
    half = [name for name, share in shares.items() if share >= 0.5]  # noqa: PLR2004
    if not half:
        found = ", ".join(column.header for column in source.columns)
        raise INSTRUMENT_NOT_TOLD(Place(str(source.file)), file=source.file.name, columns=found)
    return instruments[min(half, key=lambda name: (-there[name], -shares[name], name))]


def _questions(columns: Mapping[str, SourceColumn], instrument: InstrumentDefinition) -> dict[str, SourceColumn]:
    found: dict[str, SourceColumn] = {}
    for name, question in instrument.questions.items():
        texts = (question.text.en, question.text.zh)
        column = _first(columns, (name, *question.names, *texts), set())
        if column is not None:
            found[name] = column
    return found


def _first(columns: Mapping[str, SourceColumn], names: Sequence[str], taken: set[str]) -> SourceColumn | None:
    keys = (header_key(name) for name in names)
    return next((columns[key] for key in keys if key in columns and columns[key].sql not in taken), None)


def _long(columns: Mapping[str, SourceColumn]) -> tuple[SourceColumn, SourceColumn] | None:
    question, answer = (_first(columns, LONG[role], set()) for role in ("question", "answer"))
    return None if question is None or answer is None else (question, answer)


def _segments(
    source: Source,
    columns: Mapping[str, SourceColumn],
    instrument: InstrumentDefinition,
    asked: Collection[str],
) -> dict[str, SourceColumn]:
    found: dict[str, SourceColumn] = {}
    for name, each in instrument.background.items():
        column = _first(columns, (name, *each.names, each.text.en, each.text.zh), set())
        if column is not None:
            found[name] = column
    for header in asked:
        key = header_key(header)
        if key not in columns:
            near = did_you_mean(header, [column.header for column in source.columns])
            raise COLUMN_ABSENT(Place(str(source.file)), file=source.file.name, name=header, near=near)
        found.setdefault(header, columns[key])
    return found
