"""Every model with the parameters from which customers are made, and the ways in which its intervals are found."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from benchmarks.coverage import SEED, Experiment, Held, between, holding
from benchmarks.coverage_of_seasons import Seasons
from worthbook.models.base import FloatArray
from worthbook.models.design import Covariates
from worthbook.models.lifetime import BGCNBD, BGNBD, MBGCNBD, MBGNBD, NBD, GGompertzNBD, ParetoGGG, ParetoNBD
from worthbook.models.lifetime.bg_nbd_process import BGNBDProcess
from worthbook.models.lifetime.cnbd_process import BGCNBDProcess, MBGCNBDProcess
from worthbook.models.lifetime.correlated_pareto_nbd import CorrelatedParetoNBD
from worthbook.models.lifetime.correlated_process import CorrelatedParetoNBDProcess, Joint
from worthbook.models.lifetime.covariate_model import DescribedCustomers, StaticCovariates
from worthbook.models.lifetime.customer_intervals import simulate_futures, simulate_values
from worthbook.models.lifetime.data import PurchaseHistory, SpendHistory
from worthbook.models.lifetime.forecast import SpendOutlook, forecast_total
from worthbook.models.lifetime.gamma_gamma import GammaGamma, GammaGammaProcess
from worthbook.models.lifetime.ggompertz_nbd import GGompertzNBDProcess
from worthbook.models.lifetime.mbg_nbd import MBGNBDProcess
from worthbook.models.lifetime.nbd import NBDProcess
from worthbook.models.lifetime.pareto_ggg_process import ParetoGGGProcess
from worthbook.models.lifetime.pareto_nbd import ParetoNBDProcess
from worthbook.models.lifetime.pooling import fit_pooled
from worthbook.models.lifetime.process import PurchaseProcess
from worthbook.models.lifetime.purchase_model import PurchaseFit, PurchaseModel
from worthbook.models.lifetime.purchase_posterior import purchase_posterior
from worthbook.models.lifetime.simulate import simulate_spend
from worthbook.models.retention import BGBB, BetaDiscreteWeibull, ContractHistory, ShiftedBetaGeometric
from worthbook.models.retention.beta_weibull_process import BetaWeibullProcess
from worthbook.models.retention.bg_bb_process import BGBBProcess
from worthbook.models.retention.contract_value import ContractTerms
from worthbook.models.retention.cox import CoxRegression
from worthbook.models.retention.described_contracts import DescribedContracts
from worthbook.models.retention.simulate import simulate_contracts, simulate_occasions
from worthbook.models.retention.weibull_aft import WeibullRegression

HORIZON = 26.0
FUTURES = 100
QUICK_FUTURES = 60
DRAWS = 400
OCCASIONS, PERIODS = 5, 8


@dataclass(frozen=True)
class Purchases:
    """A model of purchases, the process of which customers are made, and its parameters in the summary's symbols.

    A count of purchases is discrete, so that no interval of it can cover exactly 95 %; whether the foretold
    distribution is right is seen from the randomised probability integral transform (Czado, Gneiting and Held 2009,
    Biometrics 65(4), 1254-1261), which must lie between 2.5 and 97.5 % for 95 % of customers.
    """

    model: PurchaseModel[PurchaseFit]
    process: PurchaseProcess
    truths: Mapping[str, float]
    posterior: bool = False
    """Whether intervals come from the posterior; otherwise from Laplace's approximation."""
    quick: bool = False
    """Few simulated futures, and totals from them instead of from `forecast_total`."""

    def __call__(self, customers: int, run: int) -> Held:
        """Simulate, fit, forecast and compare."""
        rng = np.random.default_rng([SEED, run])
        history, future = self.process.simulate(rng.uniform(20, 52, customers), HORIZON, rng, "weeks")
        fit = self.model.fit(history)
        found = purchase_posterior(self.model, fit, history, seed=run, draws=DRAWS) if self.posterior else None
        count = QUICK_FUTURES if self.quick else FUTURES
        drawn = fit.estimates.draws(count, rng) if found is None else found.thinned(count)
        futures = simulate_futures(fit, drawn, history, HORIZON, rng)
        if self.quick:
            total = bool(_central(futures.sum(axis=1)[:, None], future.sum()[None], rng)[0])
        else:
            interval = forecast_total(fit, history, HORIZON, seed=run, posterior=found).purchases
            total = interval.low <= future.sum() <= interval.high
        rows = fit.summary if found is None else found.summary
        return Held(holding(rows, self.truths), _central(futures, future, rng).mean(), total)


