"""Why a sample has no solution, and what is improper about one that has: construct, item, what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from worthbook.kernel.language import Text
from worthbook.models.perception.structural.quality import item_vif, vif
from worthbook.models.perception.structural.solution import Solution

CONSTANT = Text(en="the item '{who}' does not vary", zh="题项“{who}”没有差异")
NEVER_TOGETHER = Text(
    en="the item '{who}' was never answered together with another", zh="题项“{who}”从未与其他题项同时作答"
)
COLLINEAR_ITEMS = Text(en="items of '{who}' tell each other exactly", zh="“{who}”的题项完全共线")
COLLINEAR_DRIVERS = Text(en="drivers of '{who}' tell each other exactly", zh="影响“{who}”的潜变量完全共线")
NO_FIXED_POINT = Text(en="the weights did not settle", zh="权重未能收敛")
NO_RELIABILITY = Text(
    en="the reliability rhoA of '{who}' is not positive, so that it cannot be taken as a common factor",
    zh="“{who}”的信度 rhoA 不为正，不能视为公因子",
)

RELIABLE_BEYOND_1 = Text(
    en="the reliability rhoA of '{who}' is above 1 ({value:.3f})", zh="“{who}”的信度 rhoA 大于 1（{value:.3f}）"
)
LOADING_BEYOND_1 = Text(
    en="the loading of '{who}' is beyond 1 ({value:.3f})", zh="题项“{who}”的载荷超出 1（{value:.3f}）"
)
EXPLAINED_BEYOND_1 = Text(en="R² of '{who}' is above 1 ({value:.3f})", zh="“{who}”的 R² 大于 1（{value:.3f}）")
CORRELATED_BEYOND_1 = Text(en="'{who}' correlate beyond 1 ({value:.3f})", zh="“{who}”的相关系数超出 1（{value:.3f}）")
NOT_POSITIVE = Text(
    en="the correlations of the constructs contradict each other (least eigenvalue {value:.3f}), most around '{who}'",
    zh="潜变量的相关矩阵非正定（最小特征值 {value:.3f}），主要涉及“{who}”",
)
ITEMS_NOT_POSITIVE = Text(
    en="the correlations of the items contradict each other (least eigenvalue {value:.3f}), most around '{who}'",
    zh="题项的相关矩阵非正定（最小特征值 {value:.3f}），主要涉及“{who}”",
)

_SLACK = 1e-9


@dataclass(frozen=True)
class Reason:
    """One thing that went wrong, and with whom."""

    what: Text
    who: str
    value: float = float("nan")

    def say(self) -> Text:
        """In words."""
        return self.what.format(who=self.who, value=self.value)


def failed(found: Solution) -> np.ndarray:
    """(B,) the samples without an answer."""
    finite = np.isfinite(found.B).all(axis=(0, 1)) & np.isfinite(found.loadings).all(axis=1)
    return ~(found.weighting.converged & finite)


def reasons(found: Solution, rows: np.ndarray) -> Counter[Reason]:
    """Why the samples of some rows have none; the first reason of each, from the items up."""
    return Counter(_reason(found, row) for row in rows)


def failed_with_reasons(found: Solution) -> tuple[np.ndarray, Counter[Reason]]:
    """(B,) the samples without an answer at any stage, and why."""
    stages = [found] if found.lower is None else [found.lower, found]
    lost = np.zeros(found.ways, dtype=np.bool_)
    why: Counter[Reason] = Counter()
    for stage in stages:
        new = failed(stage) & ~lost
        why += reasons(stage, np.flatnonzero(new))
        lost |= new
    return lost, why


def _reason(found: Solution, b: int) -> Reason:
    plan, moments = found.plan, found.moments
    if moments.constant[b].any():
        return Reason(CONSTANT, plan.items[int(np.argmax(moments.constant[b]))])
    alone = ~np.isfinite(moments.S[b])
    if alone.any():
        return Reason(NEVER_TOGETHER, plan.items[int(alone.sum(axis=0).argmax())])
    for j in plan.formative:
        mine = plan.members(j)
        if np.linalg.cond(moments.S[b][np.ix_(mine, mine)]) > 1 / _SLACK:
            return Reason(COLLINEAR_ITEMS, plan.constructs[j])
    if not found.weighting.converged[b] and np.isfinite(found.w[b]).all():
        return Reason(NO_FIXED_POINT, "")
    unreliable = ~(found.rho_a[b] > 0)
    if found.consistent and unreliable.any():
        return Reason(NO_RELIABILITY, plan.constructs[int(np.argmax(unreliable))])
    for j in found.structure.endogenous:
        if not np.isfinite(found.B[:, j, b]).all():
            return Reason(COLLINEAR_DRIVERS, found.structure.constructs[j])
    return Reason(NO_FIXED_POINT, "")


def improper(found: Solution, b: int = 0) -> Iterator[Reason]:
    """What cannot be in one solution that has been found."""
    plan = found.plan
    if found.consistent:
        for name, value in zip(plan.constructs, found.rho_a[b], strict=True):
            if value > 1 + _SLACK:
                yield Reason(RELIABLE_BEYOND_1, name, float(value))
    for item, value in zip(plan.items, found.loadings[b], strict=True):
        if abs(value) > 1 + _SLACK:
            yield Reason(LOADING_BEYOND_1, item, float(value))
    names = found.structure.constructs
    for name, value in zip(names, found.r2[:, b], strict=True):
        if value > 1 + _SLACK:
            yield Reason(EXPLAINED_BEYOND_1, name, float(value))
    R = found.R[:, :, b]
    for i, j in zip(*np.nonzero(np.triu(np.abs(R), 1) > 1 + _SLACK), strict=True):
        yield Reason(CORRELATED_BEYOND_1, f"{names[i]}, {names[j]}", float(R[i, j]))
    yield from _indefinite(R, names, NOT_POSITIVE)
    yield from _indefinite(found.moments.S[b], plan.items, ITEMS_NOT_POSITIVE)


def improper_rows(found: Solution) -> np.ndarray:
    """(B,) the samples whose solution cannot be, by the same rules but the last (about items)."""
    most = np.maximum(np.abs(found.loadings).max(axis=1), found.r2.max(axis=0))
    beyond = np.asarray(most > 1 + _SLACK)
    if found.consistent:
        beyond |= (found.rho_a > 1 + _SLACK).any(axis=1)
        R = np.nan_to_num(found.R.transpose(2, 0, 1))
        beyond |= np.linalg.eigvalsh(R)[:, 0] < -_SLACK
    return beyond


def _indefinite(matrix: np.ndarray, names: tuple[str, ...], what: Text) -> Iterator[Reason]:
    if np.isfinite(matrix).all():
        values, vectors = np.linalg.eigh(matrix)
        if values[0] < -_SLACK:
            yield Reason(what, names[int(np.abs(vectors[:, 0]).argmax())], float(values[0]))


COLLINEAR_BEYOND = 5.0
"""Variance inflation above which software and textbooks warn (Hair et al. 2019)."""

INFLATED_DRIVER = Text(
    en=(
        "Drivers of '{target}' overlap: '{who}' has a variance inflation of {value:.1f}; "
        "its path is hard to tell from the others'."
    ),
    zh="影响“{target}”的潜变量相互重叠：“{who}”的方差膨胀因子为 {value:.1f}，其路径系数难以与其他路径区分。",
)
INFLATED_ITEM = Text(
    en=(
        "'{who}' overlaps with the other items of the formative construct '{target}' "
        "(variance inflation {value:.1f}); its weight is unsteady."
    ),
    zh="“{who}”与形成型构念“{target}”的其他题项重叠（方差膨胀因子 {value:.1f}），其权重不稳定。",
)
NEGATIVE_WEIGHT = Text(
    en="'{who}' counts against its construct '{target}' (weight {value:.3f}): is it asked in reverse?",
    zh="“{who}”对其潜变量“{target}”的权重为负（{value:.3f}）：是否为反向题？",
)


def cautions(found: Solution, b: int = 0) -> Iterator[Text]:
    """What is proper but must be known: overlap of drivers and of formative items, weights below zero."""
    plan = found.plan
    overlap = vif(found)[:, :, b]
    names = found.structure.constructs
    for i, j in found.structure.paths:
        if overlap[i, j] > COLLINEAR_BEYOND:
            yield INFLATED_DRIVER.format(target=names[j], who=names[i], value=overlap[i, j])
    inflation = item_vif(found)[b]
    for place, (item, j) in enumerate(zip(plan.items, plan.block, strict=True)):
        if j in plan.formative and inflation[place] > COLLINEAR_BEYOND:
            yield INFLATED_ITEM.format(who=item, target=plan.constructs[j], value=inflation[place])
        if found.w[b, place] < 0:
            yield NEGATIVE_WEIGHT.format(who=item, target=plan.constructs[j], value=found.w[b, place])
