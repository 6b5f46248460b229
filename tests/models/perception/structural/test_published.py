"""Published tables, reproduced: mobile phones, a bank, influencers, and a population that is known.

The references were made with seminr 2.3.1 (Ray, Danks and Calero Valdez) and plspm 0.4.9 (Sanchez) in R; they stand
beside the data.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.models.perception.structural.published import (
    BANK,
    COMMON_FACTORS,
    INFLUENCER,
    MOBI,
    read_answers,
    read_columns,
    read_table,
)
from worthbook.models.base import FloatArray
from worthbook.models.perception.answers import Answers
from worthbook.models.perception.structural import quality
from worthbook.models.perception.structural.options import Options
from worthbook.models.perception.structural.pls import PLS, PLSFit
from worthbook.models.perception.structural.resampling import bootstrap
from worthbook.models.perception.structural.weighting import Scheme, between

pytestmark = pytest.mark.shared_data

TABLE = 1e-6
"""Agreement with a published table."""
FOUR_DIGITS = 5e-5

MIXED = (
    MOBI.replace("Image        =~", "Image <~")
    .replace("Expectation  =~", "Expectation <~")
    .replace("Quality      =~", "Quality <~")
)
MOBI_FITS = {
    "mobi_A_path": (MOBI, Options()),
    "mobi_A_factorial": (MOBI, Options(scheme="factorial")),
    "mobi_PLSc_path": (MOBI, Options(consistent=True)),
    "mobi_mixedAB_path": (MIXED, Options()),
}


def tables_of(fit: PLSFit) -> dict[str, tuple[tuple[str, ...], tuple[str, ...], FloatArray]]:
    """Rows, columns and values of every table that is published, in the published layout."""
    found, plan = fit.solution, fit.solution.plan
    k = plan.constructs
    reliability = np.stack([quality.alpha(found)[0], quality.rho_c(found)[0], quality.ave(found)[0], found.rho_a[0]], 1)
    htmt = np.where(np.tri(plan.k, k=-1) > 0, quality.htmt(found, absolute=True)[:, :, 0], np.nan)
    composites = between(found.w, found.weighting.cov, plan)[:, :, 0]  # published so for consistent PLS too
    fornell = np.where(np.tri(plan.k, k=-1) > 0, composites, np.nan)
    np.fill_diagonal(fornell, np.sqrt(quality.ave(found)[0]))
    endogenous = tuple(k[j] for j in plan.endogenous)
    return {
        "paths": (k, k, found.B[:, :, 0]),
        "total_effects": (k, k, found.total[:, :, 0]),
        "r2": (("Rsq",), endogenous, found.r2[list(plan.endogenous), 0][None]),
        "weights": (plan.items, k, found.w[0][:, None] * plan.M),
        "loadings": (plan.items, k, found.loadings[0][:, None] * plan.M),
        "reliability": (k, ("alpha", "rhoC", "AVE", "rhoA"), reliability),
        "htmt": (k, k, htmt),
        "fornell_larcker": (k, k, fornell),
        "f2": (k, k, np.nan_to_num(fit.f2_without())),
    }


@pytest.mark.parametrize("name", MOBI_FITS)
def test_mobile_phones(mobi: Answers, shared: Path, name: str) -> None:
    """Tenenhaus, Vinzi, Chatelin and Lauro (2005): modes A and B, two schemes, consistent PLS."""
    model, options = MOBI_FITS[name]
    fit = PLS.of(model, options).fit(mobi)
    compared = 0
    for table, (rows, columns, ours) in tables_of(fit).items():
        file = shared / f"data/mobi_ecsi/reference/{name}_{table}.csv"
        if file.exists():
            np.testing.assert_allclose(ours, read_table(file, rows, columns), rtol=0, atol=TABLE, err_msg=table)
            compared += 1
    assert compared >= 8


def test_iterations_and_index_of_mobile_phones(mobi: Answers) -> None:
    """Six iterations, and the index of satisfaction by unstandardised weights and by equal ones."""
    fit = PLS.of(MOBI).fit(mobi)
    assert fit.facts["iterations"] == 6
    assert fit.hundred is not None
    indices = dict(zip(fit.solution.plan.constructs, fit.hundred.index[0].tolist(), strict=True))
    published = {
        "Image": 73.5280,
        "Expectation": 72.4738,
        "Quality": 74.9766,
        "Value": 62.3468,
        "Satisfaction": 72.4541,
        "Loyalty": 70.9139,
    }
    assert {name: indices[name] for name in published} == pytest.approx(published, abs=FOUR_DIGITS)
    assert fit.hundred.equal[0, 4] == pytest.approx(71.9704, abs=FOUR_DIGITS)


def test_overlap_of_drivers_of_mobile_phones(mobi: Answers) -> None:
    """Variance inflation of the drivers of satisfaction and of loyalty, to 7 digits."""
    found = PLS.of(MOBI).fit(mobi).solution
    inflation = quality.vif(found)[:, :, 0]
    satisfaction, loyalty = (found.plan.constructs.index(name) for name in ("Satisfaction", "Loyalty"))
    assert inflation[:4, satisfaction] == pytest.approx([2.3723501, 1.4886730, 2.8417531, 1.5513743], abs=1e-6)
    assert inflation[[0, 4, 5], loyalty] == pytest.approx([1.9866142, 2.1325187, 1.4324115], abs=1e-6)


def test_bootstrap_of_mobile_phones(mobi: Answers, shared: Path) -> None:
    """5 000 resamples of seminr: standard deviations within 5 %, or as far as three printed digits go."""
    draws = bootstrap(PLS.of(MOBI).sample(mobi), 5000, 123, ("path", "loading", "weight"))
    lines = (shared / "data/mobi_ecsi/reference/mobi_A_path_boot5000.txt").read_text().splitlines()
    published: dict[str, list[tuple[float, ...]]] = {}
    for line in lines[1:]:
        words = line.split()
        if "->" in words and words[0] != "CUSCO":  # a single item does not scatter
            published.setdefault(" ".join(words[:3]), []).append(tuple(map(float, words[3:])))
    ours = {row.symbol: row for row in draws.estimates("path")}
    for label, row in ours.items():
        estimate, _, deviation, _, low, high = published[label][0]
        assert row.estimate == pytest.approx(estimate, abs=6e-4)
        assert row.standard_error == pytest.approx(deviation, rel=0.05, abs=5e-4)
        assert row.low == pytest.approx(low, abs=0.012)
        assert row.high == pytest.approx(high, abs=0.012)
    for row in draws.estimates("loading"):
        construct, item = row.symbol.split(": ")
        if construct != "Complaints":
            deviation = published[f"{item} -> {construct}"][0][2]
            assert row.standard_error == pytest.approx(deviation, rel=0.05, abs=1e-3)


def test_bank(bank: Answers, shared: Path) -> None:
    """Plspm with a tight stop: paths to 1e-9; reliability and R² to 1e-6."""
    fit = PLS.of(BANK, Options(tolerance=1e-12)).fit(bank)
    found, names = fit.solution, fit.solution.plan.constructs
    folder = shared / "data/bank_satisfaction/reference"
    tight = read_table(folder / "satisfaction_path_scaledTRUE_tol1e-14_paths.csv", names, names)
    np.testing.assert_allclose(found.B[:, :, 0].T, tight, rtol=0, atol=1e-9)
    published = read_table(folder / "satisfaction_path_scaledTRUE_unidim.csv", names, ("C.alpha",))
    np.testing.assert_allclose(quality.alpha(found)[0], published[:, 0], rtol=0, atol=TABLE)
    summary = read_table(folder / "satisfaction_path_scaledTRUE_inner_summary.csv", names, ("R2", "AVE"))
    np.testing.assert_allclose(found.r2[:, 0], summary[:, 0], rtol=0, atol=TABLE)
    np.testing.assert_allclose(quality.ave(found)[0], summary[:, 1], rtol=0, atol=TABLE)


@pytest.mark.parametrize("scheme", ["centroid", "factorial"])
def test_bank_by_other_schemes(bank: Answers, shared: Path, scheme: Scheme) -> None:
    """Plspm's own stop is 2.5e-7 from the fixed point."""
    found = PLS.of(BANK, Options(scheme=scheme)).fit(bank).solution
    names = found.plan.constructs
    file = shared / f"data/bank_satisfaction/reference/satisfaction_{scheme}_scaledTRUE_paths.csv"
    np.testing.assert_allclose(found.B[:, :, 0].T, read_table(file, names, names), rtol=0, atol=TABLE)


