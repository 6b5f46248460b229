"""Who would move next in tiers: what is missing to rise or to stay by the next review, and to spare above a limit.

What will leave a window until then is known already: the column is worked out as at that day from what the book holds,
as if nothing more came.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from worthbook.data import columns
from worthbook.data.engine import Sheet
from worthbook.data.lists import top_rows
from worthbook.data.rows import customer_rows
from worthbook.definitions.measure import MeasureDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.units import Unit, Value
from worthbook.planning.lay import thresholds_of
from worthbook.planning.run import Workbench
from worthbook.scoring import nearness
from worthbook.scoring.bands import Number, Thresholds, band_index, comparable, known
from worthbook.scoring.change import amount_shown, minus, shown
from worthbook.scoring.memory import lowered
from worthbook.services.near_found import Near, Nearby
from worthbook.services.open_book import OpenBook

_RISES = Text(
    en="{amount} more by {by} leads to {cell}.{leaves}", zh="截至 {by} 再增加{amount}，即可升为“{cell}”。{leaves}"
)
_KEEPS = Text(
    en="{amount} more by {by} keeps {cell}; without it, {other}.{leaves}",
    zh="截至 {by} 再增加{amount}，可保住“{cell}”，否则降为“{other}”。{leaves}",
)
_SPARE = Text(
    en="{amount} more than {cell} needs by {by}.{leaves}", zh="截至 {by}，比“{cell}”所需高出{amount}。{leaves}"
)
_EXACTLY = Text(en="Exactly what {cell} needs by {by}.{leaves}", zh="截至 {by}，恰好达到“{cell}”所需。{leaves}")
_LEAVES = Text(
    en=" Of {now} today, {gone} leaves the window by then{days}.",
    zh="目前的{now}中，{gone}将在此前移出统计窗口{days}。",
)
_DAYS = Text(en=" (of {days})", zh="（{days}）")
_AND_MORE = Text(en="{days} and {count} more", zh="{days}等，另有{count}天")
_NO_WORDS = Text(en="", zh="")

_THEN, _RISE, _KEEP, _FALL = "value_then", "near_rise", "near_keep", "near_fall"
_SHOWN_DAYS = 3


def near_tiers(opened: OpenBook, bench: Workbench, near: Near, customers: int) -> Near:
    """The same answer with who rises, who falls, and who is closest to falling of all others.

    Args:
        opened: the book.
        bench: the framework's columns as at the day.
        near: the framework and its days.
        customers: how many to show of each.
    """
    return _Tiers(opened, bench, near).found(customers)


@dataclass(frozen=True)
class _Tiers:
    opened: OpenBook
    bench: Workbench
    near: Near

    @property
    def _standing(self) -> str:
        """The column of the tier that the framework itself gives, whoever was placed by hand."""
        framework = self.near.framework
        return framework.computed if framework.stability is None else framework.held

    @property
    def _column(self) -> str:
        """What the tiers are cut from."""
        return next(iter(self.near.framework.axes.values())).column

    @property
    def _limits(self) -> Thresholds:
        return thresholds_of(self.bench, self.near.framework)[next(iter(self.near.framework.axes))]

    @property
    def _lower(self) -> Thresholds:
        """From where on a tier is kept."""
        stability = self.near.framework.stability
        return self._limits if stability is None else lowered(stability, self._limits)

    def found(self, customers: int) -> Near:
        """Who is nearest, and how many would fall."""
        with tempfile.TemporaryDirectory(prefix="worthbook-") as desk:
            sheets = self._measured(Path(desk))
            count = columns.totals(self.bench.engine, sheets, [_KEEP])[_KEEP].known
            lists = {name: self._nearest(sheets, name, customers) for name in (_RISE, _KEEP, _FALL)}
        return replace(
            self.near,
            rising=tuple(self._rises(each) for each in lists[_RISE]),
            falling=tuple(self._falls(each, keeps=True) for each in lists[_KEEP]),
            would_fall=count,
            safe=tuple(self._falls(each, keeps=False) for each in lists[_FALL]),
        )

    def _measured(self, desk: Path) -> tuple[Sheet, ...]:
        """Beside the framework, the value on the day looked ahead to, and how near each limit is by then."""
        framework, engine, settings = self.near.framework, self.bench.engine, self.bench.snapshot.settings
        ahead = self.opened.make([self._column], as_of=self.near.by) if self._is_known_ahead() else self.bench
        unit = self.opened.catalogue.meta(self._column).unit
        value = {_THEN: (self._column, unit)}
        (desk / "then").mkdir()
        then = columns.derive(engine, ahead.sheets_of([self._column]), value, self.near.by, settings, desk / "then")
        stands = framework.model_copy(update={"name": self._standing})
        formulas = {
            _RISE: (nearness.to_rise(stands, self._limits, _THEN), Unit.RATIO),
            _KEEP: (self._if_stay_is_over(nearness.to_keep(stands, self._lower, _THEN)), Unit.RATIO),
            _FALL: (nearness.to_fall(stands, self._lower, _THEN), Unit.RATIO),
        }
        (desk / "near").mkdir()
        own = self.bench.sheets_of([self._standing, *self._since])
        near = columns.derive(engine, (*own, then), formulas, self.near.as_of, settings, desk / "near")
        return (*self.bench.sheets_of([self._standing, self._column]), then, near)

    @property
    def _since(self) -> tuple[str, ...]:
        framework = self.near.framework
        return () if framework.stability is None else (framework.since,)

    def _is_known_ahead(self) -> bool:
        """Whether the book can say what the column would be on a later day: it is measured, and no row is later."""
        makers = [self.opened.catalogue.maker(name) for name in self._behind(self._column)]
        measured = all(isinstance(each, MeasureDefinition) for each in makers)
        return measured and self.near.as_of >= self.opened.extent.last

    def _behind(self, column: str) -> set[str]:
        return {column}.union(*(self._behind(each) for each in self.opened.catalogue.needs(column)))

    def _nearest(self, sheets: Sequence[Sheet], by: str, limit: int) -> list[_Standing]:
        rows = top_rows(self.bench.engine, sheets, (by, self._standing, self._column, _THEN), by, limit)
        return [
            _Standing(str(who), str(cell), value, then) for who, near, cell, value, then in rows if near is not None
        ]

    def _if_stay_is_over(self, formula: str) -> str:
        """A formula where the minimum stay is over by the day looked ahead to; unknown elsewhere."""
        stability = self.near.framework.stability
        if stability is None or stability.minimum_stay is None:
            return formula
        days = (self.near.by - dt.timedelta(days=back) for back in range((self.near.by - dt.date.min).days))
        last = next(day for day in days if stability.may_fall(day, self.near.by))
        least = (self.near.as_of - last).days
        return f"case when days_between({self._since[0]}, as_of()) >= {least} then ({formula}) end"

    def _rises(self, each: _Standing) -> Nearby:
        place = self._place(each.cell)
        return self._nearby(each, _RISES, self._limits[place], place + 1, place + 1)

    def _falls(self, each: _Standing, *, keeps: bool) -> Nearby:
        place = self._place(each.cell)
        below = band_index(each.then, self._lower) if keeps else place - 1
        return self._nearby(each, _KEEPS if keeps else _SPARE, self._lower[place - 1], place, below or 0)

    def _nearby(self, each: _Standing, form: Text, limit: Number, cell: int, other: int) -> Nearby:
        cells, meta = self.near.framework.cells, self.opened.catalogue.meta(self._column)
        then = known(each.then) or 0
        distance = minus(comparable(limit, then), then)
        amount = distance if distance > 0 else -distance
        text = (form if amount else _EXACTLY).format(
            amount=amount_shown(amount, meta.unit, self.near.currency),
            by=self.near.by,
            cell=cells[cell].title,
            other=cells[other].title,
            leaves=self._leaves(each, meta.unit),
        )
        return Nearby(
            each.customer, each.cell, cells[other].key, self._column, each.value, each.then, amount, limit, text
        )

    def _place(self, cell: str) -> int:
        return [each.key for each in self.near.framework.cells].index(cell)

    def _leaves(self, each: _Standing, unit: Unit) -> Text:
        """What of today's value is gone by then, and of which days it is."""
        now, then = known(each.value), known(each.then)
        if now is None or then is None or now == then:
            return _NO_WORDS
        days = self._leaving_days(each.customer)
        return _LEAVES.format(
            now=shown(each.value, unit, self.near.currency),
            gone=amount_shown(minus(now, then), unit, self.near.currency),
            days=_DAYS.format(days=days) if days is not None else _NO_WORDS,
        )

    def _leaving_days(self, customer: str) -> Text | None:
        """The days of the rows that leave; None where the column is not made from the rows of one window."""
        maker = self.opened.catalogue.maker(self._column)
        if not isinstance(maker, MeasureDefinition) or maker.table is None or maker.span is None:
            return None
        table = self.opened.catalogue.tables[maker.table]
        if table.derived_from is not None or table.time is None:
            return None
        until = maker.span.span(self.near.by)[0]
        rows = customer_rows(
            self.opened.engine, self.opened.snapshot, self.opened.catalogue.tables,
            maker.table, customer, self.near.as_of, maker.span,
        )  # fmt: skip
        found = sorted({day for row in rows if (day := _day(row.values[table.time])) is not None and day <= until})
        words = ", ".join(map(str, found[:_SHOWN_DAYS]))
        days = Text(en=words, zh=words.replace(", ", "、"))
        more = len(found) - _SHOWN_DAYS
        return _AND_MORE.format(days=days, count=more) if more > 0 else days


@dataclass(frozen=True)
class _Standing:
    """One customer beside a limit."""

    customer: str
    cell: str
    value: Value
    then: Value


def _day(value: Value) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, dt.date) else None
