"""Is the model any good: forecasts against what happened in a period that the model had not seen.

Wübben and von Wangenheim (2008, Journal of Marketing 72, 82-93) found that simple rules often do as well as these
models, so a model is always shown beside three of them:

- "own pace": each customer goes on buying as often as so far, x / T;
- "same for all": everyone buys as often as the average customer did;
- "hiatus": who has been silent for three usual gaps has left, the others go on at their own pace.

The grade goes by the root of the mean squared error. The mean absolute error is shown too, but cannot judge forecasts
of an expected number: where most customers buy nothing, it is smallest for the forecast that nobody buys anything at
all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from worthbook.kernel.errors import Fault, WorthbookError
from worthbook.kernel.language import Text
from worthbook.models.base import FloatArray
from worthbook.models.distinct import weighted_sum
from worthbook.models.lifetime.baselines import Baseline
from worthbook.models.lifetime.data import UNIT_NAMES, PurchaseHistory
from worthbook.models.lifetime.scores import Score, Tenth, by_tenth, score

CLEARLY_BETTER = 0.95
"""Grade A needs a typical error of at most this share of the better simple rule's."""

TOTAL_CLOSE = 0.10
"""Grade A needs a total within this share of what was bought."""

TOTAL_ROUGH = 0.25
"""Grade B needs a total within this share."""

Grade = Literal["A", "B", "C"]

COLUMNS_DIFFER = Fault(
    "holdout-lengths-differ",
    what=Text(
        en="{history} customers have a history, {actual} an outcome and {predicted} a forecast.",
        zh="有历史的客户 {history} 位，有实际结果的 {actual} 位，有预测的 {predicted} 位，数量不一致。",
    ),
    hint=Text(en="Give one value of each for every customer.", zh="每位客户都应各有一个值。"),
)
NOBODY_BOUGHT = Fault(
    "holdout-without-purchases",
    what=Text(en="Nobody bought anything in the test period.", zh="检验期内没有任何购买。"),
    hint=Text(
        en="Check that the orders reach to the end of the test period, or choose an earlier split.",
        zh="请确认订单数据覆盖到检验期末，或选择更早的切分日期。",
    ),
)
THE_MODEL = Text(en="the model", zh="模型")
OWN_PACE = Text(en="everyone goes on at their own pace", zh="每位客户保持各自的购买频率")
SAME_FOR_ALL = Text(en="everyone buys the average", zh="每位客户都按平均频率购买")

SILENT_LEAVE = Text(en="the long silent have left", zh="久未购买者视为已流失")
RULES: Mapping[Literal["own_pace", "same_for_all", "hiatus"], Text] = {
    "own_pace": OWN_PACE,
    "same_for_all": SAME_FOR_ALL,
    "hiatus": SILENT_LEAVE,
}

SENTENCE = Text(
    en=(
        "Tested on {horizon} {unit} it had not seen, the model expected {expected} purchases and there were {actual} "
        "({total_error}). For a single customer it is typically off by {rmse} purchases, the best simple rule "
        "({rule}) by "
        "{rule_rmse}. Grade {grade}: {verdict}."
    ),
    zh=(
        "用模型未见过的 {horizon} {unit}数据检验：预测购买 {expected} 次，实际 {actual} 次（{total_error}）。"
        "单个客户的典型误差为 {rmse} 次，最好的简单规则（{rule}）为 {rule_rmse} 次。评级 {grade}：{verdict}。"
    ),
)
VERDICTS: dict[Grade, Text] = {
    "A": Text(
        en="clearly better than simple rules, and the total is close; fit to plan with",
        zh="明显优于简单规则，且总量接近，可用于规划",
    ),
    "B": Text(
        en="no worse than simple rules, and the total is roughly right; use it to rank customers and for rough totals",
        zh="不逊于简单规则，总量大致正确，可用于客户排序和粗略估计总量",
    ),
    "C": Text(
        en="no gain over simple rules, or the total is far off; do not rely on it",
        zh="不优于简单规则，或总量偏差较大，不宜依赖",
    ),
}


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """A history cut in two: as it was at the cut, and what each customer of a row bought after it.

    Attributes:
        history: As at the cut.
        later: Purchases after the cut, for each row.
        horizon: Length of the time after the cut, in the unit of the history.
    """

    history: PurchaseHistory
    later: FloatArray
    horizon: float

    def __init__(self, history: PurchaseHistory, later: ArrayLike, horizon: float) -> None:
        """Check that the two parts are of the same rows, and that anything was bought.

        Raises:
            WorthbookError: `holdout-lengths-differ`, `holdout-without-purchases`.
        """
        outcome = np.asarray(later, dtype=np.float64).reshape(-1)
        if len(history) != len(outcome):
            raise COLUMNS_DIFFER(history=len(history), actual=len(outcome), predicted="–")
        for name, value in (("history", history), ("later", outcome), ("horizon", float(horizon))):
            object.__setattr__(self, name, value)
        if self.bought <= 0:
            raise NOBODY_BOUGHT()  # noqa: RSE102  # a fault makes the exception

    @property
    def bought(self) -> float:
        """All purchases after the cut."""
        return weighted_sum(self.history.weights, self.later)

    def rules(self) -> tuple[HoldoutRow, ...]:
        """How the simple rules did."""
        return tuple(self.row(name, forecast) for name, forecast in _forecasts(self.history, self.horizon))

    def row(self, name: Text, forecast: FloatArray) -> HoldoutRow:
        """How one forecast did.

        Raises:
            WorthbookError: `holdout-lengths-differ`.
        """
        if len(forecast) != len(self.history):
            raise COLUMNS_DIFFER(history=len(self.history), actual=len(self.later), predicted=len(forecast))
        weights = self.history.weights
        return HoldoutRow(
            name, score(forecast, self.later, weights, self.history.T), by_tenth(forecast, self.later, weights)
        )


