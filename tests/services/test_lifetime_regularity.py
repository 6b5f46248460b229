"""Customers who buy by the clock or by fits and starts: Pareto/GGG the whole way from a file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from worthbook.services.lifetime import Question, lifetime_of_files
from worthbook.services.lifetime_facts import facts_of

START, END, CUT = dt.date(2024, 1, 1), dt.date(2025, 6, 30), "2024-12-31"


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty customers: k about 4, varying, a purchase in two to eight weeks, some leave."""
    rng = np.random.default_rng(3)
    lines = ["customer_id,ordered_on,amount"]
    for customer in range(60):
        k, mean_gap = rng.gamma(2.0, 2.0), rng.uniform(15, 60)
        day, gone = rng.uniform(0, 150), rng.exponential(900)
        leaves = day + gone
        while day < min(leaves, (END - START).days):
            lines.append(f"C{customer:03},{START + dt.timedelta(days=int(day))},10")
            day += max(rng.gamma(k, mean_gap / k), 1.0)
    file = tmp_path_factory.mktemp("regular") / "orders.csv"
    file.write_text("\n".join(lines) + "\n")
    return file


def test_it_explains_regular_buyers_better_and_tells_how_regular_they_are(orders: Path) -> None:
    question = Question(calibrate_until=CUT, models=("pareto_ggg", "pareto_nbd"))
    facts: Any = facts_of(lifetime_of_files([orders], None, question))
    regular, plain = facts["models"]
    assert [each["name"] for each in (regular, plain)] == ["pareto_ggg", "pareto_nbd"]
    assert set(regular["parameters"]) == {"t", "gamma", "r", "alpha", "s", "beta"}
    assert regular["log_likelihood"] > plain["log_likelihood"] + 30
    assert 2 < regular["parameters"]["t"] / regular["parameters"]["gamma"] < 6
    assert regular["holdout"]["rmse"] < plain["holdout"]["rmse"]
