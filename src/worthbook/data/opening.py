"""Open any file that people have: what it is shows in its first bytes, whatever it is called."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from worthbook.data.archive import is_archive, is_zip, named_within, only_member
from worthbook.data.decode import check_there, is_parquet
from worthbook.data.json_lines import is_json, read_json
from worthbook.data.source import ParquetSource, Source
from worthbook.data.spreadsheet import is_spreadsheet, read_sheet
from worthbook.data.text_source import TextSource
from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text

FILE_IS_PAGE = Fault(
    "file-is-page",
    what=Text(
        en="{file} is a web page or XML, whatever its name says; many programs export such files as .xls.",
        zh="{file} 实际是网页或 XML 文件；不少系统会以 .xls 之名导出此类文件。",
    ),
    hint=Text(
        en="Open it in a spreadsheet program, save it as XLSX or CSV UTF-8, and import that.",
        zh="请用电子表格软件打开，另存为 XLSX 或 CSV UTF-8 后再导入。",
    ),
)
_PAGES = (b"<html", b"<!doctype", b"<table", b"<head", b"<meta", b"<?xml")


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
    check_there(file)
    if is_parquet(file):
        return ParquetSource(file)
    if is_spreadsheet(file):
        return read_sheet(file, folder, known, sheet)
    if is_zip(file) and is_archive(file):
        member = only_member(file, folder)
        with named_within(file, member):
            return open_source(member, folder, known, sheet)
    if is_json(file):
        return read_json(file, folder)
    if _is_page(file):
        raise FILE_IS_PAGE(file=file.name)
    return TextSource(file, folder, known)


def _is_page(file: Path) -> bool:
    with file.open("rb") as stream:
        return stream.read(200).removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_PAGES)
