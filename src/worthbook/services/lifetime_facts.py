"""What the models say of a book, as plain values for programs."""

from __future__ import annotations

from collections.abc import Mapping

from worthbook.kernel.language import Text
from worthbook.models.lifetime.choose import Comparison, Entry, Tested
from worthbook.models.lifetime.holdout import HoldoutRow, Trial
from worthbook.models.lifetime.purchase_model import PurchaseFit
from worthbook.models.lifetime.tracking import Tracking
from worthbook.models.posterior import Posterior
from worthbook.planning.beside import Beside
from worthbook.planning.drift import Drift
from worthbook.planning.effects import Compared, Effects, terms_of
from worthbook.planning.lifetimes import Lifetimes
from worthbook.planning.season_effects import SeasonEffects, factors_of
from worthbook.planning.segments_ahead import Segment, Segments
from worthbook.planning.trials import Split
from worthbook.services.lifetime import Answer


def facts_of(answer: Answer) -> dict[str, object]:
    """The answer; parameters and intervals by the symbols of the literature, times in weeks."""
    found = answer.lifetimes
    return {
        "data": _data(answer),
        "models": [_model(entry, found) for entry in found.comparison.entries],
        "beside": [_beside(each) for each in found.beside],
        "baselines": [_row(row, found.trial) for row in found.comparison.rules],
        "recommended": found.comparison.recommended,
        "reason": found.comparison.reason.en,
        "reason_zh": found.comparison.reason.zh,
        "forecast": _forecast(found),
        "needs": [_words(each) for each in answer.needs],
        "drift": None if answer.drift is None else _drift(answer.drift),
        "spend": _spend(found),
        **({} if answer.timeline is None else {"customer": answer.timeline.as_json()}),
        **({} if answer.segments is None else {"segments": _segments(answer.segments)}),
        **({} if answer.effects is None else {"covariates": _effects(answer.effects)}),
        **({} if answer.seasons is None else {"seasons": _seasons(answer.seasons)}),
        "rolling": [_turn(split, comparison) for split, comparison in found.rolling],
        "cautions": [_words(each) for each in found.cautions],
    }


def _data(answer: Answer) -> dict[str, object]:
    found = answer.lifetimes
    history = found.history
    return {
        "title": answer.title,
        "first": found.first.isoformat(),
        "fitted_until": found.fitted_until.isoformat(),
        "as_of": found.as_of.isoformat(),
        "weeks": Split(found.first, found.fitted_until).weeks,
        "customers": history.customers,
        "repeat_buyers": float(history.weights[history.x > 0].sum()),
        "repeat_purchases": float(history.weights @ history.x),
        "unit": history.unit,
    }


def _model(entry: Entry, found: Lifetimes) -> dict[str, object]:
    if entry.fit is None:
        problem = None if entry.problem is None else entry.problem.as_json()
        return {"name": entry.name, "label": entry.candidate.label, "problem": problem, "parameters": {}}
    return {
        "name": entry.name,
        "label": entry.candidate.label,
        "parameters": {each.symbol: each.estimate for each in entry.fit.summary} | _regularity(entry.fit),
        "standard_errors": {each.symbol: each.standard_error for each in entry.fit.summary},
        "intervals": {each.symbol: [each.low, each.high] for each in entry.fit.summary},
        "log_likelihood": entry.fit.log_likelihood,
        "bic": entry.bic,
        "grade": None if entry.tested is None else entry.tested.grade,
        "holdout": None if entry.tested is None else _holdout(entry.tested, found, entry.name),
        "cautions": [_words(each) for each in entry.fit.cautions],
    }


def _beside(beside: Beside) -> dict[str, object]:
    """A model that reads more than purchases; its error is that of the customers in its own test."""
    return {
        "name": beside.name,
        "label": _words(beside.label),
        "log_likelihood": beside.log_likelihood,
        "bic": beside.bic,
        "grade": beside.grade,
        "customers": None if beside.trial is None else beside.trial.history.customers,
        "holdout": None if beside.row is None else _row(beside.row, beside.trial),
        "problem": None if beside.problem is None else beside.problem.as_json(),
    }


def _regularity(fit: PurchaseFit) -> dict[str, object]:
    """The k of models of regular buying, which is chosen among whole numbers and has no interval."""
    return {"k": fit.facts["k"]} if "k" in fit.facts else {}


def _holdout(tested: Tested, found: Lifetimes, name: str) -> dict[str, object]:
    tracking = found.tracking.get(name)
    return {
        **_row(tested.row, found.trial),
        "calibration": [vars_of(each) for each in tested.row.tenths],
        "tracking_error": None if tracking is None else tracking.error,
        "tracking": None if tracking is None else _weeks(tracking),
    }


def _forecast(found: Lifetimes) -> dict[str, object] | None:
    """What is expected of the base; the model is the recommended one, or the one that erred least."""
    expected = found.expected
    if expected is None:
        return None
    total = expected.total
    return {
        "model": expected.model,
        "from": found.as_of.isoformat(),
        "until": expected.until.isoformat(),
        "weeks": expected.weeks,
        "customers": expected.customers,
        "active": expected.active,
        "posterior": None if expected.posterior is None else _posterior(expected.posterior),
        "purchases": None if total is None else vars_of(total.purchases),
        "value": None if total is None or total.value is None else vars_of(total.value),
    }


