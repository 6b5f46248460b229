"""Seasons as a model reads them: periods in which nothing changes, and what is so in each of them.

Periods begin where a season does, and not by weeks, so that a few are enough and no day is in two.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from worthbook.data.daily import daily_purchases
from worthbook.data.engine import Sheet
from worthbook.data.extent import extent
from worthbook.data.season_rows import SeasonRow, read_seasons
from worthbook.definitions.season import MONTHS, QUARTERS, days_of_year, is_told
from worthbook.kernel.errors import Fault, did_you_mean
from worthbook.kernel.language import Text
from worthbook.kernel.period import DAYS_PER_WEEK
from worthbook.models.base import FloatArray
from worthbook.models.lifetime.data import PurchaseHistory
from worthbook.models.lifetime.seasoned_customers import SeasonedCustomers
from worthbook.planning.estimator import Inputs
from worthbook.planning.run import Workbench

TRANSACTIONS = "transactions"

SEASON_UNTOLD = Fault(
    "season-untold",
    what=Text(en="The table of seasons has no '{name}'.", zh="seasons 表中没有“{name}”。"),
    hint=Text(
        en="Import a file with the columns season, starts_on, ends_on, value. {near}",
        zh="请导入含 season、starts_on、ends_on、value 各列的文件。{near}",
    ),
)
SEASON_OVERLAPS = Fault(
    "season-overlaps",
    what=Text(en="Two rows of the season '{name}' hold on {day}.", zh="季节“{name}”有两行在 {day} 同时有效。"),
    hint=Text(
        en="Let one end before the other begins, or give them different names.",
        zh="请让前一行在后一行开始之前结束，或使用不同的名称。",
    ),
)
SEASON_ENDS = Fault(
    "season-ends-before-horizon",
    what=Text(
        en="The season '{name}' is told from {first} to {last}, but is needed from {start} to {end}.",
        zh="季节“{name}”的数据覆盖 {first} 至 {last}，而需要 {start} 至 {end}。",
    ),
    hint=Text(
        en=(
            "Add rows for what was so before, or is planned after (with the value 0 where nothing is), leave the end "
            "of the last row open if it stays so, or look less far ahead."
        ),
        zh="请补充此前或计划中的行（无活动时取值为0）；若将一直保持不变，请将最后一行的结束日期留空；或缩短预测期。",
    ),
)

_QUARTERS = {first: number for number, first in enumerate((1, 4, 7, 10), start=1)}
JANUARY, DECEMBER = 1, 12


@dataclass(frozen=True)
class Term:
    """One covariate by time."""

    name: str
    """As models call it."""
    title: Text
    changes: tuple[tuple[dt.date, float], ...]
    """From which day on it has which value; ordered, the first on or before all that is asked."""

    def on(self, day: dt.date) -> float:
        """Its value on a day."""
        return next((value for first, value in reversed(self.changes) if first <= day), 0.0)


@dataclass(frozen=True)
class Seasoning:
    """Makes customers in seasons of histories that end on the date; a value that can travel."""

    edges: tuple[float, ...]
    """In weeks from the date, on which observation ends."""
    covariates: Mapping[str, tuple[float, ...]]
    bought: tuple[float, ...]
    """Repeat purchases of all customers in each period."""

    def __call__(self, inputs: Inputs, customers: FloatArray) -> SeasonedCustomers:
        """From roles to customers, equal ones in one row."""
        return self.of(PurchaseHistory(inputs["x"], inputs["t_x"], inputs["T"], customers))

    def of(self, history: PurchaseHistory) -> SeasonedCustomers:
        """From their histories."""
        return SeasonedCustomers.alike(history, edges=self.edges, covariates=dict(self.covariates), bought=self.bought)


def seasoning(bench: Workbench, names: Sequence[str], among: Sheet, until: dt.date) -> Seasoning:
    """The periods from the first day of the history to the last that is asked for.

    Args:
        bench: of the date on which observation ends.
        names: of seasons.
        among: a sheet of the customers whose purchases count.
        until: the last day of the forecast; the date itself where none is made.

    Raises:
        WorthbookError: `season-untold`, `season-overlaps`, `season-ends-before-horizon`.
    """
    as_of, first = bench.plan.as_of, _first(bench)
    terms = terms_between(bench, names, until)
    changes = {day for term in terms for day, _ in term.changes if first < day <= until}
    starts = sorted({first, *changes})
    edges = [*starts, until + dt.timedelta(days=1)]
    tables = bench.catalogue.tables
    daily = daily_purchases(bench.engine, bench.snapshot, tables, first, as_of, as_of, among=among).repeats
    upto = [min(max((edge - first).days, 0), len(daily)) for edge in edges]
    return Seasoning(
        edges=tuple((edge - as_of).days / DAYS_PER_WEEK for edge in edges),
        covariates={term.name: tuple(term.on(day) for day in starts) for term in terms},
        bought=tuple(float(daily[low:high].sum()) for low, high in pairwise(upto)),
    )


def terms_between(bench: Workbench, names: Sequence[str], until: dt.date) -> tuple[Term, ...]:
    """The covariates of some seasons from the first day of the history to a later one.

    Raises:
        WorthbookError: `season-untold`, `season-overlaps`, `season-ends-before-horizon`.
    """
    told = read_seasons(bench.engine, bench.snapshot, bench.catalogue.tables, bench.plan.as_of)
    first = _first(bench)
    years = range(first.year, until.year + 1)
    return tuple(term for name in dict.fromkeys(names) for term in _terms(name, years, told, (first, until)))


def _first(bench: Workbench) -> dt.date:
    history = extent(bench.engine, bench.snapshot, bench.catalogue.tables[TRANSACTIONS])
    return bench.plan.as_of if history is None else min(history.first, bench.plan.as_of)


def _terms(name: str, years: range, told: Sequence[SeasonRow], asked: tuple[dt.date, dt.date]) -> Iterator[Term]:
    if name == MONTHS:
        for month in range(JANUARY + 1, DECEMBER + 1):
            title = Text(en=f"{calendar.month_name[month]} (against January)", zh=f"{month}月（对照：1月）")
            yield Term(f"month_{month:02d}", title, _every_year(years, (month, 1), (month, 31)))
    elif name == QUARTERS:
        for month, number in _QUARTERS.items():
            if number > 1:
                title = Text(en=f"Quarter {number} (against quarter 1)", zh=f"第{number}季度（对照：第1季度）")
                yield Term(f"quarter_{number}", title, _every_year(years, (month, 1), (month + 2, 31)))
    elif is_told(name):
        yield Term(name, Text(en=name, zh=name), _as_told(name, told, *asked))
    else:
        span = days_of_year(name)
        if span is not None:
            yield Term(term_names(name)[0], Text(en=name, zh=name), _every_year(years, *span))


def _every_year(
    years: Iterable[int], first: tuple[int, int], last: tuple[int, int]
) -> tuple[tuple[dt.date, float], ...]:
    """1 on the days from one to another of every year, over the turn of the year where the first is the later one."""
    found: dict[dt.date, float] = {}
    years = list(years)
    for year in [years[0] - 1, *years]:
        begins, ends = _day(year, *first), _day(year + (last < first), *last)
        found[ends + dt.timedelta(days=1)] = 0.0
        found[begins] = 1.0
    return tuple(sorted(found.items()))


def _day(year: int, month: int, day: int) -> dt.date:
    return dt.date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _as_told(name: str, told: Sequence[SeasonRow], start: dt.date, end: dt.date) -> tuple[tuple[dt.date, float], ...]:
    rows = [row for row in told if row.season == name]
    if not rows:
        known = sorted({row.season for row in told})
        raise SEASON_UNTOLD(name=name, near=did_you_mean(name, known))
    for row, following in pairwise(rows):
        if row.ends_on is not None and row.ends_on >= following.starts_on:
            raise SEASON_OVERLAPS(name=name, day=following.starts_on)
    last = rows[-1].ends_on
    if rows[0].starts_on > start or (last is not None and last < end):
        raise SEASON_ENDS(name=name, first=rows[0].starts_on, last=last or "…", start=start, end=end)
    ends = {row.ends_on + dt.timedelta(days=1): 0.0 for row in rows if row.ends_on is not None}
    begins = {row.starts_on: row.value for row in rows}
    return tuple(sorted((ends | begins).items()))  # where one ends the next may begin


def term_names(season: str) -> tuple[str, ...]:
    """How models call the covariates of a season.

    >>> term_names("quarters"), term_names("11-01..12-31"), term_names("sale")
    (('quarter_2', 'quarter_3', 'quarter_4'), ('from_1101_to_1231',), ('sale',))
    """
    if season == MONTHS:
        return tuple(f"month_{month:02d}" for month in range(JANUARY + 1, DECEMBER + 1))
    if season == QUARTERS:
        return tuple(f"quarter_{number}" for number in (2, 3, 4))
    return (season,) if is_told(season) else (f"from_{season.replace('-', '').replace('..', '_to_')}",)
