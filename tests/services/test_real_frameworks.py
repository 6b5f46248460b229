"""Every framework that the data allow, on two real customer bases, beside numbers worked out from the raw files.

The Complete Journey 2.0 (84.51°): 2 469 frequent shoppers of a grocer in 2017. Madrigal (Fader, Hardie and Ross, The
Customer-Base Audit, 2022): 70 041 customers by quarter, 2016 to 2019, with profit; its totals are those of the data's
README.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from worthbook.kernel.evaluation import Evaluation
from worthbook.planning.store import KeptRun
from worthbook.services.evaluate import evaluate
from worthbook.services.ingest_files import ingest_files
from worthbook.services.open_book import open_book

pytestmark = pytest.mark.shared_data

QUARTERS = """COPY (
    SELECT 'M' || customer_id AS customer_id, customer_id || '-' || quarter AS order_id,
        make_date(left(quarter, 4)::INT, 3 * right(quarter, 1)::INT - 1, 15) AS ordered_on,
        transactions AS quantity, spend AS amount, spend - profit AS cost
    FROM read_parquet('{file}')) TO '{to}' (HEADER)"""
"""A quarter of a customer as one order in its middle: what the data keep of time."""


@dataclass(frozen=True)
class Real:
    """An evaluation and the file it was made from."""

    run: KeptRun
    file: Path

    @property
    def evaluation(self) -> Evaluation:
        return self.run.evaluation

    def cell(self, framework: str, key: str) -> tuple[int, float | None]:
        """Customers and share of value of a group."""
        found = next(each for each in self.evaluation.frameworks if each.name == framework)
        return next((cell.customers, cell.value_share) for cell in found.cells if cell.key == key)

    def asked(self, query: str) -> object:
        """One number from the raw file."""
        row = duckdb.execute(query, [str(self.file)]).fetchone()
        assert row is not None
        return row[0]

    def both(self, first: str, second: str) -> list[tuple[object, object, int]]:
        """How many customers are in each pair of groups of two frameworks."""
        columns = dict.fromkeys((first, second))
        parts = [list(self.run.sheet_of(name).parts) for name in columns]
        query = f"SELECT a.{first}, b.{second}, count(*)::INT FROM read_parquet(?) a JOIN read_parquet(?) b "
        return duckdb.execute(f"{query} USING (customer_id) GROUP BY 1, 2", parts).fetchall()


@pytest.fixture(scope="module")
def grocer(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Real:
    folder = shared / "data" / "completejourney"
    file = folder / "transactions.parquet"
    home = tmp_path_factory.mktemp("grocer") / "grocer.book"
    ingest_files([folder / "products.parquet", file], home, currency="USD")
    with open_book(home) as opened:
        return Real(evaluate(opened, report="frameworks"), file)


@pytest.fixture(scope="module")
def madrigal(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Real:
    file = shared / "data" / "madrigal" / "madrigal_customer_quarter.parquet"
    quarters = tmp_path_factory.mktemp("madrigal") / "quarters.csv"
    duckdb.execute(QUARTERS.format(file=file, to=quarters))
    book, _ = ingest_files([quarters], currency="USD")
    with open_book(book.folder) as opened:
        return Real(evaluate(opened, as_of="2019-12-31", report="frameworks"), file)


def waits_for(real: Real) -> set[str]:
    return {need.en for each in real.evaluation.waiting for need in each.needs}


# --- the grocer ---


def test_the_grocers_pyramid_is_cut_from_all_households(grocer: Real) -> None:
    """1, 5 and 20 per cent of 2 469, to the nearest household."""
    counts = [grocer.cell("customer_pyramid", key)[0] for key in ("vip", "major", "ordinary", "small")]
    assert counts == [25, 98, 371, 1975]


def test_class_a_of_the_grocer_is_as_the_raw_file_says(grocer: Real) -> None:
    """The fewest households that together bring 80 % of what was sold, within one."""
    query = """
        SELECT count(*) FROM (SELECT sum(s) OVER (ORDER BY s DESC) - s / 2 < 0.8 * sum(s) OVER () AS inside
            FROM (SELECT sum(sales_value) AS s FROM read_parquet(?) GROUP BY household_id)) WHERE inside"""
    assert grocer.cell("abc_classes", "a")[0] == pytest.approx(grocer.asked(query), abs=1)


def test_golden_households_and_those_at_risk_are_the_top_fifth(grocer: Real) -> None:
    assert grocer.cell("value_loyalty", "golden")[0] + grocer.cell("value_loyalty", "at_risk")[0] == 494


def test_nobody_who_shopped_in_the_last_week_is_slipping_away_from_the_grocer(grocer: Real) -> None:
    """Panel households: nearly all shop to the end of the year, so that far the most are active."""
    active, share = grocer.cell("activity", "active")
    query = "SELECT count(DISTINCT household_id) FROM read_parquet(?) WHERE transaction_timestamp >= '2017-12-25'"
    assert active >= int(str(grocer.asked(query)))
    assert share is not None
    assert share > 0.8


def test_no_golden_household_has_lapsed(grocer: Real) -> None:
    lapsed = sum(count for value, activity, count in grocer.both("value_loyalty", "activity")
                 if value == "golden" and activity in {"lapsed", "lapsed_once"})  # fmt: skip
    assert lapsed <= grocer.cell("value_loyalty", "golden")[0] * 0.01


def test_little_is_at_stake_where_households_shop_every_week(grocer: Real) -> None:
    study = grocer.evaluation.study("what_to_do")
    assert study is not None
    assert float(str(study.facts["at_stake_share"])) < 0.1


def test_the_grocer_lacks_answers_accounts_and_costs(grocer: Real) -> None:
    assert {"Answers", "Customers", "Invoices"} <= waits_for(grocer)
    assert "Transactions" not in waits_for(grocer)


# --- Madrigal ---


def test_the_totals_of_madrigal_are_the_published_ones(madrigal: Real) -> None:
    facts = madrigal.evaluation.facts
    found = [str(facts[name]) for name in ("revenue_12m__sum", "revenue_lifetime__sum", "gross_margin_lifetime__sum")]
    assert found == ["5836712.3600", "18401720.8500", "8914386.1200"]


def test_a_fifth_of_madrigals_customers_bring_four_fifths(madrigal: Real) -> None:
    customers, share = madrigal.cell("customer_pyramid_two", "core")
    assert customers == pytest.approx(0.2 * 70_041, abs=20)
    assert share == pytest.approx(0.8, abs=0.01)


def test_lead_are_those_who_brought_nothing_in_the_year(madrigal: Real) -> None:
    """31 855 were active in 2019; two of them with nothing spent."""
    query = """SELECT count(DISTINCT customer_id) FROM read_parquet(?) WHERE quarter LIKE '2019%' AND spend > 0"""
    assert madrigal.cell("customer_pyramid_four", "lead")[0] == 70_041 - int(str(madrigal.asked(query)))


def test_new_customers_of_madrigal_are_of_the_cohorts_of_2019(madrigal: Real) -> None:
    query = "SELECT count(DISTINCT customer_id) FROM read_parquet(?) WHERE cohort LIKE 'y2019%'"
    assert madrigal.cell("activity", "new")[0] <= int(str(madrigal.asked(query)))


def test_who_brought_nothing_in_the_year_is_worth_nothing_in_any_group(madrigal: Real) -> None:
    for framework, key in (("activity", "lapsed"), ("rfm", "lost"), ("lifecycle_stage", "early_death")):
        assert madrigal.cell(framework, key)[1] == pytest.approx(0, abs=1e-6)


def test_more_is_at_stake_where_most_customers_buy_once(madrigal: Real) -> None:
    study = madrigal.evaluation.study("what_to_do")
    assert study is not None
    assert 0.3 < float(str(study.facts["at_stake_share"])) < 0.7


@pytest.mark.parametrize("name", ["grocer", "madrigal"])
def test_every_framework_is_shown_or_says_what_it_waits_for(name: str, request: pytest.FixtureRequest) -> None:
    real: Real = request.getfixturevalue(name)
    assert all(each.needs for each in real.evaluation.waiting)
    assert len(real.evaluation.frameworks) >= 13
