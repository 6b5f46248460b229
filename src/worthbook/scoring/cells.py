"""Tiers and grids: the band, or the combination of bands, is the cell."""

from __future__ import annotations

from collections.abc import Mapping

from worthbook.definitions.framework import FrameworkDefinition
from worthbook.definitions.framework_checks import bands_of, takes
from worthbook.scoring.bands import Thresholds, band_formula, literal

Bands = Mapping[str, str | None]
"""Axis → the key of the customer's band; None where the axis is unknown."""


def tier_formula(definition: FrameworkDefinition, thresholds: Mapping[str, Thresholds]) -> str:
    """The cell of a `tiers` framework, from the column that its one axis cuts."""
    ((name, axis),) = definition.axes.items()
    return band_formula(axis.column, thresholds[name], [literal(cell.key) for cell in definition.cells])


def grid_formula(definition: FrameworkDefinition, columns: Mapping[str, str]) -> str:
    """The cell of a grid, from the columns of its bands; unknown where any axis is.

    Args:
        definition: the framework; every combination of bands leads to one of its cells.
        columns: axis → the column of its bands.
    """
    unknown = " or ".join(f"{columns[name]} is null" for name in definition.axes)
    steps = [f"case when {unknown} then null"]
    for cell in definition.cells:
        conditions = [_one_of(columns[axis], keys) for axis, keys in bands_of(cell).items()]
        steps.append(f"when {' and '.join(conditions) or 'true'} then {literal(cell.key)}")
    return " ".join([*steps, "end"])


def _one_of(column: str, keys: tuple[str, ...]) -> str:
    if len(keys) == 1:
        return f"{column} = {literal(keys[0])}"
    return f"{column} in ({', '.join(literal(key) for key in keys)})"


def grid_cell(definition: FrameworkDefinition, bands: Bands) -> str | None:
    """The cell of a grid for one customer."""
    there = {axis: key for axis, key in bands.items() if key is not None}
    if len(there) < len(definition.axes):
        return None
    return next((cell.key for cell in definition.cells if takes(cell, there)), None)
