"""Which model of purchases to use: all candidates on the same history and the same test, and a reasoned choice.

The choice is made in three steps, each of which anybody can check in the table:

1. A model that foretells no better than a simple rule, or misses the total by more than a quarter, is out (grade C).
2. Of the others those count as equally good whose squared error is larger than the smallest by no more than chance
   (the one-standard-error rule), so that the choice does not hang on a handful of customers.
3. Among these the one with the smallest Bayesian information criterion explains the history best for its parameters.

Where none survives the first step, none is recommended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from worthbook.kernel.errors import Problem, WorthbookError
from worthbook.kernel.language import Text
from worthbook.models.base import FloatArray
from worthbook.models.lifetime.data import UNIT_NAMES, PurchaseHistory
from worthbook.models.lifetime.holdout import Grade, HoldoutRow, Trial, best_rule, grade_of, signed_per_cent
from worthbook.models.lifetime.purchase_model import PurchaseFit, PurchaseModel
from worthbook.models.lifetime.scores import is_within_chance

RECOMMENDED = Text(
    en=(
        "{model} is recommended: over {horizon} {unit} that it had not seen, its typical error for a customer was "
        '{rmse} purchases ({better} less than the best simple rule, "{rule}"), its total was off by {total_error}, and '
        "{why}."
    ),
    zh=(
        "推荐 {model}：在其未见过的 {horizon} {unit}内，单个客户的典型误差为 {rmse} 次购买"
        "（比最好的简单规则“{rule}”低 {better}），总量偏差 {total_error}，并且{why}。"
    ),
)
ALONE = Text(en="no other model that was tried came within chance of that", zh="所试的其他模型与其差距均超出偶然范围")
LIKELIEST = Text(
    en="of the {count} models within chance of the smallest error it explains the history best (BIC {bic})",
    zh="在误差与最小者相差不超过偶然范围的 {count} 个模型中，它对历史的解释最好（BIC {bic}）",
)
NONE_BETTER = Text(
    en=(
        "No model is recommended: over {horizon} {unit} that they had not seen, none was better than the simple rule "
        '"{rule}" (typical error {rule_rmse} purchases; the best model, {model}, {rmse}).'
    ),
    zh=(
        "不推荐任何模型：在其未见过的 {horizon} {unit}内，没有一个模型优于简单规则“{rule}”"
        "（典型误差 {rule_rmse} 次购买；最好的模型 {model} 为 {rmse} 次）。"
    ),
)
NONE_CLOSE = Text(
    en=(
        "No model is recommended: over {horizon} {unit} that they had not seen, every model that beat the simple rules "
        "missed the total by more than a quarter ({model}: {total_error}); something has changed that no model knows."
    ),
    zh=(
        "不推荐任何模型：在其未见过的 {horizon} {unit}内，凡优于简单规则的模型，总量偏差都超过四分之一"
        "（{model}：{total_error}）；说明发生了模型无法得知的变化。"
    ),
)
NOT_TESTED = Text(
    en=(
        "No model is recommended: the history is too short or holds too few repeat purchases to hold a part of it back "
        "for a test."
    ),
    zh="不推荐任何模型：历史太短或复购太少，无法留出一段时间进行检验。",
)
NONE_FITTED = Text(
    en="No model is recommended: none could be fitted. {why}", zh="不推荐任何模型：没有一个能够拟合。{why}"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model of purchases that may be chosen."""

    name: str
    """In programs: `bg_nbd`."""
    label: str
    """In the literature: BG/NBD."""
    model: PurchaseModel[PurchaseFit]


