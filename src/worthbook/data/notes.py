"""What there is to say of an import beside its counts: what was left out and why, and what looks odd."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import duckdb

from worthbook.data.fields import fields_of
from worthbook.data.judge import numbered
from worthbook.data.judged import JUDGED
from worthbook.data.recognition import Recognition
from worthbook.data.source import LINES, Refused, Source
from worthbook.data.verdict import ACCEPTED, MALFORMED, PARSER_REASONS, Reason
from worthbook.kernel.language import Text

SKIPPED = Text(
    en="Lines skipped: {lines}, the first is line {line}: {because}.",
    zh="跳过 {lines} 行，首行为第 {line} 行：{because}。",
)
REJECTED = Text(
    en="Lines rejected: {lines}, the first is line {line}: {sentence}",
    zh="拒绝 {lines} 行，首行为第 {line} 行：{sentence}",
)
IDENTICAL = Text(
    en="Lines that repeat an earlier line in every column: {lines}; each was kept as a purchase of its own.",
    zh="有 {lines} 行与之前的某行完全相同，均作为单独的购买保留。",
)
EXTREME = Text(
    en="The amount {amount} in line {line} is {times} times the median amount; check it.",
    zh="第 {line} 行的金额 {amount} 是金额中位数的 {times} 倍，请核实。",
)
TOTALS_REPEATED = Text(
    en="In all {orders} orders of several lines that were looked at, each line has the same amount. If that is the "
    "total of the order, it counts once a line; `carry_down` in a mapping divides it (docs/importing.md).",
    zh="所查看的 {orders} 张多行订单中，每张订单各行的金额都相同。如该金额是整单合计，现在会按行重复计入；"
    "可在映射中用 carry_down 分摊（见 docs/importing.md）。",
)
FIRST_LINES_ONLY = Text(
    en="Of the rejected lines, {lines} have the number of an order that other lines tell more of. If what concerns the "
    "order stands on its first line only, `carry_down` in a mapping reads it (docs/importing.md).",
    zh="被拒的行中有 {lines} 行的订单号在其他行出现过，且那些行信息完整。如订单信息只写在首行，"
    "可在映射中用 carry_down 读取（见 docs/importing.md）。",
)

_LINES_OF_ORDERS = "transactions"
"""The table in which two rows may be alike."""
_EXTREME = 10_000
"""Amounts so many times the median are said to be odd; even a wholesaler's largest order is below."""
_LOOKED_AT = 100_000
"""Orders are looked at on so many lines: a habit of the program that wrote them shows in few."""
_ORDERS = 3
"""Fewer orders of several lines show no habit."""
_MEDIAN_OF = 1_000_000
"""The median is taken of about so many lines, evenly spread: it must be held in memory."""


@dataclass(frozen=True)
class Counts:
    """What became of the lines."""

    accepted: int
    rejected: int
    skipped: int


