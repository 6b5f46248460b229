"""Value engineering of an offering: what each function is worth to customers beside what it costs (CFV, B16).

`V_k = F_k / C_k` with the function's share of importance `F_k` and its share of cost `C_k` (Miles 1961; Tanaka 1985).
Below 1 it costs more than customers care; above 1 customers care more than is spent. Target cost is `F_k` of the total.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.models.base import FloatArray
from worthbook.models.weights import Weights

Verdict = Literal["cut_cost", "in_balance", "invest"]

BALANCE = 0.1
"""Within 10 % of 1, importance and cost are in balance."""

COSTS_DIFFER = Fault(
    "function-costs-missing",
    what=Text(
        en="Functions with importance but without cost, or the other way round: {names}.",
        zh="以下功能只有重要性或只有成本：{names}。",
    ),
    hint=Text(
        en="Give every function both; a function without cost costs 0.",
        zh="请为每项功能同时给出两者；没有成本的功能写 0。",
    ),
)
COSTS_UNUSABLE = Fault(
    "function-costs-unusable",
    what=Text(
        en="Costs below zero or missing: {names}; or all are zero.",
        zh="以下功能的成本为负或缺失：{names}；或全部为零。",
    ),
    hint=Text(en="Allocate the whole cost to the functions.", zh="请将全部成本分摊到各项功能。"),
)


@dataclass(frozen=True)
class Function:
    """One function of the offering."""

    name: str
    importance: float
    """Share of importance, `F`."""
    cost: float
    cost_share: float
    """`C`."""
    value: float | None
    """`F / C`; None where the function costs nothing."""
    target_cost: float
    """What may be spent on it if cost follows importance."""
    excess: float
    """Cost less target cost: above 0 there is something to save, below 0 something to invest."""
    verdict: Verdict
    importance_low: float | None = None
    """Ends of the 95 % interval of the importance, where it was drawn again from respondents."""
    importance_high: float | None = None

    @property
    def value_range(self) -> tuple[float | None, float | None]:
        """The 95 % interval of the value."""
        if not self.cost_share or self.importance_low is None or self.importance_high is None:
            return None, None
        return self.importance_low / self.cost_share, self.importance_high / self.cost_share


@dataclass(frozen=True)
class FunctionCost:
    """All functions, the largest excess first: the improve list."""

    functions: tuple[Function, ...]
    total: float
    target_total: float
    importance_method: str

    @property
    def to_save(self) -> float:
        """What functions cost beyond their targets, together."""
        return sum(max(function.excess, 0.0) for function in self.functions)


def function_cost(
    importance: Weights,
    costs: Mapping[str, float],
    *,
    target_total: float | None = None,
    drawn: FloatArray | None = None,
) -> FunctionCost:
    """Compare what functions are worth with what they cost.

    Args:
        importance: Functions and how much each counts to customers, by any method of weighing.
        costs: Function → cost, allocated so that they sum to the whole.
        target_total: What the whole may cost, such as the price that the market bears less the margin wanted; the
            present total, if left out.
        drawn: Shape (draws, functions): shares of importance among resampled respondents, behind the intervals.

    Raises:
        WorthbookError: `function-costs-missing`, `function-costs-unusable`.

    >>> from worthbook.models.weights import direct
    >>> found = function_cost(direct({"brew": 3, "display": 1}), {"brew": 50, "display": 50})
    >>> [(each.name, each.value, each.target_cost) for each in found.functions]
    [('display', 0.5, 25.0), ('brew', 1.5, 75.0)]
    """
    odd = sorted(set(importance.names) ^ set(costs))
    if odd:
        raise COSTS_DIFFER(names=", ".join(odd))
    given = np.array([costs[name] for name in importance.names], dtype=float)
    bad = [name for name, cost in zip(importance.names, given, strict=True) if not (np.isfinite(cost) and cost >= 0)]
    total = float(given.sum())
    if bad or not total > 0:
        raise COSTS_UNUSABLE(names=", ".join(bad) or "-")
    whole = total if target_total is None else target_total
    ends = None if drawn is None else np.quantile(drawn, [0.025, 0.975], axis=0)
    functions = []
    for index, (name, share) in enumerate(zip(importance.names, importance.values.tolist(), strict=True)):
        cost, cost_share = float(given[index]), float(given[index]) / total
        value = share / cost_share if cost > 0 else None
        low, high = (None, None) if ends is None else (float(end) for end in ends[:, index])
        target = share * whole
        functions.append(
            Function(name, share, cost, cost_share, value, target, cost - target, _verdict(value), low, high)
        )
    ordered = tuple(sorted(functions, key=lambda each: -each.excess))
    return FunctionCost(ordered, total, whole, importance.method)


def _verdict(value: float | None) -> Verdict:
    if value is None or value > 1 + BALANCE:
        return "invest"
    return "cut_cost" if value < 1 - BALANCE else "in_balance"
