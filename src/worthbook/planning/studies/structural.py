"""A structural model of satisfaction over the answers to an instrument: index, paths, impacts, validity, groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar, get_args

import numpy as np

from worthbook.data.answers import Answers as Surveyed
from worthbook.definitions.structure import StructureDefinition
from worthbook.definitions.study import StudyDefinition
from worthbook.kernel.errors import Fault, WorthbookError, did_you_mean
from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding
from worthbook.kernel.units import Value
from worthbook.models.perception.structural.foresight import foretell
from worthbook.models.perception.structural.higher_order import HigherOrder
from worthbook.models.perception.structural.options import Correlations, Missing, Options
from worthbook.models.perception.structural.pls import PLS
from worthbook.models.perception.structural.quantities import ARROW, BESIDE
from worthbook.models.perception.structural.resampling import Method as Interval
from worthbook.models.perception.structural.resampling import bootstrap
from worthbook.models.perception.structural.weighting import Scheme
from worthbook.planning.structures import Structure, perceived
from worthbook.planning.studies import structural_groups, structural_tables
from worthbook.planning.studies.context import Made, Method, StudyContext
from worthbook.planning.studies.structural_groups import Compared
from worthbook.planning.studies.structural_tables import Told, foretold_table
from worthbook.planning.studies.surveyed import few, least_of, option, withheld

_Word = TypeVar("_Word", bound=str)

SCHEMES: tuple[Scheme, ...] = get_args(Scheme)
MISSING: tuple[Missing, ...] = get_args(Missing)
CORRELATIONS: tuple[Correlations, ...] = get_args(Correlations)
HIGHER_ORDER: tuple[HigherOrder, ...] = get_args(HigherOrder)
INTERVALS: tuple[Interval, ...] = get_args(Interval)
"""The choices that a study has, its usual one first."""

DRAWS = 1000
SEED = 1
FOLDS = 10
RELIABLE, CONVERGENT, DISTINCT = 0.7, 0.5, 0.9
"""What textbooks ask of rhoC, AVE and HTMT (Hair, Risher, Sarstedt and Ringle 2019)."""

STRUCTURE_UNKNOWN = Fault(
    "structure-unknown",
    what=Text(en="There is no structural model '{name}'.", zh="没有名为“{name}”的结构模型。"),
    hint=Text(en="{near}", zh="{near}"),
)
OPTION_UNKNOWN = Fault(
    "structure-option-unknown",
    what=Text(en="'{found}' is no choice for '{name}'.", zh="“{found}”不是“{name}”的有效选项。"),
    hint=Text(en="Choose one of: {known}.", zh="请从以下选项中选择：{known}。"),
)
OTHER_BRANDS = Text(
    en="The answers about {brand} are used; there are {count} about others (divide by brand to compare).",
    zh="仅使用关于“{brand}”的答案；另有 {count} 份关于其他品牌（可按品牌划分进行比较）。",
)
ABSENT = Text(
    en="These items were not asked, and the model goes without them: {items}.",
    zh="以下题项未被询问，模型未使用：{items}。",
)
INDEX = Text(
    en="The index of {target} is {index:.1f} of 100 (95 % interval {low:.1f} to {high:.1f}), from {count} respondents.",
    zh="“{target}”指数为 {index:.1f}（满分100，95%区间 {low:.1f} 至 {high:.1f}），基于 {count} 位受访者。",
)
STRONGEST = Text(
    en="One point more on {driver} raises {target} by {impact:.2f} points ({low:.2f} to {high:.2f}), the most of all.",
    zh="“{driver}”每提高1分，“{target}”提高 {impact:.2f} 分（{low:.2f} 至 {high:.2f}），影响最大。",
)
FIRST_TO_MOVE = Text(
    en="{driver} matters more than most ({impact:.2f}) and stands lower than most ({performance:.1f}): begin there.",
    zh="“{driver}”的影响高于平均（{impact:.2f}），而表现低于平均（{performance:.1f}），宜优先改进。",
)
EXPLAINED = Text(
    en="The model accounts for {r2:.0%} of the differences in {target}.", zh="模型解释了“{target}”差异的 {r2:.0%}。"
)
UNRELIABLE = Text(
    en="Items that do not go together well (rhoC below 0.7 or AVE below 0.5): {constructs}.",
    zh="题项一致性不足（rhoC 低于0.7或 AVE 低于0.5）：{constructs}。",
)
INDISTINCT = Text(
    en="Constructs that these items hardly tell apart (HTMT above 0.9): {pairs}.",
    zh="难以区分的潜变量（HTMT 高于0.9）：{pairs}。",
)
PAIR = Text(en="{one} and {other} ({htmt:.2f})", zh="{one}与{other}（{htmt:.2f}）")
UNSEEN = Text(
    en="Of {count} items of driven constructs, {better} are foretold better by the model than by their mean.",
    zh="受影响潜变量的 {count} 个题项中，有 {better} 个由模型预测优于均值。",
)
CHOICES = Text(
    en="Estimated with {choices}; {draws} resamples, seed {seed}.",
    zh="估计设定：{choices}；重抽样 {draws} 次，随机种子 {seed}。",
)

WORDS: Mapping[str, Text] = {
    "A": Text(en="mode A (reflective)", zh="模式A（反映型）"),
    "B": Text(en="mode B (formative)", zh="模式B（形成型）"),
    "path": Text(en="path scheme", zh="路径加权"),
    "factorial": Text(en="factorial scheme", zh="因子加权"),
    "centroid": Text(en="centroid scheme", zh="重心加权"),
    "pearson": Text(en="Pearson's correlations", zh="皮尔逊相关"),
    "polychoric": Text(en="polychoric correlations", zh="多分格相关"),
    "pairwise": Text(en="missing answers pair by pair", zh="缺失值成对处理"),
    "listwise": Text(en="complete respondents only", zh="仅用完整答卷"),
    "mean": Text(en="missing answers filled by the mean", zh="缺失值以均值填补"),
    "consistent": Text(en="consistent PLS", zh="一致性PLS"),
}
"""What each choice is called."""


def make_structural(definition: StudyDefinition, context: StudyContext) -> Made:
    """Estimate the structure over all answers, resample it, and compare groups where there are some.

    In a report answers that cannot carry the model are said; asked for by itself (`strict`) the study raises.
    """
    try:
        return _estimated(definition, context)
    except WorthbookError as error:
        if option(definition, "strict") == "yes":
            raise
        said = tuple(Finding(problem.what, "warning") for problem in error.problems)
        return Made((), {"respondents": 0}, ("answers",), said)


def _estimated(definition: StudyDefinition, context: StudyContext) -> Made:
    structure, surveyed = _asked(definition, context)
    if surveyed is None or len(surveyed) == 0:
        return Made((), {"respondents": 0}, ("answers",))
    by = option(definition, "by") or ("wave" if len(surveyed.wave_order) > 1 else None)
    everyone, surveyed, notes = surveyed, *_own(surveyed, by)
    structure, absent = structure.asked(surveyed)
    notes += [Finding(ABSENT.format(items=", ".join(absent)), "warning")] if absent else []
    specification = PLS(structure.model, _options(definition))
    data = perceived(surveyed, structure.model.items)
    fit, sample = specification.fit(data), specification.sample(data)
    method = _one_of(definition, "interval", INTERVALS)
    count, seed = int(definition.options.get("draws", DRAWS)), int(definition.options.get("seed", SEED))
    draws = bootstrap(sample, count, seed, jackknife=method == "bca")
    told = Told(structure, fit, draws, method, surveyed)
    tables, findings = list(told.tables()), [*_findings(told), *notes, *few(fit.respondents)]
    if not (structure.model.interactions or structure.model.higher):
        foretold = foretell(sample, min(FOLDS, fit.respondents), seed=seed)
        tables.append(foretold_table(foretold))
        better = sum(row.q2 > 0 for row in foretold)
        findings.append(Finding(UNSEEN.format(count=len(foretold), better=better)))
    if by and fit.hundred is not None:
        compared = Compared(structure, specification, everyone, by, least_of(definition), min(count, DRAWS), seed)
        found, said = compared.tables()
        tables += found
        findings += [*said, *withheld(*compared.sizes, least_of(definition))]
    findings += [Finding(text, "warning") for text in (*fit.cautions, *draws.cautions)]
    findings.append(Finding(CHOICES.format(choices=_choices(specification), draws=count, seed=seed)))
    return Made(tuple(tables), _facts(told), ("answers",), tuple(findings))


def _asked(definition: StudyDefinition, context: StudyContext) -> tuple[Structure, Surveyed | None]:
    name = str(definition.options.get("structure", ""))
    found = context.structures.get(name)
    if found is None:
        near = did_you_mean(name, context.structures)
        raise STRUCTURE_UNKNOWN(definition.place_of("options", "structure"), name=name, near=near)
    if isinstance(found, StructureDefinition):
        instrument = None if found.instrument is None else context.instruments.get(found.instrument)
        structure = Structure.of(found, instrument)
        asked = found.instrument or name
    else:
        structure, asked = found, name
    left_out = [each.strip() for each in (option(definition, "without") or "").split(",") if each.strip()]
    structure = structure.without(left_out)
    given = option(definition, "instrument") or asked
    instrument = context.instruments.get(given)
    return structure, None if instrument is None else context.surveys.answers(instrument)


def _own(surveyed: Surveyed, by: str | None) -> tuple[Surveyed, list[Finding]]:
    """The answers about ourselves, where rivals are judged too."""
    brands = surveyed.brand_order
    if len(brands) < 2:  # noqa: PLR2004 - there are rivals
        return surveyed, []
    mine = surveyed.brands == brands[0]
    said = OTHER_BRANDS.format(brand=brands[0], count=int((~mine).sum()))
    return surveyed.where(mine), [] if by == "brand" else [Finding(said)]


def _options(definition: StudyDefinition) -> Options:
    return Options(
        scheme=_one_of(definition, "scheme", SCHEMES),
        consistent=_one_of(definition, "consistent", ("no", "yes")) == "yes",
        missing=_one_of(definition, "missing", MISSING),
        correlations=_one_of(definition, "correlations", CORRELATIONS),
        higher_order=_one_of(definition, "higher_order", HIGHER_ORDER),
    )


def _one_of(definition: StudyDefinition, name: str, known: tuple[_Word, ...]) -> _Word:
    """The word that an option says, the first by default."""
    found = option(definition, name) or known[0]
    for word in known:
        if word == found:
            return word
    raise OPTION_UNKNOWN(definition.place_of("options", name), found=found, name=name, known=", ".join(known))


def _choices(specification: PLS) -> Text:
    """The options that change published answers, in words."""
    options = specification.options
    modes = sorted({construct.mode for construct in specification.model.constructs})
    words = [
        *modes,
        options.scheme,
        options.correlations,
        options.missing,
        *(["consistent"] if options.consistent else []),
    ]
    return _listed([WORDS[word] for word in words])


def _facts(told: Told) -> dict[str, Value]:
    target = told.structure.target
    index = told.rows("index").get(target)
    r2 = told.rows("r2").get(target)
    return {
        "respondents": told.fit.respondents,
        "index": None if index is None else index.estimate,
        "low": None if index is None else index.low,
        "high": None if index is None else index.high,
        "r2": None if r2 is None else r2.estimate,
        "proper": bool(told.fit.facts["proper"]),
        "failed_resamples": told.draws.failed.total(),
    }


def _findings(told: Told) -> Iterator[Finding]:
    target = told.title(told.structure.target)
    index, impact = told.rows("index"), told.rows("impact")
    mine = index.get(told.structure.target)
    if mine is not None and mine.low is not None and mine.high is not None:
        said = INDEX.format(
            target=target, index=mine.estimate, low=mine.low, high=mine.high, count=told.fit.respondents
        )
        yield Finding(said)
    r2 = told.rows("r2").get(told.structure.target)
    if r2 is not None:
        yield Finding(EXPLAINED.format(r2=r2.estimate, target=target))
    drivers = {
        label.partition(ARROW)[0]: row
        for label, row in impact.items()
        if label.partition(ARROW)[2] == told.structure.target
    }
    if drivers:
        name, best = max(drivers.items(), key=lambda each: each[1].estimate)
        said = STRONGEST.format(
            driver=told.title(name), target=target, impact=best.estimate, low=best.low or 0.0, high=best.high or 0.0
        )
        yield Finding(said)
    if len(drivers) > 1:
        importance = float(np.mean([row.estimate for row in drivers.values()]))
        performance = float(np.mean([index[name].estimate for name in drivers]))
        for name, row in drivers.items():
            if row.estimate > importance and index[name].estimate < performance:
                said = FIRST_TO_MOVE.format(
                    driver=told.title(name), impact=row.estimate, performance=index[name].estimate
                )
                yield Finding(said)
    yield from _doubts(told)


def _doubts(told: Told) -> Iterator[Finding]:
    """Constructs whose items do not go together, and pairs that are hardly two."""
    rho_c, ave = told.rows("rho_c"), told.rows("ave")
    plan = told.fit.solution.plan
    loose = [
        told.title(name)
        for place, name in enumerate(plan.constructs)
        if plan.sizes[place] > 1
        and place not in plan.formative
        and (rho_c[name].estimate < RELIABLE or ave[name].estimate < CONVERGENT)
    ]
    if loose:
        yield Finding(UNRELIABLE.format(constructs=_listed(loose)), "warning")
    alike = [
        PAIR.format(one=told.title(one), other=told.title(other), htmt=row.estimate)
        for label, row in told.rows("htmt").items()
        for one, other in [label.split(BESIDE)]
        if row.estimate > DISTINCT
    ]
    if alike:
        yield Finding(INDISTINCT.format(pairs=_listed(alike)), "warning")


def _listed(texts: Sequence[Text]) -> Text:
    return Text(en=", ".join(text.en for text in texts), zh="、".join(text.zh for text in texts))


STRUCTURAL = Method(
    make=make_structural,
    maker="structural 1",
    roles=frozenset(),
    tables={**structural_tables.COLUMNS, **structural_groups.COLUMNS},
    facts=frozenset({"respondents", "index", "low", "high", "r2", "proper", "failed_resamples"}),
)
