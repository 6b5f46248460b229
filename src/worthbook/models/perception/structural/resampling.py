"""The bootstrap: how the numbers would scatter if other people had been asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import ndtr, ndtri

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.models.base import Estimate, FloatArray
from worthbook.models.perception.resamples import chunks, drawn
from worthbook.models.perception.structural import failures
from worthbook.models.perception.structural.quantities import QUANTITIES, of_solution
from worthbook.models.perception.structural.sample import Sample
from worthbook.models.perception.structural.solution import Solution

Method = Literal["percentile", "bca", "basic"]
LEVEL = 0.95
FEW = 0.5

ALL_FAILED = Fault(
    "resamples-all-failed",
    what=Text(
        en="Fewer than half of the {asked} resamples have a solution; most often {reason}.",
        zh="{asked} 次重抽样中有解的不足一半；最常见原因：{reason}。",
    ),
    hint=Text(
        en="Leave the item or construct out, or ask more people; intervals from the rest would be too narrow.",
        zh="请删去该题项或潜变量，或扩大样本；仅用其余样本得到的区间会过窄。",
    ),
)
SOME_FAILED = Text(
    en="{count} of {asked} resamples have no solution ({reasons}); they are left out of the intervals.",
    zh="{asked} 次重抽样中有 {count} 次无解（{reasons}），未计入区间。",
)
SOME_IMPROPER = Text(
    en="{count} of {asked} resamples have an improper solution (a loading, R², reliability or correlation beyond 1).",
    zh="{asked} 次重抽样中有 {count} 次解不合理（载荷、R²、信度或相关系数超出 1）。",
)


@dataclass(frozen=True, eq=False)
class Draws:
    """Every quantity as estimated, and in every resample that has a solution."""

    labels: Mapping[str, tuple[str, ...]]
    original: Mapping[str, FloatArray]
    """By quantity, (labels,)."""
    draws: Mapping[str, FloatArray]
    """By quantity, (resamples with a solution, labels)."""
    asked: int
    seed: int
    failed: Counter[failures.Reason]
    improper: int
    left_out: Mapping[str, FloatArray] | None = None
    """By quantity, (respondents, labels): the estimates without each respondent, for BCa."""

    def estimates(self, quantity: str, level: float = LEVEL, method: Method = "percentile") -> tuple[Estimate, ...]:
        """The estimate of each label with its bootstrap standard error and interval."""
        low, high = self.interval(quantity, level, method)
        errors = self.draws[quantity].std(axis=0, ddof=1)
        rows = zip(self.labels[quantity], self.original[quantity], errors, low, high, strict=True)
        return tuple(Estimate(label, *(float(number) for number in numbers)) for label, *numbers in rows)

    def interval(
        self, quantity: str, level: float = LEVEL, method: Method = "percentile"
    ) -> tuple[FloatArray, FloatArray]:
        """The lower and the upper end for each label (Efron and Tibshirani 1993, chapters 13 and 14)."""
        values, original = self.draws[quantity], self.original[quantity]
        tails = np.array([(1 - level) / 2, (1 + level) / 2])
        if method == "bca":
            return self._bca(quantity, tails)
        low, high = np.quantile(values, tails, axis=0)
        return (low, high) if method == "percentile" else (2 * original - high, 2 * original - low)

    def p_values(self, quantity: str) -> FloatArray:
        """(labels,) two-sided, of there being nothing: how rarely resamples lie on the other side of zero."""
        values = self.draws[quantity]
        below, above = (values <= 0).sum(axis=0), (values >= 0).sum(axis=0)
        rarer: FloatArray = 2 * (np.minimum(below, above) + 1) / (len(values) + 1)
        return np.minimum(rarer, 1.0)

    @property
    def cautions(self) -> tuple[Text, ...]:
        """How many resamples have no solution and why, how many an improper one."""
        return tuple(self._cautions())

    def _cautions(self) -> Iterator[Text]:
        failed = self.failed.total()
        if failed:
            yield SOME_FAILED.format(count=failed, asked=self.asked, reasons=_listed(self.failed))
        if self.improper:
            yield SOME_IMPROPER.format(count=self.improper, asked=self.asked)

    def _bca(self, quantity: str, tails: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Bias-corrected and accelerated: the tails are moved by how skewed the estimate is."""
        assert self.left_out is not None, "draw with jackknife=True"  # noqa: S101 - a mistake of ours
        values, original, without = self.draws[quantity], self.original[quantity], self.left_out[quantity]
        share = ((values < original).sum(axis=0) + (values == original).sum(axis=0) / 2) / len(values)
        bias = ndtri(np.clip(share, 0.5 / len(values), 1 - 0.5 / len(values)))
        apart = without.mean(axis=0) - without
        with np.errstate(divide="ignore", invalid="ignore"):
            acceleration = np.nan_to_num((apart**3).sum(axis=0) / (6 * (apart**2).sum(axis=0) ** 1.5))
        z = bias + ndtri(tails)[:, None]
        moved = np.clip(ndtr(bias + z / (1 - acceleration * z)), 0.0, 1.0)
        ends = [np.quantile(column, where) for column, where in zip(values.T, moved.T, strict=True)]
        low, high = np.array(ends).reshape(-1, 2).T
        return low, high


