"""Evaluate a book: everything a report asks for, kept as a run, written as files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from worthbook.data.history import ImportRecord
from worthbook.kernel.evaluation import Evaluation, SourceFile
from worthbook.kernel.language import Language
from worthbook.kernel.result import Finding
from worthbook.models.optimise import load_ahead
from worthbook.planning.asked import asked
from worthbook.planning.assemble import About, assemble
from worthbook.planning.store import KeptRun
from worthbook.reporting.drawing import drawing
from worthbook.services.duplicates import duplicates_of
from worthbook.services.ingest_files import ingest_files
from worthbook.services.open_book import OpenBook, open_book
from worthbook.services.rejected_lines import IN_FUTURE, rejected_because
from worthbook.services.render_report import write_outputs
from worthbook.services.summarise import summary_of


@dataclass(frozen=True)
class Evaluated:
    """An evaluation and the files that were written of it."""

    evaluation: Evaluation
    written: tuple[Path, ...]

    def as_json(self) -> dict[str, object]:
        """The evaluation in short, for programs."""
        return {**summary_of(self.evaluation), "written": [str(path) for path in self.written]}


def evaluate(
    opened: OpenBook,
    *,
    as_of: dt.date | str | None = None,
    report: str | None = None,
    frameworks: Sequence[str] = (),
) -> KeptRun:
    """Make everything the report asks for as at a date, or find the run in which that was done.

    With `frameworks`, only these are shown, and only what they need is made.

    Raises:
        WorthbookError: `book-empty`, `as-of-before-history`, `report-unknown`, `framework-unknown`.
    """
    definition = asked(opened.catalogue, report, frameworks)
    day = opened.day(as_of)
    counted = [record for record in opened.imports if record.state == "committed"]
    about = About(
        title=opened.book.title,
        currency=opened.book.currency,
        first=opened.extent.first,
        sources=tuple(_source(record) for record in counted),
        notes=tuple(Finding(note) for record in counted for note in record.notes),
        future_lines=rejected_because(opened.book).get(IN_FUTURE, 0),
        possible_duplicates=_possible_duplicates(opened),
    )
    return assemble(opened.engine, opened.catalogue, opened.snapshot, opened.store, about, definition, day)


def evaluate_files(  # noqa: PLR0913 - as many as a user has to say
    files: Sequence[Path],
    *,
    as_of: dt.date | str | None = None,
    report: str | None = None,
    frameworks: Sequence[str] = (),
    folder: Path | None = None,
    mapping: str | None = None,
    pairs: Sequence[str] = (),
    currency: str = "",
    language: Language = "en",
    to: Path | None = None,
    bom: bool = True,
    show_personal: bool = False,
) -> Evaluated:
    """Import files into a book (or take a book as it is), evaluate it, and write report and lists.

    Raises:
        WorthbookError: What is wrong with the files, the definitions or the date.
    """
    load_ahead()
    with drawing() as beside:
        if len(files) == 1 and (files[0] / "book.toml").exists():
            home = files[0]
        else:
            book, _ = ingest_files(files, folder, mapping=mapping, pairs=pairs, currency=currency, language=language)
            home = book.folder
        with open_book(home) as opened:
            run = evaluate(opened, as_of=as_of, report=report, frameworks=frameworks)
            written = write_outputs(
                opened, run, to or home, language, beside=beside, bom=bom, show_personal=show_personal
            )
            return Evaluated(run.evaluation, written)


def _possible_duplicates(opened: OpenBook) -> int | None:
    """Pairs of customers that may be one; not counted where no list of customers was brought in.

    Only the ids could be alike there: `worthbook check` compares these too, an evaluation does not take the time.
    """
    people = opened.snapshot.tables.get("customers")
    return None if people is None or not people.files else duplicates_of(opened, limit=1).found.count


def _source(record: ImportRecord) -> SourceFile:
    return SourceFile(
        file=record.file,
        mapping=record.mapping,
        read=record.read,
        accepted=record.accepted,
        rejected=record.rejected,
        skipped=record.skipped,
        imported_at=record.imported_at,
    )
