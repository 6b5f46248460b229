"""Lines with which nothing is wrong and that give no row all the same: every feed of their layout leaves them out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from worthbook.data.feeds import Rows, each_column
from worthbook.data.judge import TEXT
from worthbook.data.judged import Part, mark
from worthbook.data.recognition import Recognition
from worthbook.data.verdict import WITHOUT_ROWS, Reason
from worthbook.definitions.table import TableDefinition


def skip_unfed(
    connection: duckdb.DuckDBPyConnection,
    recognition: Recognition,
    tables: Mapping[str, TableDefinition],
    reasons: tuple[Reason, ...],
    parts: Sequence[Part] = (TEXT,),
) -> tuple[Reason, ...]:
    """Skip the accepted lines that give no row to any table, so that accepted means that something was kept.

    Returns:
        The reasons that the verdicts number, this one among them; where a feed takes every line, the same as before.
    """
    fed: list[str] = []
    for feed in recognition.mapping.feeds:
        rows = Rows(tables[feed.table], [feed], recognition, frozenset(), "", tables)
        conditions = " AND ".join(rows.gives(feed))
        if feed.each is not None:
            wide = each_column(recognition, feed.each)
            fed.append(f"line IN (SELECT line FROM ({wide}) WHERE {conditions or 'TRUE'})")
        elif conditions:
            fed.append(f"({conditions})")
        else:
            return reasons
    without = f"NOT coalesce({' OR '.join(fed)}, FALSE)"
    longer = (*reasons, Reason("line-without-rows", without, WITHOUT_ROWS, is_skip=True))
    mark(connection, parts, without, -len(longer))
    return longer
