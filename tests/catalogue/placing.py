"""Customers given by hand, placed by a shipped framework."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.catalogue.test_frameworks import shipped
from tests.scoring.laid import laid
from worthbook.kernel.units import Value
from worthbook.scoring.bands import Thresholds


def placed(
    name: str, cuts: Mapping[str, Thresholds], columns: Sequence[str], *customers: Sequence[Value]
) -> list[Value]:
    """The cell of each customer.

    Args:
        name: the framework.
        cuts: axis → where its upper bands begin in this population; axes cut at fixed values may be left out.
        columns: the columns that are known; all others are unknown for everyone.
        customers: the values of these columns.
    """
    return columns_of(name, cuts, columns, *customers)[name]


def columns_of(
    name: str, cuts: Mapping[str, Thresholds], columns: Sequence[str], *customers: Sequence[Value]
) -> dict[str, list[Value]]:
    """All columns that the framework makes."""
    framework = shipped()[name]
    fixed = {
        axis: [cut.value for cut in each.parsed_cuts]
        for axis, each in framework.axes.items()
        if all(cut.kind == "value" for cut in each.parsed_cuts)
    }
    given: dict[str, list[Value]] = {axis.column: [None] * len(customers) for axis in framework.axes.values()}
    given |= {column: [customer[place] for customer in customers] for place, column in enumerate(columns)}
    words = {column for column, values in given.items() if any(isinstance(value, str) for value in values)}
    score = {"score": [cut.value for cut in framework.parsed_score_cuts]} if framework.score_cuts else {}
    return laid(framework, {**fixed, **score, **cuts}, given, dict.fromkeys(words, "VARCHAR"))
