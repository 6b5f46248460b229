"""How many customers of a scorecard change grade when its weights move."""

from __future__ import annotations

from dataclasses import dataclass

from worthbook.definitions.framework import SCORE, FrameworkDefinition
from worthbook.models.weights import Sensitivity, Tree, sensitivity
from worthbook.planning.lay import thresholds_of
from worthbook.planning.run import Workbench
from worthbook.planning.weigh import Scored, scored, weigh


@dataclass(frozen=True)
class MovedWeights:
    """A scorecard whose weights were moved at random, again and again."""

    framework: FrameworkDefinition
    tree: Tree
    customers: Scored
    found: Sensitivity


def move_weights(bench: Workbench, framework: FrameworkDefinition, *, spread: float, draws: int) -> MovedWeights:
    """Move the weights of a scorecard; where its axes and its score are cut stays.

    Args:
        bench: with the scorecard's columns made.
        framework: the scorecard.
        spread: the standard deviation by which each weight moves, as a share of it.
        draws: how often.
    """
    thresholds = thresholds_of(bench, framework)
    tree = weigh(bench, framework, thresholds)
    customers = scored(bench, framework, thresholds)
    cuts = [float(each) for each in thresholds[SCORE]]
    found = sensitivity(tree, customers.points, cuts, customers.customers, spread=spread, draws=draws)
    return MovedWeights(framework, tree, customers, found)
