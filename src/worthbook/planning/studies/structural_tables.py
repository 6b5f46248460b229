"""The tables of a structural model: constructs, paths, items, impacts, pairs of constructs, prediction, groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from worthbook.data.answers import Answers as Surveyed
from worthbook.kernel.language import Text
from worthbook.kernel.result import Table
from worthbook.kernel.units import Unit, Value
from worthbook.models.base import Estimate
from worthbook.models.perception.structural import quality
from worthbook.models.perception.structural.foresight import Foretold
from worthbook.models.perception.structural.pls import PLSFit
from worthbook.models.perception.structural.quantities import ARROW, BESIDE
from worthbook.models.perception.structural.resampling import Draws, Method
from worthbook.planning.structures import Structure
from worthbook.planning.studies.context import column, table

_LOW, _HIGH = (
    column("low", Unit.SCORE, "95 % from", "95%下限"),
    column("high", Unit.SCORE, "to", "上限"),
)
_RATIO_LOW, _RATIO_HIGH = (
    column("low", Unit.RATIO, "95 % from", "95%下限"),
    column("high", Unit.RATIO, "to", "上限"),
)
_CONSTRUCTS = (
    column("construct", Unit.TEXT, "Construct", "潜变量"),
    column("items", Unit.COUNT, "Items", "题项数"),
    column("index", Unit.SCORE, "Index (0–100)", "指数（0–100）"),
    _LOW,
    _HIGH,
    column("equal_weights", Unit.SCORE, "Equal weights", "等权指数"),
    column("r2", Unit.RATIO, "R²", "R²"),
)
_RELIABILITY = (
    column("construct", Unit.TEXT, "Construct", "潜变量"),
    column("alpha", Unit.RATIO, "Alpha", "Alpha"),
    column("rho_a", Unit.RATIO, "rhoA", "rhoA"),
    column("rho_c", Unit.RATIO, "rhoC", "组合信度 rhoC"),
    column("ave", Unit.RATIO, "AVE", "AVE"),
)
_PATHS = (
    column("source", Unit.TEXT, "From", "自变量"),
    column("target", Unit.TEXT, "To", "因变量"),
    column("value", Unit.RATIO, "Path", "路径系数（标准化）"),
    column("standard_error", Unit.RATIO, "Error", "标准误"),
    _RATIO_LOW,
    _RATIO_HIGH,
    column("p", Unit.RATIO, "p", "p值"),
    column("points", Unit.RATIO, "Per point", "每提高1分的影响"),
)
_IMPACTS = (
    column("construct", Unit.TEXT, "Construct", "潜变量"),
    column("impact", Unit.RATIO, "Per point", "每提高1分的影响"),
    _RATIO_LOW,
    _RATIO_HIGH,
    column("performance", Unit.SCORE, "Index (0–100)", "指数（0–100）"),
)
_ITEMS = (
    column("construct", Unit.TEXT, "Construct", "潜变量"),
    column("item", Unit.ID, "Item", "题项"),
    column("question", Unit.TEXT, "Question", "题目"),
    column("loading", Unit.RATIO, "Loading", "载荷"),
    _RATIO_LOW,
    _RATIO_HIGH,
    column("weight", Unit.RATIO, "Weight", "权重"),
    column("performance", Unit.SCORE, "Mean (0–100)", "均值（0–100）"),
)
_PAIRS = (
    column("one", Unit.TEXT, "Construct", "潜变量"),
    column("other", Unit.TEXT, "and", "与"),
    column("correlation", Unit.RATIO, "Correlation", "相关系数"),
    column("root_ave", Unit.RATIO, "Least root of AVE", "AVE平方根（较小者）"),
    column("htmt", Unit.RATIO, "HTMT (absolute)", "HTMT（绝对值）"),
    _RATIO_LOW,
    _RATIO_HIGH,
    column("htmt_signed", Unit.RATIO, "HTMT (signed)", "HTMT（带符号）"),
)
_ROUTES = (
    column("route", Unit.TEXT, "By way of", "传导路径"),
    column("value", Unit.RATIO, "Indirect effect", "间接效应"),
    _RATIO_LOW,
    _RATIO_HIGH,
    column("p", Unit.RATIO, "p", "p值"),
)
_FORETOLD = (
    column("item", Unit.ID, "Item", "题项"),
    column("q2", Unit.RATIO, "Q² predict", "Q²预测"),
    column("rmse", Unit.RATIO, "RMSE", "RMSE"),
    column("lm_rmse", Unit.RATIO, "RMSE of regression", "线性回归RMSE"),
    column("beats", Unit.FLAG, "Better than regression", "优于线性回归"),
)

CONSTRUCTS = Text(en="Constructs", zh="潜变量")
RELIABILITY = Text(en="Reliability", zh="信度")
PATHS = Text(en="Paths, standardised", zh="路径（标准化）")
IMPACTS = Text(en="What one point more adds to {target}", zh="每提高1分对“{target}”的影响")
ITEMS = Text(en="Items", zh="题项")
PAIRS = Text(en="Are constructs told apart?", zh="区分效度")
ROUTES = Text(en="Indirect effects", zh="间接效应")
FORETOLD = Text(en="Prediction of answers not seen", zh="样本外预测")

COLUMNS: Mapping[str, frozenset[str]] = {
    name: frozenset(each.name for each in columns)
    for name, columns in {
        "constructs": _CONSTRUCTS,
        "reliability": _RELIABILITY,
        "paths": _PATHS,
        "impacts": _IMPACTS,
        "items": _ITEMS,
        "pairs": _PAIRS,
        "routes": _ROUTES,
        "prediction": _FORETOLD,
    }.items()
}


@dataclass(frozen=True)
class Told:
    """A fitted structure with its resamples."""

    structure: Structure
    fit: PLSFit
    draws: Draws
    method: Method
    surveyed: Surveyed

    def rows(self, quantity: str) -> Mapping[str, Estimate]:
        """The estimates of a quantity by label; none where the model does not have it."""
        if quantity not in self.draws.draws:
            return {}
        return {row.symbol: row for row in self.draws.estimates(quantity, method=self.method)}

    def title(self, name: str) -> Text:
        """What people call a construct."""
        return self.structure.title_of(name)

    def tables(self) -> Iterator[Table]:
        """Every table that has something to show."""
        yield table("constructs", CONSTRUCTS, _CONSTRUCTS, list(self._constructs()))
        yield table("reliability", RELIABILITY, _RELIABILITY, list(self._reliability()))
        yield table("paths", PATHS, _PATHS, list(self._paths()))
        impacts = list(self._impacts())
        if impacts:
            title = IMPACTS.format(target=self.title(self.structure.target))
            yield table("impacts", title, _IMPACTS, impacts)
        yield table("items", ITEMS, _ITEMS, list(self._items()))
        yield table("pairs", PAIRS, _PAIRS, list(self._pairs()))
        routes = list(self._routes())
        if routes:
            yield table("routes", ROUTES, _ROUTES, routes)

    def _constructs(self) -> Iterator[tuple[Value | Text, ...]]:
        found, plan = self.fit.solution, self.fit.solution.plan
        index, r2 = self.rows("index"), self.rows("r2")
        for place, name in enumerate(plan.constructs):
            row = index.get(name)
            equal = None if self.fit.hundred is None else float(self.fit.hundred.equal[0, place])
            yield (
                self.title(name),
                int(found.plan.sizes[place]),
                *((None, None, None) if row is None else (row.estimate, row.low, row.high)),
                equal,
                r2[name].estimate if name in r2 else None,
            )

    def _reliability(self) -> Iterator[tuple[Value | Text, ...]]:
        """Of the constructs that have items, those below a higher-order construct among them."""
        lower = self.fit.solution.lower
        told: set[str] = set()
        for stage in (*([] if lower is None else [lower]), self.fit.solution):
            columns = (quality.alpha(stage)[0], stage.rho_a[0], quality.rho_c(stage)[0], quality.ave(stage)[0])
            for name, *numbers in zip(stage.plan.constructs, *columns, strict=True):
                if name not in told:
                    told.add(name)
                    yield (self.title(name), *(_known(float(number)) for number in numbers))

    def _paths(self) -> Iterator[tuple[Value | Text, ...]]:
        points = self.rows("direct_impact")
        p_values = self.draws.p_values("path")
        for p, (label, row) in zip(p_values, self.rows("path").items(), strict=True):
            source, target = label.split(ARROW)
            worth = None if label not in points else points[label].estimate
            yield (
                self.title(source),
                self.title(target),
                row.estimate,
                row.standard_error,
                row.low,
                row.high,
                float(p),
                worth,
            )

    def _impacts(self) -> Iterator[tuple[Value | Text, ...]]:
        impact, index = self.rows("impact"), self.rows("index")
        target = self.structure.target
        mine = {label.split(ARROW)[0]: row for label, row in impact.items() if label.split(ARROW)[1] == target}
        for name, row in sorted(mine.items(), key=lambda each: -each[1].estimate):
            yield (self.title(name), row.estimate, row.low, row.high, index[name].estimate)

    def _items(self) -> Iterator[tuple[Value | Text, ...]]:
        weights = self.rows("weight")
        performance: dict[str, float] = {}
        if self.fit.hundred is not None:
            plan = self.fit.solution.plan
            performance = dict(zip(plan.items, self.fit.hundred.item_performance[0].tolist(), strict=True))
        for label, row in self.rows("loading").items():
            construct, item = label.split(": ", 1)
            questions = self.surveyed.instrument.questions
            asked = questions[item].text if item in questions else self.title(item)
            brand = Text(en="the firm", zh="本企业")
            yield (
                self.title(construct),
                item,
                asked.format(brand=brand) if "{brand}" in asked.en else asked,
                row.estimate,
                row.low,
                row.high,
                weights[label].estimate,
                performance.get(item),
            )

    def _pairs(self) -> Iterator[tuple[Value | Text, ...]]:
        plan, correlations = self.fit.solution.plan, self.fit.solution.R[:, :, 0]
        signed, ave = self.rows("htmt_signed"), self.rows("ave")
        for label, row in self.rows("htmt").items():
            one, other = label.split(BESIDE)
            i, j = plan.constructs.index(one), plan.constructs.index(other)
            with np.errstate(invalid="ignore"):
                root = float(np.sqrt(min(ave[one].estimate, ave[other].estimate)))
            yield (
                self.title(one),
                self.title(other),
                float(correlations[i, j]),
                root,
                row.estimate,
                row.low,
                row.high,
                _known(signed[label].estimate),
            )

    def _routes(self) -> Iterator[tuple[Value | Text, ...]]:
        rows = self.rows("route")
        if not rows:
            return
        p_values = self.draws.p_values("route")
        for p, (label, row) in zip(p_values, rows.items(), strict=True):
            if label.split(ARROW)[-1] == self.structure.target:
                steps = [self.title(name) for name in label.split(ARROW)]
                way = Text(en=" → ".join(step.en for step in steps), zh=" → ".join(step.zh for step in steps))
                yield (way, row.estimate, row.low, row.high, float(p))


def foretold_table(rows: tuple[Foretold, ...]) -> Table:
    """How well answers that were not seen come out."""
    cells = [(row.item, row.q2, row.rmse, row.lm_rmse, row.beats_lm) for row in rows]
    return table("prediction", FORETOLD, _FORETOLD, cells)


def _known(number: float) -> float | None:
    return None if np.isnan(number) else number
