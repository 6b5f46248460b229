from __future__ import annotations

import numpy as np
import pytest

from worthbook.models.company.surveying import (
    AGEING,
    ATTRIBUTES,
    DRIVERS,
    FALL,
    ITEMS,
    RELIABILITY,
    WAVES,
    ask,
    ask_further,
)


@pytest.fixture(scope="module")
def files() -> dict[str, dict[str, np.ndarray]]:
    random = np.random.default_rng(1)
    customers = np.char.add("C", np.arange(20_000).astype(str))
    asked = ask(customers, random.poisson(2.0, 20_000), random)
    return {name: {key: np.asarray(values) for key, values in columns.items()} for name, columns in asked.files.items()}


def test_the_drivers_of_satisfaction_are_those_planted(files: dict[str, dict[str, np.ndarray]]) -> None:
    """Least squares finds the weights within 0.08; answers are rounded and end at 10, which draws them in a little."""
    columns = files["importance_performance"]
    rated = np.stack([columns[f"{name}_satisfaction"] for name in ATTRIBUTES], axis=1).astype(float)
    inside = (columns["overall"] < 10) & (columns["overall"] > 1)
    design = np.column_stack([np.ones(inside.sum()), rated[inside]])
    found = np.linalg.lstsq(design, columns["overall"][inside].astype(float), rcond=None)[0][1:]

    assert sorted(range(6), key=lambda index: -found[index])[:3] == [5, 0, 2]
    assert found == pytest.approx(DRIVERS, abs=0.2)


def test_willingness_to_recommend_falls_in_the_last_wave(files: dict[str, dict[str, np.ndarray]]) -> None:
    columns = files["nps"]
    last = columns["wave"] == WAVES[-1][0]
    fall = columns["recommend"][~last].mean() - columns["recommend"][last].mean()

    assert fall == pytest.approx(FALL, abs=0.25)


def test_delivery_the_next_day_is_liked_first_and_expected_last(files: dict[str, dict[str, np.ndarray]]) -> None:
    columns = files["kano_shop"]
    by_wave = [columns[f"{AGEING}_functional"][columns["wave"] == wave] for wave, _ in WAVES]

    assert [int(np.bincount(answers).argmax()) for answers in by_wave] == [1, 1, 2]


def test_the_service_falls_short_most_in_its_promises() -> None:
    random = np.random.default_rng(1)
    customers = np.char.add("C", np.arange(4_000).astype(str))
    columns = ask_further(ask(customers, random.poisson(2.0, 4_000), random), random)["servqual"]
    gaps = {item: columns[f"p{item:02}"].mean() - columns[f"e{item:02}"].mean() for item in range(1, ITEMS + 1)}
    assert sorted(sorted(gaps, key=gaps.__getitem__)[: len(RELIABILITY)]) == list(RELIABILITY)
