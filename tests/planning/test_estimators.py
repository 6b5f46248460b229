from __future__ import annotations

import pytest

from worthbook.definitions.model import ModelDefinition
from worthbook.planning.estimators import check_model
from worthbook.planning.index import read_catalogue


@pytest.fixture(scope="module")
def shipped() -> ModelDefinition:
    return read_catalogue().models["mbg_nbd"]


def said(model: ModelDefinition) -> list[str]:
    return [problem.say("en") for problem in check_model(model)]


def test_shipped_models_have_no_problems() -> None:
    assert [problem for model in read_catalogue().models.values() for problem in said(model)] == []


def test_an_unknown_estimator_is_named(shipped: ModelDefinition) -> None:
    (problem,) = said(shipped.model_copy(update={"estimator": "gamma_gama"}))
    assert problem.endswith(
        "[estimator-unknown] There is no estimator 'gamma_gama'.\n  hint: Did you mean 'gamma_gamma'?"
    )


def test_every_wrong_input_is_named(shipped: ModelDefinition) -> None:
    problems = check_model(shipped.model_copy(update={"inputs": {"x": "repeat_purchases", "t": "age_weeks"}}))
    slugs = [problem.slug for problem in problems]
    assert slugs == ["model-input-missing", "model-input-missing", "model-input-unknown"]


def test_an_unknown_quantity_is_named(shipped: ModelDefinition) -> None:
    gives = {"alive": shipped.gives["p_alive"].model_copy(update={"quantity": "p_alife"})}
    (problem,) = check_model(shipped.model_copy(update={"gives": gives}))
    assert (problem.slug, problem.hint.en) == ("model-quantity-unknown", "Did you mean 'p_alive'?")


def test_a_model_that_learns_needs_a_window_and_no_other_has_one(shipped: ModelDefinition) -> None:
    learned = read_catalogue().models["learned_value"].model_copy(update={"window": None})
    (problem,) = check_model(learned)
    assert problem.slug == "model-needs-window"
    (problem,) = check_model(shipped.model_copy(update={"window": "12 months"}))
    assert problem.slug == "model-without-window"


def test_seasons_act_where_they_can_and_are_needed_there(shipped: ModelDefinition) -> None:
    (problem,) = check_model(shipped.model_copy(update={"seasons": ("quarters",)}))
    assert problem.slug == "model-without-seasons"
    gives = {"p_alive": shipped.gives["p_alive"]}
    (problem,) = check_model(shipped.model_copy(update={"estimator": "seasonal_pareto_nbd", "gives": gives}))
    assert problem.slug == "model-needs-seasons"
