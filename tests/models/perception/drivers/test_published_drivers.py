"""Published shares, reproduced: Swiss fertility, cars, a matrix of correlations, durables, key dissatisfiers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.models.perception.drivers.textbook import CARS, SWISS
from tests.models.perception.structural.published import read_answers, read_columns
from worthbook.models.base import FloatArray
from worthbook.models.perception.answers import Answers
from worthbook.models.perception.drivers.analysis import DriverAnalysis
from worthbook.models.perception.drivers.games import Game
from worthbook.models.perception.drivers.linear import Linear
from worthbook.models.perception.drivers.subsets import lmg, lmg_sampled
from worthbook.models.perception.moments import Moments, Products

pytestmark = pytest.mark.shared_data


@pytest.fixture(scope="module")
def examples(shared: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((shared / "data/worked_examples/examples.json").read_text())
    return loaded


def regression(values: FloatArray) -> Linear:
    """Of the first column on the others."""
    last = np.roll(values, -1, axis=1)
    return Linear(Products(last, np.ones(len(last))).moments(np.ones((1, len(last)))))


def test_swiss_fertility(examples: dict[str, Any]) -> None:
    """Grömping (2006), relaimpo: six ways to share out R², to 8 digits."""
    published, found = examples["lmg_swiss"], regression(SWISS)
    assert found.r2[0] == pytest.approx(published["r2"], abs=1e-6)
    assert lmg(found.moments.S)[0].tolist() == pytest.approx(list(published["lmg"].values()), abs=1e-8)
    assert found.johnson[0].tolist() == pytest.approx(published["johnson"], abs=1e-8)
    assert found.first[0].tolist() == pytest.approx(published["first"], abs=1e-8)
    assert found.last[0].tolist() == pytest.approx(published["last"], abs=1e-8)
    assert found.pratt[0].tolist() == pytest.approx(published["pratt"], abs=1e-8)
    assert (found.beta[0] ** 2).tolist() == pytest.approx(published["betasq"], abs=1e-8)


def test_cars(examples: dict[str, Any]) -> None:
    """Relative weights of cylinders, displacement, horsepower and gears on miles a gallon (rwa), to 7 digits."""
    published, found = examples["relative_weights_mtcars"], regression(CARS)
    assert found.r2[0] == pytest.approx(published["r2"], abs=5e-8)
    assert found.johnson[0].tolist() == pytest.approx(published["raw"], abs=5e-8)


def test_relative_weights_of_a_correlation_matrix(examples: dict[str, Any]) -> None:
    """Seven variables, to 16 digits."""
    published = examples["relative_weights_correlation"]
    matrix = np.roll(np.array(published["correlation"]), -1, axis=(0, 1))[None]
    found = Linear(Moments(np.zeros((1, 7)), np.ones((1, 7)), matrix, np.ones(1)))
    assert found.johnson[0].tolist() == pytest.approx(published["raw"], abs=1e-14)
    assert found.r2[0] == pytest.approx(published["r2"], abs=1e-14)


def test_durables(shared: Path) -> None:
    """Overall satisfaction on five dimensions of SERVPERF (relaimpo): LMG to 8 digits, coefficients to 6."""
    raw = read_answers(shared / "data/service_quality_durables/sq.csv").values
    cuts = {"T": (0, 4), "Rel": (4, 9), "Resp": (9, 13), "A": (13, 17), "E": (17, 22)}
    scores = np.column_stack([*(raw[:, one:end].mean(axis=1) for one, end in cuts.values()), raw[:, 22]])
    analysis = DriverAnalysis(Answers([*cuts, "sat"], scores), "sat", draws=300)
    assert analysis.r2 == pytest.approx(0.76947206, abs=1e-8)
    drivers = {driver.name: driver for driver in analysis.drivers}
    shares = {"T": 0.11805341, "Rel": 0.15780087, "Resp": 0.17100768, "A": 0.14238036, "E": 0.18022973}
    slopes = {"T": 0.225175, "Rel": 0.221724, "Resp": 0.204609, "A": 0.062378, "E": 0.269965}
    assert {name: driver.share.estimate for name, driver in drivers.items()} == pytest.approx(shares, abs=1e-8)
    assert {name: driver.b.estimate for name, driver in drivers.items() if driver.b} == pytest.approx(slopes, abs=1e-6)
    assert [driver.name for driver in analysis.drivers] == ["E", "Resp", "Rel", "A", "T"]


def test_key_dissatisfiers(shared: Path) -> None:
    """1 842 weighted customers, 20 attributes, dissatisfied and failed up to 6: the exact values, and their sum."""
    _, columns = read_columns(shared / "data/satisfaction_drivers/attributes_weighted.csv")
    table = np.array([[float(cell or "nan") for cell in column] for column in columns.values()]).T
    overall, attributes, weights = table[:, 0], table[:, 1:21], table[:, 21]
    weighted = Game(attributes <= 6, overall <= 6, weights)
    assert weighted.order[:5].tolist() == [0, 1, 2, 17, 4]
    first = (100 * weighted.values[weighted.order[:5]]).tolist()
    assert first == pytest.approx([11.84, 9.03, 8.57, 2.72, 2.70], abs=5e-3)
    assert 100 * weighted.values.sum() == pytest.approx(49.84816370, abs=5e-9)
    assert weighted.reach[-1] - weighted.noise[-1] == pytest.approx(weighted.values.sum(), abs=1e-12)
    plain = Game(attributes <= 6, overall <= 6, np.ones(len(table)))
    assert (100 * plain.values[:3]).tolist() == pytest.approx([12.29, 9.24, 9.03], abs=5e-3)
    assert (100 * plain.values[:3]).tolist() == pytest.approx([12.31, 9.23, 9.28], abs=0.3)  # the sampled original


def test_orders_drawn_come_near_all_orders(shared: Path) -> None:
    """22 items are too many for all subsets; 12 come out by drawn orders as by all."""
    values = read_answers(shared / "data/service_quality_durables/sq.csv").values
    moments = Products(values, np.ones(len(values))).moments(np.ones((1, len(values))))
    assert lmg_sampled(moments.S)[0].sum() == pytest.approx(float(Linear(moments).r2[0]), abs=1e-9)
    twelve = moments.S[:, [*range(12), 22]][:, :, [*range(12), 22]]
    assert lmg_sampled(twelve, 4000)[0].tolist() == pytest.approx(lmg(twelve)[0].tolist(), abs=0.004)
