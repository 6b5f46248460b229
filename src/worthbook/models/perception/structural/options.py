"""The choices that change published answers; they are printed with every result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from worthbook.models.perception.structural.higher_order import HigherOrder
from worthbook.models.perception.structural.weighting import MOST_ITERATIONS, TOLERANCE, Scheme

Missing = Literal["pairwise", "listwise", "mean"]
Correlations = Literal["pearson", "polychoric"]


@dataclass(frozen=True)
class Options:
    """How a structural model is estimated."""

    scheme: Scheme = "path"
    consistent: bool = False
    missing: Missing = "pairwise"
    correlations: Correlations = "pearson"
    higher_order: HigherOrder = "two_stage"
    tolerance: float = TOLERANCE
    most_iterations: int = MOST_ITERATIONS
