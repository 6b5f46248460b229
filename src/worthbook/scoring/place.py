"""Where one customer stands in a framework, worked out without an engine and to the same answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from worthbook.definitions.framework import FrameworkDefinition
from worthbook.definitions.framework_checks import SCORE
from worthbook.kernel.result import ColumnMeta
from worthbook.kernel.units import Value
from worthbook.scoring.bands import Thresholds, band_index
from worthbook.scoring.cells import grid_cell
from worthbook.scoring.points import score
from worthbook.scoring.rules import rules_cell


@dataclass(frozen=True)
class Case:
    """One customer before one framework."""

    definition: FrameworkDefinition
    values: Mapping[str, Value]
    """The customer's columns: those that axes cut and those that conditions read."""
    thresholds: Mapping[str, Thresholds]
    """Axis → where its upper bands begin, as found in the population; for a scorecard also `score`."""
    columns: Mapping[str, ColumnMeta] = field(default_factory=dict)
    """What the axes' columns are called and counted in."""
    currency: str = ""

    def with_value(self, column: str, value: Value) -> Case:
        """The same customer with another value in one column."""
        return replace(self, values={**self.values, column: value})

    def band(self, axis: str) -> int | None:
        """The customer's band on an axis, 0 for the lowest; None where unknown."""
        return band_index(self.values.get(self.definition.axes[axis].column), self.thresholds[axis])

    @property
    def score(self) -> float | None:
        """The customer's score in a scorecard."""
        if self.definition.method != "scorecard":
            return None
        return score(self.definition, self.values, self.thresholds)

    @property
    def cell(self) -> str | None:
        """The key of the customer's cell; None where the customer cannot be placed.

        Raises:
            NotFollowedError: for rules that use functions.
        """
        match self.definition.method:
            case "tiers":
                return self._cell_at(self.band(next(iter(self.definition.axes))))
            case "scorecard":
                return self._cell_at(band_index(self.score, self.thresholds[SCORE]))
            case "grid":
                return grid_cell(self.definition, self._band_keys())
            case "rules":
                return rules_cell(self.definition, self._band_keys(), self.values)

    def _cell_at(self, index: int | None) -> str | None:
        return None if index is None else self.definition.cells[index].key

    def _band_keys(self) -> dict[str, str | None]:
        at = {name: self.band(name) for name in self.definition.axes}
        axes = self.definition.axes
        return {name: None if index is None else axes[name].bands[index].key for name, index in at.items()}
