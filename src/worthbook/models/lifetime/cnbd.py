"""BG/CNBD-k and MBG/CNBD-k: models of regular buying, with the regularity k chosen by likelihood.

Reutterer, Platzer and Schroeder (2021), International Journal of Research in Marketing 38(1), 194-215. Regular buyers
tell sooner that they left: two weeks of silence mean more from somebody who came every Saturday. k = 1 is (M)BG/NBD.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self, cast

from worthbook.models.base import Fact, FloatArray
from worthbook.models.lifetime.beta_geometric_likelihood import BetaGeometricLikelihood
from worthbook.models.lifetime.bg_nbd import beta_geometric_starts
from worthbook.models.lifetime.bg_nbd_process import DRAW_DIGITS, DRAW_NODES, BGNBDProcess
from worthbook.models.lifetime.cnbd_process import BGCNBDProcess, MBGCNBDProcess
from worthbook.models.lifetime.data import PurchaseHistory
from worthbook.models.lifetime.mbg_nbd import MBGNBDProcess
from worthbook.models.lifetime.nbd_likelihood import NBDLikelihood
from worthbook.models.lifetime.process import PurchaseProcess
from worthbook.models.lifetime.purchase_model import PurchaseFit, PurchaseModel
from worthbook.models.optimise import Objective

MOST_REGULAR = 12
"""The largest k that is tried: with it, gaps vary by 29 % of their mean."""


@dataclass(frozen=True, slots=True)
class BGCNBDFit(PurchaseFit):
    """A fitted BG/CNBD-k model: how often customers buy (r, alpha, k) and how readily they stop (a, b)."""

    estimator: ClassVar[str] = "bg_cnbd_k"
    process_class: ClassVar[type[PurchaseProcess]] = BGCNBDProcess

    k: int

    def process_at(self, values: FloatArray) -> PurchaseProcess:
        """With k phases; for k = 1 the plain model, which is faster."""
        r, alpha, a, b = values.tolist()
        return BGNBDProcess(r, alpha, a, b) if self.k == 1 else BGCNBDProcess(r, alpha, a, b, self.k)

    def rough_process_at(self, values: FloatArray) -> PurchaseProcess:
        """With few nodes of integration, where there are any."""
        process = self.process_at(values)
        if isinstance(process, BGNBDProcess | MBGNBDProcess):
            return replace(process, nodes=DRAW_NODES)
        return replace(cast("BGCNBDProcess", process), digits=DRAW_DIGITS)

    @property
    def facts(self) -> Mapping[str, Fact]:
        """What was fitted, how well, and how regular buying is."""
        return {**PurchaseFit.facts.fget(self), "k": self.k}  # type: ignore[attr-defined]

    @property
    def free_parameters(self) -> int:
        """K was chosen as well."""
        return len(self.estimates.symbols) + 1


@dataclass(frozen=True, slots=True)
class MBGCNBDFit(BGCNBDFit):
    """A fitted MBG/CNBD-k model, in which customers may leave right after the first purchase as well."""

    estimator: ClassVar[str] = "mbg_cnbd_k"
    process_class: ClassVar[type[PurchaseProcess]] = MBGCNBDProcess

    def process_at(self, values: FloatArray) -> PurchaseProcess:
        """With k phases; for k = 1 the plain model, which is faster."""
        r, alpha, a, b = values.tolist()
        return MBGNBDProcess(r, alpha, a, b) if self.k == 1 else MBGCNBDProcess(r, alpha, a, b, self.k)


@dataclass(frozen=True, slots=True)
class BGCNBD(PurchaseModel[BGCNBDFit]):
    """The BG/CNBD-k model, estimated by maximum likelihood; the history must hold `log_gaps`.

    Attributes:
        k: The number of phases of a gap; if left out, the one with the largest likelihood.

    >>> history = PurchaseHistory([0, 0, 3, 1], [0, 0, 20, 5], [30, 31, 30, 32], log_gaps=[0, 0, 5.7, 1.6])
    >>> BGCNBD(k=2).fit(history).facts["k"]
    2
    """

    estimator: ClassVar[str] = "bg_cnbd_k"
    fit_class: ClassVar[type[PurchaseFit]] = BGCNBDFit
    at_birth: ClassVar[bool] = False

    k: int | None = None

    def fit(self, data: PurchaseHistory) -> BGCNBDFit:
        """Estimate r, alpha, a and b, and k: it is raised as long as the likelihood rises with it.

        Raises:
            WorthbookError: If the history holds no `log_gaps`, or cannot carry any model of purchases.
        """
        if self.k is not None:
            return PurchaseModel.fit(self, data)
        groups = data.group()
        best = replace(self, k=1).fit(groups)
        for k in range(2, MOST_REGULAR + 1):
            other = replace(self, k=k).fit(groups)
            if other.log_likelihood <= best.log_likelihood:
                break
            best = other
        return best

    def like(self, fit: PurchaseFit) -> Self:
        """With the k of the fit."""
        return replace(self, k=int(fit.facts["k"]))

    def objective(self, scaled: PurchaseHistory) -> Objective:
        """The likelihood with k phases."""
        return BetaGeometricLikelihood(scaled, k=self._phases, at_birth=self.at_birth)

    def objective_staying(self, scaled: PurchaseHistory, best: FloatArray) -> Objective:
        """The likelihood with k phases if nobody leaves."""
        del best
        return NBDLikelihood(scaled, self._phases)

    def starts(self, pace: float) -> Sequence[FloatArray]:
        """Those of BG/NBD, for phases instead of purchases."""
        return beta_geometric_starts(pace * self._phases)

    def extras(self) -> Mapping[str, Any]:
        """The number of phases."""
        return {"k": self._phases}

    @property
    def _phases(self) -> int:
        return self.k or 1


@dataclass(frozen=True, slots=True)
class MBGCNBD(BGCNBD):
    """The MBG/CNBD-k model: BG/CNBD-k in which customers may leave right after the first purchase as well."""

    estimator: ClassVar[str] = "mbg_cnbd_k"
    fit_class: ClassVar[type[PurchaseFit]] = MBGCNBDFit
    at_birth: ClassVar[bool] = True
