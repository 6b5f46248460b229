"""Carry out a plan: every column once, and none that a kept sheet already holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from worthbook.data.engine import Engine, Snapshot
from worthbook.planning.index import Catalogue
from worthbook.planning.remember import remember
from worthbook.planning.resolve import (
    ChanceStep,
    FormulaStep,
    FrameworkStep,
    MeasureStep,
    MemoryStep,
    ModelStep,
    Plan,
    Step,
    missing,
    resolve,
)
from worthbook.planning.run import Workbench, make_formulas, make_measures
from worthbook.planning.store import Store


def make(engine: Engine, catalogue: Catalogue, snapshot: Snapshot, store: Store, plan: Plan) -> Workbench:
    """Make the plan's columns, in its order, and say where they lie."""

    def another_day(known: Catalogue, names: Iterable[str], day: dt.date) -> Workbench:
        return make(engine, known, snapshot, store, resolve(known, snapshot, names, day))

    bench = Workbench(engine, catalogue, snapshot, store, plan, another_day)
    wanted = {name: plan.provenance[name].id for step in plan.steps for name in step.columns}
    bench.sheets.update(store.find_sheets(wanted))
    waiting: list[FrameworkStep] = []
    for step in missing(plan.steps, bench.sheets, plan.needs):
        if isinstance(step, FrameworkStep) and not _reads(plan, step, waiting):
            waiting.append(step)
            continue
        if isinstance(step, MemoryStep | ChanceStep) or _reads(plan, step, waiting):
            _lay(bench, waiting)
        _make(bench, step, waiting)
    _lay(bench, waiting)
    return bench


def _reads(plan: Plan, step: Step, waiting: Sequence[FrameworkStep]) -> bool:
    """Whether a step needs a column of frameworks that are still to be laid."""
    needed = {name for column in step.columns for name in plan.needs.get(plan.maker[column], ())}
    return any(needed & set(each.columns) for each in waiting)


def _make(bench: Workbench, step: Step, waiting: list[FrameworkStep]) -> None:
    match step:
        case MeasureStep():
            make_measures(bench, step)
        case FormulaStep():
            make_formulas(bench, step)
        case ModelStep(model=model):
            # Models and weights are slow to load, and where all columns are kept nothing is estimated or laid.
            from worthbook.planning.estimate import estimate  # noqa: PLC0415

            estimate(bench, model)
        case FrameworkStep():
            waiting.append(step)
        case MemoryStep():
            remember(bench, step)
        case ChanceStep():
            from worthbook.planning.likely import weigh_chances  # noqa: PLC0415

            weigh_chances(bench, step)


def _lay(bench: Workbench, waiting: list[FrameworkStep]) -> None:
    """Frameworks are laid together, so that the customers are read once for all of them."""
    if waiting:
        from worthbook.planning.lay import lay  # noqa: PLC0415

        lay(bench, [step.framework for step in waiting])
        waiting.clear()
