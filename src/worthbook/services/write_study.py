"""Write a single study as a page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from worthbook.kernel.language import Language
from worthbook.kernel.result import Finding, Study
from worthbook.kernel.whole import replacing


def write_study(
    study: Study, to: Path, language: Language, *, notes: Sequence[Finding] = (), currency: str = ""
) -> Path:
    """Write a study as one HTML file that opens anywhere; into a folder, under the study's name.

    Args:
        study: what was found.
        to: the file, or a folder that is there.
        language: of every word.
        notes: what was noticed while the data were read.
        currency: of amounts, as a code.
    """
    from worthbook.reporting.page import render_study  # noqa: PLC0415 - drawing is slow to load

    file = to / f"{study.name}.html" if to.is_dir() else to
    with replacing(file) as place:
        place.write_text(render_study(study, language, notes=notes, currency=currency), encoding="utf-8")
    return file


def write_sipoc(study: Study, to: Path, language: Language) -> Path:
    """Write what customers voiced as a SIPOC sheet (XLSX)."""
    from worthbook.reporting.sipoc import write_sheet  # noqa: PLC0415 - the writer is slow to load

    return write_sheet(study, to, language)
