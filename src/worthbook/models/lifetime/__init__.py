"""Lifetime models for customers without a contract: how long they stay, how often they buy, how much they spend."""

from __future__ import annotations

from worthbook.models.lifetime.bg_nbd import BGNBD
from worthbook.models.lifetime.cnbd import BGCNBD, MBGCNBD
from worthbook.models.lifetime.data import PurchaseHistory, SpendHistory
from worthbook.models.lifetime.gamma_gamma import GammaGamma
from worthbook.models.lifetime.ggompertz_nbd import GGompertzNBD
from worthbook.models.lifetime.mbg_nbd import MBGNBD
from worthbook.models.lifetime.nbd import NBD
from worthbook.models.lifetime.pareto_ggg import ParetoGGG
from worthbook.models.lifetime.pareto_nbd import ParetoNBD

__all__ = [
    "BGCNBD",
    "BGNBD",
    "MBGCNBD",
    "MBGNBD",
    "NBD",
    "GGompertzNBD",
    "GammaGamma",
    "ParetoGGG",
    "ParetoNBD",
    "PurchaseHistory",
    "SpendHistory",
]
