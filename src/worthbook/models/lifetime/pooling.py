"""Segments and cohorts that learn from each other: partial pooling on the logarithms of parameters.

Segments' parameters vary around a common mean; how much they vary is learnt from all of them, and what remains unknown
of it is in every interval (`hierarchy`). A segment with many customers keeps its own estimates, one with few is drawn
to the mean by as much as its data are weak. What a segment's customers say is taken as the parabola that touches the
logarithm of their likelihood where the segment's estimates are, so that these and the parabolas are found in turn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

import numpy as np

from worthbook.kernel.errors import Fault, WorthbookError
from worthbook.kernel.language import Text
from worthbook.models.base import FloatArray
from worthbook.models.distinct import weighted_sum
from worthbook.models.hierarchy import Groups, Shrunk
from worthbook.models.laplace import Estimates
from worthbook.models.lifetime.data import UNIT_NAMES, PurchaseHistory
from worthbook.models.lifetime.purchase_model import (
    OTHER_UNIT,
    PurchaseFit,
    PurchaseModel,
    fingerprint_of,
    log_scale_of,
    refuse_hopeless,
)
from worthbook.models.optimise import Maximum, Objective, maximise

ROUNDS = 20
SETTLED = 0.01
"""The search ends when no mean and no spread of a logarithm changes by more."""

FIRST_SPREAD = 0.3
SEED = 1

FEWEST_SEGMENTS = 3

TOO_FEW_SEGMENTS = Fault(
    "pooling-too-few-segments",
    what=Text(en="There are {count} segments.", zh="只有 {count} 个细分群体。"),
    hint=Text(
        en="How much segments differ can be learnt from at least {least}; fit fewer on their own or all together.",
        zh="至少需要 {least} 个群体才能估计群体间差异；更少时请分别拟合或合并拟合。",
    ),
)
POOLED = Text(
    en="Estimates of this segment are {share} its own; the rest comes from the mean of all {count} segments.",
    zh="该群体的估计有 {share} 来自自身数据，其余来自全部 {count} 个群体的平均。",
)

UNSETTLED = Text(
    en="How much segments differ had not settled when the search ended; read spreads and shares as rough.",
    zh="搜索结束时群体间差异尚未稳定；其离散程度与份额仅供粗略参考。",
)

AnyFit = TypeVar("AnyFit", bound=PurchaseFit)


@dataclass(frozen=True, slots=True)
class Population:
    """How the logarithms of parameters vary over segments, each on its own.

    Attributes:
        mean: Their means.
        spread: Their standard deviations.
    """

    mean: tuple[float, ...]
    spread: tuple[float, ...]

    def penalty(self, point: FloatArray) -> tuple[float, FloatArray]:
        """Logarithm of the normal density, up to a constant, and its slopes."""
        off = (point - np.asarray(self.mean)) / np.asarray(self.spread)
        return -float((off**2).sum()) / 2, -off / np.asarray(self.spread)


@dataclass(frozen=True, slots=True)
class PooledFit(Generic[AnyFit]):
    """Fits of all segments, drawn together, and how segments vary.

    Attributes:
        segments: A fit for each segment; its estimates and intervals take the other segments into account.
        population: Means and spreads, in the unit of the histories.
        own: For each segment, which share of its estimates is its own: 1 is no pooling, 0 is the mean of all.
        rounds: How many rounds the search took; `ROUNDS` if it had not settled by then, which is a caution.
    """

    segments: Mapping[str, AnyFit]
    population: Population
    own: Mapping[str, float]
    rounds: int

    def cautions(self, segment: str) -> tuple[Text, ...]:
        """Those of the segment's fit, and how much of it is its own."""
        share, count = f"{100 * self.own[segment]:.0f} %", len(self.segments)
        said = (*self.segments[segment].cautions, POOLED.format(share=share, count=count))
        return said if self.rounds < ROUNDS else (*said, UNSETTLED)


@dataclass(frozen=True, slots=True)
class _Segment:
    """One segment, ready to be searched: time is in units of the longest observation of all segments."""

    name: str
    groups: PurchaseHistory
    scale: float
    objective: Objective

    def search(self, population: Population, starts: Sequence[FloatArray]) -> Maximum:
        """The largest mean posterior density."""
        customers = self.groups.customers

        def posterior(point: FloatArray) -> tuple[float, FloatArray]:
            value, slopes = self.objective(point)
            prior, by_prior = population.penalty(point)
            return value + prior / customers, slopes + by_prior / customers

        return maximise(posterior, starts)

    def parabola(self, maximum: Maximum, population: Population) -> tuple[FloatArray, FloatArray]:
        """Curvature (where it is one of a valley: none) and pull of the log-likelihood at the segment's estimates."""
        customers = self.groups.customers
        bent, axes = np.linalg.eigh(maximum.hessian * customers - np.diag(np.asarray(population.spread) ** -2.0))
        curvature = np.asarray(axes * np.maximum(bent, 0.0) @ axes.T)
        return curvature, self.objective(maximum.point)[1] * customers + curvature @ maximum.point


