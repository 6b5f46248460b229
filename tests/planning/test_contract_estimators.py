"""Definitions of models of contracts and occasions reach the models with the right data, unit and horizon."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from worthbook.definitions.model import GivenColumn, ModelDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.units import Unit
from worthbook.models.retention import BGBB, ContractHistory, OpportunityHistory, ShiftedBetaGeometric
from worthbook.planning.estimator import Ahead
from worthbook.planning.estimators import check_model, estimator_of

WORDS = Text(en="x", zh="x")
TENURE = {"tenure": np.array([1.0, 2.0, 3.0, 3.0]), "ended": np.array([1.0, 1.0, 1.0, 0.0])}
CUSTOMERS = np.array([131.0, 126.0, 90.0, 653.0])
YEAR = Ahead(365.25 / 7, 0.1)


def model(estimator: str, quantity: str = "p_renewal", roles: str = "tenure ended", **more: object) -> ModelDefinition:
    """A definition with one column to give."""
    gives = {"found": GivenColumn(title=WORDS, description=WORDS, unit=Unit.PROBABILITY, quantity=quantity)}
    given = {"inputs": {role: f"contract_{role}" for role in roles.split()}, "gives": gives, **more}
    words = {"title": WORDS, "description": WORDS, "source": "test"}
    return ModelDefinition.model_validate({"name": "contracts", "estimator": estimator, **words, **given})


def test_renewals_of_the_book_are_those_of_the_model() -> None:
    """The regular segment of Fader and Hardie (2007) after three years."""
    estimator = estimator_of(model("shifted_beta_geometric", options={"unit": "years"}))
    data = estimator.read(TENURE, CUSTOMERS)
    history = ContractHistory(TENURE["tenure"], TENURE["ended"], CUSTOMERS, unit="years")
    fit = ShiftedBetaGeometric().fit(history)
    found = {
        name: quantity(estimator.specification.fit(data), data, Ahead(3 * YEAR.weeks, 0.1))[-1]
        for name, quantity in estimator.quantities.items()
    }
    assert found == {
        "p_renewal": fit.p_renewal(history)[-1],
        "p_retained": fit.survival_ahead(history, 3.0)[-1],
        "expected_renewals": fit.renewals(history, 1.0, 3.0)[-1],
        "discounted_renewals": fit.renewals(history, 1.1, 3.0)[-1],
    }


def test_nothing_is_expected_of_contracts_that_have_ended() -> None:
    estimator = estimator_of(model("beta_discrete_weibull"))
    data = estimator.read(TENURE, CUSTOMERS)
    found = estimator.quantities["p_renewal"](estimator.specification.fit(data), data, YEAR)
    assert np.isnan(found).tolist() == [True, True, True, False]


def test_occasions_are_counted_in_the_unit_of_the_definition() -> None:
    inputs = {"x": np.array([2.0, 0, 3]), "t_x": np.array([3.0, 0, 4]), "n": np.array([4.0, 4, 4])}
    customers = np.array([40.0, 30.0, 30.0])
    history = OpportunityHistory(inputs["x"], inputs["t_x"], inputs["n"], customers, unit="months")
    fit = BGBB().fit(history)
    estimator = estimator_of(model("bg_bb", "p_alive", "x t_x n", options={"unit": "months"}))
    found = estimator.quantities["expected_purchases"](fit, estimator.read(inputs, customers), YEAR)
    assert found.tolist() == fit.expected_purchases(history, 12).tolist()


@pytest.mark.parametrize("estimator", ["cox", "weibull_aft"])
def test_covariates_of_contracts_act_as_in_the_model(estimator: str) -> None:
    pytest.importorskip("lifelines")
    rng = np.random.default_rng(1)
    plan = np.where(rng.random(400) < 0.5, "basic", "gold")
    lasts = np.ceil(rng.exponential(np.where(plan == "gold", 30.0, 12.0)))
    inputs = {"tenure": np.minimum(lasts, 24.0), "ended": (lasts <= 24).astype(np.float64), "plan": plan}
    found = estimator_of(model(estimator, covariates=("plan",)))
    data = pickle.loads(pickle.dumps(found.read))(inputs, np.ones(400))  # noqa: S301 - our own bytes
    fit = found.specification.fit(data)
    kept = found.fit_class.from_json(fit.to_json())
    ahead = found.quantities["expected_renewals"](kept, data, Ahead(0.0, 0.0)) if estimator == "weibull_aft" else None
    assert kept == fit
    assert fit.summary[0].symbol == "plan[gold]"
    assert ahead is None or np.isnan(ahead).tolist() == (inputs["ended"] == 1).tolist()


def test_what_a_definition_cannot_choose_is_told() -> None:
    problems = [
        *check_model(model("shifted_beta_geometric", covariates=("plan",))),
        *check_model(model("cox")),
        *check_model(model("bg_bb", "p_alive", "x t_x n", options={"unit": "fortnights"})),
    ]
    assert [each.slug for each in problems] == [
        "model-without-covariates",
        "model-needs-covariates",
        "model-unit-unknown",
    ]
