"""Decisions on who is whom: customers are merged, parted again, or kept apart, and nothing of that is ever forgotten.

Every decision is a row of a log. The table of links is worked out from the log and replaced whole with each merge, in
the same step of the ledger; so a merge counts from one moment for all tables, and so does its undoing.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from worthbook.data.book import DECISIONS, Book, Change, now, who
from worthbook.data.bucket import bucket_of
from worthbook.data.delta import PARQUET, SQL_TYPES, DataFile, StoredTable, cursor
from worthbook.data.history import LINKS, Event, History
from worthbook.data.history import Change as TableChange
from worthbook.data.ledger import quoted
from worthbook.data.links import MERGED, resolve, standing_for
from worthbook.kernel.errors import Fault, did_you_mean
from worthbook.kernel.language import Text
from worthbook.kernel.provenance import fingerprint
from worthbook.kernel.units import Storage

Action = Literal["merge", "part", "keep_apart"]

SAME_ALREADY = Fault(
    "customers-merged-already",
    what=Text(en="'{one}' and '{other}' are one customer already.", zh="“{one}”与“{other}”已是同一位客户。"),
    hint=Text(
        en="`worthbook duplicates merges` lists all merges.", zh="可用 `worthbook duplicates merges` 查看全部合并。"
    ),
)
MERGE_UNKNOWN = Fault(
    "merge-unknown",
    what=Text(en="There is no merge '{merge}' that counts.", zh="没有生效的合并“{merge}”。"),
    hint=Text(
        en="`worthbook duplicates merges` lists them. {near}", zh="可用 `worthbook duplicates merges` 查看。{near}"
    ),
)


@dataclass(frozen=True)
class Pair:
    """Two customers; in a merge the first is merged into the second."""

    merged_id: str
    customer_id: str


@dataclass(frozen=True)
class Decision:
    """What somebody decided on two customers."""

    decision_id: str
    action: Action
    pair: Pair
    """For a merge: the ids that stood for the two at that time."""
    at: dt.datetime
    """In UTC."""
    who: str
    why: str


@dataclass(frozen=True)
class Decisions:
    """All decisions of a book, oldest first."""

    all: tuple[Decision, ...]

    @property
    def merges(self) -> tuple[Decision, ...]:
        """The merges that count, oldest first."""
        counting: dict[str, Decision] = {}
        for each in self.all:
            if each.action == "merge":
                counting[each.pair.merged_id] = each
            elif each.action == "part":
                counting.pop(each.pair.merged_id, None)
        return tuple(sorted(counting.values(), key=self.all.index))

    @property
    def edges(self) -> dict[str, str]:
        """Merged id → the id it was merged into."""
        return {each.pair.merged_id: each.pair.customer_id for each in self.merges}

    @property
    def kept_apart(self) -> frozenset[frozenset[str]]:
        """Pairs that somebody has looked at and found to be two customers."""
        return frozenset(
            frozenset((each.pair.merged_id, each.pair.customer_id)) for each in self.all if each.action == "keep_apart"
        )

    def standing_for(self, customer_id: str) -> str:
        """The id under which a customer is found now."""
        return standing_for(self.edges, customer_id)

    def members(self, customer_id: str) -> tuple[str, ...]:
        """All ids of a customer: the one that stands for it first, then those merged into it."""
        root = self.standing_for(customer_id)
        return (root, *sorted(merged for merged, last in resolve(self.edges).items() if last == root))


def read_decisions(book: Book, history: History | None = None) -> Decisions:
    """What has been decided in a book."""
    history = book.history() if history is None else history
    if DECISIONS not in history.versions:
        return Decisions(())
    files = [str(file.path) for file in book.table(DECISIONS).files(history.versions[DECISIONS])]
    query = f"SELECT {', '.join(_LOG)} FROM read_parquet(?) ORDER BY decided_at, import_line, import_id"
    rows = cursor().execute(query, [files]).fetchall() if files else []
    return Decisions(
        tuple(
            Decision(decision_id, cast("Action", action), Pair(merged, into), at.replace(tzinfo=dt.UTC), by, why)
            for decision_id, _, action, merged, into, at, by, why in rows
        )
    )


def merge(book: Book, pairs: Iterable[Pair], why: str = "") -> tuple[Decision, ...]:
    """Merge customers in one step; the second of each pair stands for both from now on.

    Where an id was merged before, the one that stands for it is merged, so that undoing either merge is well defined.

    Raises:
        WorthbookError: customers-merged-already; then nothing was merged.
    """
    with book.changing() as change:
        known = read_decisions(book, change.history)
        edges = known.edges
        made: list[Decision] = []
        for pair in pairs:
            one, other = standing_for(edges, pair.merged_id), standing_for(edges, pair.customer_id)
            if one == other:
                raise SAME_ALREADY(one=pair.merged_id, other=pair.customer_id)
            edges[one] = other
            made.append(_decision("merge", Pair(one, other), why))
        _commit(change, made, edges)
    return tuple(made)


def part(book: Book, merge_id: str, why: str = "") -> Decision:
    """Undo one merge; others, earlier or later, stay.

    Raises:
        WorthbookError: merge-unknown.
    """
    with book.changing() as change:
        known = read_decisions(book, change.history)
        merges = {each.decision_id: each for each in known.merges}
        if merge_id not in merges:
            raise MERGE_UNKNOWN(merge=merge_id, near=did_you_mean(merge_id, merges))
        undone = _decision("part", merges[merge_id].pair, why)
        edges = {merged: into for merged, into in known.edges.items() if merged != undone.pair.merged_id}
        _commit(change, [undone], edges)
    return undone


def keep_apart(book: Book, pairs: Iterable[Pair], why: str = "") -> tuple[Decision, ...]:
    """Remember that pairs are two customers each, so that they are not proposed again."""
    made = tuple(_decision("keep_apart", pair, why) for pair in pairs)
    with book.changing() as change:
        _commit(change, made, None)
    return made


def _decision(action: Action, pair: Pair, why: str) -> Decision:
    decision_id = f"{now():%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:8]}"
    return Decision(decision_id, action, pair, now().replace(tzinfo=dt.UTC), who(), why)


# --- storing ---

_LOG: Mapping[str, Storage] = {
    "import_id": "text",
    "import_line": "integer",
    "action": "text",
    MERGED: "text",
    "customer_id": "text",
    "decided_at": "time",
    "who": "text",
    "why": "text",
}
"""`import_id` is the decision's own id; the name is that of all stored tables."""
LINK_COLUMNS: Mapping[str, Storage] = {
    MERGED: "text",
    "customer_id": "text",
    "import_id": "text",
    "import_line": "integer",
}


