"""The customers of a segment as a list: the first of them on a screen, or all in a file with what to do."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from worthbook.data.chosen import Customers, largest_first
from worthbook.data.columns import count, derive
from worthbook.data.engine import Sheet
from worthbook.data.lists import top_rows, write_list
from worthbook.definitions.framework import FrameworkDefinition
from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Language, Text
from worthbook.kernel.result import ColumnMeta, Finding, Table, TableColumn
from worthbook.kernel.units import Unit, Value
from worthbook.planning.worth import VALUE_COLUMN
from worthbook.reporting.customer_list import write_list_workbook
from worthbook.scoring.bands import Formulas, literal
from worthbook.services.find_book import find_book
from worthbook.services.known_customer import shown
from worthbook.services.open_book import OpenBook, open_book
from worthbook.services.segment_answer import SegmentAnswer, heading
from worthbook.services.segment_count import told
from worthbook.services.segment_who import Who, columns_of, customers_for, framework_of, read_who

FORMAT_UNKNOWN = Fault(
    "segment-export-format",
    what=Text(en="'{name}' is no file that a list can be written to.", zh="无法将名单写入“{name}”。"),
    hint=Text(en="End it in .csv, .xlsx or .parquet.", zh="文件名请以 .csv、.xlsx 或 .parquet 结尾。"),
)
TOO_LONG = Fault(
    "segment-export-too-long",
    what=Text(en="A workbook cannot hold {count} customers.", zh="工作簿无法容纳 {count} 位客户。"),
    hint=Text(en="Write a .csv or .parquet.", zh="请改用 .csv 或 .parquet。"),
)

MOST_IN_WORKBOOK = 200_000
"""Rows that Excel still opens without a pause; it cannot hold more than 1 048 575."""

_WRITTEN = Text(en="{count} customers in {file}.", zh="已将{count}位客户写入 {file}。")
_LIST = Text(en="The first {count} by value", zh="价值最高的{count}位")
_CELLS = Text(en="What to do in each group of {framework}", zh="{framework}各组的对策")
_WORDS = (
    ("strategy", Text(en="Strategy", zh="策略")),
    ("service_level", Text(en="Service level", zh="服务标准")),
    ("next_action", Text(en="Next action", zh="下一步")),
)
_CUSTOMER = heading("customer_id", Unit.ID, "Customer", "客户编号")


def file_for(text: str) -> Path:
    """Where a list is written if nothing is said: after the name of what was asked.

    >>> file_for("customer_pyramid.vip").name, file_for("revenue_12m > 500").name
    ('customer_pyramid-vip.csv', 'customers.csv')
    """
    named = re.fullmatch(r"[a-z0-9_.]+", text)
    return Path(f"{text.replace('.', '-')}.csv" if named else "customers.csv")


@dataclass(frozen=True)
class Wish:
    """What a list is to hold beside the customers and their value."""

    columns: tuple[str, ...] = ()
    framework: str | None = None
    """Whose cell, with its strategy, stands beside each customer."""
    language: Language = "en"
    bom: bool = True
    show_personal: bool = False


def list_customers(
    book: Path | None, text: str, as_of: str | None = None, *, most: int = 20, show_personal: bool = False
) -> SegmentAnswer:
    """The customers of most value, with the columns that the condition reads.

    Raises:
        WorthbookError: what `read_who` and `customers_for` raise.
    """
    with open_book(find_book(book)) as opened:
        who = read_who(opened.catalogue, text)
        names = tuple(dict.fromkeys([VALUE_COLUMN, *columns_of(opened.catalogue, who)]))
        customers = customers_for(opened, [who], as_of, names)
        with tempfile.TemporaryDirectory(prefix="worthbook-") as folder:
            sheet = customers.chosen(who.condition, names, Path(folder))
            rows = top_rows(opened.engine, [sheet], names, VALUE_COLUMN, most)
        ids = [str(row[0]) for row in rows]
        said = ids if show_personal else shown(opened, ids)
        metas = [opened.catalogue.meta(name) for name in names]
        columns = (_CUSTOMER, *(TableColumn(meta.name, meta.title, meta.unit) for meta in metas))
        lines = tuple((name, *_titled(row[1:], metas)) for name, row in zip(said, rows, strict=True))
        table = Table("customers", _LIST.format(count=len(lines)), columns, lines)
        return SegmentAnswer(
            who.title, customers.as_of, opened.book.currency, told(opened, who, customers), (table,) if lines else ()
        )


def export_customers(
    book: Path | None, text: str, to: Path, as_of: str | None = None, wish: Wish = Wish()
) -> SegmentAnswer:
    """Write all customers for whom it holds to a file, those of most value first.

    A CSV or Parquet holds, beside each customer, the strategy, service level and next action; a workbook has a sheet
    for them. Who cannot be decided is not in the list, which is said.

    Raises:
        WorthbookError: segment-export-format, segment-export-too-long; what `read_who` and `customers_for` raise.
    """
    if to.suffix not in {".csv", ".xlsx", ".parquet"}:
        raise FORMAT_UNKNOWN(name=to.name)
    with open_book(find_book(book)) as opened:
        who = read_who(opened.catalogue, text)
        framework = None if wish.framework is None else framework_of(opened.catalogue, wish.framework)
        asked = [*columns_of(opened.catalogue, who), *wish.columns, *([] if framework is None else [framework.name])]
        names = tuple(dict.fromkeys([VALUE_COLUMN, *asked]))
        customers = customers_for(opened, [who], as_of, names)
        with tempfile.TemporaryDirectory(prefix="worthbook-") as folder:
            written = _write(opened, customers, who, framework, names, to, wish, Path(folder))
        done = Finding(_WRITTEN.format(count=f"{written:,}", file=to))
        findings = (done, *told(opened, who, customers))
        return SegmentAnswer(
            who.title, customers.as_of, opened.book.currency, findings, facts={"customers": written, "file": str(to)}
        )


def _write(  # noqa: PLR0913, PLR0917 - what of whom, and where to
    opened: OpenBook,
    customers: Customers,
    who: Who,
    framework: FrameworkDefinition | None,
    names: tuple[str, ...],
    to: Path,
    wish: Wish,
    desk: Path,
) -> int:
    """Write the list; how many customers are in it."""
    engine = opened.engine
    sheet = customers.chosen(who.condition, names, desk)
    salt = None if wish.show_personal else opened.book.salt
    if to.suffix == ".xlsx":
        _write_workbook(opened, _ordered(opened, [sheet], names, salt, desk), who, framework, to, wish.language)
        return count(engine, sheet)
    formulas = {**_own_words(who, wish.language), **_cell_words(framework, wish.language)}
    sheets = [sheet]
    if formulas:
        (desk / "words").mkdir()
        sheets.append(derive(engine, [sheet], formulas, customers.as_of, customers.settings, desk / "words"))
    ordered = _ordered(opened, sheets, (*names, *formulas), salt, desk)
    return write_list(engine, [ordered], ordered.columns, to, bom=wish.bom)


def _ordered(opened: OpenBook, sheets: Sequence[Sheet], names: Sequence[str], salt: str | None, desk: Path) -> Sheet:
    """One part with ids as others may see them, the largest value first."""
    whole = desk / "whole.parquet"
    write_list(opened.engine, sheets, names, whole, salt=salt)
    masked = Sheet((str(whole),), tuple(names))
    return largest_first(opened.engine, masked, VALUE_COLUMN, desk / "ordered.parquet")


def _write_workbook(  # noqa: PLR0913, PLR0917 - what of whom, and where to
    opened: OpenBook, sheet: Sheet, who: Who, framework: FrameworkDefinition | None, to: Path, language: Language
) -> None:
    held = count(opened.engine, sheet)
    if held > MOST_IN_WORKBOOK:
        raise TOO_LONG(count=f"{held:,}")
    metas = [opened.catalogue.meta(name) for name in sheet.columns]
    rows = top_rows(opened.engine, [sheet], sheet.columns, VALUE_COLUMN, held)
    tables = () if framework is None else (_cells(framework),)
    write_list_workbook(to, who.title, (*who.meaning, *who.words), tables, metas, rows, language)


def _own_words(who: Who, language: Language) -> Formulas:
    """What to do with the segment, the same for each customer."""
    said = who.definition or who.cell
    words = {key: getattr(said, key) for key, _ in _WORDS if getattr(said, key, None) is not None}
    return {key: (literal(text.say(language)), Unit.TEXT) for key, text in words.items()}


def _cell_words(framework: FrameworkDefinition | None, language: Language) -> Formulas:
    """What to do with each customer by its cell."""
    if framework is None:
        return {}
    made: dict[str, tuple[str, Unit]] = {}
    for key, _ in _WORDS:
        texts: Mapping[str, Text | None] = {cell.key: getattr(cell, key) for cell in framework.cells}
        cases = [
            f"when {framework.name} = {literal(cell)} then {literal(text.say(language))}"
            for cell, text in texts.items()
            if text is not None
        ]
        if cases:
            made[f"{framework.name}__{key}"] = (f"case {' '.join(cases)} end", Unit.TEXT)
    return made


def _cells(framework: FrameworkDefinition) -> Table:
    rows = tuple((cell.title, *(getattr(cell, key) for key, _ in _WORDS)) for cell in framework.cells)
    columns = (
        heading("cell", Unit.TEXT, "Group", "分组"),
        *(TableColumn(key, title, Unit.TEXT) for key, title in _WORDS),
    )
    return Table("cells", _CELLS.format(framework=framework.title), columns, rows)


def _titled(values: Sequence[Value], metas: Sequence[ColumnMeta]) -> list[Value | Text]:
    """Labels by their titles."""
    return [meta.labels.get(str(value), value) for value, meta in zip(values, metas, strict=True)]
