"""Orders and definitions as nobody wants them, through the command: a reason or finite numbers, never a traceback."""

from __future__ import annotations

import functools
import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest
from typer.testing import CliRunner

from worthbook.cli.main import app
from worthbook.planning.estimate import fit_of
from worthbook.services.ingest_files import ingest_files
from worthbook.services.open_book import open_book

Lines = list[tuple[str, str, str]]
DAY = np.datetime64("2025-01-01")


def spread_out(customers: int, seed: int = 0) -> Lines:
    """Customers who buy at random for a year, of whom some leave."""
    rng = np.random.default_rng(seed)
    lines: Lines = []
    for customer in range(customers):
        begins = int(rng.integers(0, 120))
        days = np.unique(np.append(0, rng.integers(1, 200, rng.poisson(rng.gamma(1, 3))))) + begins
        lines += [(f"C{customer}", str(DAY + day), f"{rng.gamma(4, 5) + 1:.2f}") for day in days]
    return [*lines, ("C0", "2025-12-31", "20")]


BASES: dict[str, Lines] = {
    "one customer": [("A", str(DAY + day), "10") for day in range(0, 300, 30)],
    "nobody came again": [(f"C{each}", str(DAY + each), "10") for each in range(200)],
    "everybody bought on the last day": [(f"C{each}", "2025-12-31", "10") for each in range(100)],
    "identical customers": [(f"C{each}", str(DAY + day), "10") for each in range(100) for day in (0, 40, 100, 330)],
    "one huge buyer": [*spread_out(100), *(("HUGE", str(DAY + day), "1000000000") for day in range(365))],
    "a hundred thousand lines of one customer": [
        *spread_out(60),
        *(("HUGE", str(DAY + line % 365), "1") for line in range(100_000)),
    ],
    "amounts that are no numbers": [
        (who, day, ("NaN", "inf", "", amount)[place % 4]) for place, (who, day, amount) in enumerate(spread_out(80))
    ],
    "amounts of nothing": [(who, day, "0") for who, day, _ in spread_out(80)],
    "two days": [(f"C{each}", str(DAY + day), "10") for each in range(50) for day in (0, 1)],
}


def write(lines: Lines, file: Path) -> Path:
    text = "\n".join(",".join(line) for line in [("customer_id", "ordered_on", "amount"), *lines])
    file.write_text(f"{text}\n", encoding="utf-8")
    return file


def refuse(word: str) -> NoReturn:
    raise AssertionError(word)


def answer(*words: object) -> tuple[int, dict[str, Any]]:
    """The exit code and the answer for programs, in which nothing may be not-a-number or infinite."""
    done = CliRunner().invoke(app, ["lifetime", *map(str, words), "--json"])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    found = json.loads(done.output, parse_constant=refuse)
    assert isinstance(found, dict)
    return done.exit_code, found


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[int, dict[str, Any]]]:
    """The answer about odd orders, asked for once."""

    @functools.cache
    def once(name: str) -> tuple[int, dict[str, Any]]:
        return answer(write(BASES[name], tmp_path_factory.mktemp("odd") / "orders.csv"))

    return once


@pytest.mark.parametrize("name", BASES)
def test_odd_orders_give_a_reason_or_finite_numbers(
    name: str, answered: Callable[[str], tuple[int, dict[str, Any]]]
) -> None:
    code, found = answered(name)
    assert code == 0
    assert all(each["parameters"] or each["problem"]["slug"] for each in found["models"])
    assert found["recommended"] is not None or found["reason"]


def test_refunds_alone_make_no_customers(tmp_path: Path) -> None:
    lines = [(who, day, f"-{amount}") for who, day, amount in spread_out(80)]
    code, found = answer(write(lines, tmp_path / "orders.csv"))
    assert (code, [problem["slug"] for problem in found["problems"]]) == (1, ["history-empty"])


@pytest.mark.parametrize("name", ["one customer", "nobody came again", "everybody bought on the last day", "two days"])
def test_what_cannot_carry_a_model_says_why(name: str, answered: Callable[[str], tuple[int, dict[str, Any]]]) -> None:
    _, found = answered(name)
    assert found["recommended"] is None
    assert found["reason"].startswith("No model is recommended: ")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("one customer", "learning-too-few-buyers"),
        ("identical customers", None),
        ("one huge buyer", "learning-too-few-buyers"),
    ],
)
def test_what_cannot_be_learnt_from_is_said_beside_the_others(name: str, slug: str | None, tmp_path: Path) -> None:
    """Of identical customers one thing is learnt, which all get."""
    pytest.importorskip("sklearn")
    code, found = answer(write(BASES[name], tmp_path / "orders.csv"), "--models", "nbd,learned_value")
    (learnt,) = found["beside"]
    assert (code, learnt["problem"] and learnt["problem"]["slug"]) == (0, slug)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("one customer", "history-of-one-customer"),
        ("identical customers", None),
        ("one huge buyer", None),
        ("two days", "season-constant"),
    ],
)
def test_seasons_of_odd_orders_give_a_reason_or_finite_numbers(name: str, slug: str | None, tmp_path: Path) -> None:
    file = write(BASES[name], tmp_path / "orders.csv")
    code, found = answer(file, "--models", "nbd", "--seasons", "quarters", "--horizon", "3m")
    assert (code, found["problems"][0]["slug"] if code else None) == (int(slug is not None), slug)


def test_a_test_longer_than_what_was_fitted_is_said(tmp_path: Path) -> None:
    file = write(spread_out(150), tmp_path / "orders.csv")
    code, found = answer(file, "--calibrate-until", "2025-03-15", "--models", "nbd,mbg_nbd")
    assert code == 0
    assert found["cautions"][0]["en"].startswith("The test (")


