"""Satisfaction on everything that may drive it: what a point more is worth, and each driver's share, with intervals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from worthbook.kernel.errors import Fault, Problem, raise_all
from worthbook.kernel.language import Text
from worthbook.models.base import Estimate, FloatArray
from worthbook.models.perception.answers import TOO_FEW, Answers
from worthbook.models.perception.drivers.linear import Linear
from worthbook.models.perception.drivers.subsets import MOST_EXACT, ORDERS, lmg, lmg_sampled
from worthbook.models.perception.moments import Products
from worthbook.models.perception.resamples import drawn

ShareMethod = Literal["lmg", "lmg_sampled", "johnson"]
LEVEL = 0.95
INFLATED = 5.0
WORK = 2**26
"""Subsets of all resamples together up to which LMG is taken of every resample; beyond, its interval is Johnson's."""

COLLINEAR = Fault(
    "drivers-collinear",
    what=Text(
        en="The drivers {drivers} tell each other exactly; their effects cannot be told apart.",
        zh="驱动因素 {drivers} 完全共线，无法区分各自的影响。",
    ),
    hint=Text(en="Leave one of them out, or put them into one group.", zh="请删去其中一个，或合并为一组。"),
)
TARGET_AMONG = Fault(
    "target-among-drivers",
    what=Text(en="'{target}' is the target and a driver at once.", zh="“{target}”既是目标又是驱动因素。"),
    hint=Text(en="Leave it out of the drivers.", zh="请从驱动因素中去掉它。"),
)
GROUP_UNFIT = Fault(
    "driver-group-unfit",
    what=Text(en="'{driver}' is in {count} groups.", zh="“{driver}”同时属于 {count} 个组。"),
    hint=Text(
        en="A driver is in one group at most, and is one of the drivers.",
        zh="每个驱动因素至多属于一个组，且须在驱动因素之列。",
    ),
)
ENOUGH = Text(en="two more than the {count} drivers", zh="比 {count} 个驱动因素多两位")

OVERLAP = Text(
    en="Largely told by the other drivers (variance inflation): {drivers}. Trust their shares, not their coefficients.",
    zh="与其他驱动因素高度重叠（方差膨胀因子）：{drivers}。请看贡献占比，而非回归系数。",
)
AGAINST = Text(
    en="These go with '{target}' but have a coefficient below zero, since the others say what they say: {drivers}.",
    zh="以下因素与“{target}”正相关，但因信息已被其他因素覆盖而回归系数为负：{drivers}。",
)
BELOW = Text(
    en="'{driver}' goes against '{target}' (correlation {value:.2f}): is it asked in reverse?",
    zh="“{driver}”与“{target}”负相关（{value:.2f}）：是否为反向题？",
)
ORDERS_DRAWN = Text(
    en="With {count} drivers the shares are means over {orders} orders drawn at random, not over all.",
    zh="驱动因素有 {count} 个，贡献占比由随机抽取的 {orders} 种进入次序平均得到，而非全部次序。",
)
JOHNSON_SPREAD = Text(
    en=(
        "The intervals of the shares are as wide as those of Johnson's weights; "
        "all subsets of every resample are too many."
    ),
    zh="贡献占比的区间采用 Johnson 相对权重的波动；对每次重抽样遍历所有子集计算量过大。",
)
NO_FIT = Text(
    en="Together the drivers explain {value:.0%} of '{target}'; shares of so little say little.",
    zh="全部驱动因素仅解释“{target}”的 {value:.0%}，占比的参考价值有限。",
)
LITTLE = 0.1


@dataclass(frozen=True)
class Driver:
    """One driver, or a group of them.

    `b` is by how many points the target rises with one point more, the others the same; `share` and `johnson` are of
    the target's variance and add up to R².
    """

    name: str
    b: Estimate | None
    """Of a single driver."""
    beta: float | None
    share: Estimate
    johnson: float
    first: float
    last: float
    vif: float | None
    correlation: float | None