@dataclass(frozen=True)
class Spend:
    """Gamma-Gamma on top of NBD: what customers spend in the time to come."""

    buying: NBDProcess
    process: GammaGammaProcess

    def __call__(self, customers: int, run: int) -> Held:
        """Simulate, fit, forecast and compare; customers who buy again are held against the spend foretold."""
        rng = np.random.default_rng([SEED, run])
        history, future = self.buying.simulate(rng.uniform(20, 52, customers), HORIZON, rng, "weeks")
        mean_value, value = simulate_spend(self.process, history.x, future, rng)
        spend = SpendHistory(history.x, mean_value)
        fit, purchases = GammaGamma(by_frequency=False).fit(spend), NBD().fit(history)
        values = simulate_values(np.tile(future, (FUTURES, 1)), fit.estimates.draws(FUTURES, rng), spend, rng)
        outlook = SpendOutlook(fit, spend, 1.0)
        total = forecast_total(purchases, history, HORIZON, seed=run, spend=outlook).value
        assert total is not None  # noqa: S101 - there is spend
        buyers = future > 0
        truths = {"p": self.process.p, "q": self.process.q, "gamma": self.process.gamma}
        inside = total.low <= value.sum() <= total.high
        return Held(holding(fit.summary, truths), _central(values, value, rng)[buyers].mean(), inside)


@dataclass(frozen=True)
class Occasions:
    """BG/BB; what single customers are expected to buy is held against the true expectation."""

    process: BGBBProcess

    def __call__(self, customers: int, run: int) -> Held:
        """Simulate, fit, forecast and compare."""
        rng = np.random.default_rng([SEED, run])
        history, future = simulate_occasions(
            self.process, rng.integers(4, 9, customers).astype(np.float64), OCCASIONS, rng
        )
        fit = BGBB().fit(history)
        total = fit.total_purchases(history, OCCASIONS, seed=run)
        expected = self.process.expected_purchases(history, OCCASIONS)
        truths = {each: getattr(self.process, each) for each in ("alpha", "beta", "gamma", "delta")}
        return Held(
            holding(fit.summary, truths),
            between(fit.expected_ends(history, OCCASIONS, seed=run), expected),
            total.low <= future.sum() <= total.high,
        )


@dataclass(frozen=True)
class Contracts:
    """Renewals to come; those that single customers are expected to make are held against the true expectation."""

    model: ShiftedBetaGeometric | BetaDiscreteWeibull
    process: BetaWeibullProcess

    def __call__(self, customers: int, run: int) -> Held:
        """Simulate, fit, forecast and compare, a renewal bringing 1 whenever it comes."""
        rng = np.random.default_rng([SEED, run])
        history, lasts = simulate_contracts(self.process, rng.integers(4, 9, customers).astype(np.float64), rng)
        fit, running = self.model.fit(history), history.running
        terms = ContractTerms(1.0, 0.0, horizon=PERIODS)
        total = fit.total_value(running, terms, seed=run)
        renewed = np.minimum(lasts[history.ended == 0] - running.tenure - 1, PERIODS)
        truths = {each: getattr(self.process, each) for each in ("alpha", "beta", "c")}
        expected = self.process.renewals(running.tenure, 1.0, PERIODS)
        return Held(
            holding(fit.summary, truths),
            between(fit.value_ends(running, terms, seed=run), expected),
            total.low <= renewed.sum() <= total.high,
        )


@dataclass(frozen=True)
class Regression:
    """Contracts that end on any day, twice as late with a covariate; single customers as for renewals."""

    model: type[CoxRegression | WeibullRegression]

    def __call__(self, customers: int, run: int) -> Held:
        """Simulate, fit, forecast and compare, for as long as Cox reaches."""
        rng = np.random.default_rng([SEED, run])
        gold, seen = rng.integers(0, 2, customers).astype(np.float64), rng.uniform(2, 60, customers)
        scale, rho, effect = 20 * np.exp(0.6 * gold), 1.3, 0.6
        lasts = scale * rng.weibull(rho, customers)
        history = ContractHistory(np.maximum(np.minimum(lasts, seen), 0.01), lasts <= seen)
        data = DescribedContracts(history, Covariates({"gold": gold}))
        rows = np.flatnonzero((history.ended == 0) & (history.tenure < history.tenure.max() - PERIODS))
        few = DescribedContracts(history.take(rows), data.covariates.take(rows))
        tenure, fit, terms = few.history.tenure, self.model("gold").fit(data), ContractTerms(1.0, 0.0, horizon=PERIODS)
        ahead = [(tenure / scale[rows]) ** rho - ((tenure + k) / scale[rows]) ** rho for k in range(1, PERIODS + 1)]
        total = fit.total_value(few, terms, seed=run)
        renewed = np.floor(np.minimum(lasts[rows] - tenure, PERIODS))
        truths = {"gold": effect if self.model is WeibullRegression else -rho * effect, "log_rho": math.log(rho)}
        return Held(
            holding(fit.summary, truths),
            between(fit.value_ends(few, terms, seed=run), np.exp(ahead).sum(axis=0)),
            total.low <= renewed.sum() <= total.high,
        )


