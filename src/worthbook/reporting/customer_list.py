"""A list of some customers as a workbook: who they are, and what to do with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from worthbook.kernel.language import Language, Text
from worthbook.kernel.result import ColumnMeta, Table
from worthbook.kernel.units import Unit, Value
from worthbook.kernel.whole import replacing
from worthbook.reporting.cells import Styles
from worthbook.reporting.leaf import Heading, Leaf, sheet_name
from worthbook.reporting.workbook import SETTINGS, write_customers

_CUSTOMERS = Text(en="Customers", zh="客户")
_TO_DO = Text(en="What to do", zh="对策")


def write_list_workbook(  # noqa: PLR0913, PLR0917 - what is written, for whom, and where to
    path: Path,
    title: Text,
    words: Sequence[tuple[Text, Text]],
    tables: Sequence[Table],
    columns: Sequence[ColumnMeta],
    rows: Iterable[tuple[Value, ...]],
    language: Language,
) -> None:
    """Write two sheets: the customers, and what the list means with what to do; whole or not at all.

    Args:
        path: the `.xlsx` to write.
        title: of the list.
        words: label and text, such as the strategy.
        tables: further ones, such as the cells of a framework with their strategies.
        columns: what the customers' values mean, after the customer id.
        rows: the customers: id and values of each.
        language: of titles and sentences.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415 - loaded only where a workbook is written

    with replacing(path) as place, Workbook(str(place), SETTINGS) as book:
        styles, taken = Styles.of(book), set[str]()

        def leaf(name: Text) -> Leaf:
            return Leaf(book.add_worksheet(sheet_name(name.say(language), taken)), styles, language)

        write_customers(leaf(_CUSTOMERS), columns, rows)
        to_do = leaf(_TO_DO)
        to_do.widths(22, 70, 40, 40)
        to_do.title(title)
        for label, text in words:
            to_do.words(label, text)
        for table in tables:
            to_do.gap()
            to_do.strong(table.title)
            to_do.headings([Heading(column.title, column.unit) for column in table.columns])
            for row in table.rows:
                to_do.row(row, [Unit.TEXT] * len(row))
