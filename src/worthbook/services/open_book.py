"""Open a book: the one place that brings store, engine and catalogue together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from worthbook.data import engines
from worthbook.data.book import Book
from worthbook.data.engine import Engine, Snapshot
from worthbook.data.extent import Extent, extent
from worthbook.data.history import ImportRecord
from worthbook.data.placements import PLACEMENTS, read_placements
from worthbook.kernel.errors import Fault, Place, did_you_mean
from worthbook.kernel.language import Text
from worthbook.kernel.period import parse_date
from worthbook.planning.index import Catalogue, read_catalogue
from worthbook.planning.make import make
from worthbook.planning.placed import with_placements
from worthbook.planning.resolve import resolve
from worthbook.planning.run import Workbench
from worthbook.planning.store import KeptRun, Store
from worthbook.services.column import Column

TRANSACTIONS = "transactions"

BOOK_EMPTY = Fault(
    "book-empty",
    what=Text(en="The book {book} holds no transactions.", zh="账簿 {book} 中没有交易记录。"),
    hint=Text(
        en="Import a file of orders: worthbook evaluate orders.csv --book {book}",
        zh="请先导入订单文件：worthbook evaluate orders.csv --book {book}",
    ),
)
BEFORE_HISTORY = Fault(
    "as-of-before-history",
    what=Text(
        en="Nothing is known yet on {as_of}: the first transaction is of {first}.",
        zh="{as_of} 时尚无任何数据：首笔交易发生于 {first}。",
    ),
    hint=Text(en="Choose a date from {first} to {last}.", zh="请选择 {first} 至 {last} 之间的日期。"),
)


POPULATION_UNKNOWN = Fault(
    "population-unknown",
    what=Text(en="There is no population '{name}'.", zh="没有名为“{name}”的客户总体。"),
    hint=Text(
        en="`worthbook list populations` shows all. {near}", zh="可用 `worthbook list populations` 查看全部。{near}"
    ),
)


@dataclass(frozen=True)
class OpenBook:
    """A book with its engine and catalogue; use it in a `with` block or close it."""

    book: Book
    catalogue: Catalogue
    engine: Engine
    desk: Path | None = None
    """A folder in which everything is made that the book does not hold, where nothing may be kept in the book."""

    @cached_property
    def store(self) -> Store:
        """Where evaluations are kept."""
        kept = Store(self.book.runs_folder)
        return kept if self.desk is None else Store(self.desk, kept)

    @cached_property
    def snapshot(self) -> Snapshot:
        """The tables as they were when first asked for; everything done with this object sees the same rows."""
        return self.book.snapshot()

    @cached_property
    def imports(self) -> tuple[ImportRecord, ...]:
        """Every import, as it stood when first asked for."""
        return self.book.imports()

    @cached_property
    def extent(self) -> Extent:
        """First and last day of the transactions.

        Raises:
            WorthbookError: `book-empty`.
        """
        found = extent(self.engine, self.snapshot, self.catalogue.tables[TRANSACTIONS])
        if found is None:
            raise BOOK_EMPTY(book=self.book.folder.name)
        return found

    def day(self, as_of: dt.date | str | None) -> dt.date:
        """The date of an evaluation: the one given, or the last day of the transactions.

        Raises:
            WorthbookError: `as-of-before-history`, `date-unreadable`, `book-empty`.
        """
        if as_of is None:
            return self.extent.last
        day = parse_date(as_of) if isinstance(as_of, str) else as_of
        if day < self.extent.first:
            raise BEFORE_HISTORY(as_of=day, first=self.extent.first, last=self.extent.last)
        return day

    def make(self, names: Iterable[str], *, as_of: dt.date) -> Workbench:
        """Make columns, or find them where they are kept."""
        plan = resolve(self.catalogue, self.snapshot, names, as_of)
        return make(self.engine, self.catalogue, self.snapshot, self.store, plan)

    def column(self, name: str, *, as_of: dt.date | str | None = None) -> Column:
        """One column as at a date, by default the last day of the transactions.

        Raises:
            WorthbookError: `name-unknown`, `as-of-before-history`, `book-empty`.
        """
        day = self.day(as_of)
        bench = self.make([name], as_of=day)
        provenance = bench.plan.provenance[name]
        return Column(self.catalogue.meta(name), day, provenance, self.book.currency, self.engine, bench.sheets[name])

    def newest_run(self, column: str, as_of: dt.date | str | None = None) -> KeptRun | None:
        """The kept evaluation of the latest date that holds a column, of one date or of any; the last made of them."""
        day = "" if as_of is None else str(as_of)
        by_date = sorted(self.store.run_ids(), key=lambda run_id: run_id[:10])
        for run_id in reversed(by_date):
            if run_id.startswith(day):
                run = self.store.find_run(run_id)
                if run is not None and any(column in sheet.columns for sheet in run.sheets):
                    return run
        return None

    def close(self) -> None:
        """Give the engine's memory back."""
        self.engine.close()

    def __enter__(self) -> Self:
        """The open book itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()


def open_book(folder: Path | str) -> OpenBook:
    """Open the book in a folder.

    Raises:
        WorthbookError: If there is no book, or its own definitions have problems: all of them; `population-unknown`.
    """
    book = Book.open(Path(folder))
    catalogue = read_catalogue(book.definitions_folder)
    if book.population not in catalogue.populations:
        near = did_you_mean(book.population, catalogue.populations)
        raise POPULATION_UNKNOWN(Place(str(book.folder / "book.toml")), name=book.population, near=near)
    opened = OpenBook(book, catalogue, engines.start(book.engine))
    return _with_placements(opened) if book.table(PLACEMENTS).exists else opened


def _with_placements(opened: OpenBook) -> OpenBook:
    """The same book, with what people chose before what its frameworks say."""
    placements = read_placements(opened.engine, opened.book.snapshot(), opened.catalogue.tables)
    return replace(opened, catalogue=with_placements(opened.catalogue, {each.framework for each in placements}))
