"""The analytic hierarchy process: weights from judgements in pairs (Saaty 1980).

With `a_ij` saying how many times as important criterion i is as criterion j, the weights are the principal eigenvector
of A. People contradict themselves: `CI = (lambda_max - n) / (n - 1)`, and `CR = CI / RI` compares it with random
judgements. Four tables of RI are in use and give different CR, so the table is named with the result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.models.base import FloatArray
from worthbook.models.weights.weights import Weights, check_names

RandomIndex = Literal["saaty_1980", "saaty_2005", "donegan_dodd_1991", "tummala_ling_1998"]

RANDOM_INDEX: Mapping[RandomIndex, tuple[float, ...]] = {
    "saaty_1980": (0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59),
    "saaty_2005": (0.52, 0.89, 1.11, 1.25, 1.35, 1.40, 1.45, 1.49, 1.52, 1.54, 1.56, 1.58, 1.59),
    "donegan_dodd_1991": (
        *(0.4914, 0.8286, 1.0591, 1.1797, 1.2519, 1.3171, 1.3733),
        *(1.4055, 1.4213, 1.4497, 1.4643, 1.4822, 1.4969),
    ),
    "tummala_ling_1998": (
        *(0.5799, 0.8921, 1.1159, 1.2358, 1.3322, 1.3952, 1.4537),
        *(1.4882, 1.5117, 1.5356, 1.5571, 1.5714, 1.5831),
    ),
}
"""Mean CI of random judgements for 3, 4, … 15 criteria."""

CONSISTENT = 0.10
"""Saaty's limit: above it, judgements should be looked at again."""
MOST_CRITERIA = 15
"""More cannot be compared with random judgements by any of the tables (and by no human being)."""
SCALE = np.array([*(1 / np.arange(9, 1, -1)), *np.arange(1, 10)], dtype=float)
"""Saaty's words: from 1/9 (extremely less important) to 9 (extremely more important)."""

JUDGEMENT_UNUSABLE = Fault(
    "judgement-unusable",
    what=Text(
        en="The judgement of '{first}' over '{second}' is {value}: it must be a number above zero.",
        zh="“{first}”相对“{second}”的判断为 {value}：应为大于零的数值。",
    ),
    hint=Text(
        en="Write 3 for 'three times as important', 1/3 for the opposite; leave out what nobody judged.",
        zh="“重要三倍”写 3，相反则写 1/3；未作判断的留空。",
    ),
)
JUDGEMENT_CONTRADICTS = Fault(
    "judgement-contradicts",
    what=Text(
        en="'{first}' over '{second}' is {value}, and {other} the other way round: one must be 1 divided by the other.",
        zh="“{first}”相对“{second}”为 {value}，反方向却为 {other}：二者应互为倒数。",
    ),
    hint=Text(en="Give each pair once.", zh="每一对只需给出一次判断。"),
)
CRITERIA_MANY = Fault(
    "ahp-criteria-many",
    what=Text(en="{count} criteria cannot be judged in pairs.", zh="{count} 个指标无法进行两两比较。"),
    hint=Text(
        en="Use 2 to 15 at a time: group them, judge the groups, then the criteria within each.",
        zh="每次比较 2 至 15 个指标：请先分组，比较各组，再比较组内指标。",
    ),
)
JUDGEMENTS_APART = Fault(
    "judgements-apart",
    what=Text(
        en="No chain of judgements connects '{first}' with '{second}'.",
        zh="“{first}”与“{second}”之间没有任何判断可以相连。",
    ),
    hint=Text(en="Judge at least one pair between the two groups.", zh="请至少补充两组之间的一对判断。"),
)


@dataclass(frozen=True)
class WorstJudgement:
    """The pair that contradicts the others most, and what they would have it be."""

    first: str
    second: str
    given: float
    suggested: float
    """The nearest value of Saaty's scale to what the other judgements imply."""
    cr_with_suggestion: float