@dataclass(frozen=True, eq=False)
class DriverAnalysis:
    """Answers to the drivers and to the target, and how they are to be shared out.

    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=(300, 2)); y = x @ [0.8, 0.2] + rng.normal(size=300)
    >>> analysis = DriverAnalysis(Answers(("speed", "price", "overall"), np.column_stack([x, y])), "overall")
    >>> [(driver.name, round(driver.share.estimate, 2)) for driver in analysis.drivers]
    [('speed', 0.34), ('price', 0.01)]
    """

    answers: Answers
    target: str
    names: tuple[str, ...] = ()
    """The drivers; by default all items but the target."""
    groups: Mapping[str, Sequence[str]] | None = None
    """Drivers that enter together, by the name of the group."""
    draws: int = 1000
    seed: int = 1
    level: float = LEVEL

    def __post_init__(self) -> None:
        """Refuse what cannot be told apart.

        Raises:
            WorthbookError: Everything that is wrong, each with the item concerned.
        """
        if not self.names:
            object.__setattr__(self, "names", tuple(item for item in self.answers.items if item != self.target))
        object.__setattr__(self, "answers", self._answered())
        raise_all(self._problems())
        values, vectors = np.linalg.eigh(self.whole.R[0])
        if values[0] < _SINGULAR:
            names = [name for name, weight in zip(self.names, vectors[:, 0], strict=True) if abs(weight) > _SHARE]
            raise COLLINEAR(drivers=", ".join(f"'{name}'" for name in names))

    @cached_property
    def products(self) -> Products:
        """The answers made ready to be counted; the target is last."""
        return Products(self.answers.values, self.answers.heads)

    @cached_property
    def whole(self) -> Linear:
        """The regression in which everybody counts once."""
        return Linear(self.products.moments(np.ones((1, self.answers.n))))

    @property
    def r2(self) -> float:
        """The share of the target's variance that all drivers explain."""
        return float(self.whole.r2[0])

    @property
    def method(self) -> ShareMethod:
        """How the shares are found: over all subsets, or over orders that are drawn."""
        return "lmg" if len(self._players) <= MOST_EXACT or self._grouped else "lmg_sampled"

    @cached_property
    def drivers(self) -> tuple[Driver, ...]:
        """The drivers, or their groups, by falling share."""
        whole, shares = self.whole, self._shares(self.whole)[0]
        b_draws, share_draws = self._drawn
        columns = {name: getattr(whole, name)[0] for name in ("b", "beta", "johnson", "first", "last", "vif")}
        found = []
        for place, (name, members) in enumerate(self._players.items()):
            one = members[0] if len(members) == 1 else None

            def of(column: str, one: int | None = one) -> float | None:
                return None if one is None else float(columns[column][one])

            found.append(
                Driver(
                    name=name,
                    b=None if one is None else self._estimate(name, columns["b"][one], b_draws[:, one]),
                    beta=of("beta"),
                    share=self._estimate(name, shares[place], share_draws[:, place]),
                    johnson=float(columns["johnson"][members].sum()),
                    first=float(self._explained(members)),
                    last=float(self.r2 - self._explained([i for i in range(len(self.names)) if i not in members])),
                    vif=of("vif"),
                    correlation=None if one is None else float(whole.r[0, one]),
                )
            )
        return tuple(sorted(found, key=lambda driver: -driver.share.estimate))

    @property
    def cautions(self) -> tuple[Text, ...]:
        """Overlap, signs that turn, shares that were not found exactly."""
        return tuple(self._cautions())

    def _cautions(self) -> Iterator[Text]:
        whole = self.whole
        inflated = [f"{name} ({vif:.1f})" for name, vif in zip(self.names, whole.vif[0], strict=True) if vif > INFLATED]
        if inflated:
            yield OVERLAP.format(drivers=", ".join(inflated))
        turned = [
            name for name, r, beta in zip(self.names, whole.r[0], whole.beta[0], strict=True) if r >= 0 and beta < 0
        ]
        if turned:
            yield AGAINST.format(target=self.target, drivers=", ".join(turned))
        for name, r in zip(self.names, whole.r[0], strict=True):
            if r < 0:
                yield BELOW.format(driver=name, target=self.target, value=r)
        if self.method == "lmg_sampled":
            yield ORDERS_DRAWN.format(count=len(self._players), orders=ORDERS)
        if not self._repeats_shares:
            yield JOHNSON_SPREAD
        if self.r2 < LITTLE:
            yield NO_FIT.format(value=self.r2, target=self.target)

    @property
    def _grouped(self) -> bool:
        return bool(self.groups)

    @cached_property
    def _players(self) -> dict[str, list[int]]:
        """What enters together, in the order of the drivers."""
        home = {driver: group for group, members in (self.groups or {}).items() for driver in members}
        players: dict[str, list[int]] = {}
        for place, name in enumerate(self.names):
            players.setdefault(home.get(name, name), []).append(place)
        return players

    def _shares(self, linear: Linear) -> FloatArray:
        if self.method == "lmg":
            return lmg(linear.moments.S, list(self._players.values()))
        return lmg_sampled(linear.moments.S, seed=self.seed)

    @property
    def _repeats_shares(self) -> bool:
        return self.method == "lmg" and self.draws * 2 ** len(self._players) <= WORK

    @cached_property
    def _drawn(self) -> tuple[FloatArray, FloatArray]:
        """(draws, drivers) coefficients and (draws, players) shares in resamples that tell the drivers apart."""
        random = np.random.default_rng(self.seed)
        coefficients, shares = [], []
        for counts in drawn(random, self.draws, self.answers.n):
            moments = self.products.moments(counts)
            whole = np.asarray(np.isfinite(moments.S).all(axis=(1, 2)))
            whole[whole] = np.linalg.eigvalsh(moments.S[whole][:, :-1, :-1])[:, 0] > _SINGULAR
            linear = Linear(moments.part(np.flatnonzero(whole)))
            coefficients.append(linear.b)
            shares.append(self._shares(linear) if self._repeats_shares else self._johnson(linear))
        together = np.concatenate(shares)
        if not self._repeats_shares:
            together = together + (self._shares(self.whole) - self._johnson(self.whole))
        return np.concatenate(coefficients), together

    def _johnson(self, linear: Linear) -> FloatArray:
        return np.stack([linear.johnson[:, members].sum(axis=1) for members in self._players.values()], axis=1)

    def _explained(self, members: Sequence[int]) -> float:
        """R² of some drivers alone."""
        if not len(members):
            return 0.0
        R, r = self.whole.R[0][np.ix_(members, members)], self.whole.r[0][list(members)]
        return float(r @ np.linalg.solve(R, r))

    def _estimate(self, name: str, value: float, draws: FloatArray) -> Estimate:
        low, high = np.quantile(draws, [(1 - self.level) / 2, (1 + self.level) / 2])
        return Estimate(name, float(value), float(draws.std(ddof=1)), float(low), float(high))

    def _answered(self) -> Answers:
        """The drivers and the target, of those who gave the target an answer."""
        mine = self.answers.of((*self.names, self.target)) if self.target not in self.names else self.answers
        return mine.among(np.flatnonzero(~np.isnan(mine.of((self.target,)).values[:, 0])))

    def _problems(self) -> Iterator[Problem]:
        if self.target in self.names:
            yield TARGET_AMONG.problem(target=self.target)
            return
        count = len(self.names)
        if self.answers.n < count + 2:
            yield TOO_FEW.problem(count=self.answers.n, needed=count + 2, why=ENOUGH.format(count=count))
            return
        yield from self.answers.silent()
        homes = [driver for members in (self.groups or {}).values() for driver in members]
        for driver in dict.fromkeys(homes):
            if homes.count(driver) > 1 or driver not in self.names:
                yield GROUP_UNFIT.problem(driver=driver, count=homes.count(driver) if driver in self.names else 0)


_SINGULAR = 1e-8
_SHARE = 0.1