def test_influencers(shared: Path) -> None:
    """Hair et al. (2021): a formative construct of seven items, and willingness to pay."""
    answers = read_answers(shared / "data/influencer_wtp/influencer.csv")
    fit = PLS.of(INFLUENCER).fit(answers)
    compared = 0
    for table, (rows, columns, ours) in tables_of(fit).items():
        file = shared / f"data/influencer_wtp/reference/influencer_{table}.csv"
        if file.exists():
            np.testing.assert_allclose(ours, read_table(file, rows, columns), rtol=0, atol=TABLE, err_msg=table)
            compared += 1
    assert compared == 8
    assert any("sic_1" in text.en for text in fit.cautions)  # three weights are below zero, and said to be


def test_common_factors(shared: Path) -> None:
    """A population with paths 0.6, 0.4 and 0.35: consistent PLS finds it, plain PLS is attenuated as published."""
    answers = read_answers(shared / "data/threecommonfactors/threecommonfactors.csv")
    consistent = [row.estimate for row in PLS.of(COMMON_FACTORS, Options(consistent=True)).fit(answers).summary]
    plain = [row.estimate for row in PLS.of(COMMON_FACTORS).fit(answers).summary]
    assert consistent == pytest.approx([0.671333, 0.458507, 0.305151], abs=TABLE)
    assert plain == pytest.approx([0.504606, 0.358856, 0.297268], abs=TABLE)


def test_brand_equity(shared: Path) -> None:
    """Yoo, Donthu and Lee (2000): 34 items of 569 people; consistent PLS is proper, and explains more than plain."""
    names, _ = read_columns(shared / "data/brand_equity_yoo2000/yoo2000.csv")
    codes = ("PR", "IM", "DI", "AD", "DL", "QL", "LO", "AA", "OBE")
    blocks = {code: [name for name in names if name.startswith(code)] for code in codes}
    text = "\n".join(f"{code} =~ {' + '.join(items)}" for code, items in blocks.items())
    text += "\nQL ~ PR + IM + DI + AD + DL\nLO ~ IM + DI + AD + DL\nAA ~ IM + DI + AD + DL\nOBE ~ QL + LO + AA"
    answers = read_answers(shared / "data/brand_equity_yoo2000/yoo2000.csv")
    plain, consistent = (PLS.of(text, Options(consistent=flag)).fit(answers) for flag in (False, True))
    assert consistent.facts["proper"]
    equity = plain.solution.plan.constructs.index("OBE")
    assert consistent.solution.r2[equity, 0] > plain.solution.r2[equity, 0] > 0.3
