"""Why one customer has this value: from the tier down to the lines of the imported files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from worthbook.data import columns
from worthbook.data.bucket import bucket_of
from worthbook.data.engine import Sheet
from worthbook.data.rows import SourceRow
from worthbook.definitions.columns import Maker
from worthbook.definitions.framework import FrameworkDefinition
from worthbook.definitions.measure import MeasureDefinition
from worthbook.definitions.segment import SegmentDefinition
from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Language, Text
from worthbook.kernel.result import ColumnMeta
from worthbook.kernel.units import Value, show_exactly
from worthbook.planning.balance import weights_found
from worthbook.planning.lay import thresholds_of, weighting
from worthbook.planning.resolve import resolve
from worthbook.planning.run import AxisThresholds
from worthbook.planning.store import KeptRun
from worthbook.scoring.change import Change
from worthbook.scoring.explain import Explanation, explain
from worthbook.scoring.place import Case
from worthbook.scoring.segment import segment_formula
from worthbook.scoring.sums import Summand
from worthbook.scoring.weighting import Weighting
from worthbook.services.deciding import chances_told, deciding
from worthbook.services.find_book import find_book
from worthbook.services.known_customer import meant, named, shown
from worthbook.services.open_book import OpenBook, open_book
from worthbook.services.rows_behind import RowsBehind, rows_behind

SHOWN_ROWS = 12

CUSTOMER_UNKNOWN = Fault(
    "customer-unknown",
    what=Text(en="No customer '{customer}' is known on {as_of}.", zh="{as_of} 时没有编号为“{customer}”的客户。"),
    hint=Text(
        en="Ids are compared letter by letter, leading zeros included; customers.csv lists them all.",
        zh="客户编号须逐字一致（含前导零）；完整名单见 customers.csv。",
    ),
)

MERGED = Text(en="The customer asked for was merged into this one.", zh="所查客户已并入该客户，以下为合并后的数据。")
CHANGES_TITLE = Text(en="Smallest changes", zh="最小变动")
SCORE_TITLE = Text(en="Score {score}, the sum of", zh="得分{score}，由以下各项相加")
CHANGES_BESIDE = Text(en="Smallest changes, by the numbers of the day alone", zh="最小变动（仅按当日数据）")
MADE_FROM_TITLE = Text(en="How it comes about", zh="由来")


@dataclass(frozen=True)
class Node:
    """One column with this customer's value, and what it was made from."""

    meta: ColumnMeta
    value: Value
    how: str
    """Formula, method or estimator."""
    made_from: tuple[Node, ...] = ()

    def shown(self, language: Language, currency: str) -> str:
        """The value as people write it; a cell by its title."""
        if isinstance(self.value, str) and self.value in self.meta.labels:
            return self.meta.labels[self.value].say(language)
        return show_exactly(self.value, self.meta.unit, language, currency)

    def lines(self, language: Language, currency: str, depth: int = 0) -> Iterator[str]:
        """The tree as indented text."""
        yield f"{'  ' * depth}{self.meta.title.say(language)}: {self.shown(language, currency)}   [{self.how}]"
        for node in self.made_from:
            yield from node.lines(language, currency, depth + 1)

    def as_json(self) -> dict[str, object]:
        """The tree as plain values."""
        return {
            "name": self.meta.name,
            "title": {"en": self.meta.title.en, "zh": self.meta.title.zh},
            "value": self.value,
            "unit": self.meta.unit.value,
            "how": self.how,
            "made_from": [node.as_json() for node in self.made_from],
        }


