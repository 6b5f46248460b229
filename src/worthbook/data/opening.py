"""Open any file that people have: what it is shows in its first bytes, whatever it is called."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from worthbook.data.archive import is_archive, is_zip, only_member
from worthbook.data.decode import is_parquet
from worthbook.data.json_lines import is_json, read_json
from worthbook.data.source import ParquetSource, Source
from worthbook.data.spreadsheet import is_spreadsheet, read_sheet
from worthbook.data.text_source import TextSource


def open_source(file: Path, folder: Path, known: Collection[str] = (), sheet: str | None = None) -> Source:
    """Open a file of lines.

    Args:
        file: CSV or TSV, JSON lines (both also compressed by gzip or zip), Parquet, XLSX, XLS or ODS.
        folder: for copies that are needed on the way.
        known: keys of headers by which the line of headers is found where other lines stand before it.
        sheet: the name or number of the sheet of a workbook; by default the first that holds a table.

    Raises:
        WorthbookError: what is wrong with the file.
    """
    if is_parquet(file):
        return ParquetSource(file)
    if is_spreadsheet(file):
        return read_sheet(file, folder, known, sheet)
    if is_zip(file) and is_archive(file):
        return open_source(only_member(file, folder), folder, known, sheet)
    if is_json(file):
        return read_json(file, folder)
    return TextSource(file, folder, known)
