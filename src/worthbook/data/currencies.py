"""Amounts in other currencies: brought into the currency of the book by its exchange rates, or rejected without one.

Amounts of two currencies are never added. A rate holds from its day on until the next; the column `currency` keeps what
was paid in. Where nobody has said what currency the book has, it is that of the rows that it holds, or of most lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from worthbook.data.book import Book
from worthbook.data.feeds import RATE
from worthbook.data.fields import fields_of
from worthbook.data.judged import JUDGED, Part, mark, show_rated
from worthbook.data.ledger import list_sql
from worthbook.data.recognition import Recognition
from worthbook.data.upsert import rows_there
from worthbook.data.verdict import ACCEPTED, RATE_MISSING, Reason
from worthbook.definitions.mapping import Feed
from worthbook.definitions.table import TableDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.units import Unit

CURRENCY = "currency"
RATES = "exchange_rates"
CONVERTED = Text(
    en="Amounts in {currencies} were brought into {base} by the exchange rates of the book; lines: {lines}.",
    zh="{currencies} 金额已按账簿汇率折算为 {base}，共 {lines} 行。",
)
BASE_SUPPOSED = Text(
    en="Assumption: the book is kept in {base}, as most of its lines are; another goes into `currency` in book.toml.",
    zh="假设：账簿以 {base} 记账（多数行采用该币种）；如非如此，请在 book.toml 的 currency 中填写。",
)
RATES_WANTED = Text(
    en="To use the lines without an exchange rate: import a file with the columns currency, valid_from and rate (what "
    "one unit is in {base}), then export the rejected lines and import that file.",
    zh="如需使用缺少汇率的行：先导入含 currency、valid_from、rate（1 单位外币折合 {base}）三列的汇率表，"
    "再导出被拒行并重新导入。",
)


@dataclass(frozen=True)
class Converted:
    """What was found of other currencies."""

    reasons: tuple[Reason, ...]
    """All reasons, with the one for lines without a rate at the end."""
    notes: tuple[Text, ...] = ()
    rated: bool = False
    """Whether the judged lines have a column of rates."""


@dataclass(frozen=True)
class Currencies:
    """The currencies of the judged lines of one import."""

    connection: duckdb.DuckDBPyConnection
    book: Book
    recognition: Recognition
    tables: Mapping[str, TableDefinition]
    parts: Sequence[Part]
    """The tables of the judged lines."""

    def convert(self, reasons: tuple[Reason, ...]) -> Converted:
        """Find the rate of each line in another currency, and reject those without one."""
        feed = next((each for each in self.recognition.mapping.feeds if self._is_priced(each)), None)
        if feed is None:
            return Converted(reasons)
        fields = fields_of(self.recognition)
        currency = f"upper(trim({fields.value(feed.columns[CURRENCY])}))"
        found = self.connection.execute(
            f"SELECT {currency} AS currency, count(*) FROM {JUDGED} WHERE verdict = {ACCEPTED} "
            f"AND {currency} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"
        ).fetchall()
        counted = {name: lines for name, lines in found if name}
        if not counted:
            return Converted(reasons)
        base = self._base(feed.table) or next(iter(counted), "")
        others = [name for name in counted if name != base]
        if not others:
            return Converted(reasons)
        day = fields.value(feed.columns[self.tables[feed.table].time or ""])
        self._rate(currency, day, others)
        return self._judged(reasons, feed, base, currency, others)

    def _is_priced(self, feed: Feed) -> bool:
        table = self.tables[feed.table]
        money = any(table.columns[name].unit is Unit.MONEY for name in feed.columns)
        return money and feed.each is None and CURRENCY in feed.columns and table.time in feed.columns

    def _base(self, table: str) -> str:
        """The currency of the book; where nobody has said it, that of the rows that are there."""
        if self.book.currency:
            return self.book.currency.upper()
        there = self.book.files_of(self.book.history(), table)
        if there is None or not there.files:
            return ""
        rows = rows_there(self.connection, self.tables[table], there)
        ((found,),) = self.connection.execute(f"SELECT upper(mode({CURRENCY})) FROM ({rows})").fetchall()
        return str(found or "")

    def _rate(self, currency: str, day: str, others: list[str]) -> None:
        """The judged lines with a rate each: 1 in the currency of the book, unknown where the book has none."""
        there = self.book.files_of(self.book.history(), RATES)
        rates = "SELECT '' AS currency, DATE '0001-01-01' AS valid_from, 1.0 AS rate WHERE FALSE"
        if there is not None and there.files and RATES in self.tables:
            newest = "row_number() OVER (PARTITION BY currency, valid_from ORDER BY import_id DESC) = 1"
            rows = rows_there(self.connection, self.tables[RATES], there)
            rates = f"SELECT upper(currency) AS currency, valid_from, rate FROM ({rows}) QUALIFY {newest}"
        self.connection.execute(
            f"CREATE TABLE rates AS SELECT line, r.rate FROM (SELECT line, {currency} AS currency, "
            f"CAST({day} AS DATE) AS day FROM {JUDGED}) AS j ASOF LEFT JOIN ({rates}) AS r "
            f"ON j.currency = r.currency AND j.day >= r.valid_from WHERE list_contains({list_sql(others)}, j.currency)"
        )
        show_rated(self.connection, "rates", RATE)

    def _judged(
        self, reasons: tuple[Reason, ...], feed: Feed, base: str, currency: str, others: list[str]
    ) -> Converted:
        sentence = Text(
            en=RATE_MISSING.en.replace("{base}", base or "?"), zh=RATE_MISSING.zh.replace("{base}", base or "?")
        )
        column = self.recognition.fields.get(feed.columns[CURRENCY])
        unrated = "line IN (SELECT line FROM rates WHERE rate IS NULL)"
        longer = (*reasons, Reason("exchange-rate-missing", unrated, sentence, column))
        mark(self.connection, self.parts, unrated, len(longer))
        ((lines, named, lacking),) = self.connection.execute(
            f"SELECT count(*) FILTER (used), string_agg(DISTINCT {currency}, ', ' ORDER BY {currency}) FILTER (used), "
            f"count(*) FILTER (verdict = {len(longer)}) FROM (SELECT *, verdict = {ACCEPTED} AS used FROM {JUDGED}) "
            f"WHERE list_contains({list_sql(others)}, {currency})"
        ).fetchall()
        notes = [] if self.book.currency else [BASE_SUPPOSED.format(base=base)]
        notes += [CONVERTED.format(currencies=named, base=base, lines=lines)] if lines else []
        notes += [RATES_WANTED.format(base=base)] if lacking else []
        return Converted(longer, tuple(notes), rated=True)
