"""A questionnaire as a workbook: a respondent a row, each answer checked as it is typed, the wording beside."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import xlsxwriter

from worthbook.definitions.instrument import InstrumentDefinition, Scale
from worthbook.kernel.language import Language, Text
from worthbook.kernel.whole import replacing
from worthbook.reporting.questionnaire import brand_of, columns_of, questions_of

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

Looks = tuple[Any, Any]
"""Of headers and of text."""
ROWS = 500
"""Respondents for whom answers are checked."""
_ANSWERS, _WORDING = Text(en="Answers", zh="答案"), Text(en="Questions", zh="题目")
_COLUMN = Text(en="Column", zh="列")
_QUESTION = Text(en="Question", zh="题目")
_SCALE = Text(en="Answer", zh="作答方式")
_WRONG = Text(en="Not a possible answer", zh="答案无效")
_ALLOWED = Text(en="Enter a whole number from {low} to {high}.", zh="请输入{low}至{high}之间的整数。")
_POINTS = Text(
    en="Enter points from 0 to {high}; those of one respondent add up to {high}.",
    zh="请输入0至{high}的点数；每位受访者合计为{high}。",
)
_FREE = Text(en="in own words", zh="自由填写")
_LONGEST_TITLE = 32
"""Excel shows so many characters of the title of a hint."""
_LONGEST_HINT = 255


def write_form(instrument: InstrumentDefinition, to: Path, language: Language, brand: str = "") -> None:
    """Write the workbook: the first sheet is read back as it is, the second explains it.

    Args:
        instrument: what is asked.
        to: the file.
        language: in which it is asked.
        brand: who is judged.
    """
    with replacing(to) as place, xlsxwriter.Workbook(str(place), {"in_memory": True}) as book:
        header = book.add_format({"bold": True, "bg_color": "#E8EDF2", "bottom": 1, "text_wrap": True, "valign": "top"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        answers = book.add_worksheet(_ANSWERS.say(language))
        wording = book.add_worksheet(_WORDING.say(language))
        columns = columns_of(instrument)
        shown = {
            each.name: each.text for each in questions_of(instrument, language, brand_of(instrument, brand, language))
        }
        for index, name in enumerate(columns):
            answers.write_string(0, index, name, header)
            if name in instrument.questions:
                _checked(answers, index, instrument.scale_of(name), shown[name], language)
        answers.set_column(0, len(columns) - 1, 14)
        answers.freeze_panes(1, 1)
        _explained(wording, instrument, shown, language, (header, wrapped))


def _checked(sheet: Worksheet, column: int, scale: Scale, text: str, language: Language) -> None:
    """A cell takes nothing but possible answers, and shows the question when it is entered."""
    hint = {"input_title": text[:_LONGEST_TITLE], "input_message": text[:_LONGEST_HINT]}
    rule: dict[str, Any] = {"validate": "any"}
    if scale.kind != "text":
        low, high = scale.bounds
        words = _ALLOWED.format(low=f"{low:g}", high=f"{high:g}").say(language)
        rule = {
            "validate": "integer", "criteria": "between", "minimum": int(low), "maximum": int(high),
            "error_title": _WRONG.say(language), "error_message": words,
        }  # fmt: skip
    sheet.data_validation(1, column, ROWS, column, {**rule, **hint})


def _explained(
    sheet: Worksheet,
    instrument: InstrumentDefinition,
    shown: dict[str, str],
    language: Language,
    looks: tuple[Any, Any],
) -> None:
    header, wrapped = looks
    for index, title in enumerate((_COLUMN, _QUESTION, _SCALE)):
        sheet.write_string(0, index, title.say(language), header)
    for row, (name, text) in enumerate(shown.items(), start=1):
        for index, cell in enumerate((name, text, _possible(instrument.scale_of(name), language))):
            sheet.write_string(row, index, cell, wrapped)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 70)
    sheet.set_column(2, 2, 50)
    sheet.freeze_panes(1, 0)


def _possible(scale: Scale, language: Language) -> str:
    if scale.kind == "text":
        return _FREE.say(language)
    low, high = scale.bounds
    if scale.kind == "points":
        return _POINTS.format(high=f"{high:g}").say(language)
    labels = "；".join(f"{number} {label.say(language)}" for number, label in scale.labels.items())
    return f"{_ALLOWED.format(low=f'{low:g}', high=f'{high:g}').say(language)} {labels}".strip()
