"""One pass over a book, bucket by bucket: the query for each bucket's files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence

from sqlglot import exp

from worthbook.data.engine import Snapshot
from worthbook.data.relations import Relations, bucket_files
from worthbook.definitions.table import TableDefinition


def one_pass(
    snapshot: Snapshot,
    tables: Mapping[str, TableDefinition],
    as_of: dt.date,
    query_of: Callable[[Relations], exp.Query],
    beside: Mapping[str, Sequence[str]] | None = None,
) -> Iterator[tuple[exp.Query, Mapping[str, tuple[str, ...]]]]:
    """The query and the files of every bucket that has some; buckets with the same sets of files share the query.

    `beside` are further sets of files: name → one file a bucket.
    """
    made: dict[frozenset[str], exp.Query] = {}
    for bucket in range(snapshot.buckets):
        files = bucket_files(snapshot, bucket)
        present = frozenset(files)
        if files and present not in made:
            made[present] = query_of(Relations(tables, snapshot, as_of, present))
        if files:
            yield made[present], {**files, **{name: (parts[bucket],) for name, parts in (beside or {}).items()}}
