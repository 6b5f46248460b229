"""What goes with seasons: Pareto/NBD without and with them, and what it expects while they go on."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from worthbook.data import columns
from worthbook.definitions.model import GivenColumn, ModelDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.period import DAYS_PER_WEEK
from worthbook.kernel.result import Finding, Table, TableColumn
from worthbook.kernel.units import Unit, Value, show
from worthbook.models.interval import Interval
from worthbook.models.lifetime.seasonal_model import SeasonalParetoNBD, SeasonalParetoNBDFit
from worthbook.models.likelihood_ratio import LikelihoodRatio, likelihood_ratio
from worthbook.planning.estimate import data_of, estimator_at, sample_of
from worthbook.planning.estimators import PLAIN
from worthbook.planning.index import Catalogue
from worthbook.planning.lifetimes import purchase_roles
from worthbook.planning.outlook import SEED, read_customers
from worthbook.planning.run import Workbench
from worthbook.planning.seasons import Term, terms_between

LABEL = Text(en="Pareto/NBD in seasons", zh="Pareto/NBD（含季节）")
EFFECTS = Text(en="What goes with {names} ({label})", zh="“{names}”与购买频率的关系（{label}）")
TEST = Text(en="{label}: {sentence}", zh="{label}：{sentence}")
TOTAL = Text(
    en=(
        "With {names} Pareto/NBD expects {purchases} purchases until {until} (95 % interval {low} to {high}), without "
        "{plain}."
    ),
    zh=(
        "计入“{names}”后，Pareto/NBD 预计到 {until} 共购买 {purchases} 次（95% 区间：{low} 至 {high}），"
        "不计入时为 {plain} 次。"
    ),
)
CAUSES = Text(
    en="An effect says what goes together: what else was so in these days is in it too.",
    zh="影响只表示同时发生：这些日子里的其他因素也包含在内。",
)


@dataclass(frozen=True)
class SeasonEffects:
    """What was found for some seasons."""

    seasons: tuple[str, ...]
    terms: tuple[Term, ...]
    plain: SeasonalParetoNBDFit
    fit: SeasonalParetoNBDFit
    test: LikelihoodRatio
    total: Interval
    """Purchases until the horizon."""
    total_without: Interval
    until: dt.date


def season_model(catalogue: Catalogue, seasons: Sequence[str]) -> ModelDefinition:
    """The model of these seasons, as a definition would say it."""
    given = GivenColumn(title=LABEL, description=LABEL, unit=Unit.QUANTITY, quantity="expected_purchases")
    return ModelDefinition(
        name="in_seasons",
        title=LABEL,
        description=LABEL,
        source="A10",
        estimator=SeasonalParetoNBD.estimator,
        inputs={role: name for role, name in purchase_roles(catalogue).items() if role in PLAIN},
        seasons=tuple(seasons),
        gives={"in_seasons": given},
    )


def season_effects(bench: Workbench, model: ModelDefinition, until: dt.date) -> SeasonEffects:
    """Fit Pareto/NBD without and with seasons, and look ahead.

    Args:
        bench: with the columns that models of purchases read made.
        model: of `season_model`.
        until: the last day of the forecast.

    Raises:
        WorthbookError: What is wrong with the seasons, or why there is no fit.
    """
    as_of, parts = bench.plan.as_of, sample_of(bench, model)
    estimator = estimator_at(bench, model, until)
    names = list(model.inputs.values())
    groups = columns.grouped(bench.engine, bench.sheets_of(names), names, parts=parts)
    sheet = bench.sheets[names[0]]
    customers = columns.count(bench.engine, sheet)
    ratio = customers / read_customers(bench.engine, sheet, customers, parts)
    inputs = {role: groups[name] for role, name in model.inputs.items()}
    ahead = estimator.read(inputs, groups["customers"] * ratio)
    data = data_of(bench, model, parts)
    plain, fit = SeasonalParetoNBD().fit(data), estimator.specification.fit(data)
    weeks = (until - as_of).days / DAYS_PER_WEEK
    return SeasonEffects(
        seasons=model.seasons,
        terms=terms_between(bench, model.seasons, until),
        plain=plain,
        fit=fit,
        test=likelihood_ratio(plain.fitted, fit.fitted),
        total=fit.total_purchases(ahead, weeks, seed=SEED),
        total_without=plain.total_purchases(ahead, weeks, seed=SEED),
        until=until,
    )


def season_findings(found: SeasonEffects) -> Iterator[Finding]:
    """The test, the forecast with and without, and what to be careful about."""
    yield Finding(TEST.format(label=LABEL, sentence=found.test.sentence))
    ends = (found.total.estimate, found.total.low, found.total.high, found.total_without.estimate)
    said = (Text(en=show(each, Unit.COUNT, "en"), zh=show(each, Unit.COUNT, "zh")) for each in ends)
    purchases, low, high, plain = said
    names = _names(found)
    yield Finding(TOTAL.format(names=names, until=found.until, purchases=purchases, low=low, high=high, plain=plain))
    yield from (Finding(caution, "warning") for caution in found.fit.cautions)
    yield Finding(CAUSES)


def season_table(found: SeasonEffects) -> Table:
    """One row a term: by how much more customers buy while it is on."""
    head = (
        TableColumn("term", Text(en="Season", zh="季节"), Unit.TEXT),
        TableColumn("buys", Text(en="Buys more by", zh="购买频率变化"), Unit.RATE),
        TableColumn("buys_low", Text(en="95 % from", zh="95% 下限"), Unit.RATE),
        TableColumn("buys_high", Text(en="to", zh="上限"), Unit.RATE),
    )
    rows: list[tuple[Value | Text, ...]] = [
        (title, *(None if each is None else each - 1 for each in factors)) for title, factors in factors_of(found)
    ]
    return Table("seasons", EFFECTS.format(names=_names(found), label=LABEL), head, tuple(rows))


def factors_of(found: SeasonEffects) -> Iterator[tuple[Text, tuple[float, float | None, float | None]]]:
    """For each term how many times as often customers buy while it is on, with the ends of the 95 % interval."""
    rows = {row.symbol: row for row in found.fit.summary}
    for term in found.terms:
        row = rows[f"trans:{term.name}"]
        low, high = (None if end is None else _factor(end) for end in (row.low, row.high))
        yield term.title, (_factor(row.estimate), low, high)


def _factor(exponent: float) -> float:
    return math.exp(min(exponent, 700.0))


def _names(found: SeasonEffects) -> Text:
    return Text(en=", ".join(found.seasons), zh="、".join(found.seasons))
