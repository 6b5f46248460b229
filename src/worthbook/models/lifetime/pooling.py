"""Segments and cohorts that learn from each other: partial pooling by empirical Bayes on the logarithms of parameters.

Morris (1983), "Parametric Empirical Bayes Inference", JASA 78, 47-55. Segments' parameters vary around a common mean;
how much they vary is learnt from all of them (an EM algorithm with Laplace's approximation in each segment). A segment
with many customers keeps its own estimates, one with few is drawn to the mean by as much as its data are weak.
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
from worthbook.models.laplace import Estimates
from worthbook.models.lifetime.data import UNIT_NAMES, PurchaseHistory
from worthbook.models.lifetime.purchase_model import (
    OTHER_UNIT,
    PurchaseFit,
    PurchaseModel,
    fingerprint_of,
    refuse_hopeless,
)
from worthbook.models.optimise import Maximum, Objective, maximise

ROUNDS = 60
SETTLED = 3e-3
"""The search ends when no mean and no spread of a logarithm changes by more."""

LEAST_SPREAD = 1e-3
"""Spreads of segments below this count as none."""

MOST_SPREAD = 2.0
FIRST_SPREAD = 0.3
MOST_TAKEN = 0.9
"""So much of a parameter is taken from the mean at most when it is asked how far it was drawn."""

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
    powers = np.asarray(common.process_class.time_powers) * np.log(scale)
    start = tuple((np.asarray(common.estimates.log_values) - powers).tolist())
    segments = [_segment(name, history, model, scale) for name, history in histories.items()]
    found, population, rounds = _search(segments, Population(start, (FIRST_SPREAD,) * len(start)))
    count, mean = len(segments), tuple((np.asarray(population.mean) + powers).tolist())
    wide = {each.name: _widened(found[each.name], population, each, count) for each in segments}
    return PooledFit(
        segments={each.name: _fit(model, common, each, wide[each.name], powers) for each in segments},
        population=replace(population, mean=mean),
        own={each.name: _own_share(found[each.name], population, each.groups.customers) for each in segments},
        rounds=rounds,
    )


def _search(segments: Sequence[_Segment], population: Population) -> tuple[dict[str, Maximum], Population, int]:
    """In turn find each segment's estimates, given how segments vary, and how they vary, given their estimates.

    Returns:
        The estimates, how segments vary, and how many rounds it took.
    """
    points = {each.name: np.asarray(population.mean) for each in segments}
    rounds, change = 0, np.inf
    while rounds < ROUNDS and change > SETTLED:
        rounds += 1
        starts = {each.name: [points[each.name], np.asarray(population.mean)] for each in segments}
        found = {each.name: each.search(population, starts[each.name]) for each in segments}
        points = {name: maximum.point for name, maximum in found.items()}
        before, population = population, _learn(found, segments)
        change = _change(before, population)
    return found, population, rounds


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
    groups = history.group()
    return _Segment(name, groups, scale, model.objective(groups.scaled(1 / scale)))


def _learn(found: Mapping[str, Maximum], segments: Sequence[_Segment]) -> Population:
    """Means and spreads of the parameters, segments counted with what is still unknown of them."""
    points = np.array([found[each.name].point for each in segments])
    unknown = np.array([np.diag(_covariance(found[each.name], each.groups.customers)) for each in segments])
    mean = points.mean(axis=0)
    spread = np.sqrt(((points - mean) ** 2).sum(axis=0) / (len(points) - 1) + unknown.mean(axis=0))
    return Population(tuple(mean.tolist()), tuple(np.clip(spread, LEAST_SPREAD, MOST_SPREAD).tolist()))


def _covariance(maximum: Maximum, customers: float) -> FloatArray:
    return np.asarray(np.linalg.pinv(maximum.hessian * customers, hermitian=True))


def _change(before: Population, after: Population) -> float:
    pairs = ((before.mean, after.mean), (before.spread, after.spread))
    return float(max(np.abs(np.asarray(one) - np.asarray(other)).max() for one, other in pairs))


def _widened(maximum: Maximum, population: Population, segment: _Segment, count: int) -> Maximum:
    """The maximum with a curvature that knows that mean and spread are themselves estimates (Morris 1983, section 5).

    Of what a segment takes from the mean, the mean may be wrong; and it may have been drawn there too much.
    """
    free = np.asarray(maximum.free)
    spread, mean = (np.asarray(each)[free] for each in (population.spread, population.mean))
    covariance = _covariance(maximum, segment.groups.customers)[np.ix_(free, free)]
    taken = covariance / spread**2
    of_mean = taken @ np.diag(spread**2 / count) @ taken.T
    share = np.clip(np.diag(taken), 0.0, MOST_TAKEN)
    drawn = share / (1 - share) * (maximum.point[free] - mean)
    whole = covariance + of_mean + np.diag(2 / (count - 1) * drawn**2)
    hessian = np.zeros_like(maximum.hessian)
    hessian[np.ix_(free, free)] = np.linalg.inv(whole) / segment.groups.customers
    return replace(maximum, hessian=hessian)


def _own_share(maximum: Maximum, population: Population, customers: float) -> float:
    """1 minus the mean ratio of what is unknown after pooling to how much segments vary."""
    unknown = np.diag(_covariance(maximum, customers))
    return float(np.clip(1 - (unknown / np.asarray(population.spread) ** 2).mean(), 0.0, 1.0))


def _fit(
    model: PurchaseModel[AnyFit], common: AnyFit, segment: _Segment, maximum: Maximum, powers: FloatArray
) -> AnyFit:
    """A fit of one segment at the pooled estimates; the likelihood is that of its own customers."""
    groups = segment.groups
    purchases = weighted_sum(groups.weights, groups.x)
    back = purchases * float(np.log(segment.scale))
    staying = _staying(model.objective_staying(groups.scaled(1 / segment.scale)), maximum.point[:2])
    return replace(
        common,
        estimates=Estimates.at(maximum, common.estimates.symbols, groups.customers, tuple(powers.tolist())),
        customers=groups.customers,
        repeat_buyers=float(groups.weights[groups.x > 0].sum()),
        purchases=purchases,
        groups=len(groups),
        log_likelihood=segment.objective(maximum.point)[0] * groups.customers - back,
        log_likelihood_without_dropout=staying * groups.customers - back,
        evaluations=maximum.evaluations,
        data_fingerprint=fingerprint_of(groups),
    )


def _staying(objective: Objective, near: FloatArray) -> float:
    """The mean log-likelihood if nobody leaves: its largest, or that of the pooled pace where a few have no maximum."""
    try:
        return maximise(objective, [near]).value
    except WorthbookError:
        return objective(near)[0]
