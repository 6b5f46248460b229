"""Correlated Pareto/NBD, fitted, and tested against rates that have nothing to do with each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.models.base import Estimate, Fact, FloatArray
from worthbook.models.distinct import weighted_sum
from worthbook.models.laplace import Z_95
from worthbook.models.lifetime.correlated_process import SHIFTS, SIGNS, CorrelatedParetoNBDProcess, Joint
from worthbook.models.lifetime.covariate_rows import row_likelihoods
from worthbook.models.lifetime.data import PurchaseHistory
from worthbook.models.lifetime.pareto_nbd import ParetoNBD
from worthbook.models.lifetime.process import PurchaseProcess
from worthbook.models.lifetime.purchase_model import PurchaseFit, PurchaseModel
from worthbook.models.likelihood_ratio import Fitted, LikelihoodRatio, likelihood_ratio
from worthbook.models.optimise import Objective

PLACES = 24
"""Correlations at which the profile likelihood is looked at."""

HALF_CHI_SQUARED = Z_95**2 / 2
EDGE = 3.0
"""Log odds beyond which m is at the edge of what the form can express."""

STEP = 1e-6

TAU_NOT_POSITIVE = Fault(
    "correlation-tau-not-positive",
    what=Text(en="A kernel of {tau} units of time is not possible.", zh="核的时间长度不能为 {tau}。"),
    hint=Text(
        en="Give a time above zero, or none for the mean time of observation.",
        zh="请给出大于零的时间，或留空以使用平均观察时长。",
    ),
)
AT_THE_EDGE = Text(
    en="The correlation is at the edge of what this form can express ({low} to {high}): the true one may be stronger.",
    zh="相关系数已到达该形式可表达范围（{low} 至 {high}）的边缘：真实的相关可能更强。",
)


@dataclass(frozen=True, slots=True)
class CorrelatedParetoNBDFit(PurchaseFit):
    """A fitted Pareto/NBD model with a correlation of buying and leaving."""

    estimator: ClassVar[str] = "correlated_pareto_nbd"
    process_class: ClassVar[type[PurchaseProcess]] = CorrelatedParetoNBDProcess

    tau: float
    longest: float
    """The longest observation, the unit of time of the search."""
    log_likelihood_independent: float
    profile: tuple[tuple[float, float], ...]
    """Correlations, and the log-likelihood that can be had with each."""

    def process_at(self, values: FloatArray) -> CorrelatedParetoNBDProcess:
        """With the kernel of the fit."""
        r, alpha, s, beta, odds = values.tolist()
        return CorrelatedParetoNBDProcess(r, alpha, s, beta, odds, self.tau)

    @property
    def correlation(self) -> Estimate:
        """Of how often customers buy and how readily they leave.

        Its 95 % interval holds all correlations that are not much less likely, the other parameters fitted to each
        (profile likelihood); it may end at the edge of what the form can express.
        """
        process = self.process_at(self.estimates.values)
        best = process.joint.correlation(process.joint.m(process.odds))
        correlations, values = np.array((*self.profile, (best, self.log_likelihood))).T
        low, high = _where_above(correlations, values, self.log_likelihood - HALF_CHI_SQUARED)
        return Estimate("correlation", best, (high - low) / (2 * Z_95), low, high)

    @property
    def summary(self) -> tuple[Estimate, ...]:
        """The four parameters of Pareto/NBD, and the correlation."""
        return (*self.estimates.summary[:4], self.correlation)

    @property
    def against_independence(self) -> LikelihoodRatio:
        """The likelihood-ratio test of a correlation against none."""
        plain = Fitted(self.log_likelihood_independent, 4, self.data_fingerprint)
        return likelihood_ratio(plain, Fitted(self.log_likelihood, 5, self.data_fingerprint))

    @property
    def facts(self) -> Mapping[str, Fact]:
        """What was fitted, how well, and whether the correlation is more than chance."""
        test = self.against_independence
        low, high = self.reach
        more: dict[str, Fact] = {
            "tau": self.tau,
            "log_likelihood_independent": self.log_likelihood_independent,
            "p_value_independence": test.p_value,
            "correlation_least": low,
            "correlation_most": high,
        }
        return {**PurchaseFit.facts.fget(self), **more}  # type: ignore[attr-defined]

    @property
    def reach(self) -> tuple[float, float]:
        """Between which correlations the form can choose, at the estimates."""
        joint = self.process_at(self.estimates.values).joint
        low, high = joint.bounds
        return joint.correlation(low), joint.correlation(high)

    @property
    def cautions(self) -> tuple[Text, ...]:
        """Those of Pareto/NBD, what the test says, and a correlation at the edge of what can be expressed."""
        said: tuple[Text, ...] = PurchaseFit.cautions.fget(self)  # type: ignore[attr-defined]
        said = (*said, self.against_independence.sentence)
        if abs(self.estimates.log_values[-1]) <= EDGE:
            return said
        low, high = (f"{each:.2f}" for each in self.reach)
        return (*said, AT_THE_EDGE.format(low=low, high=high))


@dataclass(frozen=True, slots=True)
class CorrelatedParetoNBD(PurchaseModel[CorrelatedParetoNBDFit]):
    """Pareto/NBD in which buying and leaving may go together.

    Attributes:
        tau: The time of the kernel, in the unit of the history; the mean time of observation if left out, with which
            stronger correlations can be expressed than with the single unit of CLVTools.
    """

    estimator: ClassVar[str] = "correlated_pareto_nbd"
    fit_class: ClassVar[type[PurchaseFit]] = CorrelatedParetoNBDFit

    tau: float | None = None
    scale: float = 1.0
    """Unit of time in which the maximum is searched; the longest observation while fitting."""
    independent: float = 0.0
    """Log-likelihood of Pareto/NBD on the same history; found while fitting."""

    def fit(self, data: PurchaseHistory) -> CorrelatedParetoNBDFit:
        """Estimate the parameters of Pareto/NBD and the correlation.

        Raises:
            WorthbookError: If the history cannot carry the model, or tau is not positive.
        """
        plain = ParetoNBD().fit(data)
        mean_time = weighted_sum(data.weights, data.T) / data.customers
        tau = mean_time if self.tau is None else float(self.tau)
        if not 0 < tau < np.inf:
            raise TAU_NOT_POSITIVE(tau=tau)
        settled = replace(self, tau=tau, scale=float(data.T.max()), independent=plain.log_likelihood)
        fit = PurchaseModel.fit(settled, data)
        return replace(fit, profile=_profile(fit, settled.objective(data.group().scaled(1 / settled.scale)), tau, data))

    def like(self, fit: PurchaseFit) -> Self:
        """With the kernel of the fit."""
        if not isinstance(fit, CorrelatedParetoNBDFit):
            return self
        return replace(self, tau=fit.tau, scale=fit.longest, independent=fit.log_likelihood_independent)

    def objective(self, scaled: PurchaseHistory) -> Objective:
        """The weighted sum of four likelihoods."""
        return _Likelihood(scaled, (self.tau or 1.0) / self.scale)

    def starts(self, pace: float) -> Sequence[FloatArray]:
        """Those of Pareto/NBD, and no correlation."""
        tau = (self.tau or 1.0) / self.scale
        return [np.append(point, np.log(_joint_at(point, tau).odds(0.0))) for point in ParetoNBD().starts(pace)]

    def extras(self) -> Mapping[str, Any]:
        """The kernel, and the likelihood without a correlation."""
        return {"tau": self.tau, "longest": self.scale, "log_likelihood_independent": self.independent, "profile": ()}


class _Likelihood:
    """Mean log-likelihood per customer: log L = log L00 + log(1 + c D), D = L11/L00 - L10/L00 - L01/L00 + 1.

    c = m phi psi depends on all parameters; it is one number, and its slopes are taken by differences.
    """

    def __init__(self, history: PurchaseHistory, tau: float) -> None:
        self._history, self._tau = history, tau
        self._share = history.weights / history.customers

    def __call__(self, point: FloatArray) -> tuple[float, FloatArray]:
        values, slopes = self._parts(point[:4])
        ratios = np.exp(values - values[0])
        whole = (SIGNS[:, None] * ratios).sum(axis=0)
        whole_slopes = (SIGNS[:, None, None] * ratios[:, None] * (slopes - slopes[0])).sum(axis=0)
        share = self._share_of_joint(point)
        steps = STEP * np.eye(5)
        by_point = [self._share_of_joint(point + each) - self._share_of_joint(point - each) for each in steps]
        share_slopes = np.array(by_point) / (2 * STEP)
        factor = np.maximum(1 + share * whole, np.finfo(float).tiny)
        value = weighted_sum(self._share, values[0] + np.log(factor))
        by = np.zeros((5, len(whole)))
        by[:4] = slopes[0] + share * whole_slopes / factor
        by += share_slopes[:, None] * whole / factor
        return value, np.asarray((by * self._share).sum(axis=1))

    def _parts(self, logs: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Log-likelihoods of the four products for each customer, and slopes in the four logarithms."""
        r, alpha, s, beta = np.exp(logs)
        values, slopes = [], []
        for a, b in SHIFTS:
            moved = np.log([r, alpha + a * self._tau, s, beta + b * self._tau])
            found, by = row_likelihoods("pareto_nbd", self._history, np.tile(moved[:, None], (1, len(self._history))))
            by[1] *= alpha / (alpha + a * self._tau)
            by[3] *= beta / (beta + b * self._tau)
            values.append(found)
            slopes.append(by)
        return np.array(values), np.array(slopes)

    def _share_of_joint(self, point: FloatArray) -> float:
        joint = _joint_at(point[:4], self._tau)
        return joint.m(float(np.exp(point[4]))) * joint.phi * joint.psi


