"""What trees say of customers whom they have not seen: everything that judges or corrects them rests on this.

Customers are dealt into folds, buyers and others evenly; trees are grown on all folds but one and applied to that one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from worthbook.models.base import FloatArray, IntArray
from worthbook.models.learning.trees import Growth, Trees
from worthbook.models.learning.zero_inflated_lognormal import ZeroInflated
from worthbook.models.optimise import maximise

FOLDS = 5
CERTAIN = 30.0
"""Log odds of a chance that is taken as certain, because nobody spent nothing."""

LEAST_SIGMA = 1e-3


@dataclass(frozen=True, slots=True)
class Grown:
    """Trees for the chance to spend anything, and for the logarithm of the amount."""

    chance: Trees
    amount: Trees

    @classmethod
    def learn(cls, matrix: FloatArray, spend: FloatArray, growth: Growth) -> Grown:
        """Grow both; the second on buyers only."""
        bought = spend > 0
        certain = np.bincount(bought, minlength=2)[0] < FOLDS
        chance = Trees(CERTAIN, ()) if certain else Trees.learn("chance", matrix, bought.astype(np.float64), growth)
        return cls(chance, Trees.learn("amount", matrix[bought], np.log(spend[bought]), growth))


@dataclass(frozen=True, slots=True)
class Correction:
    """What customers not seen say about the trees: by how much to stretch and shift, and how far off they are.

    Attributes:
        odds: Shift and stretch of the log odds (Platt 1999).
        log_amount: Shift and stretch of the logarithm of the amount.
        sigma: Standard deviation of the logarithm of the amount around that.
    """

    odds: tuple[float, float]
    log_amount: tuple[float, float]
    sigma: float

    @classmethod
    def of(cls, odds: FloatArray, log_amount: FloatArray, spend: FloatArray) -> Correction:
        """Learn it from what trees said of customers whom they had not seen."""
        bought = spend > 0
        actual, said = np.log(spend[bought]), log_amount[bought]
        spread = float(((said - said.mean()) ** 2).mean())
        together = float(((said - said.mean()) * (actual - actual.mean())).mean())
        stretch = max(together / spread, 0.0) if spread > 0 else 0.0
        shift = float(actual.mean() - stretch * said.mean())
        sigma = float(np.sqrt(((actual - shift - stretch * said) ** 2).sum() / max(len(actual) - 2, 1)))
        return cls(_platt(odds, bought), (shift, stretch), max(sigma, LEAST_SIGMA))

    def apply(self, odds: FloatArray, log_amount: FloatArray) -> ZeroInflated:
        """The distribution of each customer."""
        shift, stretch = self.odds
        p = 1 / (1 + np.exp(-np.clip(shift + stretch * odds, -700, 700)))
        return ZeroInflated(p, self.log_amount[0] + self.log_amount[1] * log_amount, self.sigma)


@dataclass(frozen=True, slots=True, eq=False)
class CrossFit:
    """Trees of each fold, and what they said of the customers left out."""

    fold: IntArray
    grown: tuple[Grown, ...]
    odds: FloatArray
    log_amount: FloatArray

    @classmethod
    def of(cls, matrix: FloatArray, spend: FloatArray, growth: Growth, rng: np.random.Generator) -> CrossFit:
        """Deal customers into folds, grow, and let each customer be judged by trees that have not seen it."""
        fold = _folds(spend > 0, rng)
        grown = tuple(Grown.learn(matrix[fold != one], spend[fold != one], growth) for one in range(FOLDS))
        odds, log_amount = np.empty(len(spend)), np.empty(len(spend))
        for one, trees in enumerate(grown):
            left_out = fold == one
            odds[left_out] = trees.chance.apply(matrix[left_out])
            log_amount[left_out] = trees.amount.apply(matrix[left_out])
        return cls(fold, grown, odds, log_amount)

    def importance(
        self, matrix: FloatArray, spend: FloatArray, columns: IntArray, correction: Correction, rng: np.random.Generator
    ) -> tuple[float, float]:
        """How much worse customers left out are foretold when some columns are shuffled among them.

        Breiman (2001), "Random Forests", Machine Learning 45, section 10, here by the loss of the distribution.

        Returns:
            The rise of the mean loss, and its standard error over customers.
        """
        before = correction.apply(self.odds, self.log_amount).loss(spend)
        after = np.empty(len(spend))
        for one, trees in enumerate(self.grown):
            rows = np.flatnonzero(self.fold == one)
            shuffled = matrix[rows]
            shuffled[:, columns] = shuffled[rng.permutation(len(rows))][:, columns]
            said = correction.apply(trees.chance.apply(shuffled), trees.amount.apply(shuffled))
            after[rows] = said.loss(spend[rows])
        rise = after - before
        return float(rise.mean()), float(rise.std() / np.sqrt(len(rise)))


def _folds(bought: np.ndarray, rng: np.random.Generator) -> IntArray:
    """A fold for each customer; buyers and others are dealt separately."""
    fold = np.empty(len(bought), dtype=np.intp)
    for kind in (bought, ~bought):
        rows = np.flatnonzero(kind)
        fold[rng.permutation(rows)] = np.arange(len(rows)) % FOLDS
    return fold


def _platt(odds: FloatArray, bought: np.ndarray) -> tuple[float, float]:
    """Shift and stretch of log odds that make the outcomes likeliest, with Platt's softened outcomes."""
    if odds.min() == odds.max():
        return 0.0, 1.0
    buyers, others = float(bought.sum()), float((~bought).sum())
    target = np.where(bought, (buyers + 1) / (buyers + 2), 1 / (others + 2))

    def likelihood(point: FloatArray) -> tuple[float, FloatArray]:
        shift, stretch = point
        score = shift + stretch * odds
        value = float((target * score - np.logaddexp(0, score)).mean())
        error = target - 1 / (1 + np.exp(-np.clip(score, -700, 700)))
        return value, np.array([error.mean(), (error * odds).mean()])

    shift, stretch = maximise(likelihood, [np.array([0.0, 1.0]), np.zeros(2)]).point.tolist()
    return shift, stretch
