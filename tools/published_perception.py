"""Ours beside the published numbers of perception: structural models and drivers on the data their papers report on.

The data sets lie in a folder `shared` beside the repository and are not part of it; where they are absent the page
stays as it was committed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tests.models.perception.drivers.textbook import CARS, SWISS
from tests.models.perception.structural.published import (
    BANK,
    COMMON_FACTORS,
    INFLUENCER,
    MOBI,
    read_answers,
    read_columns,
    read_table,
)
from tools.checks import ROOT
from tools.comparison import Case, Row
from tools.published import line
from tools.reference import NOTE
from worthbook.models.base import FloatArray
from worthbook.models.perception.drivers.games import Game
from worthbook.models.perception.drivers.linear import Linear
from worthbook.models.perception.drivers.subsets import lmg
from worthbook.models.perception.moments import Products
from worthbook.models.perception.structural import quality
from worthbook.models.perception.structural.options import Options
from worthbook.models.perception.structural.pls import PLS, PLSFit
from worthbook.models.perception.structural.resampling import bootstrap

PAGE = ROOT / "docs" / "perception" / "published.md"
SHARED = ROOT.parent / "shared" / "data"
TABLE = 1e-6
"""Agreement with a published table."""

MIXED = MOBI.replace("Image        =~", "Image <~").replace("Expectation  =~", "Expectation <~")
MIXED = MIXED.replace("Quality      =~", "Quality <~")
FITS = {
    "mobi_A_path": ("PLS, mode A", MOBI, Options()),
    "mobi_A_factorial": ("PLS, mode A, factorial", MOBI, Options(scheme="factorial")),
    "mobi_mixedAB_path": ("PLS, modes A and B", MIXED, Options()),
    "mobi_PLSc_path": ("consistent PLS", MOBI, Options(consistent=True)),
}
INDICES = {"Image": 73.5280, "Expectation": 72.4738, "Quality": 74.9766, "Value": 62.3468, "Satisfaction": 72.4541}


def rows(shared: Path = SHARED) -> Iterator[Row]:
    """All comparisons."""
    yield from _mobile_phones(shared / "mobi_ecsi")
    yield from _bank(shared / "bank_satisfaction")
    yield from _influencers(shared / "influencer_wtp")
    yield from _common_factors(shared / "threecommonfactors")
    yield from _shares(shared)
    yield from _dissatisfiers(shared / "satisfaction_drivers")


def page(shared: Path = SHARED) -> str:
    """The comparisons as a page."""
    lines = [
        "# Perception: Worthbook against the published tables",
        "",
        "Structural models beside seminr 2.3.1 and plspm 0.4.9 in R, drivers beside relaimpo, rwa and the papers.",
        "Where a row stands for a whole table it shows the entry that differs most. Differences are relative; those",
        "marked *abs.* are absolute. The tests run the same comparisons and fail where one is larger than it may be.",
        "",
        "| model | data | number | ours | published | difference | allowed |",
        "| --- | --- | --- | ---: | ---: | ---: | ---: |",
    ]
    return "\n".join([*lines, *(line(row) for row in rows(shared))])


def worst(case: Case, name: str, ours: FloatArray, published: FloatArray, tolerance: float = TABLE) -> Row:
    """The entry of a table that differs most, of those that were published."""
    known = np.isfinite(published) & (published != 0)
    ours, published = ours[known], published[known]
    place = int(np.abs(ours - published).argmax())
    quantity = f"{name}, worst of {len(ours)}"
    return case.row(quantity, float(ours[place]), float(published[place]), tolerance, absolute=True)


def _mobile_phones(folder: Path) -> Iterator[Row]:
    answers = read_answers(folder / "mobi.csv", (1, 10))
    for prefix, (model, text, options) in FITS.items():
        case, fit = Case(model, "mobile phones (ECSI)"), PLS.of(text, options).fit(answers)
        yield from _tables(case, fit, folder / "reference" / prefix)
    fit, case = PLS.of(MOBI).fit(answers), Case("index 0-100", "mobile phones (ECSI)")
    if fit.hundred is not None:
        for name, index, equal in zip(
            fit.solution.plan.constructs, fit.hundred.index[0], fit.hundred.equal[0], strict=True
        ):
            if name in INDICES:
                yield case.row(name, float(index), INDICES[name], 5e-5, absolute=True)
            if name == "Satisfaction":
                yield case.row("Satisfaction, equal weights", float(equal), 71.9704, 5e-5, absolute=True)
    draws = bootstrap(PLS.of(MOBI).sample(answers), 5000, 123, ("path",))
    case = Case("bootstrap, 5,000", "mobile phones (ECSI)")
    published = {"Image -> Expectation": 0.057, "Quality -> Value": 0.084, "Satisfaction -> Loyalty": 0.083}
    for row in draws.estimates("path"):
        if row.symbol in published and row.standard_error is not None:
            yield case.row(f"SD of {row.symbol}", row.standard_error, published[row.symbol], 0.05)


def _tables(case: Case, fit: PLSFit, prefix: Path) -> Iterator[Row]:
    found, k, items = fit.solution, fit.solution.plan.constructs, fit.solution.plan.items
    reliability = np.stack([quality.alpha(found)[0], quality.rho_c(found)[0], quality.ave(found)[0], found.rho_a[0]], 1)
    htmt = quality.htmt(found, absolute=True)[:, :, 0]
    tables: dict[str, tuple[tuple[str, ...], tuple[str, ...], FloatArray]] = {
        "paths": (k, k, found.B[:, :, 0]),
        "total_effects": (k, k, found.total[:, :, 0]),
        "r2": (("Rsq",), k, found.r2[:, 0][None]),
        "weights": (items, k, found.w[0][:, None] * found.plan.M),
        "loadings": (items, k, found.loadings[0][:, None] * found.plan.M),
        "reliability": (k, ("alpha", "rhoC", "AVE", "rhoA"), reliability),
        "htmt": (k, k, htmt),
        "f2": (k, k, fit.f2_without()),
    }
    for name, (labels, columns, ours) in tables.items():
        file = prefix.parent / f"{prefix.name}_{name}.csv"
        if file.exists():
            yield worst(case, name.replace("_", " "), ours, read_table(file, labels, columns))


def _bank(folder: Path) -> Iterator[Row]:
    answers = read_answers(folder / "satisfaction.csv", (0, 10))
    found = PLS.of(BANK, Options(tolerance=1e-12)).fit(answers).solution
    names = found.plan.constructs
    case, prefix = Case("PLS, mode A", "bank"), folder / "reference" / "satisfaction_path_scaledTRUE"
    tight = read_table(Path(f"{prefix}_tol1e-14_paths.csv"), names, names)
    yield worst(case, "paths", found.B[:, :, 0].T, tight, 1e-9)
    summary = read_table(Path(f"{prefix}_inner_summary.csv"), names, ("R2", "AVE"))
    yield worst(case, "R²", found.r2[:, 0], summary[:, 0])
    yield worst(case, "AVE", quality.ave(found)[0], summary[:, 1])


def _influencers(folder: Path) -> Iterator[Row]:
    fit = PLS.of(INFLUENCER).fit(read_answers(folder / "influencer.csv"))
    yield from _tables(Case("PLS, modes A and B", "influencers"), fit, folder / "reference" / "influencer")


def _common_factors(folder: Path) -> Iterator[Row]:
    answers = read_answers(folder / "threecommonfactors.csv")
    published = {True: (0.671333, 0.458507, 0.305151), False: (0.504606, 0.358856, 0.297268)}
    for consistent, numbers in published.items():
        fit = PLS.of(COMMON_FACTORS, Options(consistent=consistent)).fit(answers)
        case = Case("consistent PLS" if consistent else "PLS, mode A", "three common factors")
        for row, number in zip(fit.summary, numbers, strict=True):
            yield case.row(row.symbol, row.estimate, number, TABLE, absolute=True)


def _shares(shared: Path) -> Iterator[Row]:
    examples = json.loads((shared / "worked_examples" / "examples.json").read_text(encoding="utf-8"))
    swiss, published = _regression(SWISS), examples["lmg_swiss"]
    for name, ours, number in zip(published["lmg"], lmg(swiss.moments.S)[0], published["lmg"].values(), strict=True):
        yield Case("LMG", "Swiss fertility").row(name, float(ours), number, 1e-8, absolute=True)
    yield worst(Case("Johnson", "Swiss fertility"), "weights", swiss.johnson[0], np.array(published["johnson"]), 1e-8)
    cars, published = _regression(CARS), examples["relative_weights_mtcars"]
    yield worst(Case("Johnson", "cars"), "weights", cars.johnson[0], np.array(published["raw"]), 5e-8)
    raw = read_answers(shared / "service_quality_durables" / "sq.csv").values
    cuts = {
        "Tangibles": (0, 4),
        "Reliability": (4, 9),
        "Responsiveness": (9, 13),
        "Assurance": (13, 17),
        "Empathy": (17, 22),
    }
    durables = _regression(np.column_stack([raw[:, 22], *(raw[:, one:end].mean(axis=1) for one, end in cuts.values())]))
    numbers = (0.11805341, 0.15780087, 0.17100768, 0.14238036, 0.18022973)
    for name, ours, number in zip(cuts, lmg(durables.moments.S)[0], numbers, strict=True):
        yield Case("LMG", "service of durables").row(name, float(ours), number, 1e-8, absolute=True)


def _dissatisfiers(folder: Path) -> Iterator[Row]:
    _, columns = read_columns(folder / "attributes_weighted.csv")
    table = np.array([[float(cell or "nan") for cell in column] for column in columns.values()]).T
    game = Game(table[:, 1:21] <= 6, table[:, 0] <= 6, table[:, 21])  # noqa: PLR2004 - as published
    case = Case("key dissatisfiers", "20 attributes, weighted")
    published = (11.84, 9.03, 8.57, 2.72, 2.70)
    for place, number in zip(game.order[: len(published)], published, strict=True):
        yield case.row(f"Attribute {place:02d}", 100 * float(game.values[place]), number, 5e-3, absolute=True)
    yield case.row("sum", 100 * float(game.values.sum()), 49.84816370, 5e-9, absolute=True)


def _regression(values: FloatArray) -> Linear:
    last = np.roll(values, -1, axis=1)
    return Linear(Products(last, np.ones(len(last))).moments(np.ones((1, len(last)))))


def main() -> int:
    """Write the page where the data sets are; elsewhere leave it as it is."""
    if not SHARED.is_dir():
        print(f"{PAGE.relative_to(ROOT)} stays as it is: the published data sets are absent")
        return 0
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(NOTE + page() + "\n", encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