@dataclass(frozen=True, slots=True)
class HoldoutRow:
    """How one forecast did."""

    name: Text
    """Whose forecast."""
    score: Score
    tenths: tuple[Tenth, ...]
    """Is it calibrated: expected and actual mean of customers with similar forecasts, lowest first."""


@dataclass(frozen=True, slots=True)
class HoldoutReport:
    """The model and the simple rules on the same test period, with a grade."""

    horizon: float
    actual: float
    rows: tuple[HoldoutRow, ...]
    """The model first, then the simple rules."""
    grade: Grade
    sentence: Text


def score_holdout(history: PurchaseHistory, actual: ArrayLike, horizon: float, predicted: ArrayLike) -> HoldoutReport:
    """Score forecasts of each row's purchases in the hold-out.

    Args:
        history: As at the end of calibration.
        actual: Purchases in the hold-out, for each row.
        horizon: Length of the hold-out, in the unit of the history.
        predicted: What the model, fitted on the calibration only, expected for each row.

    Raises:
        WorthbookError: `holdout-lengths-differ`, `holdout-without-purchases`.

    >>> history = PurchaseHistory([0, 4, 1], [0, 35, 9], [39, 39, 39])
    >>> score_holdout(history, [0, 3, 0], 39, [0.1, 2.9, 0.2]).grade
    'A'
    """
    trial = Trial(history, actual, horizon)
    model = trial.row(THE_MODEL, np.asarray(predicted, dtype=np.float64).reshape(-1))
    return report_on(trial, model, trial.rules())


def report_on(trial: Trial, model: HoldoutRow, rules: tuple[HoldoutRow, ...]) -> HoldoutReport:
    """Grade a model that was scored, and say why in a sentence."""
    best = best_rule(rules)
    grade = grade_of(model.score, best.score)
    sentence = SENTENCE.format(
        horizon=f"{round(trial.horizon, 1):g}",
        unit=UNIT_NAMES[trial.history.unit],
        expected=f"{model.score.total:,.0f}",
        actual=f"{trial.bought:,.0f}",
        total_error=signed_per_cent(model.score.total_error),
        rmse=f"{model.score.rmse:.2f}",
        rule=best.name,
        rule_rmse=f"{best.score.rmse:.2f}",
        grade=grade,
        verdict=VERDICTS[grade],
    )
    return HoldoutReport(trial.horizon, trial.bought, (model, *rules), grade, sentence)


def signed_per_cent(share: float) -> str:
    """A change as it is written in both languages.

    >>> signed_per_cent(-0.1215)
    '−12.2 %'
    """
    return f"{100 * share:+.1f} %".replace("-", "−")


def best_rule(rules: tuple[HoldoutRow, ...]) -> HoldoutRow:
    """The simple rule with the smallest typical error."""
    return min(rules, key=lambda row: row.score.rmse)


def grade_of(model: Score, rule: Score) -> Grade:
    """A, B or C, by the thresholds named above, against the best simple rule."""
    off = abs(model.total_error)
    if model.rmse <= CLEARLY_BETTER * rule.rmse and off <= TOTAL_CLOSE:
        return "A"
    if model.rmse <= rule.rmse and off <= TOTAL_ROUGH:
        return "B"
    return "C"


def _forecasts(history: PurchaseHistory, horizon: float) -> Iterator[tuple[Text, FloatArray]]:
    """What each simple rule expects; a rule that the history cannot carry is left out."""
    for rule, name in RULES.items():
        try:
            yield name, Baseline(rule).fit(history).expected_purchases(history, horizon)
        except WorthbookError:
            continue
