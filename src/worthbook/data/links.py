"""Customers who were merged: tables are read as if the id that stands for a customer had always been written.

The files keep the ids that were imported. The table of links says for each id that was merged away which one stands for
it now, whatever chain of merges led there; it is joined when a table is read, so that undoing a merge restores exactly
what was there. A book without merges has no such table, and its queries are what they would be without this module.

Rows lie in buckets of the id under which they were imported. So what belongs to a customer of one bucket may lie in
another: `elsewhere(name)` names the files of the other buckets. The same holds where imports name different customers
under one key, as when a complaint is corrected: such a row counts, whole, in the bucket of the customer named last.

Columns that say who else a row speaks of (who was recommended, of which group a firm is part) follow the links too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from worthbook.data.engine import Snapshot
from worthbook.data.history import LINKS
from worthbook.data.sheets import CUSTOMER, named, quoted, read
from worthbook.data.superseded import counting, files_for
from worthbook.data.typed import column

HERE = "in this bucket"
"""What `scattered_rows` adds to the columns of a table."""
MERGED = "merged_id"
"""In the table of links, beside the `customer_id` that stands for it and in whose bucket the link lies."""


def elsewhere(name: str) -> str:
    """The name of a table's files in all buckets but one; no table can be called so.

    >>> elsewhere("transactions")
    'transactions elsewhere'
    """
    return f"{name} elsewhere"


def files_elsewhere(snapshot: Snapshot, bucket: int) -> dict[str, tuple[str, ...]]:
    """What must be read beside a bucket's own files so that merged customers are whole in it.

    The links to its customers are among its own files; where there are any, these are the other buckets' files of all
    tables, and always the links to customers of other buckets. Without links, those of tables with scattered rows.
    """
    if snapshot.buckets == 1:
        return {}
    split = {name: table for name, table in snapshot.tables.items() if len(table.buckets) == snapshot.buckets}
    wanted = {name: table for name, table in split.items() if table.scattered}
    links = snapshot.tables.get(LINKS)
    if links is not None:
        wanted = split if links.buckets[bucket] else {**wanted, LINKS: links}
    found = {
        elsewhere(name): tuple(
            dict.fromkeys(path for index, part in enumerate(table.buckets) if index != bucket for path in part)
        )
        for name, table in wanted.items()
    }
    said = {name: files for table in wanted.values() for name, files in files_for(table, ()).items()}
    return {name: files for name, files in {**said, **found}.items() if files}


def stored_rows(  # noqa: PLR0913, PLR0917 - a book, what is there of it, a table, and what is asked of it
    snapshot: Snapshot,
    present: frozenset[str],
    name: str,
    customer: str | None,
    columns: Collection[str],
    conditions: Sequence[exp.Expr] = (),
    refers: Collection[str] = (),
) -> exp.Select | None:
    """The rows of a stored table that count, with merged customers under the id that stands for them.

    Args:
        snapshot: the stored tables.
        present: the sets of files that are there.
        name: the table.
        customer: its column of customers; None where it has none.
        columns: what to read.
        conditions: which rows, beside that they count; they speak of the table by its name.
        refers: other columns that hold ids of customers.

    Returns:
        A query; None where the table has no files among those.
    """
    if name not in present and (customer is None or not {elsewhere(name), LINKS} <= present):
        return None
    others = sorted(set(refers) & set(columns))
    rows = _Rows(
        name, customer or "", sorted(columns), [*conditions, *counting(snapshot.tables[name])], others, present
    )
    if (customer is None and not others) or present.isdisjoint({LINKS, elsewhere(LINKS)}):
        return rows.select(read(name), *(column(each, name) for each in rows.columns))
    return _together(list(rows.linked()), name, rows.columns)


def scattered_rows(  # noqa: PLR0913, PLR0917 - as of `stored_rows`
    snapshot: Snapshot,
    present: frozenset[str],
    name: str,
    customer: str,
    columns: Collection[str],
    key: Sequence[str],
    refers: Collection[str] = (),
) -> exp.Select | None:
    """The same of a table with a key, with the other buckets' rows of the keys that are here.

    A further column, `HERE`, is 1 for what `stored_rows` gives and 0 for what belongs to customers of other buckets.
    """
    here = stored_rows(snapshot, present, name, customer, columns, refers=refers)
    if here is None:
        return None
    others = sorted(set(refers) & set(columns))
    rows = _Rows(name, customer, sorted(columns), counting(snapshot.tables[name]), others, present)
    ours = exp.select(*(column(each) for each in key)).distinct().from_(here.copy().subquery(alias=quoted(name)))
    known = f"{name} here"
    same = exp.and_(*(exp.EQ(this=column(each, name), expression=column(each, known)) for each in key))
    parts = [here.select(named(exp.Literal.number(1), HERE), copy=False)]
    for query in rows.away():
        joined = query.select(named(exp.Literal.number(0), HERE), copy=False)
        parts.append(joined.join(ours.copy().subquery(alias=quoted(known)), on=same.copy(), copy=False))
    return _together(parts, name, [*rows.columns, HERE])


def _together(parts: Sequence[exp.Select], name: str, columns: Collection[str]) -> exp.Select:
    union = parts[0] if len(parts) == 1 else exp.union(*parts, distinct=False, copy=False)
    return exp.select(*(column(each, name) for each in columns)).from_(union.subquery(alias=quoted(name)))


@dataclass(frozen=True)
class _Rows:
    """Some rows of one table."""

    name: str
    customer: str
    columns: Sequence[str]
    conditions: Sequence[exp.Expr]
    refers: Sequence[str]
    present: frozenset[str]

    def linked(self) -> Iterator[exp.Select]:
        """The table's own rows, and those of the other buckets whose customers belong here."""
        if self.name in self.present:
            yield self._referring(self._own())
        if {elsewhere(self.name), LINKS} <= self.present:
            away = _called(elsewhere(self.name), self.name)
            query = self.select(away, *self._chosen(column(CUSTOMER, LINKS)))
            yield self._referring(query.join(read(LINKS), on=self._same(LINKS), copy=False))

    def away(self) -> Iterator[exp.Select]:
        """The rows of the files at hand whose customers belong to other buckets, under the id that they have there."""
        if elsewhere(self.name) in self.present:
            query = self.select(
                _called(elsewhere(self.name), self.name), *self._chosen(column(self.customer, self.name))
            )
            if LINKS in self.present:
                query = query.join(read(LINKS), on=self._same(LINKS), join_type="left", copy=False)
                query = query.where(exp.Is(this=column(MERGED, LINKS), expression=exp.Null()), copy=False)
            yield self._referring(query)
        if {self.name, elsewhere(LINKS)} <= self.present:
            query = self.select(read(self.name), *self._chosen(column(CUSTOMER, elsewhere(LINKS))))
            yield self._referring(query.join(read(elsewhere(LINKS)), on=self._same(elsewhere(LINKS)), copy=False))

    def select(self, source: exp.Table, *chosen: exp.Expr) -> exp.Select:
        """Rows of a set of files."""
        query = exp.select(*chosen).from_(source)
        for condition in self.conditions:
            query = query.where(condition.copy(), copy=False)
        return query

    def _own(self) -> exp.Select:
        present = self.present if self.customer else frozenset[str]()
        customer: exp.Expr = column(self.customer, self.name)
        if LINKS in present:
            customer = exp.Coalesce(this=column(CUSTOMER, LINKS), expressions=[customer])
        query = self.select(read(self.name), *self._chosen(customer))
        if LINKS in present:
            query = query.join(read(LINKS), on=self._same(LINKS), join_type="left", copy=False)
        if elsewhere(LINKS) in present:  # those who now belong to customers of other buckets
            query = query.join(read(elsewhere(LINKS)), on=self._same(elsewhere(LINKS)), join_type="left", copy=False)
            query = query.where(exp.Is(this=column(MERGED, elsewhere(LINKS)), expression=exp.Null()), copy=False)
        return query

    def _chosen(self, customer: exp.Expr) -> Iterator[exp.Expr]:
        for each in self.columns:
            if each == self.customer:
                yield named(customer.copy(), each)
            elif each in self.refers:
                standing = [column(CUSTOMER, alias) for _, alias in self._links_of(each)]
                first, *rest = [*standing, column(each, self.name)]
                yield named(exp.Coalesce(this=first, expressions=rest), each)
            else:
                yield named(column(each, self.name), each)

    def _referring(self, query: exp.Select) -> exp.Select:
        """With the links of everybody whom the rows speak of beside, in whatever bucket they lie."""
        for each in self.refers:
            for links, alias in self._links_of(each):
                same = exp.EQ(this=column(each, self.name), expression=column(MERGED, alias))
                query = query.join(_called(links, alias), on=same, join_type="left", copy=False)
        return query

    def _links_of(self, each: str) -> list[tuple[str, str]]:
        """The sets of links that are there, and how each is called where it is joined for a column."""
        return [(links, f"{links} of {each}") for links in (LINKS, elsewhere(LINKS)) if links in self.present]

    def _same(self, links: str) -> exp.Expr:
        return exp.EQ(this=column(self.customer, self.name), expression=column(MERGED, links))


def _called(name: str, alias: str) -> exp.Table:
    return exp.Table(this=quoted(name), alias=exp.TableAlias(this=quoted(alias)))


def resolve(edges: Mapping[str, str]) -> dict[str, str]:
    """Who stands for each merged id in the end.

    Args:
        edges: merged id → the id that it was merged into, which may have been merged further; never a loop.

    >>> resolve({"A": "B", "B": "C"})
    {'A': 'C', 'B': 'C'}
    """
    return {merged: standing_for(edges, merged) for merged in edges}


def standing_for(edges: Mapping[str, str], customer_id: str) -> str:
    """The id that stands for a customer.

    >>> standing_for({"A": "B", "B": "C"}, "A"), standing_for({"A": "B"}, "B")
    ('C', 'B')
    """
    while customer_id in edges:
        customer_id = edges[customer_id]
    return customer_id
