"""Pareto/GGG: how often customers buy, how regularly, each in its own way, and when they silently leave.

Platzer and Reutterer (2016), "Ticking Away the Moments: Timing Regularity Helps to Better Predict Customer Activity",
Marketing Science 35(5), 779-799. Times between purchases follow a gamma distribution of shape k and mean 1 / lambda;
k varies over customers as Gamma(t, gamma), lambda as Gamma(r, alpha), the readiness to leave as Gamma(s, beta). Where k
is 1 for all it is Pareto/NBD.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from worthbook.kernel.language import Text
from worthbook.models.base import Estimate, Fact, FloatArray
from worthbook.models.cautions import about_identification
from worthbook.models.distinct import weighted_sum
from worthbook.models.laplace import estimate_of
from worthbook.models.lifetime.data import PurchaseHistory
from worthbook.models.lifetime.pareto_ggg_likelihood import ParetoGGGLikelihood
from worthbook.models.lifetime.pareto_ggg_process import ParetoGGGProcess
from worthbook.models.lifetime.process import PurchaseProcess
from worthbook.models.lifetime.purchase_model import PurchaseFit, PurchaseModel, fingerprint_of, refuse_hopeless
from worthbook.models.lifetime.regular_buying import ROUGH
from worthbook.models.optimise import LOG_BOUND, Objective

MOST_ROWS = 4_000
"""An evaluation takes some 0.08 ms a row."""

ROUGH_SAMPLE = 600
"""So many customers lead near to the maximum."""

SHIFTS = np.asarray(ParetoGGGProcess.log_shifts)

NOBODY_LEAVES = np.array([-LOG_BOUND, LOG_BOUND])
"""Logarithms of s and beta."""

SAME_REGULARITY = Text(
    en=(
        "No difference in regularity is visible between customers: all are as regular as k = {k}. A model with one k "
        "says the same in less time."
    ),
    zh="看不出客户之间购买规律性的差异：所有人的 k 都约为 {k}。使用单一 k 的模型结论相同，且更快。",
)
ENDLESS_BURSTS = Text(
    en=(
        "With t = {t}, not above 1, some new customers would buy without end in a burst: do not use the expected "
        "purchases of new customers."
    ),
    zh="t = {t}，不大于 1：模型会认为少数新客户在一阵购买中没完没了，请勿使用新客户的预期购买次数。",
)
FROM_SAMPLE = Text(
    en=(
        "The estimates rest on {sample} of {customers} customers, drawn at random; their intervals are those of so "
        "many."
    ),
    zh="参数由 {customers} 位客户中随机抽取的 {sample} 位估计，区间也与该样本量相应。",
)


@dataclass(frozen=True, slots=True)
class ParetoGGGFit(PurchaseFit):
    """A fitted Pareto/GGG model; it is estimated with the mean t / gamma of k, which is known even where t is not."""

    estimator: ClassVar[str] = "pareto_ggg"
    process_class: ClassVar[type[PurchaseProcess]] = ParetoGGGProcess

    sample: float = 0.0
    """Number of customers of the sample that was fitted; 0 if it was all."""

    @property
    def learnt_from(self) -> float:
        """On how many of the customers the estimates rest."""
        return self.sample or self.customers

    def rough_process_at(self, values: FloatArray) -> PurchaseProcess:
        """With fewer nodes of integration."""
        return replace(ParetoGGGProcess(*values.tolist()), exactness=ROUGH)

    @property
    def summary(self) -> tuple[Estimate, ...]:
        """How regularly customers buy (t, gamma), how often (r, alpha), and how readily they leave (s, beta)."""
        t, mean_k, *others = self.estimates.summary
        error = np.inf
        if "t" not in self._open:
            covariance = self.estimates.log_covariance
            error = float(np.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]))
        return (t, estimate_of("gamma", t.estimate / mean_k.estimate, error), *others)

    @property
    def facts(self) -> Mapping[str, Fact]:
        """What was fitted, how well, how regular buying is on average, and on how many customers the estimates rest."""
        more: dict[str, Fact] = {"mean_k": float(self.estimates.values[1]), "learnt_from": self.learnt_from}
        return {**PurchaseFit.facts.fget(self), **more}  # type: ignore[attr-defined]

    @property
    def cautions(self) -> tuple[Text, ...]:
        """Those of all models; that customers do not differ in k, or too much; and that a sample was fitted."""
        said: tuple[Text, ...] = PurchaseFit.cautions.fget(self)  # type: ignore[attr-defined]
        t, mean_k = self.estimates.values[:2].tolist()
        if "t" in self._open:
            said = (*said, SAME_REGULARITY.format(k=f"{mean_k:.2f}"))
        if t <= 1:
            said = (*said, ENDLESS_BURSTS.format(t=f"{t:.2f}"))
        if self.sample:
            said = (*said, FROM_SAMPLE.format(sample=f"{self.sample:,.0f}", customers=f"{self.customers:,.0f}"))
        return said

    @property
    def _open(self) -> tuple[str, ...]:
        return self.estimates.undetermined

    @property
    def _doubts(self) -> tuple[Text, ...]:
        return about_identification(self.repeat_buyers, tuple(each for each in self._open if each != "t"))


@dataclass(frozen=True, slots=True)
class ParetoGGG(PurchaseModel[ParetoGGGFit]):
    """The Pareto/GGG model, estimated by maximum likelihood; the history must hold `log_gaps`.

    Attributes:
        most_rows: Of more distinct rows a sample of so many customers is fitted.

    >>> x, t_x, end = [0, 0, 3, 1, 0, 6, 2], [0, 0, 20, 5, 0, 29, 14], [30, 31, 30, 32, 30, 30, 33]
    >>> history = PurchaseHistory(x, t_x, end, log_gaps=[0, 0, 5.5, 1.6, 0, 9.1, 3.8])
    >>> [row.symbol for row in ParetoGGG().fit(history).summary]
    ['t', 'gamma', 'r', 'alpha', 's', 'beta']
    """

    estimator: ClassVar[str] = "pareto_ggg"
    fit_class: ClassVar[type[PurchaseFit]] = ParetoGGGFit
    noise: ClassVar[float] = 1e-5

    most_rows: int = MOST_ROWS

    def fit(self, data: PurchaseHistory) -> ParetoGGGFit:
        """Estimate the parameters, of a large base from a sample of its customers.

        Raises:
            WorthbookError: If the history holds no `log_gaps`, or cannot carry any model of purchases.
        """
        refuse_hopeless(data)
        fit = replace(PurchaseModel.fit(self, data), data_fingerprint=fingerprint_of(data.group()))
        groups = data.group(ParetoGGGProcess.distinct(data))
        if fit.groups == len(groups):
            return fit
        share = data.customers / fit.customers
        return replace(
            fit,
            sample=fit.customers,
            customers=data.customers,
            repeat_buyers=float(groups.weights[groups.x > 0].sum()),
            purchases=weighted_sum(groups.weights, groups.x),
            groups=len(groups),
            log_likelihood=fit.process.log_likelihood(groups),
            log_likelihood_without_dropout=fit.log_likelihood_without_dropout * share,
        )

    def group(self, data: PurchaseHistory) -> PurchaseHistory:
        """Customers who are alike in all that the model reads are one; of a large base a sample."""
        groups = data.group(ParetoGGGProcess.distinct(data))
        return groups.sample(self.most_rows) if len(groups) > self.most_rows else groups

    def objective(self, scaled: PurchaseHistory) -> Objective:
        """The likelihood, k integrated out."""
        return _shifted(ParetoGGGLikelihood(scaled))

    def mean_log_likelihood(self, scaled: PurchaseHistory) -> Callable[[FloatArray], float]:
        """The same without its gradient."""
        likelihood = ParetoGGGLikelihood(scaled, ROUGH.shapes, ROUGH.present)
        return lambda point: likelihood.value(point + SHIFTS)

    def rough_objective(self, scaled: PurchaseHistory) -> Objective | None:
        """The likelihood of some of the customers."""
        return self.objective(scaled.sample(ROUGH_SAMPLE)) if len(scaled) > ROUGH_SAMPLE else None

    def objective_staying(self, scaled: PurchaseHistory, best: FloatArray) -> Objective:
        """The likelihood if nobody leaves and all are as regular as they are, in the logarithms of r and alpha."""
        likelihood = self.objective(scaled)

        def staying(point: FloatArray) -> tuple[float, FloatArray]:
            value, gradient = likelihood(np.concatenate([best[:2], point, NOBODY_LEAVES]))
            return value, gradient[2:4]

        return staying

    def starts(self, pace: float) -> Sequence[FloatArray]:
        """Rare, frequent and very uneven buyers, with some regularity."""
        guesses = ((3.0, 1.5, 0.7, 0.6, 0.5), (2.0, 3.0, 2.0, 0.5, 1.0), (10.0, 1.0, 0.1, 1.0, 1.0))
        return [np.log([t, k, r, r / pace, s, beta]) - SHIFTS for t, k, r, s, beta in guesses]


def _shifted(likelihood: Objective) -> Objective:
    return lambda point: likelihood(point + SHIFTS)
