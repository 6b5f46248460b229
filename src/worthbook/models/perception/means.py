"""Means of answers with weights and holes: estimate, standard error, interval, effective size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from worthbook.models.base import FloatArray
from worthbook.models.perception.intervals import CONFIDENCE


@dataclass(frozen=True)
class Means:
    """One mean for each column of answers; unknown answers are left out column by column."""

    count: FloatArray
    effective: FloatArray
    mean: FloatArray
    error: FloatArray
    """Standard error."""

    def interval(self, confidence: float = CONFIDENCE) -> tuple[FloatArray, FloatArray]:
        """Student's interval; unknown with fewer than two answers."""
        reach = _quantile(self.effective, confidence) * self.error
        return self.mean - reach, self.mean + reach

    @property
    def p(self) -> FloatArray:
        """Two-sided, of a mean of zero."""
        freedom = self.effective - 1
        with np.errstate(invalid="ignore", divide="ignore"):
            t = np.abs(self.mean) / self.error
        found = np.where(freedom > 0, 2 * stdtr(np.where(freedom > 0, freedom, 1.0), -np.nan_to_num(t)), np.nan)
        return np.where(self.error > 0, found, np.where(self.mean == 0, 1.0, np.nan))


def means(values: FloatArray, weights: FloatArray) -> Means:
    """The weighted mean of each column.

    The variance is Σ w² (x − m)² / (Σ w)², corrected by n / (n − 1) with Kish's effective n, so that equal weights
    give s / √n.

    Args:
        values: respondents by columns; NaN where there is no answer.
        weights: of the respondents.

    >>> found = means(np.array([[1.0], [2.0], [3.0], [np.nan]]), np.ones(4))
    >>> found.mean.tolist(), found.error.round(4).tolist(), found.count.tolist()
    ([2.0], [0.5774], [3.0])
    """
    known = ~np.isnan(values)
    own = np.where(known, weights[:, None], 0.0)
    total = own.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(known, own * np.nan_to_num(values), 0.0).sum(axis=0) / total
        effective = total**2 / (own**2).sum(axis=0)
        spread = np.where(known, own**2 * (np.nan_to_num(values) - mean) ** 2, 0.0).sum(axis=0) / total**2
        error = np.sqrt(spread * effective / (effective - 1))
    return Means(
        known.sum(axis=0).astype(float), np.nan_to_num(effective), mean, np.where(effective > 1, error, np.nan)
    )


def welch(first: Means, second: Means) -> Means:
    """The first means less the second, of groups that do not overlap.

    The freedom of Welch (Biometrika 34, 1947) stands where the effective size less one does.

    >>> ours, theirs = (means(np.array(values)[:, None], np.ones(3)) for values in ([5.0, 6, 7], [3.0, 4, 5]))
    >>> found = welch(ours, theirs)
    >>> found.mean.tolist(), found.error.round(4).tolist(), found.effective.round(4).tolist()
    ([2.0], [0.8165], [5.0])
    """
    variances = [each.error**2 for each in (first, second)]
    freedom = [np.where(each.effective > 1, each.effective - 1, np.nan) for each in (first, second)]
    total = variances[0] + variances[1]
    with np.errstate(invalid="ignore", divide="ignore"):
        joint = total**2 / (variances[0] ** 2 / freedom[0] + variances[1] ** 2 / freedom[1])
    return Means(
        np.minimum(first.count, second.count), np.nan_to_num(joint + 1), first.mean - second.mean, np.sqrt(total)
    )


def _quantile(effective: FloatArray, confidence: float) -> FloatArray:
    freedom = np.where(effective > 1, effective - 1, 1.0)
    return np.where(effective > 1, stdtrit(freedom, 0.5 + confidence / 2), np.nan)


def alpha(values: FloatArray, weights: FloatArray) -> float | None:
    """Cronbach's alpha of some items from the respondents who answered all: k / (k − 1) (1 − Σ variances / total).

    None with fewer than two items or three complete respondents, or where nothing varies.

    Source: Cronbach, Psychometrika 16 (1951).

    >>> alpha(np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]]), np.ones(3))
    1.0
    """
    complete = ~np.isnan(values).any(axis=1)
    rows, own = values[complete], weights[complete]
    items = values.shape[1]
    if items < 2 or len(rows) < 3 or own.sum() <= 0:  # noqa: PLR2004 - nothing to correlate
        return None
    covariance = np.cov(rows.T, aweights=own, ddof=0)
    total = covariance.sum()
    return None if total <= 0 else float(items / (items - 1) * (1 - np.trace(covariance) / total))