COVARIATES = """
measure: constant
title: {en: Constant, zh: 常数}
description: {en: For this test., zh: 测试用。}
unit: count
table: occasions
formula: count(*) * 0 + 7
source: test
---
measure: first_amount
title: {en: First amount, zh: 首单金额}
description: {en: For this test., zh: 测试用。}
unit: money
table: occasions
formula: first_by(amount, ordered_on)
source: test
---
measure: twice_first_amount
title: {en: Twice, zh: 两倍}
description: {en: For this test., zh: 测试用。}
unit: money
formula: 2 * first_amount
source: test
"""
MODEL = """
model: odd
title: {{en: Odd, zh: 异常}}
description: {{en: For this test., zh: 测试用。}}
estimator: {estimator}
inputs: {{x: {x}, t_x: {t_x}, T: {T}}}
{more}
gives:
  odd_12m:
    title: {{en: Odd, zh: 异常}}
    description: {{en: For this test., zh: 测试用。}}
    unit: quantity
    quantity: expected_purchases
    horizon: 12 months
source: test
---
measure: half_purchases
title: {{en: Half, zh: 一半}}
description: {{en: For this test., zh: 测试用。}}
unit: ratio
formula: repeat_purchases / 2
source: test
---
measure: minus_age
title: {{en: Minus, zh: 负}}
description: {{en: For this test., zh: 测试用。}}
unit: weeks
formula: -1 * age_weeks
source: test
---
measure: endless_age
title: {{en: Endless, zh: 无尽}}
description: {{en: For this test., zh: 测试用。}}
unit: weeks
formula: 1e308 * 1000 * age_weeks
source: test
---
measure: million_purchases
title: {{en: Million, zh: 百万}}
description: {{en: For this test., zh: 测试用。}}
unit: count
formula: case when repeat_purchases > 5 then 1000000 else repeat_purchases end
source: test
---
measure: no_age
title: {{en: No age, zh: 无}}
description: {{en: For this test., zh: 测试用。}}
unit: weeks
formula: 0 * age_weeks
source: test
"""


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of 150 customers."""
    file = write(spread_out(150), tmp_path_factory.mktemp("plain") / "orders.csv")
    made, _ = ingest_files([file])
    return made.folder


@pytest.fixture
def book(plain: Path, tmp_path: Path) -> Callable[[str], Path]:
    """A copy of it with some definitions."""

    def made(definitions: str) -> Path:
        folder = Path(shutil.copytree(plain, tmp_path / "shop.book"))
        (folder / "definitions").mkdir(exist_ok=True)
        (folder / "definitions" / "odd.yaml").write_text(definitions, encoding="utf-8")
        return folder

    return made


@pytest.mark.parametrize(
    ("covariates", "slug", "said"),
    [
        ("constant", "covariates-without-model", "The covariate 'constant'"),
        ("first_amount,twice_first_amount", "covariates-without-model", "twice_first_amount"),
        ("customer_region", "segments-unknown", "customer_region"),
        ("region_of_birth", "name-unknown", "region_of_birth"),
        ("last_purchase_on", "covariate-unusable", "'last_purchase_on' is counted in 'date'"),
    ],
)
def test_covariates_that_cannot_act_are_refused(
    book: Callable[[str], Path], covariates: str, slug: str, said: str
) -> None:
    code, found = answer("--book", book(COVARIATES), "--models", "nbd", "--covariates", covariates)
    assert (code, [each["slug"] for each in found["problems"]]) == (1, [slug])
    assert said in found["problems"][0]["what"]["en"]


WRONG_INPUTS: Sequence[tuple[dict[str, str], str]] = [
    ({"x": "half_purchases"}, "history-count-not-whole"),
    ({"t_x": "age_weeks", "T": "recency_weeks"}, "history-last-after-end"),
    ({"T": "minus_age"}, "history-negative"),
    ({"T": "endless_age"}, "history-not-finite"),
    ({"T": "no_age"}, "history-last-after-end"),
]


@pytest.mark.parametrize("estimator", ["mbg_nbd", "pareto_nbd", "seasonal_pareto_nbd"])
@pytest.mark.parametrize(("inputs", "slug"), WRONG_INPUTS)
def test_inputs_that_are_no_histories_are_named(
    book: Callable[[str], Path], estimator: str, inputs: dict[str, str], slug: str
) -> None:
    usual = {"x": "repeat_purchases", "t_x": "recency_weeks", "T": "age_weeks"}
    more = "seasons: [quarters]" if estimator.startswith("seasonal") else ""
    definition = MODEL.format(estimator=estimator, more=more, **{**usual, **inputs})
    with open_book(book(definition)) as opened:
        bench = opened.make(["odd_12m"], as_of=opened.day(None))
        problem = fit_of(bench, opened.catalogue.models["odd"]).problem
        assert problem is not None
        assert problem.slug == slug
        column = opened.column("odd_12m").to_polars()["odd_12m"]
        assert column.null_count() == len(column)


@pytest.mark.parametrize("estimator", ["mbg_nbd", "pareto_nbd", "seasonal_pareto_nbd"])
def test_a_million_purchases_of_one_customer(book: Callable[[str], Path], estimator: str) -> None:
    more = "seasons: [quarters]" if estimator.startswith("seasonal") else ""
    definition = MODEL.format(estimator=estimator, more=more, x="million_purchases", t_x="recency_weeks", T="age_weeks")
    with open_book(book(definition)) as opened:
        bench = opened.make(["odd_12m"], as_of=opened.day(None))
        assert fit_of(bench, opened.catalogue.models["odd"]).problem is None
        assert opened.column("odd_12m").to_polars()["odd_12m"].is_finite().all()
