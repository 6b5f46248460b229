"""What contracts are worth: renewals to come, times what each brings, in money of today.

This is the one place where yearly rates become rates for a period of the contract, for every model of contracts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np

from worthbook.kernel.errors import Fault, raise_all
from worthbook.kernel.language import Text
from worthbook.kernel.period import PeriodUnit
from worthbook.models.base import FloatArray
from worthbook.models.lifetime.data import PERIODS_PER_YEAR

TERMS_WRONG = Fault(
    "contract-terms-wrong",
    what=Text(en="{name} is {value}; that cannot be.", zh="{name} 为 {value}，不合理。"),
    hint=Text(
        en="Rates are shares (0.1 is 10 %) above -1, the horizon is at least one period, due_in is not negative.",
        zh="比率以小数表示（0.1 为 10%）且大于 -1，期限至少为一期，due_in 不为负。",
    ),
)
MARGINS_DIFFER = Fault(
    "contract-margins-differ",
    what=Text(
        en="There are {margins} margins for {rows} rows, or some are no numbers.",
        zh="共 {rows} 行，却有 {margins} 个毛利值，或其中部分不是有效数字。",
    ),
    hint=Text(
        en="Give one margin for all, or one for each row, after the cost to serve.",
        zh="请给出一个统一的毛利，或为每行各给一个（已扣除服务成本）。",
    ),
)


@dataclass(frozen=True, slots=True, eq=False)
class ContractTerms:
    """What a renewed contract brings, and how its future is counted.

    Attributes:
        margin: Margin of one period after the cost to serve, one for all or one for each row.
        discount_rate_per_year: Yearly rate (0.1 is 10 %) by which money of later years counts less.
        horizon: How many renewals are counted; without end if left out.
        due_in: Time to the next renewal, in periods: 0 just before it, 1 just after the last one.
        growth_per_year: Yearly rate by which the margin grows.
    """

    margin: float | FloatArray
    discount_rate_per_year: float
    horizon: float = math.inf
    due_in: float = 0.0
    growth_per_year: float = 0.0

    def __post_init__(self) -> None:
        """Check the rates.

        Raises:
            WorthbookError: `contract-terms-wrong`.
        """
        good = {
            "discount_rate_per_year": -1 < self.discount_rate_per_year < math.inf,
            "horizon": self.horizon >= 1,
            "due_in": 0 <= self.due_in < math.inf,
            "growth_per_year": -1 < self.growth_per_year < math.inf,
        }
        raise_all(
            TERMS_WRONG.problem(name=name, value=getattr(self, name)) for name, holds in good.items() if not holds
        )

    def discount(self, unit: PeriodUnit) -> float:
        """What a payment counts less for coming one period later, growth of the margin taken off.

        >>> round(ContractTerms(100.0, 0.1).discount("months") ** 12, 6)
        1.1
        """
        yearly = (1 + self.discount_rate_per_year) / (1 + self.growth_per_year)
        return float(yearly ** (1 / PERIODS_PER_YEAR[unit]))

    def margins(self, rows: int) -> FloatArray:
        """The margin of each row.

        Raises:
            WorthbookError: `contract-margins-differ`.
        """
        given = np.asarray(self.margin, dtype=np.float64)
        if given.shape not in {(), (rows,)} or not np.isfinite(given).all():
            raise MARGINS_DIFFER(margins=given.size, rows=rows)
        return np.broadcast_to(given, (rows,))


Data_contra = TypeVar("Data_contra", contravariant=True)


class Renewing(Protocol[Data_contra]):
    """A model that foretells renewals."""

    def renewals(self, data: Data_contra, discount: float, horizon: float) -> FloatArray:
        """Expected renewals to come of each row, the next one in full, later ones discounted."""
        ...


def contract_value(
    model: Renewing[Data_contra], data: Data_contra, terms: ContractTerms, unit: PeriodUnit
) -> FloatArray:
    """The expected present value of all that each row's contract is to bring.

    >>> from worthbook.models.retention.beta_weibull_process import BetaWeibullProcess
    >>> process = BetaWeibullProcess(alpha=3.80, beta=15.20)
    >>> contract_value(process, np.array([0.0, 1.0]), ContractTerms(100.0, 0.1), "years").round(0).tolist()
    [331.0, 345.0]
    """
    discount = terms.discount(unit)
    to_come = model.renewals(data, discount, terms.horizon)
    return np.asarray(terms.margins(len(to_come)) * to_come * discount**-terms.due_in)
