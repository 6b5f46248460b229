"""Where one customer stands in a framework, worked out without an engine and to the same answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from worthbook.definitions.framework import SCORE, FrameworkDefinition
from worthbook.kernel.result import ColumnMeta
from worthbook.kernel.units import Value
from worthbook.scoring.bands import Thresholds, band_index
from worthbook.scoring.cells import grid_cell
from worthbook.scoring.ladder import ladder_cell
from worthbook.scoring.rules import rules_cell
from worthbook.scoring.weighting import Contribution, Weighting, contributions, score_of


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
    weighting: Weighting | None = None
    """How much the axes of a scorecard count; None is as stated at them."""

    def with_value(self, column: str, value: Value) -> Case:
        """The same customer with another value in one column."""
        return replace(self, values={**self.values, column: value})

    def band(self, axis: str) -> int | None:
        """The customer's band on an axis, 0 for the lowest; None where unknown."""
        return band_index(self.values.get(self.definition.axes[axis].column), self.thresholds[axis])

    @property
    def score(self) -> float | None:
        """The customer's score in a scorecard."""
        return score_of(self.contributions)

    @property
    def contributions(self) -> tuple[Contribution, ...]:
        """What each known axis of a scorecard adds to the score; their exact sum is the score before it is rounded."""
        if self.definition.method != "scorecard":
            return ()
        weighting = self.weighting or Weighting.stated(self.definition)
        return contributions(self.definition, weighting, self.values, self.thresholds)

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
                return grid_cell(self.definition, self.band_keys)
            case "rules":
                return rules_cell(self.definition, self.band_keys, self.values)
            case "ladder":
                return ladder_cell(self.definition, self.band_keys, self.values)

    def _cell_at(self, index: int | None) -> str | None:
        return None if index is None else self.definition.cells[index].key

    @property
    def band_keys(self) -> dict[str, str | None]:
        """Axis → the key of the customer's band; None where unknown."""
        at = {name: self.band(name) for name in self.definition.axes}
        axes = self.definition.axes
        return {name: None if index is None else axes[name].bands[index].key for name, index in at.items()}
