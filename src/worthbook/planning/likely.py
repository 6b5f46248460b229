"""The probability of each tier, where tiers are cut from an estimate whose spread is known."""

from __future__ import annotations

from pathlib import Path

from worthbook.data import columns
from worthbook.data.engine import Sheet
from worthbook.models.chances import Chances
from worthbook.planning.lay import thresholds_of
from worthbook.planning.resolve import ChanceStep
from worthbook.planning.run import Workbench


def weigh_chances(bench: Workbench, step: ChanceStep) -> None:
    """Make one column of probabilities a cell; the limits are those found in these customers, and are held."""
    framework, spread = step.framework, step.spread
    ((axis, cut),) = framework.axes.items()
    limits = tuple(float(limit) for limit in thresholds_of(bench, framework)[axis])
    predict = Chances(cut.column, spread.sd, spread.zero, limits, spread.shape, step.columns)
    by = list(dict.fromkeys((cut.column, *spread.columns)))

    def make(folder: Path) -> Sheet:
        return columns.spread(bench.engine, bench.sheets_of(by), by, predict, step.columns, folder)

    bench.keep(step.columns, make)
