"""Writes the pages about coverage and speed from the results that `python -m benchmarks` and its parts have kept."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tools.checks import ROOT
from tools.reference import NOTE

FOLDER = ROOT / "docs" / "models"
GOOD = (0.93, 0.97)
"""Within these a share of 95 % intervals is as it should be."""

COVERAGE = """# Do 95 % intervals cover?

Customers were simulated from known parameters and each model was fitted to what they did up to a date; the table says
in how many of its 95 % intervals the truth lay. Behind each share stands the 95 % interval of the share itself, which
shrinks with the number of runs.

- **Parameters**: of the intervals of all parameters. One that the fit calls undetermined has no interval and is not
  counted.
- **Customers**: models of purchases and of spend foretell what a single customer will do, and what it then did must lie
  between the 2.5 and 97.5 % points (randomised where several outcomes are equal: Czado, Gneiting and Held 2009,
  Biometrics 65(4), 1254–1261). Of BG/BB, renewals and covariates it is the interval of what is expected of a customer,
  which must hold the true expectation.
- **Totals**: of what all customers together did over the time to come (26 weeks, 5 occasions or 8 renewals); with
  pooling, of each segment.

*Laplace* is the normal approximation on logarithms that every fit has; *posterior* are weighted draws, from which
`worthbook lifetime` foretells; for renewals (BdW, sBG) parameters are by the first, customers and totals by the second
in any case. Bold shares lie outside 93 to 97 % by more than the chance of these runs explains.

| model | intervals | customers | runs | parameters | customers | totals |
| --- | --- | ---: | ---: | ---: | ---: | ---: |
"""

SPEED = """# How fast

Medians of several rounds, beside another program in the same rounds where there is one. Ratios move less from machine
to machine than seconds do. Fits, posteriors and predictions are seconds of one core. `make bench` and
`python -m benchmarks.purchase_models` measure again; with `--keep` they keep what this page is written from.

Measured on {machine}, which had other work to do meanwhile.

| what | Worthbook | beside | ratio | promised |
| --- | ---: | ---: | ---: | ---: |
"""


QUANTILES = """
## The posterior beside NUTS

Pareto/NBD on CDNOW, the same priors (r, s ~ Weibull(2, 1), alpha, beta ~ Weibull(2, 10)): quantiles of 4,000 weighted
draws, of 32,000, and of NUTS (pymc-marketing, 4 chains of 1,000). *Chance* is the standard error that 4,000 independent
draws would have; the draws of a chain are not independent, so NUTS moves by more. The long run is within {largest} of
NUTS in all {count}; what 4,000 draws differ by beyond that is chance, of either.

| | quantile | 4,000 draws | 32,000 draws | NUTS | 32,000 draws to NUTS | chance |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
"""


def coverage_page(rows: list[Mapping[str, Any]]) -> str:
    """The table of coverage."""
    return COVERAGE + "\n".join(_coverage_lines(rows)) + "\n"


def _coverage_lines(rows: list[Mapping[str, Any]]) -> Iterator[str]:
    for row in rows:
        shares = " | ".join(_share(row[each]) for each in ("parameters", "of_customers", "totals"))
        yield f"| {row['model']} | {row['method']} | {row['customers']:,} | {row['runs']:,} | {shares} |"


def _share(found: list[float]) -> str:
    share, low, high = (f"{100 * each:.1f}" for each in found)
    outside = found[2] < GOOD[0] or found[1] > GOOD[1]
    shown = f"**{share} %**" if outside else f"{share} %"
    return f"{shown} ({low}–{high})"


def speed_page(kept: Mapping[str, Any]) -> str:
    """The table of speeds."""
    lines = (_speed_line(figure) for figure in kept["figures"])
    return SPEED.format(machine=kept["machine"]) + "\n".join(lines) + "\n" + _quantiles(kept.get("quantiles", []))


def _quantiles(rows: list[Mapping[str, Any]]) -> str:
    """The table of quantiles beside those of NUTS; nothing where none were kept."""
    if not rows:
        return ""
    largest = max(abs(row["many"] / row["nuts"] - 1) for row in rows)
    lines = (
        f"| {row['symbol']} | {100 * row['level']:g} % | {row['ours']:.4g} | {row['many']:.4g} | {row['nuts']:.4g} "
        f"| {100 * (row['many'] / row['nuts'] - 1):+.1f} % | {100 * row['error'] / row['many']:.1f} % |"
        for row in rows
    )
    return QUANTILES.format(largest=f"{100 * largest:.1f} %", count=len(rows)) + "\n".join(lines) + "\n"


def _speed_line(figure: Mapping[str, Any]) -> str:
    ours, unit, bar = figure["ours"], figure["unit"], figure["bar"]
    if figure["theirs"] is None:
        return f"| {figure['name']} | {ours:.3g} {unit} | | | {bar:g} {unit} |"
    theirs = f"{figure['other']} {figure['theirs']:.3g} {unit}"
    return f"| {figure['name']} | {ours:.3g} {unit} | {theirs} | {_ratio(ours / figure['theirs'])} | {_ratio(bar)} |"


def _ratio(ratio: float) -> str:
    return f"{1 / ratio:,.0f} × faster" if ratio < 1 else f"{ratio:.2g} ×"


PAGES: Mapping[str, Callable[[Any], str]] = {"coverage": coverage_page, "speed": speed_page}


def main(folder: Path = FOLDER) -> int:
    """Write the pages."""
    for name, page in PAGES.items():
        kept = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        (folder / f"{name}.md").write_text(NOTE + page(kept), encoding="utf-8")
    print(f"{len(PAGES)} pages about measurements written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
