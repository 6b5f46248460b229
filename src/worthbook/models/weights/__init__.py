"""How much each criterion counts: stated, judged in pairs, or found in the data (A33)."""

from __future__ import annotations

from worthbook.models.weights.ahp import Ahp, Judgements
from worthbook.models.weights.combined import combine_linear, combine_product, global_weights
from worthbook.models.weights.found import critic, entropy
from worthbook.models.weights.sensitivity import Sensitivity, sensitivity
from worthbook.models.weights.stated import constant_sum, direct, equal
from worthbook.models.weights.tree import Tree
from worthbook.models.weights.weights import Weights

__all__ = [
    "Ahp",
    "Judgements",
    "Sensitivity",
    "Tree",
    "Weights",
    "combine_linear",
    "combine_product",
    "constant_sum",
    "critic",
    "direct",
    "entropy",
    "equal",
    "global_weights",
    "sensitivity",
]
