"""A few conditions that tell customers apart: a shallow decision tree, pruned by cross-validation, tested on others.

Breiman, Friedman, Olshen and Stone (1984), Classification and Regression Trees: least squares for numbers, Gini for
groups; the tree is the smallest within one standard error of the best (their 1-SE rule).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from worthbook.models.base import FloatArray
from worthbook.models.learning.library import library

_SEED = 0
_HELD_OUT, _FOLDS, _MOST_SIZES, _SLACK = 0.3, 5, 12, 0.01
LEAST_SHARE, LEAST_CUSTOMERS = 0.01, 20
"""A leaf holds at least so many of the customers learnt from."""


@dataclass(frozen=True)
class Bound:
    """One condition of a leaf: from `low` on and below `high`; None is no bound."""

    feature: int
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Leaf:
    """Customers who meet the same conditions."""

    bounds: tuple[Bound, ...]
    value: float
    """What the tree says of them: a mean, or the number of a group."""
    customers: int
    """Of those held back, how many it has."""
    actual: float
    """Of those held back: their mean, or the share that is in the group said; NaN where it has none."""


@dataclass(frozen=True)
class Tree:
    """Conditions, and how well they do with customers they were not learnt from."""

    leaves: tuple[Leaf, ...]
    quality: float
    """R² of a number, the share told right of groups, among those held back."""
    plain: float
    """The same for saying the mean, or the largest group, of all."""
    learnt_from: int
    held_back: int


def grow(  # noqa: PLR0913 - what is learnt from, what of it, and how
    matrix: FloatArray, target: FloatArray, *, groups: bool, depth: int, balanced: bool = False, logged: bool = False
) -> Tree:
    """Learn conditions from seven in ten customers, and test them on the rest.

    Args:
        matrix: customers as rows, features as columns; nothing unknown.
        target: a number of each, or the number of its group.
        groups: whether the target names groups.
        depth: at most so many conditions one after the other.
        balanced: whether small groups weigh as much as large ones.
        logged: whether the logarithm of a number is learnt, and R² is of that; for a column in which a few giants would
            decide everything. What leaves actually have is told in the column's own terms.

    Raises:
        WorthbookError: `extra-learning-absent`.
    """
    own, target = target, np.log1p(target) if logged else target
    order = np.random.default_rng(_SEED).permutation(len(matrix))
    cut = round(len(matrix) * (1 - _HELD_OUT))
    learn, test = np.sort(order[:cut]), np.sort(order[cut:])
    made = _learner(groups=groups, depth=depth, count=cut, balanced=balanced)
    made.set_params(ccp_alpha=_pruning(made, matrix[learn], target[learn])).fit(matrix[learn], target[learn])
    grown = list(_grown(made, matrix[learn], groups=groups))
    landed = _landed(grown, matrix[test])
    said = np.array([value for _, value in grown])[landed]
    usual = np.full(len(test), _usual(target[learn], groups=groups))
    return Tree(
        leaves=tuple(_tested(leaf, own[test][landed == index], groups=groups) for index, leaf in enumerate(grown)),
        quality=_quality(said, target[test], groups=groups),
        plain=_quality(usual, target[test], groups=groups),
        learnt_from=len(learn),
        held_back=len(test),
    )


def _learner(*, groups: bool, depth: int, count: int, balanced: bool) -> Any:  # noqa: ANN401  # the library has no types
    trees = library("sklearn.tree")
    least = max(LEAST_CUSTOMERS, math.ceil(LEAST_SHARE * count))
    how = {"max_depth": depth, "min_samples_leaf": least, "random_state": _SEED}
    if groups:
        return trees.DecisionTreeClassifier(**how, class_weight="balanced" if balanced else None)
    return trees.DecisionTreeRegressor(**how)


def _pruning(learner: Any, matrix: FloatArray, target: FloatArray) -> float:  # noqa: ANN401  # see above
    """The strongest pruning within one standard error of the best."""
    alphas = np.unique(np.maximum(learner.cost_complexity_pruning_path(matrix, target).ccp_alphas, 0.0))
    alphas = alphas[np.unique(np.linspace(0, len(alphas) - 1, _MOST_SIZES).round().astype(int))]
    choose = library("sklearn.model_selection")
    folds = choose.KFold(_FOLDS, shuffle=True, random_state=_SEED)
    scores = np.array(
        [
            choose.cross_val_score(learner.set_params(ccp_alpha=float(alpha)), matrix, target, cv=folds)
            for alpha in alphas
        ]
    )
    means, errors = scores.mean(1), scores.std(1, ddof=1) / math.sqrt(_FOLDS)
    best = int(means.argmax())
    return float(alphas[np.flatnonzero(means >= means[best] - errors[best])[-1]])


def _usual(target: FloatArray, *, groups: bool) -> float:
    if not groups:
        return float(target.mean())
    values, counts = np.unique(target, return_counts=True)
    return float(values[counts.argmax()])


def _quality(said: FloatArray, target: FloatArray, *, groups: bool) -> float:
    if groups:
        return float((said == target).mean())
    spread = float(((target - target.mean()) ** 2).sum())
    return 1 - float(((target - said) ** 2).sum()) / spread if spread > 0 else 0.0


Grown = tuple[tuple[Bound, ...], float]
"""The bounds of a leaf, and what the tree says there."""


def _grown(made: Any, matrix: FloatArray, *, groups: bool) -> Iterator[Grown]:  # noqa: ANN401  # see above
    """The leaves, lowest values first, cut at round numbers near to where the tree cuts."""
    nodes, values = made.tree_, made.tree_.value
    walked: list[tuple[int, NDArray[np.intp], dict[int, Bound]]] = [(0, np.arange(len(matrix)), {})]
    while walked:
        node, rows, bounds = walked.pop()
        if nodes.children_left[node] < 0:
            said = float(made.classes_[values[node, 0].argmax()]) if groups else float(values[node, 0, 0])
            yield tuple(bounds[key] for key in sorted(bounds)), said
            continue
        feature = int(nodes.feature[node])
        column = matrix[rows, feature]
        left = column.astype(np.float32) <= nodes.threshold[node]
        cut = _round_cut(column, int(left.sum()))
        old = bounds.get(feature, Bound(feature, None, None))
        upper, lower = Bound(feature, cut, old.high), Bound(feature, old.low, cut)
        walked.append((int(nodes.children_right[node]), rows[~left], {**bounds, feature: upper}))
        walked.append((int(nodes.children_left[node]), rows[left], {**bounds, feature: lower}))


def _round_cut(column: FloatArray, below: int) -> float:
    """A number that leaves so many below it; give or take one in a hundred, where only that allows a round one."""
    ordered, slack = np.sort(column), int(len(column) * _SLACK)
    exact = roundest(float(ordered[below - 1]), float(ordered[below]))
    if exact == float(f"{exact:.1e}"):
        return exact
    low, high = max(below - 1 - slack, 0), min(below + slack, len(ordered) - 1)
    return roundest(float(ordered[low]), float(ordered[high]))


def _landed(grown: Sequence[Grown], matrix: FloatArray) -> NDArray[np.intp]:
    """The leaf of each row: the first whose bounds it keeps."""
    keeps = np.ones((len(grown), len(matrix)), dtype=bool)
    for index, (bounds, _) in enumerate(grown):
        for bound in bounds:
            column = matrix[:, bound.feature]
            keeps[index] &= (column >= (-math.inf if bound.low is None else bound.low)) & (
                column < (math.inf if bound.high is None else bound.high)
            )
    return np.asarray(keeps.argmax(0))


def _tested(leaf: Grown, target: FloatArray, *, groups: bool) -> Leaf:
    """A leaf and how it does with those held back."""
    bounds, said = leaf
    actual = float((target == said).mean() if groups else target.mean()) if len(target) else math.nan
    return Leaf(bounds, said, len(target), actual)


def roundest(low: float, high: float) -> float:
    """The number with the fewest digits that is above one and not above the other.

    >>> roundest(487.2, 531.9), roundest(2, 3), roundest(-0.31, -0.12), roundest(-1.0, 2.0)
    (500.0, 3.0, -0.2, 0.0)
    """
    if low < 0 <= high:
        return 0.0
    power = math.floor(math.log10(max(abs(low), abs(high))))
    for digits in range(17):
        step = 10.0 ** (digits - power)
        found = math.floor(high * step + 1e-9) / step
        if low < found <= high:
            return found
    return high