@dataclass(frozen=True)
class Described:
    """A covariate that half of the customers have, which makes them buy more often and leave sooner."""

    family: str
    parameters: tuple[float, float, float, float]
    life: float = 0.5
    trans: float = 0.4

    def __call__(self, customers: int, run: int) -> Held:
        """Simulate, fit, forecast and compare; single customers as for BG/BB."""
        rng = np.random.default_rng([SEED, run])
        member = rng.integers(0, 2, customers) * 1.0
        ages = rng.uniform(20, 52, customers)
        kinds = [self._process(kind) for kind in (0.0, 1.0)]
        made = [process.simulate(ages, HORIZON, rng, "weeks") for process in kinds]
        pick = member.astype(np.intp)
        x, t_x = (np.choose(pick, [getattr(history, name) for history, _ in made]) for name in ("x", "t_x"))
        history, future = PurchaseHistory(x, t_x, ages), np.choose(pick, [later for _, later in made])
        data = DescribedCustomers(history, Covariates({"member": member}))
        fit = StaticCovariates(self.family, "member", "member").fit(data)  # type: ignore[arg-type]
        expected = np.choose(pick, [process.expected_purchases(history, HORIZON) for process in kinds])
        total = fit.total_purchases(data, HORIZON, seed=run)
        truths = {**dict(zip(kinds[0].symbols, self.parameters, strict=True)), "life:member": self.life}
        return Held(
            holding(fit.summary, {**truths, "trans:member": self.trans}),
            between(fit.expected_ends(data, HORIZON, seed=run), expected),
            total.low <= future.sum() <= total.high,
        )

    def _process(self, member: float) -> PurchaseProcess:
        r, alpha, third, fourth = self.parameters
        alpha *= math.exp(-self.trans * member)
        if self.family == "pareto_nbd":
            return ParetoNBDProcess(r, alpha, third, fourth * math.exp(-self.life * member))
        third *= math.exp(self.life * member)
        return (BGNBDProcess if self.family == "bg_nbd" else MBGNBDProcess)(r, alpha, third, fourth)


@dataclass(frozen=True)
class Segments:
    """Twelve segments, each with parameters of its own, that are fitted together; totals are those of segments."""

    count: int = 12
    spread: float = 0.3

    def __call__(self, customers: int, run: int) -> Held:
        """Simulate, fit, forecast and compare; the largest segment is sixteen times the smallest."""
        rng = np.random.default_rng([SEED, run])
        shares = np.geomspace(1, 16, self.count)
        sizes = np.maximum(np.round(customers * shares / shares.sum()), 1).astype(int)
        logs = rng.normal(np.log([0.8, 6.0, 0.8, 2.5]), self.spread, (self.count, 4))
        kinds = [BGNBDProcess(*row.tolist()) for row in np.exp(logs)]
        made = [
            kind.simulate(rng.uniform(20, 52, size), HORIZON, rng, "weeks")
            for kind, size in zip(kinds, sizes, strict=True)
        ]
        names = [f"segment {number}" for number in range(self.count)]
        pooled = fit_pooled(BGNBD(), {name: history for name, (history, _) in zip(names, made, strict=True)})
        fits = [pooled.segments[name] for name in names]
        found = [_segment(fit, kind, *each, rng) for fit, kind, each in zip(fits, kinds, made, strict=True)]
        parameters, of_customers, totals = np.array(found).T
        return Held(parameters.mean(), float(np.average(of_customers, weights=sizes)), totals.mean())


def _segment(
    fit: PurchaseFit, truth: BGNBDProcess, history: PurchaseHistory, future: FloatArray, rng: np.random.Generator
) -> Held:
    truths = {"r": truth.r, "alpha": truth.alpha, "a": truth.a, "b": truth.b}
    futures = simulate_futures(fit, fit.estimates.draws(FUTURES, rng), history, HORIZON, rng)
    total = _central(futures.sum(axis=1)[:, None], future.sum()[None], rng)[0]
    return Held(holding(fit.summary, truths), _central(futures, future, rng).mean(), total)


