"""Look at a file before it is imported: what it is, how it would be read, what is missing and what that would add."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from worthbook.data.book import Book
from worthbook.data.by_hand import BY_HAND, mapping_by_hand, read_pairs
from worthbook.data.clock import today_of
from worthbook.data.formula import parse
from worthbook.data.preview import Preview, Sample, opened, preview
from worthbook.data.recognition import Recognition, Sureness
from worthbook.definitions.mapping import MappingDefinition
from worthbook.kernel.language import Text
from worthbook.planning.index import Catalogue, read_catalogue
from worthbook.services.own_definitions import definitions_folder
from worthbook.services.save_recipe import save_recipe
from worthbook.services.unlocks import Missing, missing


@dataclass(frozen=True)
class ReadColumn:
    """One column of the file, and where its values go."""

    header: str
    goes_to: tuple[str, ...]
    """`transactions.amount` and the like."""
    decides: bool
    """Whether it has a say in which lines count, or give a row."""
    samples: tuple[Sample, ...]
    order: str
    """`day/month` or `month/day`, for dates that would allow both."""


@dataclass(frozen=True)
class Rival:
    """Another mapping that fits, or nearly."""

    name: str
    title: Text
    confidence: float


@dataclass(frozen=True)
class Inspection:
    """All there is to say of a file."""

    file: str
    sheet: str | None
    """Of a workbook: the sheet that is read."""
    encoding: Text | None
    delimiter: Text | None
    preamble: tuple[str, ...]
    headers: tuple[str, ...]
    mapping: str
    title: Text
    sureness: Sureness
    runner_up: Rival | None
    read: int
    accepted: int
    rejected: int
    skipped: int
    notes: tuple[Text, ...]
    columns: tuple[ReadColumn, ...]
    unread: Mapping[str, tuple[str, ...]]
    """Header → its first values, for columns that nothing reads."""
    missing: tuple[Missing, ...]
    caveats: tuple[Text, ...]
    saved: Path | None
    """Where the recipe was written."""

    def as_json(self) -> dict[str, object]:
        """Plain values, for `--json`."""
        return {
            "file": self.file,
            "sheet": self.sheet,
            "encoding": None if self.encoding is None else self.encoding.en,
            "delimiter": None if self.delimiter is None else self.delimiter.en,
            "preamble": list(self.preamble),
            "headers": list(self.headers),
            "mapping": self.mapping,
            "title": _both(self.title),
            "confidence": self.sureness.confidence,
            "confidence_because": _both(self.sureness.said),
            "runner_up": None
            if self.runner_up is None
            else {"mapping": self.runner_up.name, "confidence": self.runner_up.confidence},
            "read": self.read,
            "accepted": self.accepted,
            "rejected": self.rejected,
            "skipped": self.skipped,
            "notes": [_both(each) for each in self.notes],
            "columns": [
                {
                    "header": each.header,
                    "goes_to": list(each.goes_to),
                    "decides": each.decides,
                    "samples": [{"text": sample.text, "value": sample.value} for sample in each.samples],
                    "date_order": each.order or None,
                }
                for each in self.columns
            ],
            "unread": {header: list(values) for header, values in self.unread.items()},
            "missing": [
                {"table": each.table, "column": each.column, "title": _both(each.title), "unlocks": list(each.unlocks)}
                for each in self.missing
            ],
            "caveats": [_both(each) for each in self.caveats],
            "saved": None if self.saved is None else str(self.saved),
        }


def inspect_file(  # noqa: PLR0913 - as many as a user has to say
    file: Path,
    *,
    book: Path | None = None,
    sheet: str | None = None,
    mapping: str | None = None,
    pairs: Sequence[str] = (),
    save: str | None = None,
) -> Inspection:
    """Look at a file; nothing is imported.

    Args:
        file: any file that can be imported.
        book: whose definitions count too, and where a recipe is saved.
        sheet: name or number of the sheet of a workbook; None for the first that holds a table.
        mapping: the mapping to read it by; None to have it recognised.
        pairs: `customer_id=买家` and the like: a mapping by hand.
        save: the name under which the mapping is saved for the next file with these headers.

    Raises:
        WorthbookError: what is wrong with the file, the pairs or the name; of an unknown file, the nearest layouts.
    """
    catalogue = read_catalogue(definitions_folder(book))
    with opened(file, catalogue.mappings, sheet) as source:
        mappings, name = catalogue.mappings, mapping
        if pairs:
            by_hand = mapping_by_hand(read_pairs(list(pairs)), source, catalogue.tables)
            mappings, name = {**mappings, BY_HAND: by_hand}, BY_HAND
        today, zone = _clocks(book)
        found = preview(source, mappings, catalogue.tables, today, name, zone)
    saved = None if save is None else save_recipe(found.recognition, save, catalogue, book)
    return _said(found, catalogue, saved)


def _clocks(book: Path | None) -> tuple[dt.date, str]:
    """Today, and the zone of a book, as an import into it has them."""
    if book is None:
        return dt.datetime.now().astimezone().date(), ""
    kept = Book.open(book)
    return today_of(kept), kept.time_zone


def _said(found: Preview, catalogue: Catalogue, saved: Path | None) -> Inspection:
    laid = found.recognition
    dates = tuple(order.note for order in found.orders.values() if order.note is not None)
    return Inspection(
        file=found.source.file.name,
        sheet=found.sheet,
        **found.form,
        preamble=found.preamble,
        headers=tuple(column.header for column in found.source.columns),
        mapping=laid.mapping.name,
        title=laid.mapping.title,
        sureness=laid.sureness,
        runner_up=_rival(found.rivals),
        read=found.source.read,
        accepted=found.counts.accepted,
        rejected=found.counts.rejected,
        skipped=found.counts.skipped,
        notes=(*found.of_rows, *laid.notes, *dates, *found.zones, *found.left_out),
        columns=tuple(_columns(found)),
        unread=found.unread,
        missing=missing(catalogue, _fed(laid)),
        caveats=laid.mapping.caveats,
        saved=saved,
    )


def _columns(found: Preview) -> Iterator[ReadColumn]:
    goes_to: dict[str, list[str]] = {}
    for reading in found.recognition.readings:
        for header in reading.headers:
            goes_to.setdefault(header, []).append(f"{reading.table}.{reading.column}")
    deciding = _deciding(found.recognition.declared)
    for field, column in found.recognition.fields.items():
        order = found.orders.get(field)
        said = "" if order is None or order.note is None else "day/month" if order.day_first else "month/day"
        targets = tuple(dict.fromkeys(goes_to.get(column.header, ())))
        yield ReadColumn(column.header, targets, field in deciding, found.samples[field], said)


def _deciding(mapping: MappingDefinition) -> frozenset[str]:
    """The fields that conditions read, and by which the lines of an order are held together."""
    conditions = [skip.when for skip in mapping.skip] + [feed.when for feed in mapping.feeds if feed.when is not None]
    orders = mapping.carry_down
    by = set() if orders is None else {orders.by, *(f for each in orders.totals.values() for f in parse(each).columns)}
    return frozenset(by.union(*(parse(each).columns for each in conditions)))


def _both(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}


def _rival(rivals: Sequence[Recognition]) -> Rival | None:
    return None if not rivals else Rival(rivals[0].mapping.name, rivals[0].mapping.title, rivals[0].confidence)


def _fed(laid: Recognition) -> dict[str, set[str]]:
    """Table → the columns that the file gives, or that its layout itself knows."""
    fed: dict[str, set[str]] = {feed.table: set() for feed in laid.mapping.feeds}
    for reading in laid.readings:
        fed[reading.table].add(reading.column)
    for feed in laid.declared.feeds:
        fed[feed.table] |= {column for column, formula in feed.columns.items() if not parse(formula).columns}
    return fed