def _segments(segments: Segments) -> dict[str, object]:
    """What is expected of each segment; the estimates add up to those of all, the ends of the intervals do not."""
    return {
        "by": segments.by.name,
        "parts": [_segment(each) for each in segments.parts],
        "all": _segment(segments.whole),
        "cautions": [_words(each) for each in segments.cautions],
    }


def _segment(segment: Segment) -> dict[str, object]:
    total = segment.total
    return {
        "key": segment.key,
        "title": _words(segment.title),
        "customers": segment.customers,
        "active": segment.active,
        "purchases": vars_of(total.purchases),
        "value": None if total.value is None else vars_of(total.value),
        **({} if segment.own is None else {"own": segment.own}),
    }


def _effects(effects: Effects) -> dict[str, object]:
    """What goes with the covariates; `buys` and `leaves` are factors with their 95 % intervals."""
    return {
        "columns": [each.name for each in effects.covariates],
        "customers": effects.known,
        "model": effects.best.name,
        "purchases": vars_of(effects.total),
        "terms": [
            {
                "column": each.covariate.name,
                "value": each.word,
                "step": None if each.word is not None else each.step,
                "buys": list(each.buys),
                "leaves": list(each.leaves),
            }
            for each in terms_of(effects)
        ],
        "models": [_compared(each) for each in effects.models],
    }


def _seasons(effects: SeasonEffects) -> dict[str, object]:
    """What goes with the seasons; `buys` are factors with their 95 % intervals."""
    return {
        "seasons": list(effects.seasons),
        "until": effects.until.isoformat(),
        "terms": [
            {"name": term.name, "title": _words(term.title), "buys": list(factors)}
            for term, (_, factors) in zip(effects.terms, factors_of(effects), strict=True)
        ],
        "parameters": {each.symbol: each.estimate for each in effects.fit.summary},
        "log_likelihood": effects.fit.log_likelihood,
        "log_likelihood_without": effects.plain.log_likelihood,
        "bic": effects.fit.facts["bic"],
        "bic_without": effects.plain.facts["bic"],
        "p_value": effects.test.p_value,
        "purchases": vars_of(effects.total),
        "purchases_without": vars_of(effects.total_without),
        "cautions": [_words(each) for each in effects.fit.cautions],
    }


def _compared(compared: Compared) -> dict[str, object]:
    if compared.fit is None or compared.plain is None or compared.test is None:
        problem = None if compared.problem is None else compared.problem.as_json()
        return {"name": compared.name, "label": compared.label, "problem": problem}
    return {
        "name": compared.name,
        "label": compared.label,
        "parameters": {each.symbol: each.estimate for each in compared.fit.summary},
        "intervals": {each.symbol: [each.low, each.high] for each in compared.fit.summary},
        "log_likelihood": compared.fit.log_likelihood,
        "log_likelihood_without": compared.plain.log_likelihood,
        "bic": compared.fit.facts["bic"],
        "bic_without": compared.plain.facts["bic"],
        "p_value": compared.test.p_value,
        "cautions": [_words(each) for each in compared.fit.cautions],
    }


def _drift(drift: Drift) -> dict[str, object]:
    return {
        "run": drift.run_id,
        "model": drift.model,
        "since": drift.since.isoformat(),
        "until": drift.until.isoformat(),
        "expected": vars_of(drift.expected),
        "actual": drift.actual,
        "holds": drift.holds,
        "sentence": _words(drift.sentence),
    }


def _posterior(posterior: Posterior) -> dict[str, object]:
    """Of the parameters of the model that is used, fitted to the whole history."""
    return {
        "method": posterior.method,
        "k_hat": posterior.k_hat,
        "intervals": {each.symbol: [each.low, each.high] for each in posterior.summary},
    }


def _spend(found: Lifetimes) -> dict[str, object] | None:
    """The model of spend per purchase, and whether it has to do with frequency."""
    fit = found.spend
    if fit is None:
        return None
    return {
        "name": fit.estimator,
        "parameters": {each.symbol: each.estimate for each in fit.summary},
        "intervals": {each.symbol: [each.low, each.high] for each in fit.summary},
        **fit.facts,
        "cautions": [_words(each) for each in fit.cautions],
    }


def vars_of(value: object) -> dict[str, object]:
    """The fields of a dataclass with slots."""
    return {name: getattr(value, name) for name in getattr(type(value), "__slots__", ())}


def _weeks(tracking: Tracking) -> dict[str, object]:
    return {
        "calibration_weeks": tracking.calibration,
        "expected": tracking.expected.tolist(),
        "actual": tracking.actual.tolist(),
    }


def _row(row: HoldoutRow, trial: Trial | None) -> dict[str, object]:
    return {
        "name": row.name.en,
        "weeks": None if trial is None else trial.horizon,
        "actual": None if trial is None else trial.bought,
        **vars_of(row.score),
    }


def _turn(split: Split, comparison: Comparison | None) -> dict[str, object]:
    entries = () if comparison is None else comparison.entries
    scores: Mapping[str, object] = {
        entry.name: {"grade": entry.tested.grade, **vars_of(entry.tested.row.score)}
        for entry in entries
        if entry.tested is not None
    }
    return {
        "calibrate_until": split.calibrate_until.isoformat(),
        "until": split.until.isoformat(),
        "recommended": None if comparison is None else comparison.recommended,
        "models": scores,
    }


def _words(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}
