"""What a model that learns is given: customers as they were some time ago, and what they have done since."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from worthbook.data import columns
from worthbook.definitions.model import ModelDefinition
from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.kernel.period import Window
from worthbook.models.base import FloatArray
from worthbook.models.learning.measured import Measured
from worthbook.planning.described import coded, decoded
from worthbook.planning.outlook import sample_parts
from worthbook.planning.run import Workbench

LEARN_CUSTOMERS = 100_000
"""Trees are grown on about so many customers at most: whole customer buckets, which are random samples."""

HISTORY_SHORT = Fault(
    "learning-history-short",
    what=Text(
        en="Nobody had bought by {then}, {window} before {as_of}, so there is nothing to learn from.",
        zh="截至 {then}（{as_of} 之前{window}）尚无客户购买，没有可供学习的历史。",
    ),
    hint=Text(
        en="A longer history is needed, or a shorter window in the model's definition.",
        zh="需要更长的历史，或在模型定义中缩短 window。",
    ),
)


def learnt_from(bench: Workbench, model: ModelDefinition, window: Window) -> Measured:
    """The customers of a window ago by their covariates as they were then, and what came of them up to the date.

    Customers whose outcome is unknown are left out. Who gave back more than was bought has an outcome of nothing.

    Args:
        bench: with the outcome made.
        model: what is read.
        window: how long ago; no row after the date is read, and of covariates none after that day.

    Raises:
        WorthbookError: `learning-history-short`, `covariate-too-many-words`.
    """
    (outcome,) = model.inputs.values()
    day = window.span(bench.plan.as_of)[0]
    then = bench.on(model.covariates, day)
    later = bench.sheets[outcome]
    there = columns.count(bench.engine, then.sheets[model.covariates[0]])
    parts = sample_parts(len(later.parts), max(there, 1), LEARN_CUSTOMERS)
    with coded(then, model.covariates, unknown_too=model.covariates) as given:
        groups = columns.grouped(bench.engine, (*given.sheets, later), [*given.by, outcome], parts=parts)
    if not len(groups["customers"]):
        raise HISTORY_SHORT(then=day, window=window.long, as_of=bench.plan.as_of)
    found = decoded(groups, given.names, given.words)
    return measured(found, groups["customers"], np.maximum(groups[outcome], 0.0))


def measured(
    covariates: Mapping[str, np.ndarray], customers: FloatArray, outcome: FloatArray | None = None
) -> Measured:
    """Customers who are alike stand in one row with their number; trees are given each of them.

    >>> measured({"orders": np.array([3.0, 1.0])}, np.array([2.0, 1.0])).columns["orders"].tolist()
    [3.0, 3.0, 1.0]
    """
    times = customers.astype(np.intp)
    each = {name: np.repeat(values, times) for name, values in covariates.items()}
    return Measured(each, None if outcome is None else np.repeat(outcome, times))
