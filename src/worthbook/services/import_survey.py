"""Bring the answers to an instrument into a book."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from worthbook.data.attempt import ImportReport
from worthbook.data.book import Book
from worthbook.data.decode import fingerprint_of
from worthbook.data.ingest import Manner, ingest
from worthbook.data.nameless import DIGITS, Nameless
from worthbook.data.opening import open_source
from worthbook.data.recognise import lay
from worthbook.data.survey_columns import ROLES, tell_instrument
from worthbook.definitions.instrument import InstrumentDefinition
from worthbook.definitions.mapping import Feed, MappingDefinition, SourceField, WideColumns, header_key
from worthbook.kernel.errors import did_you_mean
from worthbook.kernel.language import Language, Text
from worthbook.kernel.units import Unit
from worthbook.planning.index import read_catalogue
from worthbook.planning.studies.surveyed import INSTRUMENT_UNKNOWN

NAMELESS = Text(
    en="No column tells respondents apart: each line counts as one, named after what it holds. A longer export of the "
    "same answers adds the new ones only.",
    zh="没有可区分受访者的列：每行视为一位受访者，以该行内容编号。再次导入同一批答卷的更完整导出时，只增加新的答卷。",
)
UNDATED = Text(
    en="No column says when people answered: all answers of the file count as of {day}; give another day with --on.",
    zh="没有作答时间列：文件中的全部答案按 {day} 计；可用 --on 指定其他日期。",
)
_DONE = Text(
    en="{file}: {accepted} of {read} respondents, {answers} answers to '{instrument}'.",
    zh="{file}：导入{read}位受访者中的{accepted}位，共{answers}个“{instrument}”答案。",
)
_KNOWN = Text(
    en="{file} is in the book already: nothing was added. To have it read anew, take it back first: worthbook undo "
    "{import_id}",
    zh="{file} 已在账簿中，未重复导入。如需重新读取，请先撤回：worthbook undo {import_id}",
)
PROGRAMS = ("qualtrics_answers", "limesurvey_answers", "formbricks_answers")
"""Layouts of survey programs, which say what each question is."""


@dataclass(frozen=True)
class ImportedSurvey:
    """What was imported."""

    report: ImportReport
    instrument: str
    book: Path
    notes: tuple[Text, ...] = ()
    """What was taken for granted where the file does not say."""

    def as_json(self) -> dict[str, object]:
        """Plain values, for programs."""
        report = self.report
        return {
            "instrument": self.instrument, "book": str(self.book), "file": report.file, "mapping": report.mapping,
            "read": report.read, "accepted": report.accepted, "rejected": report.rejected, "skipped": report.skipped,
            "new": report.new, "rows": dict(report.rows),
            "notes": [{"en": note.en, "zh": note.zh} for note in (*self.notes, *report.notes)],
        }  # fmt: skip

    def say(self, language: Language) -> str:
        """What was done, in a few lines."""
        report = self.report
        first = (_DONE if report.new else _KNOWN).format(
            file=report.file, instrument=self.instrument, accepted=report.accepted, read=report.read,
            answers=report.rows.get("answers", 0), import_id=report.import_id,
        )  # fmt: skip
        return "\n".join(text.say(language) for text in (first, *self.notes, *report.notes))


def import_survey(
    file: Path, folder: Path, *, instrument: str | None = None, language: Language = "en", on: dt.date | None = None
) -> ImportedSurvey:
    """Import a file of answers into the book in `folder`, made if it is not there.

    Exports of survey programs are recognised as such; any other file must have a column for each question. Where no
    column tells respondents apart, a line is one, under an id that this file gives it whenever it is read.

    Args:
        file: the answers.
        folder: the book.
        instrument: which was used; None to tell by the columns.
        language: of a new book.
        on: the day of answers that have none; by default that of the import.

    Raises:
        WorthbookError: instrument-unknown, survey-instrument-not-told, or what is wrong with the file.
    """
    there = (folder / "book.toml").exists()
    book = Book.open(folder) if there else Book.create(folder, title=folder.stem, language=language)
    catalogue = read_catalogue(book.definitions_folder)
    if instrument is not None and instrument not in catalogue.instruments:
        raise INSTRUMENT_UNKNOWN(name=instrument, near=did_you_mean(instrument, catalogue.instruments))
    mappings = {**catalogue.mappings}
    notes: tuple[Text, ...] = ()
    with tempfile.TemporaryDirectory(prefix="worthbook-") as desk:
        source = open_source(file, Path(desk))
        asked = catalogue.instruments[instrument] if instrument else tell_instrument(source, catalogue.instruments)
        headers = {column.header for column in source.columns}
        mapping = _program(headers, catalogue.mappings)
        if mapping is None:
            own = fingerprint_of(file)[:DIGITS]
            laid = lay(source, mapping_of(asked))
            kin = Nameless(book, catalogue.tables["answers"], asked.name).kinship(source, laid, own)
            made = mapping_of(asked, kin.first)
            notes = (*_granted(headers, on), *kin.notes)
            mappings[made.name] = made
            mapping = made.name
    report = ingest(book, file, mappings, catalogue.tables, Manner(mapping, day=on))
    return ImportedSurvey(report, asked.name, book.folder, notes if report.new else ())


def _granted(headers: set[str], on: dt.date | None) -> Iterator[Text]:
    """What is taken for granted about a file with these headers."""
    keys = {header_key(header) for header in headers}
    known = {role for role, names in ROLES.items() if keys & {header_key(name) for name in names}}
    if not known & {"respondent", "customer"}:
        yield NAMELESS
    if "answered_on" not in known and on is None:
        yield UNDATED.format(day=dt.datetime.now(dt.UTC).date().isoformat())


def mapping_of(instrument: InstrumentDefinition, first: str = "") -> MappingDefinition:
    """How a file with a column for each question of an instrument becomes answers, questions and a survey.

    Args:
        instrument: what was asked.
        first: what the ids begin with that respondents without one get from what their lines hold.

    >>> from worthbook.planning.index import read_catalogue
    >>> mapping_of(read_catalogue().instruments["nps"]).wide["answer"].labels["nps"]
    'recommend'
    """
    headers = {
        header: name
        for name, question in instrument.questions.items()
        for header in (name, *question.names, question.text.en, question.text.zh)
    }  # fmt: skip
    fields = {role: SourceField(names=tuple(names), unit=_UNITS.get(role, Unit.TEXT)) for role, names in ROLES.items()}
    survey = f"case when wave is null then '{instrument.name}' else concat('{instrument.name} ', wave) end"
    respondent = f"coalesce(respondent, customer, concat('{first}-', line_content))"
    common = {"survey_id": survey, "question_id": "answer_label"}
    answers = {
        **common, "respondent_id": respondent, "customer_id": "customer", "brand": "brand",
        "wave": "wave", "value": _value(instrument), "text": "answer", "weight": "weight",
        "answered_at": "coalesce(answered_on, imported_on)", "seconds": "number(seconds)",
    }  # fmt: skip
    kinds = {"nps": "'nps'", "servqual": "'servqual'", "kano": "'kano'", "index": "'satisfaction'",
             "top_box": "'satisfaction'", "dual": "'satisfaction'", "profile": "'value'"}  # fmt: skip
    return MappingDefinition(
        name=f"survey_{instrument.name}",
        title=instrument.title,
        description=instrument.description,
        source=instrument.source,
        fields=fields,
        wide={"answer": WideColumns(headers=tuple(headers), labels=headers)},
        feeds=(
            Feed(table="answers", each="answer", columns=answers),
            Feed(table="questions", each="answer", columns=common),
            Feed(table="surveys", columns={
                "survey_id": survey, "name": f"'{instrument.name}'", "kind": kinds.get(instrument.scoring, "'other'"),
            }),
        ),
    )  # fmt: skip


def _value(instrument: InstrumentDefinition) -> str:
    """A formula that gives an answer as a number on its scale; unknown where it is none."""
    cases: list[str] = []
    for scale_name, scale in instrument.scales.items():
        asked = [name for name in instrument.rated if instrument.questions[name].scale == scale_name]
        if not asked:
            continue
        among = f"answer_label in ({', '.join(_quoted(name) for name in asked)})"
        spelt = {**{text: code for code, label in scale.labels.items() for text in (label.en, label.zh)},
                 **scale.spellings}  # fmt: skip
        for code in sorted(set(spelt.values())):
            texts = ", ".join(_quoted(text.lower()) for text, number in spelt.items() if number == code)
            cases.append(f"when {among} and lower(trim(answer)) in ({texts}) then {code}")
        low, high = scale.bounds
        cases.append(f"when {among} and number(answer) between {low:g} and {high:g} then number(answer)")
    return f"case {' '.join(cases)} end"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


_UNITS = {"respondent": Unit.ID, "customer": Unit.ID, "weight": Unit.RATIO, "answered_on": Unit.TIME}


def _program(headers: set[str], mappings: Mapping[str, MappingDefinition]) -> str | None:
    """The survey program whose export has these headers."""
    keys = {header_key(header) for header in headers}
    for name in PROGRAMS:
        needed = [field for field in mappings[name].fields.values() if field.needed]
        if all(keys & {header_key(each) for each in field.names} for field in needed):
            return name
    return None
