"""A framework as formulas: first its bands and, in a scorecard, its score; then the cell that they decide."""

from __future__ import annotations

from collections.abc import Mapping

from worthbook.definitions.framework import SCORE, FrameworkDefinition
from worthbook.kernel.units import Unit
from worthbook.scoring.bands import Formulas, Thresholds, band_formula, literal
from worthbook.scoring.cells import grid_formula, tier_formula
from worthbook.scoring.ladder import ladder_formula
from worthbook.scoring.memory import kept_to_formula
from worthbook.scoring.points import score_formulas
from worthbook.scoring.rules import rules_formula
from worthbook.scoring.weighting import Weighting


def band_columns(definition: FrameworkDefinition) -> dict[str, str]:
    """Axis → the column of its bands; the one axis of `tiers` has none beside the framework's own."""
    if definition.method == "tiers":
        return {}
    return {name: f"{definition.name}__{name}" for name in definition.axes}


def score_column(definition: FrameworkDefinition) -> str | None:
    """The column of the score; None but for a scorecard."""
    return f"{definition.name}__{SCORE}" if definition.method == "scorecard" else None


def steps(
    definition: FrameworkDefinition, thresholds: Mapping[str, Thresholds], weighting: Weighting | None = None
) -> tuple[Formulas, ...]:
    """The framework's columns as formulas, in steps: each step reads columns made before and those of the step before.

    The score of a scorecard can only be cut once it is made: without a threshold for `score` the answer ends with the
    step that makes it; with one it is whole.

    Args:
        definition: the framework, free of `framework_checks.problems`.
        thresholds: axis → the value at which each of its upper bands begins, in this population; infinite where nobody
            lies above a cut.
        weighting: how much the axes of a scorecard count; as stated at them, if left out.
    """
    bands = {
        column: (_band_keys(definition, name, thresholds[name]), Unit.LABEL)
        for name, column in band_columns(definition).items()
    }
    match definition.method:
        case "tiers":
            return (_cell(definition, tier_formula(definition, thresholds), thresholds),)
        case "grid":
            return bands, _cell(definition, grid_formula(definition, band_columns(definition)), thresholds)
        case "rules":
            return _filled(bands, _cell(definition, rules_formula(definition, band_columns(definition)), thresholds))
        case "ladder":
            return _filled(bands, _cell(definition, ladder_formula(definition, band_columns(definition)), thresholds))
        case "scorecard":
            scored = f"{definition.name}__{SCORE}"
            first = {**bands, **score_formulas(definition, thresholds, weighting or Weighting.stated(definition))}
            if SCORE not in thresholds:
                return (first,)
            grades = band_formula(scored, thresholds[SCORE], [literal(cell.key) for cell in definition.cells])
            return first, _cell(definition, grades, thresholds)


def _filled(*made: Formulas) -> tuple[Formulas, ...]:
    """Without a step that makes nothing: conditions may compare columns and need no bands."""
    return tuple(each for each in made if each)


def _band_keys(definition: FrameworkDefinition, name: str, thresholds: Thresholds) -> str:
    axis = definition.axes[name]
    return band_formula(axis.column, thresholds, [literal(band.key) for band in axis.bands])


def _cell(definition: FrameworkDefinition, formula: str, thresholds: Mapping[str, Thresholds]) -> Formulas:
    """What the axes say, and beside it what memory needs or, without memory, what people chose."""
    computed = {definition.computed: (formula, Unit.LABEL)}
    if definition.stability is not None:
        kept_to = kept_to_formula(definition, definition.stability, thresholds)
        return {**computed, definition.kept_to: (kept_to, Unit.LABEL)}
    if definition.by_hand is not None:
        return {**computed, definition.name: (chosen_formula(definition, definition.computed), Unit.LABEL)}
    return computed


def chosen_formula(definition: FrameworkDefinition, otherwise: str) -> str:
    """The cell that a person chose, where there is one and the framework still has it; otherwise a column's."""
    keys = ", ".join(literal(cell.key) for cell in definition.cells)
    return f"case when {definition.by_hand} in ({keys}) then {definition.by_hand} else {otherwise} end"