def _joint_at(logs: FloatArray, tau: float) -> Joint:
    r, alpha, s, beta = np.exp(logs).tolist()
    return Joint.of(r, alpha, s, beta, tau)


def _profile(
    fit: CorrelatedParetoNBDFit, objective: Objective, tau: float, data: PurchaseHistory
) -> tuple[tuple[float, float], ...]:
    """Correlations over all that can be expressed, the other parameters one Newton step towards their best for each."""
    scale = float(data.T.max())
    shift = np.log(scale) * np.array(CorrelatedParetoNBDProcess.time_powers)
    back = fit.purchases * float(np.log(scale))
    start = np.asarray(fit.estimates.log_values) - shift
    curvature = np.asarray(fit.estimates.precision)[:4, :4] / fit.customers
    found = []
    for place in (np.arange(PLACES) + 0.5) / PLACES:
        there = np.append(start[:4], np.log(place / (1 - place)))
        value, slopes = objective(there)
        nearer = there.copy()
        nearer[:4] += np.clip(np.linalg.lstsq(curvature, slopes[:4], rcond=None)[0], -1, 1)
        better = objective(nearer)[0]
        point, best = (nearer, better) if better > value else (there, value)
        joint = _joint_at(point[:4] + shift[:4], tau)
        correlation = joint.correlation(joint.m(float(np.exp(point[4]))))
        found.append((correlation, best * fit.customers - back))
    return tuple(found)


def _where_above(places: FloatArray, values: FloatArray, level: float) -> tuple[float, float]:
    """From where to where around its top a curve through some points lies above a level.

    >>> _where_above(np.array([0.0, 1.0, 2.0]), np.array([0.0, 4.0, 3.0]), 2.0)
    (0.5, 2.0)
    """
    order = np.argsort(places)
    sorted_places, sorted_values = places[order], values[order]
    top = int(np.argmax(sorted_values))
    up = slice(top, None)
    return (
        -_last_above(-sorted_places[top::-1], sorted_values[top::-1], level),
        _last_above(sorted_places[up], sorted_values[up], level),
    )


def _last_above(places: FloatArray, values: FloatArray, level: float) -> float:
    """How far a curve that begins above a level stays above it; to its last point, if it never falls below."""
    below = np.flatnonzero(values < level)
    if not len(below):
        return float(places[-1])
    after = int(below[0])
    before = after - 1
    share = (values[before] - level) / (values[before] - values[after])
    return float(places[before] + share * (places[after] - places[before]))
