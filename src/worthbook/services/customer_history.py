"""The history of one customer: what was known at the ends of months, quarters or years, and what happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from worthbook.data import columns
from worthbook.data.bucket import bucket_of
from worthbook.kernel.language import Text
from worthbook.kernel.period import Every, ends_between
from worthbook.kernel.result import Study
from worthbook.kernel.units import Value
from worthbook.planning.history import CustomerHistory, events_of
from worthbook.planning.study import StudyContext, make_study
from worthbook.services.evaluate_dates import period_of
from worthbook.services.explain_column import CUSTOMER_UNKNOWN
from worthbook.services.find_book import find_book
from worthbook.services.known_customer import meant, shown
from worthbook.services.open_book import OpenBook, open_book
from worthbook.services.study_json import both, study_json

STUDY = "history"
TITLE = Text(en="{customer}: {first} to {last}", zh="{customer}：{first} 至 {last}")


@dataclass(frozen=True)
class Question:
    """Whose history, at which dates, with which columns beside those of the study."""

    customer: str
    every: Every = "quarter"
    first: str | None = None
    last: str | None = None
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class HistoryAnswer:
    """A history, and the study that tells it."""

    history: CustomerHistory
    study: Study
    currency: str

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        found = self.history
        return {
            "customer": found.customer,
            "dates": [{"as_of": day.isoformat(), **values} for day, values in found.dates.items()],
            "events": [
                {
                    "day": each.day.isoformat(),
                    "what": both(each.what),
                    "details": both(each.details),
                    "amount": each.amount,
                }
                for each in found.events
            ],
            "study": study_json(self.study),
        }


def customer_history(folder: Path | None, question: Question, *, show_personal: bool = False) -> HistoryAnswer:
    """Follow a customer through time; each date sees nothing later.

    Args:
        folder: the book; the one that lies here if none is named.
        question: whom, and when.
        show_personal: write an id that is personal as it is.

    Raises:
        WorthbookError: `customer-unknown`, `name-unknown`, `date-unreadable`, `book-not-named`, `book-empty`.
    """
    with open_book(find_book(folder)) as opened:
        customer = meant(opened, question.customer)
        start, end = period_of(opened, question.first, question.last)
        days = _days(opened, question.every, start, end)
        names = _names(opened, question.columns)
        found = _values(opened, customer, days, names)
        if not found:
            raise CUSTOMER_UNKNOWN(customer=question.customer, as_of=end)
        tables, currency = opened.catalogue.tables, opened.book.currency
        history = CustomerHistory(
            customer=customer if show_personal else shown(opened, [customer])[0],
            metas={name: opened.catalogue.meta(name) for name in names},
            dates=found,
            events=tuple(
                event
                for event in events_of(opened.engine, opened.snapshot, tables, customer, end, currency)
                if question.first is None or event.day >= start
            ),
        )
        return HistoryAnswer(history, _study(opened, history, end), currency)


def _days(opened: OpenBook, every: Every, start: dt.date, end: dt.date) -> tuple[dt.date, ...]:
    """The ends of periods between two dates within the history, and the last date itself."""
    ends = ends_between(every, max(start, opened.extent.first), end)
    return tuple(dict.fromkeys((*ends, max(end, opened.extent.first))))


def _names(opened: OpenBook, more: Sequence[str]) -> tuple[str, ...]:
    """The columns of the study, and those that were asked for."""
    definition = opened.catalogue.studies[STUDY]
    asked = (*definition.inputs.values(), *definition.optional.values(), *more)
    return tuple(dict.fromkeys(asked))


def _values(
    opened: OpenBook, customer: str, days: Sequence[dt.date], names: Sequence[str]
) -> dict[dt.date, dict[str, Value]]:
    """What was known of the customer on each day; days on which the customer was none are left out."""
    bucket = bucket_of(customer, opened.snapshot.buckets)
    found = {}
    for day in days:
        bench = opened.make(names, as_of=day)
        values = columns.one_customer(opened.engine, bench.sheets_of(names), customer, names, bucket)
        if values:
            found[day] = values
    return found


def _study(opened: OpenBook, history: CustomerHistory, as_of: dt.date) -> Study:
    days = list(history.dates)
    first, last = days[0], days[-1]
    title = TITLE.format(customer=history.customer, first=first, last=last)
    context = StudyContext(
        engine=opened.engine,
        snapshot=opened.snapshot,
        tables=opened.catalogue.tables,
        sheets=(),
        known={},
        as_of=as_of,
        customers=1,
        currency=opened.book.currency,
        fits={},
        provenance=opened.make(history.metas, as_of=last).plan.provenance,
        history=history,
    )
    return make_study(opened.catalogue.studies[STUDY].model_copy(update={"title": title}), context)