@dataclass(frozen=True)
class Explained:
    """One customer's value of one column, explained."""

    customer_id: str
    as_of: dt.date
    currency: str
    node: Node
    placing: Explanation | None
    """For a framework: why this cell, and what would lead to another."""
    decided: tuple[Text, ...]
    """For a framework: what decided beside its axes."""
    weighed: tuple[Text, ...]
    """For a scorecard: how its weights were found, where they are not just stated."""
    chances: Text | None
    """For tiers cut from an estimate whose spread is known: the probability of each."""
    behind: tuple[RowsBehind, ...]
    """The rows from which the value was made, table by table."""
    files: Mapping[str, str]
    """Import → file."""
    is_merged: bool
    """Whether another customer was asked for, who was merged into this one."""

    @property
    def rows(self) -> tuple[SourceRow, ...]:
        """All rows from which the value was made."""
        return tuple(row for each in self.behind for row in each.rows)

    def say(self, language: Language, most_rows: int = SHOWN_ROWS) -> str:
        """Everything as text for a terminal, with so many rows of each table at most; 0 is all of them."""
        return "\n".join(self._lines(language, most_rows))

    def _lines(self, language: Language, most_rows: int) -> Iterator[str]:
        meta = self.node.meta
        shown = self.node.shown(language, self.currency)
        yield f"{self.customer_id}, {self.as_of}: {meta.title.say(language)} = {shown}"
        if self.is_merged:
            yield MERGED.say(language)
        yield from (each.say(language) for each in self.decided)
        if self.placing is not None:
            yield self.placing.because.say(language)
            if self.chances is not None:
                yield self.chances.say(language)
            yield from (note.say(language) for note in self.placing.notes)
            if self.placing.summands:
                total = sum((each.amount for each in self.placing.summands), Decimal(0))
                yield f"\n{SCORE_TITLE.format(score=f'{total:f}').say(language)}"
                yield from (f"  {each.text.say(language)}" for each in self.placing.summands)
                yield from (each.say(language) for each in self.weighed)
            if self.placing.changes:
                title = CHANGES_BESIDE if self.decided else CHANGES_TITLE
                yield f"\n{title.say(language)}"
                yield from (f"  {change.text.say(language)}" for change in self.placing.changes)
        yield f"\n{MADE_FROM_TITLE.say(language)}"
        yield from self.node.lines(language, self.currency, 1)
        for each in self.behind:
            yield ""
            yield from each.lines(self.files, language, self.currency, most_rows)
        for caveat in meta.caveats:
            yield f"* {caveat.say(language)}"

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        placing = self.placing
        return {
            "customer": self.customer_id,
            "as_of": self.as_of.isoformat(),
            "merged": self.is_merged,
            "column": self.node.as_json(),
            "because": None if placing is None else {"en": placing.because.en, "zh": placing.because.zh},
            "decided": [{"en": each.en, "zh": each.zh} for each in self.decided],
            "rule": None if placing is None else placing.rule,
            "score": None if placing is None else placing.score,
            "summands": [] if placing is None else [_summand_json(each) for each in placing.summands],
            "weights": [{"en": each.en, "zh": each.zh} for each in self.weighed],
            "chances": None if self.chances is None else {"en": self.chances.en, "zh": self.chances.zh},
            "changes": [] if placing is None else [_change_json(change) for change in placing.changes],
            "rows": [row for each in self.behind for row in each.as_json(self.files)],
        }


def _change_json(change: Change) -> dict[str, object]:
    return {**vars(change), "text": {"en": change.text.en, "zh": change.text.zh}}


def _summand_json(summand: Summand) -> dict[str, object]:
    return {**vars(summand), "text": {"en": summand.text.en, "zh": summand.text.zh}}


def explain_in_book(
    folder: Path | None, name: str, customer_id: str, *, as_of: str | None = None, show_personal: bool = True
) -> Explained:
    """Explain in the book of a folder, or in the only one that lies here."""
    with open_book(find_book(folder)) as opened:
        explained = explain_column(opened, name, customer_id, as_of=as_of)
        return explained if show_personal else _masked(explained, shown(opened, [explained.customer_id])[0])


def _masked(explained: Explained, seen: str) -> Explained:
    """The same without the id; where a file has no order numbers, those that we made hold it as well."""
    own = explained.customer_id

    def hidden(row: SourceRow) -> SourceRow:
        values = row.values.items()
        return replace(row, values={key: each.replace(own, seen) if isinstance(each, str) else each
                                    for key, each in values})  # fmt: skip

    behind = tuple(replace(each, rows=tuple(map(hidden, each.rows))) for each in explained.behind)
    return replace(explained, customer_id=seen, behind=behind)


def explain_column(opened: OpenBook, name: str, customer_id: str, *, as_of: dt.date | str | None = None) -> Explained:
    """Explain one customer's value of a column, from a kept evaluation where there is one.

    Raises:
        WorthbookError: `name-unknown`, `customer-unknown`, `book-empty`, `as-of-before-history`.
    """
    asked, customer_id = named(opened, customer_id), meant(opened, customer_id)
    maker = opened.catalogue.maker(name)
    chances = maker.chances if isinstance(maker, FrameworkDefinition) else ()
    needed = sorted({*_ancestors(opened, name), *chances})
    source = _source(opened, name, needed, as_of)
    bucket = bucket_of(customer_id, opened.snapshot.buckets)
    sheets = tuple(dict.fromkeys(source.sheets[column] for column in needed))
    values = columns.one_customer(opened.engine, sheets, customer_id, needed, bucket)
    if not values:
        raise CUSTOMER_UNKNOWN(customer=customer_id, as_of=source.as_of)
    placing: Explanation | None = None
    told: Text | None = None
    decided: tuple[Text, ...] = ()
    weighed: tuple[Text, ...] = ()
    if isinstance(maker, FrameworkDefinition):
        metas = {column: opened.catalogue.meta(column) for column in needed}
        told = chances_told(maker, values)
        decided = tuple(deciding(opened, maker, customer_id, values, source.as_of))
        weights, weighed = _weighting(opened, maker, source.as_of)
        placing = explain(Case(maker, values, source.thresholds(maker), metas, opened.book.currency, weights))
    return Explained(
        customer_id=customer_id,
        as_of=source.as_of,
        currency=opened.book.currency,
        node=_node(opened, name, values),
        placing=placing,
        decided=decided,
        weighed=weighed,
        chances=told,
        behind=rows_behind(opened, sorted(_ancestors(opened, name)), customer_id, source.as_of),
        files={record.import_id: record.file for record in opened.imports},
        is_merged=asked != customer_id,
    )