def fit_pooled(model: PurchaseModel[AnyFit], histories: Mapping[str, PurchaseHistory]) -> PooledFit[AnyFit]:
    """Fit a model to every segment, each drawn towards the mean of all by as much as its own data are weak.

    A segment may be so small that it could not be fitted on its own.

    Raises:
        WorthbookError: `pooling-too-few-segments`, or if all segments together cannot carry the model.

    >>> from worthbook.models.lifetime import BGNBD
    >>> rng = np.random.default_rng(1)
    >>> from worthbook.models.lifetime.bg_nbd_process import BGNBDProcess
    >>> truth = BGNBDProcess(0.8, 6.0, 0.8, 2.5)
    >>> some = {name: truth.simulate(np.full(200, 40.0), 0.0, rng, "weeks")[0] for name in "abcd"}
    >>> sorted(fit_pooled(BGNBD(), some).segments)
    ['a', 'b', 'c', 'd']
    """
    if len(histories) < FEWEST_SEGMENTS:
        raise TOO_FEW_SEGMENTS(count=len(histories), least=FEWEST_SEGMENTS)
    together = _joined(list(histories.values()))
    refuse_hopeless(together)
    scale = float(together.T.max())
    common = model.fit(together)
    model = model.like(common)
    log_scale = np.asarray(log_scale_of(common.process_class, scale))
    start = tuple((np.asarray(common.estimates.log_values) - log_scale).tolist())
    segments = [_segment(name, history, model, scale) for name, history in histories.items()]
    centre = np.asarray(common.process_class.time_powers) * np.log(scale) - log_scale
    shrunk, rounds = _search(segments, Population(start, (FIRST_SPREAD,) * len(start)), centre)
    return PooledFit(
        segments={
            each.name: _fit(
                model, common, each, Estimates.normal(mean + log_scale, covariance, common.estimates.symbols)
            )
            for each, mean, covariance in zip(segments, shrunk.mean, shrunk.covariance, strict=True)
        },
        population=Population(tuple((shrunk.centre + log_scale).tolist()), tuple(shrunk.spread.tolist())),
        own=dict(zip(histories, shrunk.own.tolist(), strict=True)),
        rounds=rounds,
    )


def _search(segments: Sequence[_Segment], population: Population, centre: FloatArray) -> tuple[Shrunk, int]:
    """In turn find each segment's estimates, given how segments vary, and how they vary, given their estimates.

    Returns:
        What is then known of all segments, and how many rounds it took.
    """
    points = [np.asarray(population.mean)] * len(segments)
    rounds, change = 0, np.inf
    while rounds < ROUNDS and change > SETTLED:
        rounds += 1
        mean = np.asarray(population.mean)
        found = [each.search(population, [point, mean]) for each, point in zip(segments, points, strict=True)]
        points = [maximum.point for maximum in found]
        parabolas = [each.parabola(one, population) for each, one in zip(segments, found, strict=True)]
        curvatures, pulls = zip(*parabolas, strict=True)
        groups = Groups(np.array(curvatures), np.array(pulls), centre)
        spread = groups.likeliest_spread(np.asarray(population.spread))
        before, population = population, Population(tuple(groups.mean(spread).tolist()), tuple(spread.tolist()))
        change = _change(before, population)
    return groups.shrunk(spread, seed=SEED), rounds


def _joined(histories: Sequence[PurchaseHistory]) -> PurchaseHistory:
    """All customers in one history.

    Raises:
        WorthbookError: `history-unit-differs`.
    """
    unit = histories[0].unit
    for each in histories:
        if each.unit != unit:
            raise OTHER_UNIT(fitted=UNIT_NAMES[unit], given=UNIT_NAMES[each.unit])
    x, t_x, age, weights = (
        np.concatenate([getattr(each, name) for each in histories]) for name in ("x", "t_x", "T", "weights")
    )
    gaps = [each.log_gaps for each in histories if each.log_gaps is not None]
    log_gaps = np.concatenate(gaps) if len(gaps) == len(histories) else None
    return PurchaseHistory(x, t_x, age, weights, unit=unit, log_gaps=log_gaps)


def _segment(name: str, history: PurchaseHistory, model: PurchaseModel[Any], scale: float) -> _Segment:
    groups = model.group(history)
    return _Segment(name, groups, scale, model.objective(groups.scaled(1 / scale)))


def _change(before: Population, after: Population) -> float:
    pairs = ((before.mean, after.mean), (before.spread, after.spread))
    return float(max(np.abs(np.asarray(one) - np.asarray(other)).max() for one, other in pairs))


def _fit(model: PurchaseModel[AnyFit], common: AnyFit, segment: _Segment, estimates: Estimates) -> AnyFit:
    """A fit of one segment at the pooled estimates; the likelihood is that of its own customers."""
    groups = segment.groups
    purchases = weighted_sum(groups.weights, groups.x)
    back = purchases * float(np.log(segment.scale))
    point = np.asarray(estimates.log_values) - np.asarray(log_scale_of(common.process_class, segment.scale))
    staying = _staying(model.objective_staying(groups.scaled(1 / segment.scale), point), point[:2])
    return replace(
        common,
        estimates=estimates,
        customers=groups.customers,
        repeat_buyers=float(groups.weights[groups.x > 0].sum()),
        purchases=purchases,
        groups=len(groups),
        log_likelihood=segment.objective(point)[0] * groups.customers - back,
        log_likelihood_without_dropout=staying * groups.customers - back,
        evaluations=0,
        data_fingerprint=fingerprint_of(groups),
    )


def _staying(objective: Objective, near: FloatArray) -> float:
    """The mean log-likelihood if nobody leaves: its largest, or that of the pooled pace where a few have no maximum."""
    try:
        return maximise(objective, [near]).value
    except WorthbookError:
        return objective(near)[0]
