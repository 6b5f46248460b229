"""Retention: contracts that are kept or ended, and occasions that are taken or not."""

from __future__ import annotations

from worthbook.models.retention.bg_bb import BGBB
from worthbook.models.retention.contract_value import ContractTerms
from worthbook.models.retention.contracts import ContractHistory
from worthbook.models.retention.opportunities import OpportunityHistory
from worthbook.models.retention.renewal_models import BetaDiscreteWeibull, ShiftedBetaGeometric

__all__ = [
    "BGBB",
    "BetaDiscreteWeibull",
    "ContractHistory",
    "ContractTerms",
    "OpportunityHistory",
    "ShiftedBetaGeometric",
]
