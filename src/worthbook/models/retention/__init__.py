"""Retention: contracts that are kept or ended, and occasions that are taken or not."""

from __future__ import annotations

from worthbook.models.retention.bg_bb import BGBB
from worthbook.models.retention.opportunities import OpportunityHistory

__all__ = ["BGBB", "OpportunityHistory"]
