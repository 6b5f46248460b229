"""Write an evaluation as files: a page to read, and every customer as XLSX, CSV and Parquet."""

from __future__ import annotations

from pathlib import Path

from worthbook.data.engine import Sheet
from worthbook.data.lists import top_rows, write_list
from worthbook.kernel.evaluation import Evaluation
from worthbook.kernel.language import Language
from worthbook.kernel.whole import replacing
from worthbook.planning.lay import value_column
from worthbook.planning.store import KeptRun
from worthbook.reporting.drawing import Drawing
from worthbook.reporting.workbook import write_workbook
from worthbook.services.open_book import OpenBook

OUTPUTS = ("report.html", "customers.xlsx", "customers.csv", "customers.parquet")
"""What an evaluation writes."""
WORKBOOK_CUSTOMERS = 2_000
"""The customers of most value that the workbook holds; the lists hold everyone. Measured with 30 columns: 10 000 take
1.1 s of a processor, 2 000 take 0.3 s, and the whole evaluation of 24 000 customers is to take less than 4 s."""


def write_outputs(  # noqa: PLR0913 - what, where to, and how
    opened: OpenBook,
    run: KeptRun,
    to: Path,
    language: Language,
    *,
    beside: Drawing,
    bom: bool = True,
    show_personal: bool = False,
) -> tuple[Path, ...]:
    """Write `report.html`, `customers.xlsx`, `customers.csv` and `customers.parquet` into a folder; their paths.

    Each file appears whole or not at all, in the place of one that was there before. `bom` marks the CSV as UTF-8 for
    Excel, which shows Chinese wrongly without. Ids that are themselves phone numbers, addresses or names are masked in
    all of them, unless `show_personal`. The page is drawn `beside`, while the lists are written.

    Raises:
        WorthbookError: engine-failed, for example where the disk is full.
    """
    to.mkdir(parents=True, exist_ok=True)
    page, workbook, text, parquet = (to / name for name in OUTPUTS)
    drawn = beside.page(run.evaluation, language)
    names = [meta.name for meta in run.evaluation.columns]
    sheets = tuple(dict.fromkeys(run.sheet_of(name) for name in names))
    write_list(opened.engine, sheets, names, parquet, salt=None if show_personal else opened.book.salt)
    whole = (Sheet((str(parquet.resolve()),), tuple(names)),)  # joined once, for all that follows
    customers = write_list(opened.engine, whole, names, text, bom=bom)
    by = _worth(opened, run.evaluation)
    rows = top_rows(opened.engine, whole, names, by, WORKBOOK_CUSTOMERS)
    left_out = customers - len(rows)
    write_workbook(workbook, run.evaluation, run.evaluation.columns, rows, language, left_out=left_out)
    with replacing(page) as place:
        place.write_text(drawn.result(), encoding="utf-8")
    return page, workbook, text, parquet


def _worth(opened: OpenBook, evaluation: Evaluation) -> str | None:
    """The column of the list by which the headline framework adds up value."""
    by = value_column(opened.catalogue.frameworks[evaluation.headline.name])
    return by if any(meta.name == by for meta in evaluation.columns) else None