@dataclass(frozen=True)
class Ahp:
    """Weights from judgements in pairs, and how far the judgements agree with each other."""

    weights: Weights
    """Principal eigenvector."""
    geometric: Weights
    """Row geometric means (least squares of logarithms): equal to the eigenvector where judgements are consistent."""
    lambda_max: float
    ci: float
    cr: float
    random_index: RandomIndex
    gci: float
    """Geometric consistency index of Aguarón and Moreno-Jiménez (2003): at most 0.31, 0.35, 0.37 for 3, 4, more."""
    filled: Mapping[tuple[str, str], float]
    """Judgements that were missing, and the values that contradict the others least."""
    worst: WorstJudgement | None
    """None where judgements cannot contradict each other or do not."""

    @property
    def consistent(self) -> bool:
        """Whether CR is at most 0.10."""
        return self.cr <= CONSISTENT


@dataclass(frozen=True)
class Judgements:
    """How many times as important each criterion is as each other.

    >>> asked = Judgements.of({("price", "service"): 2, ("service", "brand"): 3, ("price", "brand"): 6})
    >>> asked.weigh().weights.values.round(6).tolist()
    [0.6, 0.3, 0.1]
    """

    names: tuple[str, ...]
    matrix: FloatArray
    """Shape (criteria, criteria): `matrix[i, j]` of i over j; NaN where nobody judged."""

    @classmethod
    def of(cls, pairs: Mapping[tuple[str, str], float], names: Sequence[str] | None = None) -> Judgements:
        """Judgements by pair; the order of criteria is that of `names`, or that in which they are first named.

        Raises:
            WorthbookError: `judgement-unusable`, `judgement-contradicts`, `ahp-criteria-many`.
        """
        names = tuple(names or dict.fromkeys(name for pair in pairs for name in pair))
        matrix = np.full((len(names), len(names)), np.nan)
        np.fill_diagonal(matrix, 1.0)
        for (first, second), value in pairs.items():
            i, j = names.index(first), names.index(second)
            _check(first, second, value)
            if np.isfinite(matrix[i, j]) and not np.isclose(matrix[i, j], value):
                raise JUDGEMENT_CONTRADICTS(first=first, second=second, value=value, other=1 / matrix[i, j])
            matrix[i, j], matrix[j, i] = value, 1 / value
        return cls.from_matrix(names, matrix)

    @classmethod
    def from_matrix(cls, names: Sequence[str], matrix: FloatArray) -> Judgements:
        """Judgements as a table; one triangle is enough, the other is 1 divided by it; NaN is unknown.

        Raises:
            WorthbookError: `criteria-miscounted`, `ahp-criteria-many`, `judgement-unusable`, `judgement-contradicts`.
        """
        matrix = np.array(matrix, dtype=float)
        check_names(names, matrix.shape, matrix.shape == (len(names), len(names)))
        if not 2 <= len(names) <= MOST_CRITERIA:  # noqa: PLR2004
            raise CRITERIA_MANY(count=len(names))
        np.fill_diagonal(matrix, 1.0)
        for i, j in zip(*np.nonzero(~np.isnan(matrix)), strict=True):
            _check(names[i], names[j], matrix[i, j])
            if not np.isnan(matrix[j, i]) and not np.isclose(matrix[i, j] * matrix[j, i], 1.0, rtol=0.02):
                raise JUDGEMENT_CONTRADICTS(first=names[i], second=names[j], value=matrix[i, j], other=matrix[j, i])
        return cls(tuple(names), np.where(np.isnan(matrix), 1 / matrix.T, matrix))

    @classmethod
    def of_group(cls, group: Sequence[Judgements], shares: Sequence[float] | None = None) -> Judgements:
        """The judgements of a group as those of one person: geometric means, pair by pair (AIJ).

        Args:
            group: Judgements over the same criteria; what a member did not judge is the mean of the others.
            shares: How much each member counts; alike, if left out.
        """
        names = group[0].names
        stacked = np.log(np.stack([each.reordered(names).matrix for each in group]))
        weights = np.ones(len(group)) if shares is None else np.asarray(shares, dtype=float)
        weight = np.where(np.isnan(stacked), 0.0, weights[:, np.newaxis, np.newaxis])
        total = weight.sum(axis=0)
        mean = np.divide(
            (weight * np.nan_to_num(stacked)).sum(axis=0), total, out=np.full_like(total, np.nan), where=total > 0
        )
        return cls(names, np.exp(mean))

    def reordered(self, names: Sequence[str]) -> Judgements:
        """The same judgements with the criteria in another order."""
        order = [self.names.index(name) for name in names]
        return Judgements(tuple(names), self.matrix[np.ix_(order, order)])

    def weigh(self, random_index: RandomIndex = "saaty_1980") -> Ahp:
        """Weights, consistency, and the judgement to look at again.

        Raises:
            WorthbookError: `judgements-apart`, if missing judgements leave criteria without any connection.
        """
        matrix, missing = _completed(self)
        n, values = len(self.names), _principal(matrix)
        lambda_max = float((matrix @ values / values).mean())
        ci = max(lambda_max - n, 0.0) / (n - 1)
        cr = _ratio(matrix, random_index)
        logs = np.log(matrix)
        geometric = np.exp(logs.mean(axis=1))
        gap = logs - np.subtract.outer(logs.mean(axis=1), logs.mean(axis=1))
        gci = float(2 * (np.triu(gap, 1) ** 2).sum() / ((n - 1) * (n - 2))) if n > 2 else 0.0  # noqa: PLR2004
        worst = _worst(self, matrix, values, random_index) if cr > 0 else None
        facts = {"lambda_max": lambda_max, "ci": ci, "cr": cr, "random_index": random_index}
        weights = Weights.normalised(
            self.names, values, f"AHP, eigenvector, RI {random_index}", facts, _notes(cr, worst, missing)
        )
        return Ahp(
            weights=weights,
            geometric=Weights.normalised(self.names, geometric, "AHP, row geometric means"),
            lambda_max=lambda_max,
            ci=ci,
            cr=cr,
            random_index=random_index,
            gci=gci,
            filled={(self.names[i], self.names[j]): float(matrix[i, j]) for i, j in missing},
            worst=worst,
        )