@dataclass(frozen=True)
class Notes:
    """Asks the judged lines of the import that goes on in a connection."""

    connection: duckdb.DuckDBPyConnection
    source: Source
    recognition: Recognition
    reasons: tuple[Reason, ...]
    refused: Sequence[Refused]
    """Lines that the parser could not divide into columns."""

    @cached_property
    def counts(self) -> Counts:
        """How many lines were accepted, rejected and skipped."""
        ((accepted, rejected, skipped),) = self.connection.execute(
            f"SELECT count(*) FILTER (verdict = {ACCEPTED}), count(*) FILTER (verdict > {ACCEPTED}), "
            f"count(*) FILTER (verdict < {ACCEPTED}) FROM {JUDGED}",
        ).fetchall()
        return Counts(accepted, rejected + len(self.refused), skipped)

    def said(self) -> tuple[Text, ...]:
        """Everything there is to say."""
        return (*self.left_out(), *self.of_orders(), *self._identical(), *self._extreme())

    def left_out(self) -> Iterator[Text]:
        """For each reason: how many lines, and the first of them."""
        rows = self.connection.execute(
            f"SELECT verdict, count(*), min(line) FROM {JUDGED} WHERE verdict <> {ACCEPTED} GROUP BY 1 ORDER BY 3",
        ).fetchall()
        by_number = {number: reason for reason, number in numbered(self.reasons)}
        for number, lines, line in rows:
            reason = by_number[number]
            if reason.is_skip:
                yield SKIPPED.format(lines=lines, line=line, because=reason.sentence)
            else:
                yield REJECTED.format(lines=lines, line=line, sentence=self._sentence(reason, line))
        for kind in dict.fromkeys(each.reason for each in self.refused):
            found = [each.line for each in self.refused if each.reason == kind]
            _, sentence = PARSER_REASONS.get(kind, MALFORMED)
            yield REJECTED.format(lines=len(found), line=found[0], sentence=sentence)

    def _sentence(self, reason: Reason, line: int) -> Text:
        if reason.column is None:
            return reason.sentence
        query = f"SELECT CAST({reason.column.sql} AS VARCHAR) FROM {LINES} WHERE line = ?"
        ((value,),) = self.connection.execute(query, [line]).fetchall()
        return Text(
            en=reason.sentence.en.replace("{value}", value or ""), zh=reason.sentence.zh.replace("{value}", value or "")
        )

    def of_orders(self) -> Iterator[Text]:
        """What may hold for an order as a whole, where the mapping takes each line by itself."""
        mapping, feed = self.recognition.mapping, self.recognition.mapping.feeds[0]
        order, amount = feed.columns.get("order_id"), feed.columns.get("amount")
        if feed.table != _LINES_OF_ORDERS or mapping.carry_down is not None or order is None or amount is None:
            return
        fields = fields_of(self.recognition)
        lines = f"SELECT {fields.value(order)} AS number, {fields.value(amount)} AS amount, verdict FROM {JUDGED}"
        lines += f" WHERE line <= {_LOOKED_AT} AND number IS NOT NULL"
        ((several, alike),) = self.connection.execute(
            f"SELECT count(*), count(*) FILTER (low = high AND low <> 0) FROM (SELECT min(amount) AS low, "
            f"max(amount) AS high FROM ({lines}) WHERE verdict = {ACCEPTED} GROUP BY number HAVING count(*) > 1)"
        ).fetchall()
        if several == alike >= _ORDERS:
            yield TOTALS_REPEATED.format(orders=several)
        missing = [number for reason, number in numbered(self.reasons) if reason.slug == "value-missing"]
        told = f"SELECT number FROM ({lines}) WHERE verdict = {ACCEPTED}"
        ((rejected,),) = self.connection.execute(
            f"SELECT count(*) FROM ({lines}) WHERE list_contains({missing}::INTEGER[], verdict) AND number IN ({told})"
        ).fetchall()
        if rejected:
            yield FIRST_LINES_ONLY.format(lines=rejected)

    def _identical(self) -> Iterator[Text]:
        mapping = self.recognition.mapping
        if mapping.identical_lines == "reject" or all(feed.table != _LINES_OF_ORDERS for feed in mapping.feeds):
            return
        columns = ", ".join(column.sql for column in self.source.columns)
        counted = self.counts
        whole = not (counted.rejected or counted.skipped)
        accepted = LINES if whole else f"{LINES} JOIN {JUDGED} USING (line) WHERE verdict = {ACCEPTED}"
        ((repeated,),) = self.connection.execute(
            # a GROUP BY goes on on disk where memory is short; a count of distinct values does not
            f"SELECT coalesce(sum(times - 1), 0)::BIGINT FROM (SELECT count(*) AS times FROM {accepted} "
            f"GROUP BY hash({columns}))",
        ).fetchall()
        if repeated:
            yield IDENTICAL.format(lines=repeated)

    def _extreme(self) -> Iterator[Text]:
        """An amount that is out of all proportion."""
        feed = self.recognition.mapping.feeds[0]
        formula = feed.columns.get("amount")
        if formula is None or feed.each is not None:
            return
        size = f"abs(CAST({fields_of(self.recognition).value(formula)} AS DOUBLE))"
        every = 1 + self.counts.accepted // _MEDIAN_OF
        ((median, largest, line),) = self.connection.execute(
            f"SELECT median(size) FILTER (size > 0 AND line % {every} = 0), max(size), arg_max(line, size) "
            f"FROM (SELECT line, {size} AS size FROM {JUDGED} WHERE verdict = {ACCEPTED})",
        ).fetchall()
        if median and largest >= _EXTREME * median:
            times = f"{cast('float', largest) / cast('float', median):,.0f}"
            yield EXTREME.format(amount=f"{largest:,.2f}", line=line, times=times)
