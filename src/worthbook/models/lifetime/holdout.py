"""Is the model any good: forecasts against what happened in a period that the model had not seen.

Wübben and von Wangenheim (2008, Journal of Marketing 72, 82-93) found that simple rules often do as well as these
models, so a model is always shown beside two of them:

- "own pace": each customer goes on buying as often as so far, x / T;
- "same for all": everyone buys as often as the average customer did.

The grade goes by the root of the mean squared error. The mean absolute error is shown too, but cannot judge forecasts
of an expected number: where most customers buy nothing, it is smallest for the forecast that nobody buys anything at
all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.models.base import FloatArray
from worthbook.models.distinct import weighted_sum
from worthbook.models.lifetime.data import UNIT_NAMES, PurchaseHistory
from worthbook.models.rank_correlation import correlation

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


@dataclass(frozen=True, slots=True)
class HoldoutRow:
    """How one forecast did.

    Attributes:
        name: Whose forecast.
        total: Purchases expected in total.
        total_error: The total over what was bought, minus 1.
        mae: Mean absolute error for a customer.
        rmse: Root of the mean squared error for a customer.
        correlation: Between forecast and outcome over customers; `None` if one of them does not vary.
    """

    name: Text
    total: float
    total_error: float
    mae: float
    rmse: float
    correlation: float | None


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

    >>> history = PurchaseHistory([0, 4, 1], [0, 35, 9], [39, 39, 39])
    >>> score_holdout(history, [0, 4, 0], 39, [0.1, 3.8, 0.2]).grade
    'A'
    """
    outcome, forecast = (np.asarray(each, dtype=np.float64).reshape(-1) for each in (actual, predicted))
    if not len(history) == len(outcome) == len(forecast):
        raise COLUMNS_DIFFER(history=len(history), actual=len(outcome), predicted=len(forecast))
    bought = weighted_sum(history.weights, outcome)
    if bought <= 0:
        raise NOBODY_BOUGHT()  # noqa: RSE102  # a fault makes the exception
    own, average = _simple_rules(history, horizon)
    named = ((THE_MODEL, forecast), (OWN_PACE, own), (SAME_FOR_ALL, average))
    model, *rules = (_row(name, each, outcome, history.weights) for name, each in named)
    best = min(rules, key=lambda row: row.rmse)
    grade = _grade(model, best)
    sentence = SENTENCE.format(
        horizon=f"{horizon:g}",
        unit=UNIT_NAMES[history.unit],
        expected=f"{model.total:,.0f}",
        actual=f"{bought:,.0f}",
        total_error=f"{100 * model.total_error:+.1f} %".replace("-", "−"),
        rmse=f"{model.rmse:.2f}",
        rule=best.name,
        rule_rmse=f"{best.rmse:.2f}",
        grade=grade,
        verdict=VERDICTS[grade],
    )
    return HoldoutReport(horizon, bought, (model, *rules), grade, sentence)


def _simple_rules(history: PurchaseHistory, horizon: float) -> tuple[FloatArray, FloatArray]:
    """What the two simple rules expect; customers first seen on the last day have no pace yet and get the average."""
    exposure = weighted_sum(history.weights, history.T)
    average = np.full(len(history), weighted_sum(history.weights, history.x) / exposure * horizon if exposure else 0.0)
    seen = history.T > 0
    own = np.where(seen, history.x / np.where(seen, history.T, 1.0) * horizon, average)
    return own, average


def _row(name: Text, forecast: FloatArray, outcome: FloatArray, weights: FloatArray) -> HoldoutRow:
    share = weights / weights.sum()
    total, bought = weighted_sum(weights, forecast), weighted_sum(weights, outcome)
    error = forecast - outcome
    return HoldoutRow(
        name=name,
        total=total,
        total_error=total / bought - 1,
        mae=weighted_sum(share, np.abs(error)),
        rmse=float(np.sqrt(weighted_sum(share, error**2))),
        correlation=correlation(forecast, outcome, weights),
    )


def _grade(model: HoldoutRow, best: HoldoutRow) -> Grade:
    """A, B or C, by the thresholds named above."""
    off = abs(model.total_error)
    if model.rmse <= CLEARLY_BETTER * best.rmse and off <= TOTAL_CLOSE:
        return "A"
    if model.rmse <= best.rmse and off <= TOTAL_ROUGH:
        return "B"
    return "C"
