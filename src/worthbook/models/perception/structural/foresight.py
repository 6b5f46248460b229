"""PLSpredict (Shmueli, Ray, Velasquez Estrada and Chatla 2016): what the model says of people it has not seen.

In each fold the model is estimated from everybody else. A driven construct is foretold from the scores of its direct
drivers, its items by their loadings. Two standards are to be beaten: the mean of the others,

    Q2_predict = 1 - (squared errors of the model) / (squared errors of the mean)

and an ordinary regression of each item on other items: those of the direct drivers, those of the constructs that
nothing drives, or those of all other constructs. Each of the three is "the" linear model somewhere; ours is named.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.models.base import FloatArray, IntArray
from worthbook.models.perception.structural.plan import Plan
from worthbook.models.perception.structural.sample import Sample
from worthbook.models.perception.structural.solution import Solution

Standard = Literal["drivers", "exogenous", "others"]
"""On whose items the linear model regresses."""

FOLDS_UNFIT = Fault(
    "folds-unfit",
    what=Text(
        en="{folds} folds of {respondents} respondents cannot be made.",
        zh="无法把 {respondents} 位受访者分为 {folds} 折。",
    ),
    hint=Text(en="Use at least 2 folds and at most as many as respondents.", zh="折数至少为 2，且不超过受访者人数。"),
)
NOT_PLAIN = Fault(
    "foresight-not-for-this-structure",
    what=Text(
        en="Prediction of items is offered for models without interactions and higher-order constructs.",
        zh="题项预测仅支持不含交互项与高阶构念的模型。",
    ),
    hint=Text(en="Leave them out of the model that is tested.", zh="请在待检验的模型中去掉它们。"),
)


@dataclass(frozen=True)
class Foretold:
    """One item of a driven construct: root mean squared and mean absolute errors, ours and by linear regression."""

    construct: str
    item: str
    rmse: float
    mae: float
    lm_rmse: float
    lm_mae: float
    q2: float

    @property
    def beats_lm(self) -> bool:
        """Whether the model foretells it better than regression on all items does."""
        return self.rmse < self.lm_rmse


def foretell(
    sample: Sample, folds: int = 10, repeats: int = 1, seed: int = 1, standard: Standard = "drivers"
) -> tuple[Foretold, ...]:
    """Foretell each answer from the answers of others, fold by fold.

    Holes count as the mean of those who answered; errors are taken where there is an answer, and weighted as
    respondents are.

    Args:
        sample: the model over its answers.
        folds: into how many parts the respondents are divided.
        repeats: how often anew.
        seed: of the division.
        standard: of the linear model.

    Raises:
        WorthbookError: `folds-unfit`, `foresight-not-for-this-structure`.
    """
    if not 2 <= folds <= sample.n:  # noqa: PLR2004 - one fold leaves nobody to learn from
        raise FOLDS_UNFIT(folds=folds, respondents=sample.n)
    random = np.random.default_rng(seed)
    fold = np.concatenate([repeat * folds + random.permutation(sample.n) % folds for repeat in range(repeats)])
    fold = fold.reshape(repeats, sample.n)
    training = np.stack([(fold[repeat] != repeat * folds + each) for repeat in range(repeats) for each in range(folds)])
    return _errors(sample, training.astype(np.float64), ~training, standard)


def fitted(sample: Sample, standard: Standard = "drivers") -> tuple[Foretold, ...]:
    """The same for the people from whom the model was estimated."""
    everybody = np.ones((1, sample.n))
    return _errors(sample, everybody, everybody > 0, standard)


def _errors(sample: Sample, training: FloatArray, testing: np.ndarray, standard: Standard) -> tuple[Foretold, ...]:
    if sample.model.interactions or sample.model.higher:
        raise NOT_PLAIN()  # noqa: RSE102  # a fault makes the exception
    found = sample.solve(training)
    plan, values = found.plan, sample.answers.values
    guesses = _by_model(found, values)
    rows = []
    for j in plan.endogenous:
        linear = _by_regression(found, values, _regressors(plan, j, standard), plan.members(j))
        for place, item in enumerate(plan.members(j)):
            known = testing & ~np.isnan(values[:, item])
            weight = known * sample.products.weights
            ours, theirs, mean = (
                np.where(known, guess - values[:, item], 0.0)
                for guess in (guesses[:, :, item], linear[:, :, place], found.moments.means[:, item, None])
            )
            total = weight.sum()
            square = [float((weight * each**2).sum() / total) for each in (ours, theirs, mean)]
            absolute = [float((weight * np.abs(each)).sum() / total) for each in (ours, theirs)]
            row = (square[0] ** 0.5, absolute[0], square[1] ** 0.5, absolute[1], 1 - square[0] / square[2])
            rows.append(Foretold(plan.constructs[j], plan.items[item], *row))
    return tuple(rows)


def _regressors(plan: Plan, j: int, standard: Standard) -> IntArray:
    """The items on which those of a construct are regressed."""
    if standard == "others":
        return np.flatnonzero(plan.block != j)
    whose = plan.drivers[j] if standard == "drivers" else set(range(plan.k)) - set(plan.endogenous)
    return np.flatnonzero(np.isin(plan.block, list(whose)))


def _standardised(found: Solution, values: FloatArray) -> FloatArray:
    """(B, n, p) the answers as each training sample sees them; a hole is the mean."""
    moments = found.moments
    return np.nan_to_num((values - moments.means[:, None]) / np.sqrt(moments.variances)[:, None])


def _by_model(found: Solution, values: FloatArray) -> FloatArray:
    """(B, n, p) scores of the drivers, through the paths to the construct, through the loadings to its items."""
    plan, moments = found.plan, found.moments
    scores = (_standardised(found, values) * found.w[:, None]) @ plan.M
    construct = scores @ found.B.transpose(2, 0, 1)
    guess: FloatArray = construct[:, :, plan.block] * (found.loadings * np.sqrt(moments.variances))[:, None]
    return guess + moments.means[:, None]


def _by_regression(found: Solution, values: FloatArray, drivers: IntArray, items: IntArray) -> FloatArray:
    """(B, n, items) least squares on some items."""
    moments = found.moments
    S = moments.S
    b = np.linalg.solve(S[:, drivers[:, None], drivers], S[:, drivers[:, None], items])
    guess: FloatArray = _standardised(found, values)[:, :, drivers] @ b
    return guess * np.sqrt(moments.variances[:, items])[:, None] + moments.means[:, items][:, None]
