"""MBG/NBD: BG/NBD in which customers may stop right after the first purchase as well.

Batislam, Denizel and Filiztekin (2007), International Journal of Research in Marketing 24(3), 201-209; Hoppe and Wagner
(2007), Marketing JRM 3(2), 75-90. It repairs that under BG/NBD everyone without a repeat purchase is certainly alive.

A customer who did not leave at birth has passed one more test, so that from there on all is BG/NBD with b + 1 instead
of b.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from worthbook.models.base import FloatArray
from worthbook.models.lifetime.beta_geometric_likelihood import BetaGeometricLikelihood
from worthbook.models.lifetime.beta_geometric_process import BetaGeometricProcess
from worthbook.models.lifetime.bg_nbd import beta_geometric_starts
from worthbook.models.lifetime.bg_nbd_process import DRAW_NODES, FULL_NODES, BGNBDProcess
from worthbook.models.lifetime.data import PurchaseHistory
from worthbook.models.lifetime.process import PurchaseProcess
from worthbook.models.lifetime.purchase_model import PurchaseFit, PurchaseModel
from worthbook.models.optimise import Objective


@dataclass(frozen=True, slots=True)
class MBGNBDProcess(BetaGeometricProcess):
    """The four parameters, in the field's symbols, and what follows from them.

    >>> process = MBGNBDProcess(r=0.525, alpha=6.183, a=0.891, b=1.614)
    >>> process.p_alive(PurchaseHistory([0, 2], [0, 30.43], [38.86, 38.86])).round(3).tolist()
    [0.39, 0.706]
    """

    at_birth: ClassVar[bool] = True

    nodes: int = FULL_NODES

    @property
    def once_alive(self) -> BGNBDProcess:
        """What customers follow who did not leave at birth."""
        return BGNBDProcess(self.r, self.alpha, self.a, self.b + 1, nodes=self.nodes)

    def purchases_if_alive(self, history: PurchaseHistory, horizon: float, discount: float = 0.0) -> FloatArray:
        """Expected purchases given that the customer is alive at T."""
        return self.once_alive.purchases_if_alive(history, horizon, discount)

    def pairs_if_alive(self, history: PurchaseHistory, horizon: float) -> FloatArray:
        """E[Y (Y - 1)] of the number Y of purchases to come, given alive at T."""
        return self.once_alive.pairs_if_alive(history, horizon)

    def probability_if_alive(self, n: int, history: PurchaseHistory, horizon: float) -> FloatArray:
        """P(exactly n purchases) given alive at T."""
        return self.once_alive.probability_if_alive(n, history, horizon)


@dataclass(frozen=True, slots=True)
class MBGNBDFit(PurchaseFit):
    """A fitted MBG/NBD model: how often customers buy (r, alpha) and how readily they stop after a purchase (a, b)."""

    estimator: ClassVar[str] = "mbg_nbd"
    process_class: ClassVar[type[PurchaseProcess]] = MBGNBDProcess

    def rough_process_at(self, values: FloatArray) -> PurchaseProcess:
        """With few nodes of integration."""
        return replace(MBGNBDProcess(*values.tolist()), nodes=DRAW_NODES)


@dataclass(frozen=True, slots=True)
class MBGNBD(PurchaseModel[MBGNBDFit]):
    """The MBG/NBD model, estimated by maximum likelihood.

    >>> history = PurchaseHistory([0, 0, 3, 1, 0, 6, 2], [0, 0, 20, 5, 0, 29, 14], [30, 31, 30, 32, 30, 30, 33])
    >>> [row.symbol for row in MBGNBD().fit(history).summary]
    ['r', 'alpha', 'a', 'b']
    """

    estimator: ClassVar[str] = "mbg_nbd"
    fit_class: ClassVar[type[PurchaseFit]] = MBGNBDFit

    def objective(self, scaled: PurchaseHistory) -> Objective:
        """The likelihood with a chance to leave at birth."""
        return BetaGeometricLikelihood(scaled, at_birth=True)

    def starts(self, pace: float) -> Sequence[FloatArray]:
        """Those of BG/NBD."""
        return beta_geometric_starts(pace)