def _check(first: str, second: str, value: float) -> None:
    if not (np.isfinite(value) and value > 0):
        raise JUDGEMENT_UNUSABLE(first=first, second=second, value=value)


def _principal(matrix: FloatArray) -> FloatArray:
    """The eigenvector of the largest eigenvalue; positive by Perron's theorem, with the sum 1."""
    values, vectors = np.linalg.eig(matrix)
    vector = np.abs(vectors[:, np.argmax(values.real)].real)
    return np.asarray(vector / vector.sum())


def _ratio(matrix: FloatArray, random_index: RandomIndex) -> float:
    n = len(matrix)
    if n < 3:  # noqa: PLR2004 - a single pair cannot contradict itself
        return 0.0
    vector = _principal(matrix)
    ci = max(float((matrix @ vector / vector).mean()) - n, 0.0) / (n - 1)
    ratio = ci / RANDOM_INDEX[random_index][n - 3]
    return ratio if ratio > 1e-12 else 0.0  # noqa: PLR2004 - rounding


def _completed(judgements: Judgements) -> tuple[FloatArray, list[tuple[int, int]]]:
    """The matrix with missing judgements set to what makes lambda_max smallest (Bozóki, Fülöp and Rónyai 2010).

    lambda_max is convex in the logarithms of the missing values; its gradient follows from the left and the right
    principal eigenvector.
    """
    matrix = judgements.matrix.copy()
    missing = [(int(i), int(j)) for i, j in zip(*np.nonzero(np.isnan(np.triu(matrix, 1))), strict=True)]
    if not missing:
        return matrix, missing
    _check_connected(judgements)
    from scipy.optimize import minimize  # noqa: PLC0415  # keeps the import of the package fast

    rows, columns = np.array(missing).T

    def fill(logs: FloatArray) -> None:
        matrix[rows, columns], matrix[columns, rows] = np.exp(logs), np.exp(-logs)

    def largest(logs: FloatArray) -> tuple[float, FloatArray]:
        fill(logs)
        right, left = _principal(matrix), _principal(matrix.T)
        value = float((matrix @ right / right).mean())
        slope = (
            left[rows] * matrix[rows, columns] * right[columns] - left[columns] * matrix[columns, rows] * right[rows]
        )
        return value, slope / float(left @ right)

    found = minimize(largest, np.zeros(len(missing)), jac=True, method="BFGS", options={"gtol": 1e-12})
    fill(found.x)
    return matrix, missing


