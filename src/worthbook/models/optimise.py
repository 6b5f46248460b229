"""Maximum likelihood for positive parameters: climb on their logarithms, polish, and measure the curvature.

Logarithms keep the parameters positive and make the likelihood of the lifetime models nearly quadratic, so that a few
L-BFGS-B steps (Byrd, Lu, Nocedal and Zhu 1995) and one or two Newton steps reach the maximum to all useful digits.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.models.base import FloatArray

Objective = Callable[[FloatArray], tuple[float, FloatArray]]

LOG_BOUND = 10.0
"""Parameters (in scaled units) stay between exp(-10) and exp(10); one that gets there is not determined by the data."""

GRADIENT_TOLERANCE = 1e-7
"""Converged when no component of the gradient of the mean log-likelihood is larger."""

HESSIAN_STEP = 1e-4
NEWTON_STEPS = 60
"""One or two are usual; many are needed only along a ridge on which the likelihood hardly changes."""

QUASI_NEWTON_STEPS = 20
"""From near the maximum four to nine are usual."""

LARGEST_NEWTON_STEP = 1.0
HALVINGS = 8
ROUNDING = 1e-13
OF_VALUE = 0.01
"""Noise of the value, relative, for that of the gradient: near the maximum a step changes the value very little."""

NOT_CONVERGED = Fault(
    "fit-not-converged",
    what=Text(
        en="The estimation found no maximum from {starts} different starting points.",
        zh="从 {starts} 个不同的起点出发，估计均未收敛到最大值。",
    ),
    hint=Text(
        en="Check the data for outliers (customers with thousands of purchases, test accounts), or use more history.",
        zh="请检查数据中的异常值（例如购买上千次的客户、测试账号），或使用更长的历史数据。",
    ),
)


@dataclass(frozen=True, slots=True)
class Maximum:
    """Where the mean log-likelihood is largest."""

    point: FloatArray
    """Logarithms of the parameters."""
    value: float
    hessian: FloatArray
    """Second derivatives of minus the mean log-likelihood; rows of parameters at a bound are zero."""
    free: tuple[bool, ...]
    """Which parameters are inside their bounds."""
    evaluations: int


def load_ahead() -> None:
    """Begin to load the optimiser, which takes a third of a second, while the caller waits for files and engines."""
    threading.Thread(target=importlib.import_module, args=("scipy.optimize",), daemon=True).start()


def maximise(
    objective: Objective, starts: Sequence[FloatArray], rough: Objective | None = None, noise: float = 0.0
) -> Maximum:
    """Climb from the first start; take the next one only if that did not converge.

    Args:
        objective: The mean log-likelihood per customer and its gradient, given the logarithms of the parameters.
        starts: Logarithms of starting values, the best guess first.
        rough: The same for a sample of the customers, if they are many: it leads near to the maximum in no time, and
            its curvature makes the first steps from there on good ones.
        noise: Of the gradient, if its integrals are not exact to more digits; no better maximum is looked for.

    Raises:
        WorthbookError: `fit-not-converged`, if no start leads to a maximum.

    >>> bowl = lambda point: (-float(((point - 1) ** 2).sum()), -2 * (point - 1))
    >>> maximise(bowl, [np.zeros(2)]).point.round(6).tolist()
    [1.0, 1.0]
    """
    for start in starts:
        found = _climb(objective if rough is None else rough, start, noise)
        if found is not None and rough is not None:
            found = _refine(objective, found, noise) or _climb(objective, found.point, noise)
        if found is not None:
            return found
    raise NOT_CONVERGED(starts=len(starts))


def _climb(objective: Objective, start: FloatArray, noise: float) -> Maximum | None:
    from scipy.optimize import minimize  # noqa: PLC0415  # slow to import; predictions do not need it

    evaluations = 0

    def downhill(point: FloatArray) -> tuple[float, FloatArray]:
        nonlocal evaluations
        evaluations += 1
        value, gradient = objective(point)
        return -value, -gradient

    bounds = [(-LOG_BOUND, LOG_BOUND)] * len(start)
    result = minimize(
        downhill,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-6, "maxcor": 20},
    )
    point = np.asarray(result.x, dtype=np.float64)
    value, gradient = downhill(point)
    for _ in range(NEWTON_STEPS):
        free = (np.abs(point) < LOG_BOUND) | (gradient * point > 0)  # at a bound, but pulled back inside
        hessian = _hessian(downhill, point, free)
        if not np.isfinite(value) or not np.isfinite(hessian).all():
            return None
        if np.abs(gradient[free]).max(initial=0.0) < max(GRADIENT_TOLERANCE, noise):
            return Maximum(point, float(-value), hessian, tuple(bool(each) for each in free), evaluations)
        point, value, gradient = _step(downhill, point, value, _newton_step(hessian, gradient, free), noise)
    return None


def _refine(objective: Objective, near: Maximum, noise: float) -> Maximum | None:
    """Quasi-Newton steps (Broyden, Fletcher, Goldfarb, Shanno) from near the maximum, with the curvature there."""

    def downhill(point: FloatArray) -> tuple[float, FloatArray]:
        value, gradient = objective(point)
        return -value, -gradient

    free = np.asarray(near.free)
    curvature = near.hessian[np.ix_(free, free)]
    point, (value, gradient) = near.point, downhill(near.point)
    for count in range(1, QUASI_NEWTON_STEPS):
        if np.abs(gradient[free]).max(initial=0.0) < max(GRADIENT_TOLERANCE, noise):
            if (gradient[~free] * point[~free] > 0).any():
                return None  # a parameter that was at its bound for the sample is not for all
            hessian = _hessian(downhill, point, free)
            return Maximum(point, float(-value), hessian, near.free, count + 2 * int(free.sum()))
        step = np.zeros(len(point))
        step[free] = np.linalg.solve(curvature, gradient[free])
        if not np.isfinite(step).all() or np.abs(step).max() > LARGEST_NEWTON_STEP:
            return None
        there, new_value, new_gradient = _step(downhill, point, value, step, noise)
        moved, change = (there - point)[free], (new_gradient - gradient)[free]
        if moved @ change <= 0:
            return None
        bent = curvature @ moved
        curvature = curvature + np.outer(change, change) / (moved @ change) - np.outer(bent, bent) / (moved @ bent)
        point, value, gradient = there, new_value, new_gradient
    return None


def _step(
    downhill: Objective, point: FloatArray, value: float, step: FloatArray, noise: float
) -> tuple[FloatArray, float, FloatArray]:
    """Go along the step, or half of it, a quarter ..., until the value does not rise beyond rounding."""
    for shorter in 0.5 ** np.arange(HALVINGS):
        there = np.clip(point - shorter * step, -LOG_BOUND, LOG_BOUND)
        new_value, gradient = downhill(there)
        if new_value <= value + max(ROUNDING, noise * OF_VALUE) * abs(value):
            break
    return there, new_value, gradient


def _hessian(downhill: Objective, point: FloatArray, free: np.ndarray) -> FloatArray:
    """Central differences of the analytic gradient, for the free parameters."""
    hessian = np.zeros((len(point), len(point)))
    for index in np.flatnonzero(free):
        step = np.zeros(len(point))
        step[index] = HESSIAN_STEP
        hessian[index] = (downhill(point + step)[1] - downhill(point - step)[1]) / (2 * HESSIAN_STEP)
    hessian[:, ~free] = 0.0
    return (hessian + hessian.T) / 2


def _newton_step(hessian: FloatArray, gradient: FloatArray, free: np.ndarray) -> FloatArray:
    """Newton's step with negative curvature turned round, never longer than `LARGEST_NEWTON_STEP`."""
    step = np.zeros(len(gradient))
    curvature, axes = np.linalg.eigh(hessian[np.ix_(free, free)])
    along = axes.T @ gradient[free] / np.maximum(np.abs(curvature), GRADIENT_TOLERANCE)
    step[free] = axes @ along
    return step * min(1.0, LARGEST_NEWTON_STEP / max(float(np.abs(step).max()), LARGEST_NEWTON_STEP))
