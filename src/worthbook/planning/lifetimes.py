"""All models of purchases side by side for one book: fitted, tested on what they had not seen, tracked, and chosen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from worthbook.data import columns
from worthbook.data.daily import daily_purchases
from worthbook.definitions.model import ModelDefinition
from worthbook.kernel.errors import Fault, WorthbookError
from worthbook.kernel.language import Text
from worthbook.kernel.period import DAYS_PER_WEEK
from worthbook.models.lifetime.choose import Candidate, Comparison, Entry, compare
from worthbook.models.lifetime.cnbd import BGCNBD
from worthbook.models.lifetime.data import PurchaseHistory, SpendHistory
from worthbook.models.lifetime.forecast import TotalForecast
from worthbook.models.lifetime.gamma_gamma import GammaGamma, GammaGammaFit
from worthbook.models.lifetime.holdout import Trial
from worthbook.models.lifetime.purchase_model import PurchaseFit
from worthbook.models.lifetime.purchase_posterior import purchase_posterior
from worthbook.models.lifetime.tracking import Tracking, track
from worthbook.models.posterior import Posterior
from worthbook.planning.beside import Beside, set_beside
from worthbook.planning.estimators import PLAIN, PURCHASE_MODELS
from worthbook.planning.index import Catalogue
from worthbook.planning.outlook import SEED, total_outlook
from worthbook.planning.run import Workbench
from worthbook.planning.trials import Histories, Split, rolling_splits, split_of

POSTERIOR_DRAWS, FEWER_DRAWS, MANY_ROWS = 1000, 300, 20_000
"""Draws from the posterior; with many rows fewer do, since there the posterior is close to its approximation."""

LOG_GAPS = "log_gap_weeks"
"""The measure that models of regular buying read."""

CUT_OUTSIDE = Fault(
    "calibration-outside-history",
    what=Text(
        en="A test cannot begin on {day}: the history reaches from {first} to {as_of}.",
        zh="无法从 {day} 开始检验：历史数据的范围是 {first} 至 {as_of}。",
    ),
    hint=Text(
        en="Choose a day that leaves at least some weeks on either side.",
        zh="请选择一个前后都留有若干周数据的日期。",
    ),
)
LONG_TEST = Text(
    en="The test ({test} weeks) is longer than the history that the models were fitted to ({calibration} weeks).",
    zh="检验期（{test} 周）长于模型拟合所用的历史（{calibration} 周）。",
)


@dataclass(frozen=True, eq=False)
class Lifetimes:
    """What the models of purchases say about a book, and how far to trust each."""

    first: dt.date
    as_of: dt.date
    fitted_until: dt.date
    """The last day that the reported fits have seen."""
    history: PurchaseHistory
    """What the reported fits were made from."""
    split: Split | None
    """The test; None where the history is too short for one."""
    trial: Trial | None
    comparison: Comparison
    tracking: Mapping[str, Tracking]
    """Model → how it followed the base week by week."""
    rolling: tuple[tuple[Split, Comparison | None], ...]
    """Further tests, each from all that came before its cut; None where nothing was to be tested."""
    cautions: tuple[Text, ...] = ()
    spend: GammaGammaFit | None = None
    """What customers spend; None where amounts are not known or say nothing."""
    expected: Expected | None = None
    """What is to be expected over the horizon that was asked for."""
    beside: tuple[Beside, ...] = ()
    """Models that read more than purchases, in the same test."""


@dataclass(frozen=True, eq=False)
class Expected:
    """The base over a horizon, as the model that is used foretells it from the whole history."""

    model: str
    until: dt.date
    weeks: float
    active: float
    """The sum of the customers' probabilities of being active."""
    customers: int
    total: TotalForecast | None
    fit: PurchaseFit
    """Of the model, to the whole history."""
    posterior: Posterior | None = None
    """Of the model's parameters: what the intervals are drawn from."""


def purchase_roles(catalogue: Catalogue) -> Mapping[str, str]:
    """The columns that models of purchases read, by role; those of regular buying among them."""
    roles = next(model.inputs for model in catalogue.models.values() if model.estimator in PURCHASE_MODELS)
    return {**roles, "log_gaps": LOG_GAPS} if LOG_GAPS in catalogue.measures else roles


def _made(bench: Workbench, roles: Mapping[str, str]) -> Mapping[str, str]:
    """Those whose columns were made; an evaluation does without those of regular buying."""
    return {role: name for role, name in roles.items() if name in bench.sheets}


def spend_roles(catalogue: Catalogue) -> Mapping[str, str]:
    """The columns that the model of spend reads, by role; none where the catalogue has no such model."""
    models = (model.inputs for model in catalogue.models.values() if model.estimator == GammaGamma.estimator)
    return next(models, {})


