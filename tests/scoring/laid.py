"""Frameworks laid over a few customers in a real engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import duckdb

from worthbook.definitions.framework import FrameworkDefinition
from worthbook.kernel.units import Value
from worthbook.scoring.bands import Thresholds
from worthbook.scoring.framework import steps
from worthbook.scoring.weighting import Weighting

Columns = Mapping[str, Sequence[Value]]

RATIO = "create macro ratio(a, b) as case when b = 0 then null else cast(a as double) / cast(b as double) end"
"""The one function of the formula language that the formulas of frameworks use and SQL does not have."""


def laid(
    definition: FrameworkDefinition,
    thresholds: Mapping[str, Thresholds],
    columns: Columns,
    types: Mapping[str, str] | None = None,
    weighting: Weighting | None = None,
) -> dict[str, list[Value]]:
    """All columns of a framework, one value per customer, in the order given."""
    kinds = {name: (types or {}).get(name, "DOUBLE") for name in columns}
    declared = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in kinds.items())
    rows = [(place, *row) for place, row in enumerate(zip(*columns.values(), strict=True))]
    holders = ", ".join(f"(?{', ?' * len(columns)})" for _ in rows)
    query = f"select place, {declared} from (values {holders}) as given(place, {', '.join(columns)})"
    made: list[str] = []
    for formulas in steps(definition, thresholds, weighting):
        query = f"select *, {', '.join(f'{text} as {name}' for name, (text, _) in formulas.items())} from ({query})"
        made += formulas
    query = f"select {', '.join(made)} from ({query}) order by place"
    found = _engine().execute(query, [value for row in rows for value in row]).fetchall()
    return {name: [row[index] for row in found] for index, name in enumerate(made)}


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    """One for all tests: starting it takes longer than any of the queries."""
    engine = duckdb.connect(config={"threads": 1})
    engine.execute(RATIO)
    return engine
