"""PLS-SEM: from a model and answers to weights, reliabilities, paths and indices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import ClassVar

import numpy as np

from worthbook.kernel.errors import Fault, Problem, raise_all
from worthbook.kernel.language import Text
from worthbook.models.base import Estimate, Fact, Fit, FloatArray, Record, Specification
from worthbook.models.perception.answers import TOO_FEW, Answers, limits_of
from worthbook.models.perception.moments import Moments
from worthbook.models.perception.structural import failures, higher_order
from worthbook.models.perception.structural.model import StructuralModel
from worthbook.models.perception.structural.notation import parse, render
from worthbook.models.perception.structural.options import Options
from worthbook.models.perception.structural.polychoric import refuse_continuous
from worthbook.models.perception.structural.sample import Sample
from worthbook.models.perception.structural.scale import Hundred
from worthbook.models.perception.structural.solution import Moderation, Solution
from worthbook.models.perception.structural.stages import Stages, settle

LEAST_RESPONDENTS = 10

NO_SOLUTION = Fault(
    "structure-without-solution",
    what=Text(en="The model has no solution for these answers: {reason}.", zh="该模型在这些答案上无解：{reason}。"),
    hint=Text(
        en="Leave the construct or item out, join constructs that say the same, or ask more people.",
        zh="请删去相应的潜变量或题项，合并含义相同的潜变量，或扩大样本。",
    ),
)
CONSISTENT_PLAIN = Fault(
    "consistent-not-for-this-structure",
    what=Text(
        en="Consistent PLS is not offered for models with {what} ({names}).",
        zh="一致性 PLS 不支持含{what}的模型（{names}）。",
    ),
    hint=Text(en="Estimate without `consistent`.", zh="请关闭 `consistent` 选项后再估计。"),
)
HIGHER = Text(en="higher-order constructs", zh="高阶构念")
INTERACTIONS = Text(en="interactions", zh="交互项")
SMALLEST = Text(en="the least number with which anything is estimated", zh="进行估计的最低样本量")
DRIVERS = Text(en="'{target}' has {count} drivers", zh="“{target}”有 {count} 个影响因素")
BLOCK = Text(en="the formative construct '{target}' has {count} items", zh="形成型构念“{target}”有 {count} 个题项")

IMPROPER = Text(en="This solution is improper: {reason}.", zh="该解不合理：{reason}。")
FEW_FOR_ITEMS = Text(
    en="There are more items ({items}) than respondents ({respondents}): weights are unsteady.",
    zh="题项数（{items}）多于受访者数（{respondents}），权重很不稳定。",
)
TEN_TIMES = Text(
    en=(
        "There are {respondents} respondents and {arrows} arrows that end in '{target}'; "
        "a rule of thumb asks for ten times as many."
    ),
    zh="受访者 {respondents} 位，指向“{target}”的路径有 {arrows} 条；经验法则要求样本量至少为其十倍。",
)
HOLES = Text(en="{share:.1%} of the answers are missing; {how}.", zh="{share:.1%}的答案缺失；{how}。")
HOW_MISSING: Mapping[str, Text] = {
    "pairwise": Text(en="each pair of items uses those who answered both", zh="每对题项使用同时作答的受访者"),
    "listwise": Text(en="only complete respondents are used", zh="仅使用完整作答的受访者"),
    "mean": Text(en="each hole was filled with the item's mean", zh="缺失值以题项均值填补"),
}


@dataclass(frozen=True)
class PLS(Specification[Answers, "PLSFit"]):
    """Partial least squares over a structural model.

    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(200, 1)); y = 0.6 * x + 0.8 * rng.normal(size=(200, 1))
    >>> values = np.hstack([x + rng.normal(size=(200, 2)), y + rng.normal(size=(200, 2))])
    >>> model = PLS.of("Quality =~ q1 + q2; Loyalty =~ l1 + l2; Loyalty ~ Quality")
    >>> fit = model.fit(Answers(("q1", "q2", "l1", "l2"), values))
    >>> [(row.symbol, round(row.estimate, 2)) for row in fit.summary]
    [('Quality -> Loyalty', 0.38)]
    """

    estimator: ClassVar[str] = "pls"

    model: StructuralModel
    options: Options = field(default_factory=Options)

    @classmethod
    def of(cls, text: str, options: Options | None = None) -> PLS:
        """The specification of a model written as text."""
        return cls(parse(text), options or Options())

    def sample(self, data: Answers) -> Sample:
        """The model over answers, ready to be solved for any way of counting them.

        Raises:
            WorthbookError: Items without answers or without variation, too few respondents, options that do not fit.
        """
        self._refuse_options()
        sample = Sample.of(self.model, self.options, data)
        raise_all(self._problems(sample))
        if self.options.correlations == "polychoric":
            refuse_continuous(sample.answers.items, sample.answers.values)
        return sample

    def fit(self, data: Answers) -> PLSFit:
        """Estimate the model.

        Raises:
            WorthbookError: As `sample` does; `structure-without-solution`, with the construct or item that prevents
            one.
        """
        sample = self.sample(data)
        found = sample.whole()
        _refuse_failure(found)
        answers = sample.answers
        return PLSFit(
            specification=self,
            solution=found,
            moments=sample.moments(np.ones((1, sample.n))),
            respondents=answers.n,
            effective=answers.effective,
            missing=float(np.isnan(data.of(self.model.items).values).mean()),
            bounds=answers.bounds,
        )

    def _refuse_options(self) -> None:
        model = self.model
        higher_order.refuse_deeper(model)
        if self.options.consistent and model.higher:
            raise CONSISTENT_PLAIN(what=HIGHER, names=", ".join(each.name for each in model.higher))
        if self.options.consistent and model.interactions:
            raise CONSISTENT_PLAIN(what=INTERACTIONS, names=", ".join(model.interactions))

    def _problems(self, sample: Sample) -> Iterator[Problem]:
        n = sample.answers.n
        if n < LEAST_RESPONDENTS:
            yield TOO_FEW.problem(count=n, needed=LEAST_RESPONDENTS, why=SMALLEST)
            return
        yield from sample.answers.silent()
        for name in self.model.names:
            drivers = sum(path.target == name for path in self.model.paths)
            if n < drivers + 2:
                yield TOO_FEW.problem(count=n, needed=drivers + 2, why=DRIVERS.format(target=name, count=drivers))
            construct = self.model.construct(name)
            if construct.mode == "B" and n < len(construct.items) + 2:
                why = BLOCK.format(target=name, count=len(construct.items))
                yield TOO_FEW.problem(count=n, needed=len(construct.items) + 2, why=why)


@dataclass(frozen=True, eq=False)
class PLSFit(Fit[Answers]):
    """A fitted structural model."""

    estimator: ClassVar[str] = "pls"

    specification: PLS
    solution: Solution
    moments: Moments
    """Of the items of the model, from which the solution follows."""
    respondents: int
    effective: float
    missing: float
    """Share of the answers that are not there."""
    bounds: Mapping[str, tuple[float, float]]

    @property
    def model(self) -> StructuralModel:
        """What was estimated."""
        return self.specification.model

    @cached_property
    def hundred(self) -> Hundred | None:
        """The constructs on 0 to 100, where every item has a scale."""
        return None if self.solution.bounds is None else Hundred(self.solution)

    @property
    def summary(self) -> tuple[Estimate, ...]:
        """The paths; how sure one can be of them, a bootstrap says."""
        names, B = self.solution.structure.constructs, self.solution.B
        return tuple(
            Estimate(f"{names[i]} -> {names[j]}", float(B[i, j, 0]), None, None, None)
            for i, j in self.solution.structure.paths
        )

    @property
    def facts(self) -> Mapping[str, Fact]:
        """What was fitted, and by which choices."""
        options = self.specification.options
        return {
            "respondents": self.respondents,
            "effective_respondents": self.effective,
            "missing_share": self.missing,
            **{key: value for key, value in asdict(options).items() if key not in {"tolerance", "most_iterations"}},
            "iterations": int(self.solution.weighting.iterations[0]),
            "converged": True,  # a fit that did not converge is an error, not a fit
            "proper": not self.improper,
        }

    @cached_property
    def improper(self) -> tuple[failures.Reason, ...]:
        """What cannot be: reliabilities, loadings, R² or correlations beyond 1, matrices that contradict themselves."""
        stages = [self.solution] if self.solution.lower is None else [self.solution, self.solution.lower]
        return tuple(reason for stage in stages for reason in failures.improper(stage))

    @property
    def cautions(self) -> tuple[Text, ...]:
        """Improper results first, then overlap, reversed items, missing answers and small samples."""
        stages = [self.solution] if self.solution.lower is None else [self.solution, self.solution.lower]
        found = [IMPROPER.format(reason=reason.say()) for reason in self.improper]
        found += [text for stage in stages for text in failures.cautions(stage)]
        if self.missing > 0:
            found.append(HOLES.format(share=self.missing, how=HOW_MISSING[self.specification.options.missing]))
        return (*found, *self._small())

    def _small(self) -> Iterator[Text]:
        plan = self.solution.structure
        if len(self.model.items) > self.respondents:
            yield FEW_FOR_ITEMS.format(items=len(self.model.items), respondents=self.respondents)
        target = max(plan.endogenous, key=lambda j: len(plan.drivers[j]))
        arrows = len(plan.drivers[target])
        if self.respondents < 10 * arrows:
            yield TEN_TIMES.format(respondents=self.respondents, arrows=arrows, target=plan.constructs[target])

    def f2_without(self) -> FloatArray:
        """(k, k) Cohen's f² where the whole model is estimated again without each path, weights included.

        `quality.f2` keeps the weights. Both are published under the same name.
        """
        found, plan = self.solution, self.solution.plan
        effects = np.full((plan.k, plan.k), np.nan)
        for i, j in plan.paths:
            drivers = tuple(
                tuple(each for each in mine if (each, to) != (i, j)) for to, mine in enumerate(plan.drivers)
            )
            less = settle(found.moments, replace(plan, drivers=drivers), self.specification.options)
            effects[i, j] = (found.r2[j, 0] - less.r2[j, 0]) / (1 - found.r2[j, 0])
        return effects

    def predict(self, data: Answers) -> Mapping[str, FloatArray]:
        """Each respondent's score by construct: 0 to 100 where all items have scales, else standardised.

        A respondent who left an item of a construct out has no score for it.
        """
        weights = Stages(self.model, self.specification.options).item_weights(self.solution)[0]
        values = data.of(self.model.items).values
        z = (values - self.moments.means[0]) / np.sqrt(self.moments.variances[0])
        scores = np.nan_to_num(z) @ weights
        if self.hundred is not None:
            scores = self.hundred.index[0] + scores * (100 / self.hundred.ranges[0])
        scores[np.isnan(values).astype(np.float64) @ (weights != 0) > 0] = np.nan
        return dict(zip(self.solution.plan.constructs, scores.T, strict=True))

    def as_record(self) -> Record:
        """Plain values: the moments of the items, from which everything follows."""
        moderation = self.solution.moderation
        return {
            "model": render(self.model),
            "options": asdict(self.specification.options),
            "respondents": self.respondents,
            "effective": self.effective,
            "missing": self.missing,
            "bounds": {item: list(bounds) for item, bounds in self.bounds.items()},
            "means": self.moments.means[0].tolist(),
            "variances": self.moments.variances[0].tolist(),
            "correlations": self.moments.S[0].tolist(),
            "interactions": None if moderation is None else moderation.R[:, :, 0].tolist(),
            "deviations": None if moderation is None else moderation.deviations[:, 0].tolist(),
        }

    @classmethod
    def from_record(cls, record: Record) -> PLSFit:
        """The inverse of `as_record`: the model is solved again from its moments."""
        specification = PLS.of(record["model"], Options(**record["options"]))
        bounds = {item: (low, high) for item, (low, high) in record["bounds"].items()}
        means, variances, S = (np.array([record[key]]) for key in ("means", "variances", "correlations"))
        moments = Moments(means, variances, S, np.array([record["respondents"]], dtype=np.float64))
        limits = limits_of(specification.model.items, bounds)
        found = Stages(specification.model, specification.options).solve(moments, limits)
        if record["interactions"] is not None:
            plan = found.plan.with_interactions(specification.model)
            R, deviations = np.array(record["interactions"]), np.array(record["deviations"])
            found = replace(found, moderation=Moderation(plan, R[:, :, None], deviations[:, None]))
        count, effective, missing = (record[key] for key in ("respondents", "effective", "missing"))
        return cls(specification, found, moments, count, effective, missing, bounds)


def _refuse_failure(found: Solution) -> None:
    """Raise with the construct or item that prevents a solution."""
    failed, why = failures.failed_with_reasons(found)
    if failed[0]:
        raise NO_SOLUTION(reason=next(iter(why)).say())