@dataclass(frozen=True)
class _Source:
    """Where columns and thresholds are taken from: a kept run, or columns made just now."""

    as_of: dt.date
    sheets: Mapping[str, Sheet]
    thresholds: Callable[[FrameworkDefinition], AxisThresholds]


def _source(opened: OpenBook, name: str, needed: Sequence[str], as_of: dt.date | str | None) -> _Source:
    run = opened.newest_run(name, as_of)
    if run is None or not _holds(opened, run, needed):
        day = opened.day(as_of if run is None else run.evaluation.as_of)
        bench = opened.make(needed, as_of=day)
        return _Source(day, bench.sheets, lambda framework: thresholds_of(bench, framework))
    sheets = {column: sheet for sheet in run.sheets for column in sheet.columns}
    results = {result.name: result for result in run.evaluation.frameworks}

    def kept(framework: FrameworkDefinition) -> AxisThresholds:
        if framework.name not in results:  # made for another column, and not shown
            return thresholds_of(opened.make([framework.name], as_of=run.evaluation.as_of), framework)
        return {axis.name: axis.thresholds for axis in results[framework.name].axes}

    return _Source(run.evaluation.as_of, sheets, kept)


def _weighting(
    opened: OpenBook, framework: FrameworkDefinition, as_of: dt.date
) -> tuple[Weighting | None, tuple[Text, ...]]:
    """How much the axes count, and how that was found; nothing where it is stated at them."""
    if all(level.weighing is None for level in framework.levels):
        return None, ()
    bench = opened.make([framework.name], as_of=as_of)
    weights = weighting(bench, framework)
    return weights, tuple(weights_found(framework, bench.trees[framework.name], opened.catalogue))


def _holds(opened: OpenBook, run: KeptRun, needed: Sequence[str]) -> bool:
    """Whether a kept evaluation has the columns as they would be made now: nobody was placed by hand since."""
    plan = resolve(opened.catalogue, opened.snapshot, needed, run.evaluation.as_of)
    return all(name in run.provenance and run.provenance[name].id == plan.provenance[name].id for name in needed)


def _ancestors(opened: OpenBook, name: str) -> set[str]:
    """A column and every column that it is made from, and for a framework what it says before anybody decides."""
    found = set(opened.catalogue.behind([name]))
    for maker in map(opened.catalogue.maker, tuple(found)):
        if isinstance(maker, FrameworkDefinition):
            kept = () if maker.stability is None else (*maker.remembered, maker.kept_to)
            found |= {maker.computed, *kept}
    return found


def _node(opened: OpenBook, name: str, values: Mapping[str, Value]) -> Node:
    maker = opened.catalogue.maker(name)
    parents = [_node(opened, each, values) for each in sorted(opened.catalogue.needs(maker.name))]
    if isinstance(maker, FrameworkDefinition):
        parents = [_titled(each, maker) if each.meta.name == maker.by_hand else each for each in parents]
    return Node(opened.catalogue.meta(name), values[name], _how(maker), tuple(parents))


def _titled(chosen: Node, framework: FrameworkDefinition) -> Node:
    """What a person chose, by the title of the cell."""
    return replace(chosen, meta=replace(chosen.meta, labels=framework.labels))


def _how(maker: Maker) -> str:
    match maker:
        case MeasureDefinition(table=str(table)):
            window = "" if maker.span is None else f", {maker.span}"
            return f"{maker.formula}, {table}{window}"
        case MeasureDefinition():
            return maker.formula
        case FrameworkDefinition():
            return maker.method
        case SegmentDefinition():
            return segment_formula(maker)
        case _:
            return maker.estimator