def _check_connected(judgements: Judgements) -> None:
    reached = _reached(judgements.matrix)
    if not reached.all():
        apart = judgements.names[int(np.argmin(reached))]
        raise JUDGEMENTS_APART(first=judgements.names[0], second=apart)


def _reached(matrix: FloatArray) -> np.ndarray:
    """Which criteria a chain of judgements connects with the first."""
    known = ~np.isnan(matrix)
    reached = known[0]
    for _ in matrix:
        reached = known[reached].any(axis=0)
    return np.asarray(reached)


def _worst(
    judgements: Judgements, matrix: FloatArray, weights: FloatArray, random_index: RandomIndex
) -> WorstJudgement | None:
    """The judgement that differs most from the ratio of the weights, and what the others would have it be."""
    gap = np.abs(np.log(matrix) - np.log(np.divide.outer(weights, weights)))
    gap[np.isnan(judgements.matrix)] = 0.0
    i, j = np.unravel_index(int(np.argmax(np.triu(gap, 1))), gap.shape)
    without = judgements.matrix.copy()
    without[i, j] = without[j, i] = np.nan
    if len(matrix) < 3 or not _reached(without).all():  # noqa: PLR2004
        return None
    implied, _ = _completed(Judgements(judgements.names, without))
    suggested = float(SCALE[np.argmin(np.abs(np.log(SCALE) - np.log(implied[i, j])))])
    changed = matrix.copy()
    changed[i, j], changed[j, i] = suggested, 1 / suggested
    names = judgements.names
    given = float(judgements.matrix[i, j])
    return WorstJudgement(names[i], names[j], given, suggested, _ratio(changed, random_index))


def _notes(cr: float, worst: WorstJudgement | None, missing: Sequence[tuple[int, int]]) -> tuple[Text, ...]:
    notes = []
    if cr > CONSISTENT and worst is not None:
        given, suggested = _saaty(worst.given), _saaty(worst.suggested)
        notes.append(
            Text(
                en=f"The judgements contradict each other (CR {cr:.3f}, at most 0.10 is usual). Look again at "
                f"'{worst.first}' over '{worst.second}': {given} was given, the others imply about {suggested} "
                f"(CR would be {worst.cr_with_suggestion:.3f}).",
                zh=f"判断前后不一致（CR {cr:.3f}，通常不应超过 0.10）。请复核“{worst.first}”相对“{worst.second}”："
                f"给出的是 {given}，按其余判断约为 {suggested}（改后 CR 为 {worst.cr_with_suggestion:.3f}）。",
            )
        )
    if missing:
        en = f"Missing judgements filled in so that they contradict the others least: {len(missing)}."
        notes.append(Text(en=en, zh=f"有 {len(missing)} 个缺失的判断，已按与其余判断矛盾最小的原则补全。"))
    return tuple(notes)


def _saaty(value: float) -> str:
    """A judgement as people write it: 3, or 1/3."""
    return f"{value:g}" if value >= 1 else f"1/{1 / value:g}"
