"""Read a survey's file without a book: wide or long, CSV or Parquet, into a matrix of answers.

What cannot be an answer counts as no answer, and is said with the question's name; where that is most of a question's
answers, the file does not fit the instrument, and nothing is read.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from worthbook.data.answer_codes import Code, Codes, Kind
from worthbook.data.answers import Answers, FloatArray, Strings
from worthbook.data.convert import add_macros, text_as
from worthbook.data.dates import date_order
from worthbook.data.decode import fingerprint_of
from worthbook.data.opening import open_source
from worthbook.data.survey_columns import find_columns, tell_instrument
from worthbook.data.survey_relation import SURVEY, SurveyRelation, quoted
from worthbook.definitions.instrument import InstrumentDefinition
from worthbook.kernel.errors import Fault, Place, did_you_mean, raise_all
from worthbook.kernel.language import Text
from worthbook.kernel.provenance import Provenance
from worthbook.kernel.result import Finding
from worthbook.kernel.units import Unit

SCALE_WRONG = Fault(
    "survey-scale-wrong",
    what=Text(
        en="{bad} of {all} answers to '{question}' do not fit its scale from {low} to {high}, such as {example}.",
        zh="“{question}”的{all}个答案中有{bad}个不在量表范围（{low}至{high}）内，例如 {example}。",
    ),
    hint=Text(
        en="Correct the column, choose the instrument that was used, or give the scale its true bounds and labels.",
        zh="请更正该列、改选实际使用的问卷，或在定义中写明真实的量表范围和选项文字。",
    ),
)
BRAND_UNKNOWN = Fault(
    "survey-brand-unknown",
    what=Text(en="'{brand}' is not a brand of this instrument.", zh="问卷中没有品牌“{brand}”。"),
    hint=Text(en="{near}", zh="{near}"),
)
WEIGHT_UNFIT = Fault(
    "survey-weight-unfit",
    what=Text(
        en="The weight in line {line} is '{found}'; weights are numbers from 0.",
        zh="第 {line} 行的权重为“{found}”；权重应为不小于0的数值。",
    ),
    hint=Text(en="Correct it, or leave the column out.", zh="请更正，或去掉权重列。"),
)
_UNFIT = Text(
    en="{bad} of {all} answers to '{question}' are not on its scale ({example}) and count as no answer.",
    zh="“{question}”的{all}个答案中有{bad}个不在量表上（{example}），按未作答处理。",
)
_TWICE = Text(
    en="{count} respondents answered more than once (first: {example}); the last answer of each counts.",
    zh="有{count}位受访者重复作答（如 {example}）；每人以最后一次为准。",
)
_REFUSED = Text(
    en="{count} lines could not be divided into columns and are left out (first: line {line}).",
    zh="有{count}行无法按列拆分，未计入（首行为第 {line} 行）。",
)
_HALF = 0.5


def read_survey(
    file: Path,
    instruments: Mapping[str, InstrumentDefinition],
    instrument: str | None = None,
    segments: Collection[str] = (),
) -> Answers:
    """Read the answers in a file.

    Args:
        file: CSV (also compressed) or Parquet: a column a question, or a line an answer.
        instruments: those that there are.
        instrument: which of them was used; None to tell by the columns.
        segments: headers of columns that divide respondents, beside those of the instrument.

    Raises:
        WorthbookError: What is wrong with the file; survey-scale-wrong, survey-brand-unknown and survey-weight-unfit
            for what stands in it; all of a kind together.
    """
    content = fingerprint_of(file)
    with tempfile.TemporaryDirectory(prefix="worthbook-") as folder:
        source = open_source(file, Path(folder))
        chosen = tell_instrument(source, instruments) if instrument is None else instruments[instrument]
        columns = find_columns(source, chosen, segments)
        with duckdb.connect(config={"threads": 1, "temp_directory": folder}) as connection:
            add_macros(connection)
            refused = source.load(connection)
            reading = SurveyRelation(connection, source, chosen, columns)
            reading.prepare()
            found = _answers(reading)
    notes = [Finding(note) for note in source.notes]
    if refused:
        notes.append(Finding(_REFUSED.format(count=len(refused), line=refused[0].line), "warning"))
    leaf = Provenance("table", "answers", None, content, "file")
    return replace(found, notes=(*notes, *found.notes), provenance=leaf)


def _answers(reading: SurveyRelation) -> Answers:
    codes, notes = _decoded(reading)
    rated = tuple(codes)
    _check_words(reading)
    chosen = {
        "line": "line",
        **{f"value {name}": _case(f"question {name}", codes[name]) for name in rated},
        **{name: f"coalesce({_column(name)}, '')" for name in _texts(reading)},
        "weight": _number(reading, "weight"),
        "seconds": _number(reading, "seconds"),
        "day": _day(reading),
    }
    order, twice = _latest(reading)
    selected = ", ".join(f'{sql} AS "{name}"' for name, sql in chosen.items())
    rows = reading.connection.execute(f"SELECT {selected} FROM {SURVEY} {order} ORDER BY line").fetchnumpy()
    size = len(rows["line"])
    values = [_floats(rows[f"value {name}"]) for name in rated]
    strings = {name: _strings(rows[name], size) for name in _texts(reading)}
    weights = _floats(rows["weight"])
    _check_weights(reading, weights, np.asarray(rows["line"]))
    return Answers(
        instrument=reading.instrument,
        questions=rated,
        values=np.column_stack(values) if values else np.empty((size, 0)),
        weights=weights if "weight" in reading.columns.roles else np.ones(size),
        respondents=strings.get("role respondent", np.asarray(rows["line"]).astype(str)),
        customers=strings.get("role customer", np.full(size, "")),
        waves=strings.get("role wave", np.full(size, "")),
        brands=strings.get("role brand", np.full(size, "")),
        seconds=_floats(rows["seconds"]),
        answered_on=np.ma.filled(np.ma.asanyarray(rows["day"]).astype("datetime64[s]"), np.datetime64("NaT")),
        segments={name: strings[f"segment {name}"] for name in reading.columns.segments},
        comments={
            name: strings[f"question {name}"]
            for name in reading.asked
            if reading.instrument.scale_of(name).kind == "text"
        },
        notes=(*notes, *twice),
    )


# --- answers ---------------------------------------------------------------------------------------------------------


def _decoded(reading: SurveyRelation) -> tuple[dict[str, dict[str, Code]], list[Finding]]:
    """How each different entry of each question is read; what does not fit its scale is counted and said."""
    codes: dict[str, dict[str, Code]] = {}
    notes: list[Finding] = []
    problems = []
    for name in reading.asked:
        scale = reading.instrument.scale_of(name)
        if scale.kind == "text":
            continue
        entries = reading.connection.execute(
            f'SELECT "question {name}", count(*) FROM {SURVEY} WHERE "question {name}" IS NOT NULL '
            "GROUP BY 1 ORDER BY 2 DESC, 1"
        ).fetchall()
        codes[name] = Codes.of(scale).read_all(str(entry) for entry, _ in entries)
        kinds = {kind: [(entry, n) for entry, n in entries if codes[name][entry].kind is kind] for kind in Kind}
        bad = [*kinds[Kind.OUTSIDE], *kinds[Kind.UNREADABLE]]
        if bad:
            count, everything = (sum(n for _, n in each) for each in (bad, [*bad, *kinds[Kind.ANSWER]]))
            example = ", ".join(f"'{entry}' ×{n}" for entry, n in bad[:3])
            if count > _HALF * everything:
                low, high = (f"{end:g}" for end in scale.bounds)
                problems.append(
                    SCALE_WRONG.problem(
                        Place(str(reading.source.file)), bad=count, all=everything, question=name, low=low, high=high,
                        example=example,
                    )
                )  # fmt: skip
            notes.append(Finding(_UNFIT.format(bad=count, all=everything, question=name, example=example), "warning"))
    raise_all(problems)
    return codes, notes


def _case(column: str, codes: Mapping[str, Code]) -> str:
    """SQL that gives the number of each entry that is an answer."""
    cases = "".join(
        f" WHEN {quoted(entry)} THEN {code.number!r}" for entry, code in codes.items() if code.kind is Kind.ANSWER
    )
    return f'CAST(CASE "{column}"{cases} END AS DOUBLE)' if cases else "CAST(NULL AS DOUBLE)"


def _latest(reading: SurveyRelation) -> tuple[str, Iterator[Finding]]:
    """The condition that keeps one row a respondent, wave and brand, and what to say of the others."""
    who = [role for role in ("respondent", "wave", "brand") if role in reading.columns.roles]
    if "respondent" not in who:
        return "", iter(())
    key = ", ".join(f"coalesce(\"role {role}\", '')" for role in who)
    twice = reading.connection.execute(
        f'SELECT "role respondent" FROM {SURVEY} WHERE "role respondent" IS NOT NULL GROUP BY {key}, 1 '
        "HAVING count(*) > 1 ORDER BY min(line)"
    ).fetchall()
    notes = [Finding(_TWICE.format(count=len(twice), example=twice[0][0]), "warning")] if twice else []
    kept = f'"role respondent" IS NULL OR row_number() OVER (PARTITION BY {key} ORDER BY line DESC) = 1'
    return f"QUALIFY {kept}", iter(notes)


# --- what is known of respondents ------------------------------------------------------------------------------------


def _texts(reading: SurveyRelation) -> list[str]:
    roles = [f"role {role}" for role in ("respondent", "customer", "wave", "brand") if role in reading.columns.roles]
    words = [
        f"question {name}" for name in reading.asked if reading.instrument.scale_of(name).kind == "text"
    ]  # fmt: skip
    return [*roles, *(f"segment {name}" for name in reading.columns.segments), *words]


def _column(name: str) -> str:
    """Ids lose the `.0` that a spreadsheet gives them, and a nameless respondent is its line."""
    if name == "role respondent":
        return f'wb_id(coalesce("{name}", CAST(line AS VARCHAR)))'
    return f'wb_id("{name}")' if name == "role customer" else f'"{name}"'


def _number(reading: SurveyRelation, role: str) -> str:
    return f'wb_number("role {role}")' if role in reading.columns.roles else "CAST(NULL AS DOUBLE)"


def _day(reading: SurveyRelation) -> str:
    column = reading.columns.roles.get("answered_on")
    if column is None:
        return "CAST(NULL AS TIMESTAMP)"
    order = date_order(reading.connection, column, Place(str(reading.source.file)))
    return text_as(Unit.TIME, '"role answered_on"', day_first=order.day_first)


def _check_words(reading: SurveyRelation) -> None:
    """Brands that the instrument does not know."""
    known = reading.instrument.brands
    if not known or "brand" not in reading.columns.roles:
        return
    rows = reading.connection.execute(
        f'SELECT DISTINCT "role brand" FROM {SURVEY} WHERE "role brand" IS NOT NULL ORDER BY 1'
    ).fetchall()
    place = Place(str(reading.source.file))
    unknown = [str(row[0]) for row in rows if row[0] not in known]
    raise_all(BRAND_UNKNOWN.problem(place, brand=brand, near=did_you_mean(brand, known)) for brand in unknown)


def _check_weights(reading: SurveyRelation, weights: FloatArray, lines: NDArray[np.generic]) -> None:
    if "weight" not in reading.columns.roles:
        return
    wrong = np.flatnonzero(~(weights >= 0))
    if len(wrong):
        line = int(lines[wrong[0]])
        found = reading.connection.execute(f'SELECT "role weight" FROM {SURVEY} WHERE line = {line}').fetchall()
        place = Place(str(reading.source.file), line)
        raise WEIGHT_UNFIT(place, line=line, found=found[0][0] or "")


def _floats(values: object) -> FloatArray:
    return np.ma.filled(np.ma.asanyarray(values).astype(float), np.nan)


def _strings(values: object, size: int) -> Strings:
    return np.ma.filled(np.ma.asanyarray(values), "").astype(str) if size else np.empty(0, dtype=str)
