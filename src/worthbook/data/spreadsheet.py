"""Workbooks (XLSX, XLS, ODS): the rows of one sheet, each value as the sheet holds it and not as it is shown."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum, ZipError

from worthbook.data.archive import ARCHIVE_LOCKED, ZIP_MAGIC, is_archive
from worthbook.data.decode import FILE_DAMAGED, check_growth
from worthbook.data.header import LOOKED_AT, header_line
from worthbook.data.source import FILE_WITHOUT_ROWS
from worthbook.data.table_source import Row, TableSource, with_some_value
from worthbook.kernel.errors import Fault, did_you_mean
from worthbook.kernel.language import Text

SHEET_UNKNOWN = Fault(
    "sheet-unknown",
    what=Text(en="{file} has no sheet '{sheet}'.", zh="{file} 中没有工作表“{sheet}”。"),
    hint=Text(en="Its sheets are: {sheets}. {near}", zh="其中的工作表：{sheets}。{near}"),
)
SHEET_READ = Text(
    en="The sheet '{sheet}' was read; the others were not: {others}.",
    zh="读取了工作表“{sheet}”；其余工作表未读取：{others}。",
)
SHEET_PREAMBLE = Text(
    en="Rows that stand before the headers: {rows}. The headers are in row {row}.",
    zh="标题行之前有 {rows} 行说明文字，标题行为第 {row} 行。",
)

_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_EXACT = 1 << 53
_FEWEST_ROWS = 2
"""A header and a line of data make a table."""

Cell = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta


def is_spreadsheet(file: Path) -> bool:
    """Whether it is a workbook, by its first bytes."""
    with file.open("rb") as stream:
        magic = stream.read(len(_OLE_MAGIC))
    return magic == _OLE_MAGIC or (magic.startswith(ZIP_MAGIC) and not is_archive(file))


def read_sheet(file: Path, folder: Path, known: Collection[str] = (), sheet: str | None = None) -> TableSource:
    """Read one sheet of a workbook.

    Raises:
        WorthbookError: file-damaged, archive-too-large, archive-locked, sheet-unknown, file-without-rows.
    """
    _check_size(file)
    try:
        workbook = CalamineWorkbook.from_path(str(file))
        chosen = _chosen(file, workbook, sheet)
        rows = list(islice(_rows(chosen), LOOKED_AT))
        source = TableSource(file, folder / "sheet.csv")
        at = header_line([_as_csv(cells) for _, cells in rows], known)
        if len(rows) <= at:
            raise FILE_WITHOUT_ROWS(file=file.name)
        header_row, headers = rows[at]
        source.name_columns([cell or "" for cell in headers])
        source.write(row for row in _rows(chosen) if row[0] > header_row)
    except PasswordError:
        raise ARCHIVE_LOCKED(file=file.name) from None
    except (CalamineError, ZipError, OSError) as error:
        raise FILE_DAMAGED(file=file.name, reason=str(error).rstrip(".")) from None
    if not source.read:
        raise FILE_WITHOUT_ROWS(file=file.name)
    source.sheet = chosen.name
    source.notes = tuple(_notes(workbook, chosen, rows[:at], header_row))
    return source


def _check_size(file: Path) -> None:
    """A workbook is a zip file too, and may be a bomb."""
    if not zipfile.is_zipfile(file):
        return
    with zipfile.ZipFile(file) as archive:
        check_growth(file, sum(each.file_size for each in archive.infolist()))


def _chosen(file: Path, workbook: CalamineWorkbook, sheet: str | None) -> CalamineSheet:
    names = workbook.sheet_names
    if sheet is None:
        tables = [each.name for each in workbook.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
        sheets = (workbook.get_sheet_by_name(name) for name in tables or names)
        return next((each for each in sheets if each.height >= _FEWEST_ROWS), workbook.get_sheet_by_index(0))
    if sheet in names:
        return workbook.get_sheet_by_name(sheet)
    if sheet.isdecimal() and 1 <= int(sheet) <= len(names):
        return workbook.get_sheet_by_index(int(sheet) - 1)
    raise SHEET_UNKNOWN(file=file.name, sheet=sheet, sheets=", ".join(names), near=did_you_mean(sheet, names))


def _rows(sheet: CalamineSheet) -> Iterator[Row]:
    """The rows that hold something, under the numbers that the program shows."""
    start = sheet.start
    if start is None:
        return iter(())
    numbered = enumerate(sheet.iter_rows(), start=start[0] + 1)
    return with_some_value((number, [_text(cell) for cell in cells]) for number, cells in numbered)


def _text(cell: Cell) -> str | None:
    """A value as text that is read as the same value again."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < _EXACT else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ", "seconds")
    return str(cell) or None


def _notes(workbook: CalamineWorkbook, chosen: CalamineSheet, above: Sequence[Row], header_row: int) -> Iterator[Text]:
    others = [name for name in workbook.sheet_names if name != chosen.name]
    if others:
        yield SHEET_READ.format(sheet=chosen.name, others=", ".join(others))
    if above:
        yield SHEET_PREAMBLE.format(rows=len(above), row=header_row)


def _as_csv(cells: Sequence[str | None]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cell or "" for cell in cells)
    return line.getvalue()
