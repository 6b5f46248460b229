"""Lists of customers that come as files: which column holds the ids, and who on them is not a customer."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlglot import exp

from worthbook.data.engine import Engine, Sheet, Snapshot
from worthbook.data.opening import open_source
from worthbook.data.relations import Relations, all_files
from worthbook.data.sheets import CUSTOMER, Sheets, quoted
from worthbook.data.typed import call, column
from worthbook.definitions.mapping import MappingDefinition, header_key
from worthbook.definitions.segment import LISTS
from worthbook.definitions.table import TableDefinition
from worthbook.kernel.errors import Fault, Place
from worthbook.kernel.language import Text

IDS_NOT_FOUND = Fault(
    "list-ids-not-found",
    what=Text(en="No column of {file} is known to hold customer ids.", zh="无法判断 {file} 中哪一列是客户编号。"),
    hint=Text(
        en="Name it with --column, or put `customer_id` above it. Columns found: {columns}.",
        zh="请用 --column 指定，或把该列表头改为 `customer_id`。文件中的列：{columns}。",
    ),
)

_EXAMPLES = 5


def id_column(file: Path, mappings: Mapping[str, MappingDefinition]) -> str:
    """The header of the column of customer ids: the only one, or one that some layout knows.

    Raises:
        WorthbookError: list-ids-not-found, or what is wrong with the file.
    """
    with tempfile.TemporaryDirectory(prefix="worthbook-") as folder:
        headers = [each.header for each in open_source(file, Path(folder)).columns]
    known = _names(mappings)
    found = [header for header in headers if header_key(header) in known]
    if found or len(headers) == 1:
        return found[0] if found else headers[0]
    raise IDS_NOT_FOUND(Place(str(file)), file=file.name, columns=", ".join(headers))


def _names(mappings: Mapping[str, MappingDefinition]) -> Collection[str]:
    """The headers under which any layout finds customers."""
    fields = (
        each.fields[feed.columns[CUSTOMER]]
        for each in mappings.values()
        for feed in each.feeds
        if feed.columns.get(CUSTOMER) in each.fields
    )
    return {header_key(name) for field in fields for name in field.names}


@dataclass(frozen=True)
class Membership:
    """How many are on a list, and how many of them are not among the customers."""

    listed: int
    strangers: int
    examples: tuple[str, ...]


def membership(  # noqa: PLR0913, PLR0917 - a book, its customers, a list, and a date
    engine: Engine,
    snapshot: Snapshot,
    tables: Mapping[str, TableDefinition],
    customers: Sheet,
    name: str,
    as_of: dt.date,
) -> Membership:
    """Hold a list against the customers."""
    files = all_files(snapshot)
    rows = Relations(tables, snapshot, as_of, frozenset(files)).relation(LISTS, {CUSTOMER, "list_name"})
    everyone, parts = Sheets((customers,)).whole([])
    this = exp.EQ(this=column("list_name"), expression=exp.Literal.string(name))
    listed = exp.select(column(CUSTOMER)).distinct().from_(rows.subquery(alias=quoted(LISTS))).where(this)
    ids = exp.select(column(CUSTOMER)).from_(everyone)
    strange = exp.Not(this=exp.In(this=column(CUSTOMER), query=ids.subquery()))
    both = {**files, **parts}
    ((count,),) = engine.rows(exp.select(call("COUNT", exp.Star())).from_(listed.subquery(alias="listed")), both)
    query = exp.select(column(CUSTOMER)).from_(listed.subquery(alias="listed")).where(strange)
    ((strangers,),) = engine.rows(exp.select(call("COUNT", exp.Star())).from_(query.subquery(alias="strangers")), both)
    some = engine.rows(query.order_by(exp.Ordered(this=column(CUSTOMER))).limit(_EXAMPLES), both)
    return Membership(int(str(count)), int(str(strangers)), tuple(str(each) for (each,) in some))