@dataclass(frozen=True, slots=True, eq=False)
class Tested:
    """A candidate fitted before a cut and scored after it."""

    fit: PurchaseFit
    row: HoldoutRow
    forecast: FloatArray
    grade: Grade


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One candidate: its fit to the history that counts, and how it did in the test."""

    candidate: Candidate
    fit: PurchaseFit | None
    problem: Problem | None
    """Why there is no fit."""
    bic: float | None
    tested: Tested | None
    """None where there is no test, or the model could not be fitted to the history before the cut."""

    @property
    def name(self) -> str:
        """Of the candidate, in programs."""
        return self.candidate.name


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """All candidates side by side, and which to use."""

    entries: tuple[Entry, ...]
    rules: tuple[HoldoutRow, ...]
    """How the simple rules did in the same test; none where there was no test."""
    recommended: str | None
    reason: Text

    @property
    def chosen(self) -> Entry | None:
        """The recommended model."""
        return next((entry for entry in self.entries if entry.name == self.recommended), None)

    @property
    def used(self) -> Entry | None:
        """The recommended model; else the one that erred least in the test, or explains the history best."""
        tested = [(entry.tested.row.score.rmse, entry) for entry in self.entries if entry.tested is not None]
        fitted = [(entry.bic or 0.0, entry) for entry in self.entries if entry.fit is not None]
        return self.chosen or min(tested or fitted, key=lambda pair: pair[0], default=(0.0, None))[1]


def compare(candidates: Sequence[Candidate], history: PurchaseHistory, trial: Trial | None) -> Comparison:
    """Fit and test all candidates, and choose.

    Args:
        candidates: What may be chosen.
        history: What the fits are made from. It may be the history of the trial; then nothing is fitted twice.
        trial: The test; None where the history cannot carry one.

    >>> from worthbook.models.lifetime.bg_nbd import BGNBD
    >>> history = PurchaseHistory([0, 0, 3, 1, 0, 6, 2], [0, 0, 20, 5, 0, 29, 14], [30, 31, 30, 32, 30, 30, 33])
    >>> found = compare([Candidate("bg_nbd", "BG/NBD", BGNBD())], history, Trial(history, [0, 1, 2, 0, 0, 5, 1], 30))
    >>> found.recommended, found.entries[0].tested.grade
    ('bg_nbd', 'B')
    """
    rules = () if trial is None else trial.rules()
    entries = tuple(_entry(each, history, trial, rules) for each in candidates)
    recommended, reason = _choice(entries, rules, trial)
    return Comparison(entries, rules, recommended, reason)


def _entry(candidate: Candidate, history: PurchaseHistory, trial: Trial | None, rules: tuple[HoldoutRow, ...]) -> Entry:
    try:
        fit = candidate.model.fit(history)
    except WorthbookError as error:
        return Entry(candidate, None, error.problems[0], None, None)
    tested = None if trial is None else _tested(candidate, fit if trial.history is history else None, trial, rules)
    return Entry(candidate, fit, None, fit.bic, tested)


def _tested(
    candidate: Candidate, fit: PurchaseFit | None, trial: Trial, rules: tuple[HoldoutRow, ...]
) -> Tested | None:
    """The candidate in the test; `fit` is the one to the history before the cut, where there is one already."""
    try:
        then = fit or candidate.model.fit(trial.history)
        forecast = then.expected_purchases(trial.history, trial.horizon)
    except WorthbookError:
        return None
    row = trial.row(Text(en=candidate.label, zh=candidate.label), forecast)
    return Tested(then, row, forecast, grade_of(row.score, best_rule(rules).score))


def _choice(entries: Sequence[Entry], rules: tuple[HoldoutRow, ...], trial: Trial | None) -> tuple[str | None, Text]:
    """The name of the model to use, if any, and why."""
    if all(entry.fit is None for entry in entries):
        problems = [entry.problem for entry in entries if entry.problem is not None]
        return None, NONE_FITTED.format(why=problems[0].what if problems else "")
    tested = [(entry, entry.tested) for entry in entries if entry.tested is not None]
    if trial is None or not tested:
        return None, NOT_TESTED
    fit_to_use = [(entry, found) for entry, found in tested if found.grade != "C"]
    if not fit_to_use:
        return None, _refusal(tested, rules, trial)
    _, best = min(fit_to_use, key=lambda pair: pair[1].row.score.rmse)
    weights, outcome = trial.history.weights, trial.later
    near = [
        (entry, found)
        for entry, found in fit_to_use
        if is_within_chance(found.forecast, best.forecast, outcome, weights)
    ]
    chosen, found = min(near, key=lambda pair: pair[0].bic or 0.0)
    why = ALONE if len(near) == 1 else LIKELIEST.format(count=len(near), bic=f"{chosen.bic or 0.0:,.1f}")
    return chosen.name, RECOMMENDED.format(why=why, **_words(chosen, found, rules, trial))


def _refusal(tested: Sequence[tuple[Entry, Tested]], rules: tuple[HoldoutRow, ...], trial: Trial) -> Text:
    entry, found = min(tested, key=lambda pair: pair[1].row.score.rmse)
    is_better = found.row.score.rmse <= best_rule(rules).score.rmse
    return (NONE_CLOSE if is_better else NONE_BETTER).format(**_words(entry, found, rules, trial))


def _words(entry: Entry, found: Tested, rules: tuple[HoldoutRow, ...], trial: Trial) -> Mapping[str, object]:
    rule, score = best_rule(rules), found.row.score
    return {
        "model": entry.candidate.label,
        "horizon": f"{round(trial.horizon, 1):g}",
        "unit": UNIT_NAMES[trial.history.unit],
        "rmse": f"{score.rmse:.2f}",
        "total_error": signed_per_cent(score.total_error),
        "rule": rule.name,
        "rule_rmse": f"{rule.score.rmse:.2f}",
        "better": f"{100 * (1 - score.rmse / rule.score.rmse):.0f} %" if rule.score.rmse else "0 %",
    }