def weigh(
    bench: Workbench,
    first: dt.date,
    candidates: Sequence[Candidate],
    calibrate_until: dt.date | None = None,
    *,
    rolling: bool = True,
) -> Lifetimes:
    """Fit, test and track the candidates, and choose.

    Args:
        bench: with the columns of `purchase_roles` made.
        first: the first day of the history.
        candidates: what may be chosen.
        calibrate_until: fit to the history up to this day only, and test on the rest; without it the models are
            fitted to the whole history and tested on the last part of it.
        rolling: whether to test from further days as well.

    Raises:
        WorthbookError: `calibration-outside-history`.
    """
    as_of = bench.plan.as_of
    if calibrate_until is not None and not first < calibrate_until < as_of:
        raise CUT_OUTSIDE(day=calibrate_until, first=first, as_of=as_of)
    split = split_of(first, as_of) if calibrate_until is None else Split(calibrate_until, as_of)
    tells_gaps = any(each.model.tells_gaps for each in candidates)
    histories = Histories(bench, _made(bench, purchase_roles(bench.catalogue)), tells_gaps)
    turns = rolling_splits(first, as_of) if rolling else ()
    splits = [*([] if split is None else [split]), *turns]
    trials = dict(zip(splits, histories.trials(splits), strict=True))
    trial = None if split is None else trials[split]
    history = histories.now() if calibrate_until is None or trial is None else trial.history
    comparison = compare(candidates, history, trial)
    return Lifetimes(
        first=first,
        as_of=as_of,
        fitted_until=as_of if calibrate_until is None else calibrate_until,
        history=history,
        split=split if trial is not None else None,
        trial=trial,
        comparison=comparison,
        tracking={} if split is None else _tracked(bench, first, split, comparison),
        rolling=tuple((each, _tested(candidates, trials[each])) for each in turns),
        cautions=_cautions(first, split),
    )


def with_others(bench: Workbench, found: Lifetimes, models: Sequence[ModelDefinition]) -> Lifetimes:
    """Add models that read more than purchases; `bench` with all that they read made.

    Raises:
        WorthbookError: `extra-learning-absent`.
    """
    roles = {role: name for role, name in purchase_roles(bench.catalogue).items() if role in PLAIN}
    beside = tuple(set_beside(bench, each, found.fitted_until, found.split, roles) for each in models)
    return replace(found, beside=beside)


def look_ahead(bench: Workbench, found: Lifetimes, until: dt.date) -> Lifetimes:
    """Add what is to be expected until a day: by the recommended model, or else by the one that erred least.

    The model is fitted to the whole history for this, whatever part of it the comparison was made on.
    """
    used = found.comparison.used
    if used is None:
        return found
    history = (
        found.history
        if found.fitted_until == found.as_of
        else Histories(bench, _made(bench, purchase_roles(bench.catalogue)), used.candidate.model.tells_gaps).now()
    )
    try:
        fit = used.fit if history is found.history else used.candidate.model.fit(history)
    except WorthbookError:
        return found
    if fit is None:
        return found
    spend = _spend_fit(bench)
    roles = {**purchase_roles(bench.catalogue), **spend_roles(bench.catalogue)}
    weeks = (until - found.as_of).days / DAYS_PER_WEEK
    sheets, x = bench.sheets_of(bench.sheets), bench.sheets[roles["x"]]
    customers = columns.count(bench.engine, x)
    posterior = _posterior(used, fit, history)
    total = total_outlook(bench.engine, sheets, roles, (fit, spend), weeks, customers=customers, posterior=posterior)
    active = float(fit.p_alive(history) @ history.weights) * customers / history.customers
    expected = Expected(used.name, until, weeks, active, customers, total, fit, posterior)
    return replace(found, spend=spend, expected=expected)


def _posterior(used: Entry, fit: PurchaseFit, history: PurchaseHistory) -> Posterior | None:
    """Draws of the parameters; None where they cannot be had, and intervals rest on the normal approximation."""
    model = used.candidate.model
    if isinstance(model, BGCNBD):
        model = replace(model, k=int(fit.facts["k"]))  # the regularity that was chosen
    draws = POSTERIOR_DRAWS if len(history) <= MANY_ROWS else FEWER_DRAWS
    try:
        return purchase_posterior(model, fit, history, seed=SEED, draws=draws)
    except WorthbookError:
        return None


def _spend_fit(bench: Workbench) -> GammaGammaFit | None:
    """The model of spend, where amounts are known for enough customers."""
    roles = spend_roles(bench.catalogue)
    if not set(roles.values()) <= set(bench.sheets):
        return None
    names = [roles["x"], roles["mean_value"]]
    groups = columns.grouped(bench.engine, bench.sheets_of(names), names)
    if not len(groups["customers"]):
        return None
    try:
        return GammaGamma().fit(SpendHistory(groups[names[0]], groups[names[1]], groups["customers"]))
    except WorthbookError:
        return None


def _tested(candidates: Sequence[Candidate], trial: Trial | None) -> Comparison | None:
    return None if trial is None else compare(candidates, trial.history, trial)


def _tracked(bench: Workbench, first: dt.date, split: Split, comparison: Comparison) -> dict[str, Tracking]:
    """Each model as it was fitted before the cut, for the customers who were there at the cut."""
    daily = daily_purchases(
        bench.engine, bench.snapshot, bench.catalogue.tables, first, split.until, split.calibrate_until
    )
    seen = (split.calibrate_until - first).days + 1
    return {
        entry.name: track(entry.tested.fit.expected_purchases_new, daily.births, daily.repeats, seen)
        for entry in comparison.entries
        if entry.tested is not None
    }


def _cautions(first: dt.date, split: Split | None) -> tuple[Text, ...]:
    if split is None:
        return ()
    calibration = Split(first, split.calibrate_until).weeks
    if split.weeks <= calibration + 1:
        return ()
    return (LONG_TEST.format(test=f"{split.weeks:.0f}", calibration=f"{calibration:.0f}"),)