def _commit(change: Change, made: Sequence[Decision], edges: Mapping[str, str] | None) -> None:
    """Add decisions to the log and, where links change, replace them, in one step of the ledger."""
    if not made:
        return
    log = change.table(DECISIONS)
    log.ensure(_LOG, bucketed=False)
    rows = [
        (
            each.decision_id,
            number,
            each.action,
            each.pair.merged_id,
            each.pair.customer_id,
            each.at.replace(tzinfo=None),
            each.who,
            each.why,
        )
        for number, each in enumerate(made)
    ]
    added = write_rows(log, f"decisions-{uuid.uuid4().hex}", _LOG, rows, None)
    tables = {DECISIONS: TableChange(log.append([added]))}
    content = ""
    if edges is not None:
        links = resolve(edges)
        content = fingerprint(sorted(links.items()))
        tables[LINKS] = TableChange(
            _replace_links(change.table(LINKS), links, max(change.history.buckets, 1)), len(links)
        )
    change.append(Event("decided", made[0].decision_id, now(), who(), content=content, tables=tables))


def _replace_links(table: StoredTable, links: Mapping[str, str], buckets: int) -> int:
    table.ensure(LINK_COLUMNS, bucketed=True)
    parts: dict[int, list[tuple[object, ...]]] = {}
    for number, (merged, into) in enumerate(sorted(links.items())):
        parts.setdefault(bucket_of(into, buckets), []).append((merged, into, "", number))
    name = f"links-{uuid.uuid4().hex}"
    new = [write_rows(table, name, LINK_COLUMNS, rows, bucket) for bucket, rows in sorted(parts.items())]
    return table.rewrite(table.files(), new)


def write_rows(
    table: StoredTable,
    name: str,
    columns: Mapping[str, Storage],
    rows: Sequence[tuple[object, ...]],
    bucket: int | None,
) -> DataFile:
    """One file of a table with rows that are at hand."""
    path = table.place(name, bucket)
    values = ", ".join(
        f'unnest(CAST(? AS {SQL_TYPES[storage]}[])) AS "{column}"' for column, storage in columns.items()
    )
    lists = [list(column) for column in zip(*rows, strict=True)]
    cursor().execute(f"COPY (SELECT {values}) TO '{quoted(path)}' ({PARQUET})", lists)
    return DataFile(path, len(rows), bucket)
