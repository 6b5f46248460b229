"""How well customers were foretold whom the trees had not seen."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from worthbook.models.base import FloatArray, Record
from worthbook.models.learning.zero_inflated_lognormal import ZeroInflated
from worthbook.models.lifetime.scores import Tenth, by_tenth, gini


@dataclass(frozen=True, slots=True)
class Judgement:
    """Scores of a forecast of spend.

    Attributes:
        auc: Chance that a buyer was given a higher probability than somebody who spent nothing; 0.5 tells nothing.
        brier: Mean squared error of the probability to spend.
        brier_of_share: That of giving everybody the share of buyers.
        gini: How well customers are ranked by what they spent: 1 if perfectly, 0 if not at all.
        rmse: Root of the mean squared error of the expected spend.
        rmse_of_mean: That of expecting the mean of everybody.
        total_error: Expected total over the actual one, minus 1.
        error_of_mean: Standard error of the mean difference between expected and actual spend.
        coverage: Share of customers whose spend lies within its 95 % interval.
        loss: Mean loss of the distribution, smaller is better.
        gain: How much smaller it is than with one distribution for everybody.
        gain_error: Standard error of that.
        chances: Tenths of customers by the probability given: mean probability and share of buyers.
        amounts: Tenths of customers by the expected spend: expected and actual mean.
    """

    auc: float
    brier: float
    brier_of_share: float
    gini: float
    rmse: float
    rmse_of_mean: float
    total_error: float
    error_of_mean: float
    coverage: float
    loss: float
    gain: float
    gain_error: float
    chances: tuple[Tenth, ...]
    amounts: tuple[Tenth, ...]

    @classmethod
    def of(cls, said: ZeroInflated, spend: FloatArray) -> Judgement:
        """Compare what was said with what was spent."""
        bought, error = (spend > 0).astype(np.float64), said.mean - spend
        low, high = said.ends()
        ones, loss = np.ones(len(spend)), said.loss(spend)
        gain = _same_for_all(spend).loss(spend) - loss
        return cls(
            auc=_auc(said.p, spend > 0),
            brier=float(((said.p - bought) ** 2).mean()),
            brier_of_share=float(bought.var()),
            gini=gini(said.mean, spend, ones) or 0.0,
            rmse=float(np.sqrt((error**2).mean())),
            rmse_of_mean=float(spend.std()),
            total_error=float(said.mean.sum() / spend.sum() - 1),
            error_of_mean=float(error.std() / np.sqrt(len(error))),
            coverage=float(((low <= spend) & (spend <= high)).mean()),
            loss=float(loss.mean()),
            gain=float(gain.mean()),
            gain_error=float(gain.std() / np.sqrt(len(gain))),
            chances=by_tenth(said.p, bought, ones),
            amounts=by_tenth(said.mean, spend, ones),
        )

    def as_record(self) -> Record:
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: Record) -> Judgement:
        """The inverse of `as_record`."""
        tenths = {name: tuple(Tenth(**each) for each in record[name]) for name in ("chances", "amounts")}
        return cls(**{**record, **tenths})


def _same_for_all(spend: FloatArray) -> ZeroInflated:
    """One distribution for everybody, as likely as any can make what was spent."""
    log_spend = np.log(spend[spend > 0])
    ones = np.ones(len(spend))
    return ZeroInflated(ones * (spend > 0).mean(), ones * log_spend.mean(), max(float(log_spend.std()), 1e-3))


def _auc(chance: FloatArray, bought: np.ndarray) -> float:
    """The area under the ROC curve by ranks; equal chances count one half. One half where all did the same."""
    from scipy.stats import rankdata  # noqa: PLC0415  # keeps the import of the package fast

    buyers, others = int(bought.sum()), int((~bought).sum())
    if not buyers or not others:
        return 0.5
    ranks = rankdata(chance)
    return float((ranks[bought].sum() - buyers * (buyers + 1) / 2) / (buyers * others))
