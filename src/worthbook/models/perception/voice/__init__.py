"""The voice of the customer: comments without personal data, coded into themes and sentiment, ranked (B19)."""

from __future__ import annotations

from worthbook.models.perception.voice.coding import Coded, SentimentWords, ThemeWords, code
from worthbook.models.perception.voice.privacy import strip_personal
from worthbook.models.perception.voice.requirements import Requirement, rank_requirements
from worthbook.models.perception.voice.words import StandOut, stand_out

__all__ = [
    "Coded",
    "Requirement",
    "SentimentWords",
    "StandOut",
    "ThemeWords",
    "code",
    "rank_requirements",
    "stand_out",
    "strip_personal",
]