def _central(futures: FloatArray, future: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Whether the randomised probability integral transform of each outcome lies in the central 95 %."""
    below, equal = (futures < future).sum(axis=0), (futures == future).sum(axis=0)
    place = (below + rng.random(len(future)) * (equal + 1)) / (len(futures) + 1)
    return np.asarray((place >= 0.025) & (place <= 0.975), dtype=np.float64)  # noqa: PLR2004


_JOINT = Joint.of(0.8, 6.0, 0.7, 8.0, 36.0)
_M = 0.5 * _JOINT.bounds[1]

PURCHASES: Mapping[str, tuple[PurchaseModel[PurchaseFit], PurchaseProcess, Mapping[str, float]]] = {
    "NBD": (NBD(), NBDProcess(0.6, 6.0), {"r": 0.6, "alpha": 6.0}),
    "BG/NBD": (BGNBD(), BGNBDProcess(0.6, 6.0, 0.8, 2.5), {"r": 0.6, "alpha": 6.0, "a": 0.8, "b": 2.5}),
    "MBG/NBD": (MBGNBD(), MBGNBDProcess(0.8, 6.0, 0.8, 2.0), {"r": 0.8, "alpha": 6.0, "a": 0.8, "b": 2.0}),
    "BG/CNBD-k": (
        BGCNBD(k=2),
        BGCNBDProcess(0.8, 3.0, 0.8, 2.5, 2),
        {"r": 0.8, "alpha": 3.0, "a": 0.8, "b": 2.5},
    ),
    "MBG/CNBD-k": (
        MBGCNBD(k=2),
        MBGCNBDProcess(0.8, 3.0, 0.8, 2.0, 2),
        {"r": 0.8, "alpha": 3.0, "a": 0.8, "b": 2.0},
    ),
    "Pareto/NBD": (
        ParetoNBD(),
        ParetoNBDProcess(0.8, 6.0, 0.7, 8.0),
        {"r": 0.8, "alpha": 6.0, "s": 0.7, "beta": 8.0},
    ),
    "GGompertz/NBD": (
        GGompertzNBD(),
        GGompertzNBDProcess(0.8, 6.0, 0.7, 8.0, 0.06),
        {"r": 0.8, "alpha": 6.0, "s": 0.7, "b": 0.06, "beta": 0.48, "kappa": 8.0},
    ),
    "Pareto/GGG": (
        ParetoGGG(),
        ParetoGGGProcess(4.0, 2.5, 0.8, 6.0, 0.7, 8.0),
        {"t": 4.0, "gamma": 1.6, "mean_k": 2.5, "r": 0.8, "alpha": 6.0, "s": 0.7, "beta": 8.0},
    ),
    "Pareto/NBD, correlated": (
        CorrelatedParetoNBD(tau=36.0),
        CorrelatedParetoNBDProcess(0.8, 6.0, 0.7, 8.0, _JOINT.odds(_M), 36.0),
        {"r": 0.8, "alpha": 6.0, "s": 0.7, "beta": 8.0, "correlation": _JOINT.correlation(_M)},
    ),
}

SLOW = {"MBG/CNBD-k", "Pareto/NBD, correlated"}

EXPERIMENTS: Mapping[tuple[str, str], Experiment] = {
    **{(name, "Laplace"): Purchases(*each, quick=name in SLOW) for name, each in PURCHASES.items()},
    ("Gamma-Gamma", "Laplace"): Spend(NBDProcess(0.8, 6.0), GammaGammaProcess(6.0, 4.0, 15.0)),
    ("BG/BB", "Laplace"): Occasions(BGBBProcess(1.2, 0.75, 0.66, 2.8)),
    ("sBG", "Laplace"): Contracts(ShiftedBetaGeometric(), BetaWeibullProcess(0.7, 3.0)),
    ("BdW", "Laplace"): Contracts(BetaDiscreteWeibull(), BetaWeibullProcess(0.7, 3.0, 1.3)),
    ("Cox", "Laplace"): Regression(CoxRegression),
    ("Weibull", "Laplace"): Regression(WeibullRegression),
    ("BG/NBD, covariates", "Laplace"): Described("bg_nbd", (0.8, 6.0, 0.8, 2.5)),
    ("MBG/NBD, covariates", "Laplace"): Described("mbg_nbd", (0.8, 6.0, 0.8, 2.5)),
    ("Pareto/NBD, covariates", "Laplace"): Described("pareto_nbd", (0.8, 6.0, 0.7, 8.0)),
    ("Pareto/NBD, seasons", "Laplace"): Seasons(),
    ("BG/NBD, pooled", "Laplace"): Segments(),
    **{(name, "posterior"): Purchases(*each, posterior=True, quick=name in SLOW) for name, each in PURCHASES.items()},
}
"""By model and method."""
