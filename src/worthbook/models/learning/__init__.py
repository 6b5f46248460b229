"""Learning from all measures at once, for when what customers are tells more than when they bought."""

from __future__ import annotations

from worthbook.models.learning.measured import Measured
from worthbook.models.learning.ziln import ZeroInflatedLognormal

__all__ = ["Measured", "ZeroInflatedLognormal"]
