from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from tests.planning.studies.world import Line, World
from worthbook.data.columns import grouped
from worthbook.kernel.evaluation import ModelResult
from worthbook.kernel.language import Text
from worthbook.kernel.provenance import Provenance
from worthbook.kernel.result import Study, Table
from worthbook.kernel.units import Value
from worthbook.models.lifetime.data import PurchaseHistory, SpendHistory
from worthbook.models.lifetime.gamma_gamma import GammaGamma
from worthbook.models.lifetime.mbg_nbd import MBGNBD
from worthbook.planning.study import StudyContext, make_study

NAMES = ("repeat_purchases", "recency_weeks", "age_weeks", "spend_per_repeat")


def shop() -> list[Line]:
    """150 customers over two years, each at a pace and a spend of their own; some stop."""
    chance = np.random.default_rng(5)
    lines: list[Line] = []
    for index in range(150):
        day = dt.date(2022, 6, 1) + dt.timedelta(days=int(chance.integers(0, 700)))
        pace, spend = chance.gamma(2, 30) + 5, chance.gamma(3, 20)
        while day <= dt.date(2024, 12, 31):
            lines.append((f"c{index:03d}", str(day), round(float(chance.gamma(4, spend / 4)), 2) + 1, False))
            if chance.random() < 0.15:
                break
            day += dt.timedelta(days=1 + int(chance.exponential(pace)))
    return lines


def fitted(context: StudyContext) -> dict[str, object]:
    groups = grouped(context.engine, context.sheets, NAMES)
    x, t_x, age, mean_value = (groups[name] for name in NAMES)
    history = PurchaseHistory(x, t_x, age, groups["customers"])
    spend = SpendHistory(x, mean_value, groups["customers"])
    return {"mbg_nbd": MBGNBD().fit(history), "gamma_gamma": GammaGamma().fit(spend)}


def result(name: str, verdict: str, facts: Mapping[str, Value] | None = None, grade: str | None = None) -> ModelResult:
    return ModelResult(
        name=name,
        title=Text(en=name, zh=name),
        parameters=Table("parameters", Text(en="", zh=""), (), ()),
        facts=facts or {},
        grade=grade,
        verdict=Text(en=verdict, zh=verdict),
        cautions=(),
        caveats=(),
        source="test",
        provenance=Provenance("model", name, None, "abc", "test"),
    )


@pytest.fixture
def context(world: World) -> StudyContext:
    plain = world.context(shop())
    return replace(plain, fits=fitted(plain))


def study(world: World, context: StudyContext) -> Study:
    return make_study(world.definition("expected_12m"), context)


def test_the_expected_total_is_the_sum_over_customers(world: World, context: StudyContext) -> None:
    facts = study(world, context).facts
    spent = sum(Decimal(str(amount)) for _, _, amount, _ in shop())
    assert facts["expected_value"] == pytest.approx(float(spent) / 2, rel=1e-6)


def test_the_interval_is_around_the_total(world: World, context: StudyContext) -> None:
    facts = study(world, context).facts
    assert facts["value_low"] < facts["expected_value"] < facts["value_high"]  # type: ignore[operator]


def test_the_tiers_add_up_to_the_base(world: World, context: StudyContext) -> None:
    made = study(world, context)
    total = sum((Decimal(str(value)) for value in made.table("tiers").column("expected_value")), Decimal(0))
    customers = sum(int(str(n)) for n in made.table("tiers").column("customers"))
    assert [float(total), float(customers)] == [
        pytest.approx(made.facts["expected_value"]),
        150,
    ]


def test_the_highest_tier_comes_first(world: World, context: StudyContext) -> None:
    assert [str(tier) for tier in study(world, context).table("tiers").column("tier")] == ["VIP", "Small"]


def test_newcomers_of_the_last_year_are_told_apart(world: World, context: StudyContext) -> None:
    first: dict[str, str] = {}
    for customer, day, _, _ in shop():
        first.setdefault(customer, day)
    new = {customer for customer, day in first.items() if day > "2023-12-31"}
    brought = sum(Decimal(str(amount)) for customer, _, amount, _ in shop() if customer in new)
    facts = study(world, context).facts
    assert (facts["new_customers"], facts["new_value"]) == (len(new), brought)


def test_those_who_are_leaving_are_counted(world: World, context: StudyContext) -> None:
    last = {customer: day for customer, day, _, _ in shop()}
    leaving = {customer for customer, day in last.items() if "2023-12-31" < day <= "2024-06-28"}
    assert study(world, context).facts["leaving_customers"] == len(leaving)


def test_without_a_spend_model_purchases_are_foretold(world: World, context: StudyContext) -> None:
    made = study(world, replace(context, fits={"mbg_nbd": context.fits["mbg_nbd"]}))
    assert (made.facts["fitted"], [table.name for table in made.tables]) == (True, ["purchase_outlook", "tiers"])


def test_without_a_model_the_study_says_why(world: World, context: StudyContext) -> None:
    models = {"mbg_nbd": result("mbg_nbd", "The model could not be fitted. Nobody came back.")}
    made = study(world, replace(context, fits={}, models=models))
    assert [(finding.text.en, finding.tone) for finding in made.findings][-1] == (
        "The model could not be fitted. Nobody came back.",
        "warning",
    )


def test_the_grade_is_shown_beside_the_numbers(world: World, context: StudyContext) -> None:
    models = {"mbg_nbd": result("mbg_nbd", "Grade A.", grade="A")}
    findings = study(world, replace(context, models=models)).findings
    assert [finding.tone for finding in findings if finding.text.en == "Grade A."] == ["good"]


@pytest.mark.parametrize(
    ("error", "words"), [(-0.4, "40 % too little"), (0.4, "40 % too much"), (0.001, None), (-0.001, None)]
)
def test_an_interval_that_the_test_contradicts_is_said(
    world: World, context: StudyContext, error: float, words: str | None
) -> None:
    models = {"mbg_nbd": result("mbg_nbd", "Tested.", {"holdout_total_error": error})}
    said = [finding.text.en for finding in study(world, replace(context, models=models)).findings]
    found = [text for text in said if "In a test" in text]
    assert (len(found), words is None or words in found[0]) == (0 if words is None else 1, True)
