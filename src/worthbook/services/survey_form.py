"""Write the questionnaire of an instrument: a page to fill in or print, or a workbook."""

from __future__ import annotations

from pathlib import Path

from worthbook.kernel.errors import Fault, did_you_mean
from worthbook.kernel.language import Language, Text
from worthbook.kernel.whole import replacing
from worthbook.planning.index import read_catalogue
from worthbook.planning.studies.surveyed import INSTRUMENT_UNKNOWN
from worthbook.services.own_definitions import definitions_folder

FORM_UNKNOWN = Fault(
    "survey-form-unknown",
    what=Text(en="A questionnaire cannot be written as '{ending}'.", zh="无法将问卷写成“{ending}”文件。"),
    hint=Text(en="Name a file that ends in .html or .xlsx.", zh="文件名请以 .html 或 .xlsx 结尾。"),
)


def write_questionnaire(
    instrument: str, to: Path, language: Language, *, brand: str = "", book: Path | None = None
) -> Path:
    """Write a questionnaire, whose answers `survey import` and every analysis read.

    Args:
        instrument: by name.
        to: a file that ends in `.html` or `.xlsx`.
        language: in which it is asked.
        brand: who is judged.
        book: whose own instruments count too.

    Raises:
        WorthbookError: instrument-unknown, survey-form-unknown.
    """
    known = read_catalogue(definitions_folder(book)).instruments
    if instrument not in known:
        raise INSTRUMENT_UNKNOWN(name=instrument, near=did_you_mean(instrument, known))
    if to.suffix == ".xlsx":
        from worthbook.reporting.questionnaire_sheet import write_form  # noqa: PLC0415 - only the form that is asked for

        write_form(known[instrument], to, language, brand)
    elif to.suffix == ".html":
        from worthbook.reporting.questionnaire import render_form  # noqa: PLC0415

        with replacing(to) as place:
            place.write_text(render_form(known[instrument], language, brand), encoding="utf-8")
    else:
        raise FORM_UNKNOWN(ending=to.suffix or to.name)
    return to
