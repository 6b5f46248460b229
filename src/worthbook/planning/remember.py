"""What a framework remembers, worked out from the book: it is laid at every review before the date, and folded forward.

Each review is made as any evaluation of its day is, from what was so up to that day; what is kept of an earlier one is
found again, and nothing depends on whether it was.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Sequence
from pathlib import Path

from worthbook.data import columns
from worthbook.data.engine import Sheet
from worthbook.definitions.framework import FrameworkDefinition
from worthbook.definitions.stability import Stability
from worthbook.kernel.units import Unit
from worthbook.planning.resolve import MemoryStep
from worthbook.planning.run import Workbench
from worthbook.scoring import memory
from worthbook.scoring.bands import Formulas
from worthbook.scoring.framework import chosen_formula


def remember(bench: Workbench, step: MemoryStep) -> None:
    """Make the columns that depend on where customers stood before."""
    framework, day = step.framework, bench.plan.as_of
    made = [framework.computed, framework.kept_to]
    with tempfile.TemporaryDirectory(prefix="worthbook-") as desk:
        benches = [*(bench.on(made, each) for each in step.days), bench]
        *before, now = [_review(each, framework, number, Path(desk)) for number, each in enumerate(benches)]
        chosen = [] if framework.by_hand is None else [framework.by_hand]
        sheets = (now, *before, *bench.sheets_of(chosen))  # the first says who the customers are

        def make(folder: Path) -> Sheet:
            formulas = _formulas(framework, step.stability, (*step.days, day))
            settings = bench.snapshot.settings
            return columns.derive(bench.engine, sheets, formulas, day, settings, folder, give=step.columns)

        bench.keep(step.columns, make)


def _formulas(framework: FrameworkDefinition, stability: Stability, days: Sequence[dt.date]) -> Formulas:
    """What is remembered and, where people chose, that before it."""
    kept = memory.memory_formulas(framework, stability, days)
    if framework.by_hand is None:
        return kept
    return {**kept, framework.name: (chosen_formula(framework, framework.held), Unit.LABEL)}


def _review(bench: Workbench, framework: FrameworkDefinition, number: int, desk: Path) -> Sheet:
    """The two cells of one review, under names of their own."""
    folder = desk / str(number)
    folder.mkdir()
    sheets = bench.sheets_of([framework.computed, framework.kept_to])
    formulas = memory.review_formulas(framework, number)
    return columns.derive(bench.engine, sheets, formulas, bench.plan.as_of, bench.snapshot.settings, folder)
