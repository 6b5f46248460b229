"""Effects of covariates: how four parameters and some effects become the parameters of every customer, and back.

    log alpha_i = log alpha - trans' z_i        log beta_i = log beta - life' z_i   (Pareto/NBD)
                                                log a_i    = log a    + life' z_i   (BG/NBD, MBG/NBD)

An effect of 0.1 therefore means: ten per cent more purchases, or a readiness to leave that is ten per cent higher, for
one more unit of the covariate (Fader and Hardie 2007, "Incorporating Time-Invariant Covariates into the Pareto/NBD and
BG/NBD Models", brucehardie.com/notes/019). The maximum is searched in covariates of mean 0 and deviation 1, in which
units do not matter; estimates are told in the units of the data, where z = 0 is the reference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.models.base import Estimate, FloatArray, IntArray
from worthbook.models.laplace import Z_95, Estimates
from worthbook.models.lifetime.covariate_rows import LIFE, SYMBOLS, TRANSACTIONS, Family
from worthbook.models.optimise import Maximum

PARAMETERS = 4

EQUAL_NOT_SHARED = Fault(
    "covariate-equal-not-shared",
    what=Text(
        en="'{name}' cannot have one effect on both purchases and dropout, as it is not a covariate of both.",
        zh="“{name}”不是购买与流失共有的协变量，因此不能设为相同作用。",
    ),
    hint=Text(en="Name it in both formulas.", zh="请在两个公式中都写上它。"),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Which effect each column of the two matrices has: effects that are the same for both stand only once.

    >>> Layout.of(("gender", "age"), ("gender",), ("gender",)).symbols
    ('both:gender', 'life:age')
    """

    symbols: tuple[str, ...]
    life: tuple[int, ...]
    trans: tuple[int, ...]

    @classmethod
    def of(cls, life: Sequence[str], trans: Sequence[str], equal: Sequence[str]) -> Layout:
        """Number the effects.

        Raises:
            WorthbookError: `covariate-equal-not-shared`.
        """
        for name in equal:
            if name not in life or name not in trans:
                raise EQUAL_NOT_SHARED(name=name)
        symbols = [f"both:{term}" if term in equal else f"life:{term}" for term in life]
        symbols += [f"trans:{term}" for term in trans if term not in equal]
        place = {symbol: number for number, symbol in enumerate(symbols)}
        return cls(
            symbols=tuple(symbols),
            life=tuple(range(len(life))),
            trans=tuple(place[f"both:{term}" if term in equal else f"trans:{term}"] for term in trans),
        )

    @property
    def life_columns(self) -> IntArray:
        """The effect of each column of the matrix for dropout."""
        return np.array(self.life, dtype=np.intp)

    @property
    def trans_columns(self) -> IntArray:
        """The effect of each column of the matrix for purchases."""
        return np.array(self.trans, dtype=np.intp)


@dataclass(frozen=True, slots=True, eq=False)
class Standard:
    """Means and deviations by which the columns of a matrix are brought to one scale."""

    mean: FloatArray
    deviation: FloatArray

    @classmethod
    def of(cls, matrix: FloatArray, share: FloatArray) -> Standard:
        """Those of a matrix whose rows have shares that add up to 1."""
        mean = np.einsum("i,ij->j", share, matrix)
        deviation = np.sqrt(np.einsum("i,ij->j", share, (matrix - mean) ** 2))
        return cls(mean, np.where(deviation > 0, deviation, 1.0))

    def apply(self, matrix: FloatArray) -> FloatArray:
        """The matrix in standard units."""
        return (matrix - self.mean) / self.deviation


def customer_logs(family: Family, point: FloatArray, life: FloatArray, trans: FloatArray, layout: Layout) -> FloatArray:
    """Logarithms of the four parameters (rows) of each customer (columns), from those of all and the effects."""
    of_life, effects = LIFE[family], point[PARAMETERS:]
    found = np.tile(point[:PARAMETERS, None], (1, len(life)))
    found[of_life.place] += of_life.sign * np.einsum("ij,j->i", life, effects[layout.life_columns])
    found[TRANSACTIONS.place] += TRANSACTIONS.sign * np.einsum("ij,j->i", trans, effects[layout.trans_columns])
    return found


def in_units_of_the_data(  # noqa: PLR0913  # the maximum, and what it was scaled by
    maximum: Maximum,
    family: Family,
    layout: Layout,
    *,
    life: Standard,
    trans: Standard,
    weight: float,
    log_scale: Sequence[float],
) -> Estimates:
    """Estimates in the units of the data from a maximum in standard units: a linear change of all parameters."""
    of_life, size = LIFE[family], PARAMETERS + len(layout.symbols)
    change = np.eye(size)
    for standard, columns, scaling in (
        (life, layout.life_columns, of_life),
        (trans, layout.trans_columns, TRANSACTIONS),
    ):
        for column, effect in enumerate(columns):
            change[PARAMETERS + effect, PARAMETERS + effect] = 1 / standard.deviation[column]
            change[scaling.place, PARAMETERS + effect] -= (
                scaling.sign * standard.mean[column] / standard.deviation[column]
            )
    back = np.linalg.inv(change)
    precision = back.T @ (maximum.hessian * weight) @ back
    shift = np.concatenate([log_scale, np.zeros(len(layout.symbols))])
    return Estimates(
        symbols=(*SYMBOLS[family], *layout.symbols),
        log_values=tuple((change @ maximum.point + shift).tolist()),
        precision=tuple(tuple(row) for row in ((precision + precision.T) / 2).tolist()),
        free=maximum.free,
    )


def summary_with_effects(estimates: Estimates) -> tuple[Estimate, ...]:
    """The four parameters as they are, and the effects, which may be negative, as additions to a logarithm."""
    rows = list(estimates.summary[:PARAMETERS])
    effects = zip(estimates.symbols, estimates.log_values, estimates.log_standard_errors, strict=True)
    for symbol, value, error in list(effects)[PARAMETERS:]:
        known = bool(np.isfinite(error))
        half = Z_95 * float(error)
        ends = (float(error), value - half, value + half) if known else (None, None, None)
        rows.append(Estimate(symbol, value, *ends))
    return tuple(rows)
