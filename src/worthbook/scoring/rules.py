"""Rules: the first cell whose condition holds.

Nobody is placed by what is not known: a customer for whom a rule cannot be decided is in no cell, not even in one
further down. Where a rule asks `is null`, or where the answer is the same whatever the unknown may be, it can be
decided.
"""

from __future__ import annotations

from collections.abc import Mapping

from worthbook.definitions.framework import FrameworkDefinition
from worthbook.kernel.units import Value
from worthbook.scoring.bands import literal
from worthbook.scoring.cells import Bands
from worthbook.scoring.condition import renamed
from worthbook.scoring.judge import holds


def rules_formula(definition: FrameworkDefinition, columns: Mapping[str, str]) -> str:
    """The cell of a `rules` framework, from the columns of its bands and whatever else its conditions read.

    Args:
        definition: the framework.
        columns: axis → the column of its bands.
    """
    steps = ["case"]
    for cell in definition.cells:
        if cell.when is None:
            steps.append(f"when true then {literal(cell.key)}")
        else:
            condition = f"({renamed(cell.when, columns)})"
            steps.append(f"when {condition} then {literal(cell.key)} when {condition} is null then null")
    return " ".join([*steps, "end"])


def rules_cell(definition: FrameworkDefinition, bands: Bands, values: Mapping[str, Value]) -> str | None:
    """The cell of a `rules` framework for one customer.

    Args:
        definition: the framework.
        bands: axis → the key of the customer's band.
        values: the columns that conditions read beside the axes.

    Raises:
        NotFollowedError: a condition goes beyond what can be judged without an engine.
    """
    seen: dict[str, Value] = {**values, **bands}
    for cell in definition.cells:
        verdict = True if cell.when is None else holds(cell.when, seen)
        if verdict is not False:
            return cell.key if verdict else None
    return None
