"""BG/NBD: how often customers buy and when they silently stop (Fader, Hardie and Lee 2005, Marketing Science 24(2))."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.lifetime.beta_geometric_likelihood import BetaGeometricLikelihood
from worthbook.models.lifetime.bg_nbd_process import DRAW_NODES, BGNBDProcess
from worthbook.models.lifetime.data import PurchaseHistory
from worthbook.models.lifetime.process import PurchaseProcess
from worthbook.models.lifetime.purchase_model import PurchaseFit, PurchaseModel
from worthbook.models.optimise import Objective


@dataclass(frozen=True, slots=True)
class BGNBDFit(PurchaseFit):
    """A fitted BG/NBD model: how often customers buy (r, alpha) and how readily they stop after a purchase (a, b)."""

    estimator: ClassVar[str] = "bg_nbd"
    process_class: ClassVar[type[PurchaseProcess]] = BGNBDProcess

    def rough_process_at(self, values: FloatArray) -> PurchaseProcess:
        """With few nodes of integration."""
        return replace(BGNBDProcess(*values.tolist()), nodes=DRAW_NODES)


@dataclass(frozen=True, slots=True)
class BGNBD(PurchaseModel[BGNBDFit]):
    """The BG/NBD model, estimated by maximum likelihood.

    >>> history = PurchaseHistory([0, 0, 3, 1, 0, 6, 2], [0, 0, 20, 5, 0, 29, 14], [30, 31, 30, 32, 30, 30, 33])
    >>> fit = BGNBD().fit(history)
    >>> [row.symbol for row in fit.summary], fit.facts["identified"]
    (['r', 'alpha', 'a', 'b'], False)
    """

    estimator: ClassVar[str] = "bg_nbd"
    fit_class: ClassVar[type[PurchaseFit]] = BGNBDFit

    def objective(self, scaled: PurchaseHistory) -> Objective:
        """Equation (6) of the paper."""
        return BetaGeometricLikelihood(scaled)

    def starts(self, pace: float) -> Sequence[FloatArray]:
        """Rare, frequent and very uneven buyers."""
        return beta_geometric_starts(pace)


def beta_geometric_starts(pace: float) -> Sequence[FloatArray]:
    """Starting values of r, alpha, a and b for every model in which customers leave right after a purchase."""
    return [np.log([r, r / pace, a, b]) for r, a, b in ((0.5, 0.7, 2.0), (2.0, 0.2, 2.0), (0.1, 1.0, 1.0))]