def bootstrap(
    sample: Sample,
    draws: int = 2000,
    seed: int = 1,
    quantities: Iterable[str] | None = None,
    *,
    jackknife: bool = False,
) -> Draws:
    """Draw respondents with replacement and estimate everything again, weights included.

    Args:
        sample: the model over its answers; survey weights go with the respondents.
        draws: how many resamples.
        seed: of the random numbers; the same seed gives the same draws.
        quantities: names in `QUANTITIES`; by default all that the model has.
        jackknife: also leave out each respondent in turn, which BCa intervals need.

    Raises:
        WorthbookError: `resamples-all-failed`.
    """
    whole = sample.whole()
    names = tuple(quantities) if quantities is not None else of_solution(whole)
    random = np.random.default_rng(seed)
    parts = [_read(sample, counts, whole, names) for counts in drawn(random, draws, sample.n)]
    failed = sum((part.failed for part in parts), Counter[failures.Reason]())
    if failed.total() > FEW * draws:
        raise ALL_FAILED(asked=draws, reason=_listed(failed))
    return Draws(
        labels={name: QUANTITIES[name].labels(whole) for name in names},
        original={name: QUANTITIES[name].values(whole)[0] for name in names},
        draws={name: np.concatenate([part.values[name] for part in parts]) for name in names},
        asked=draws,
        seed=seed,
        failed=failed,
        improper=sum(part.improper for part in parts),
        left_out=_left_out(sample, whole, names) if jackknife else None,
    )


@dataclass(frozen=True)
class _Part:
    values: Mapping[str, FloatArray]
    failed: Counter[failures.Reason]
    improper: int


def _read(sample: Sample, counts: FloatArray, whole: Solution, names: Iterable[str]) -> _Part:
    found = sample.solve(counts, whole)
    failed, reasons = failures.failed_with_reasons(found)
    improper = int((failures.improper_rows(found) & ~failed).sum())
    return _Part({name: QUANTITIES[name].values(found)[~failed] for name in names}, reasons, improper)


def _left_out(sample: Sample, whole: Solution, names: Iterable[str]) -> Mapping[str, FloatArray]:
    unit = np.arange(sample.n)
    parts = [_read(sample, (unit[part, None] != unit).astype(np.float64), whole, names) for part in chunks(sample.n)]
    return {name: np.concatenate([part.values[name] for part in parts]) for name in names}


def _listed(failed: Counter[failures.Reason]) -> Text:
    """The commonest reasons, with how often each occurred."""
    said = [(reason.say(), count) for reason, count in failed.most_common(3)]
    return Text(
        en="; ".join(f"{text.en}: {count}" for text, count in said),
        zh="；".join(f"{text.zh}：{count} 次" for text, count in said),
    )
