"""What the planner needs to know of an estimator: which data it reads, and which quantities it gives as columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from worthbook.definitions.model import ModelDefinition
from worthbook.models.base import Fit, Specification
from worthbook.planning.run import Workbench

FloatArray = NDArray[np.float64]
Inputs = Mapping[str, np.ndarray]
"""Role or covariate → values, one per group of customers."""


@dataclass(frozen=True)
class Ahead:
    """How far a quantity looks ahead, and at what yearly discount."""

    weeks: float
    discount_rate: float


Quantity = Callable[[Any, Any, Ahead], FloatArray]
"""From a fit and its data to one number for each row; not-a-number is unknown."""


@dataclass(frozen=True)
class Estimator:
    """How columns become the data of an estimator, and its quantities columns."""

    label: str
    """Its name in the literature, which is the same in every language."""
    specification: Specification[Any, Any]
    fit_class: type[Fit[Any]]
    roles: frozenset[str]
    """The inputs that a definition must name."""
    read: Callable[[Inputs, FloatArray], Any]
    """Roles and the number of customers per row → the estimator's data; a value that can travel."""
    quantities: Mapping[str, Quantity]
    """Quantity → how the fit gives it for some data."""
    covariates: Literal["none", "optional", "needed"] = "none"
    outcome: str | None = None
    """The role of what it learns to foretell, from covariates as they were before it: an input of fits, not of
    predictions. An unknown covariate is then a value of its own."""
    seasons: bool = False
    """Whether a definition names seasons that act in it."""
    most_customers: int | None = None
    """It is fitted to about so many customers at most, where that is fewer than other models are."""
    chosen: Callable[[ModelDefinition], Estimator] | None = None
    """The same with what a definition chooses: covariates, a unit of time."""
    at: Callable[[Estimator, Workbench, ModelDefinition, dt.date], Estimator] | None = None
    """The same as at a date, with what it must know of the time up to a day: seasons."""
