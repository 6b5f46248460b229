"""How readily customers leave at each tenure: contracts ended over time under observation.

A hazard that falls means that those who stay are loyal; a jump, that contracts are left when a first term or an
introductory price ends.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.models.retention.contracts import ContractHistory

EDGES_WRONG = Fault(
    "hazard-edges-wrong",
    what=Text(en="The edges of the bands of tenure do not rise from zero.", zh="合同时长分段的边界没有从零开始递增。"),
    hint=Text(
        en="Give at least two rising numbers, the first of them 0 or more.", zh="请给出至少两个递增且不为负的数。"
    ),
)


@dataclass(frozen=True, slots=True)
class HazardBand:
    """Customers at tenures above `start` and up to `end`.

    Attributes:
        exposure: Periods under observation, of all customers together.
        ended: Contracts that ended.
        hazard: Ended per period under observation; `None` where nobody was observed.
        low: Low end of its exact 95 % interval for a Poisson count (Garwood 1936).
        high: High end.
    """

    start: float
    end: float
    exposure: float
    ended: float
    hazard: float | None
    low: float | None
    high: float | None


def hazard_by_tenure(history: ContractHistory, edges: ArrayLike) -> tuple[HazardBand, ...]:
    """Hazards of bands of tenure, given by their edges.

    Raises:
        WorthbookError: `hazard-edges-wrong`.

    >>> bands = hazard_by_tenure(ContractHistory([1, 2, 4, 4], [1, 1, 1, 0]), [0, 2, 4])
    >>> [(band.exposure, band.ended, round(band.hazard, 2)) for band in bands]
    [(7.0, 2.0, 0.29), (4.0, 1.0, 0.25)]
    """
    limits = np.asarray(edges, dtype=np.float64)
    if len(limits) <= 1 or limits[0] < 0 or not (np.diff(limits) > 0).all():
        raise EDGES_WRONG()  # noqa: RSE102  # a fault makes the exception
    found = []
    for start, end in itertools.pairwise(limits.tolist()):
        seen = np.clip(history.tenure, start, end) - np.clip(history.entry, start, end)
        inside = (history.tenure > start) & (history.tenure <= end)
        exposure, ended = float(history.weights @ seen), float(history.weights @ (history.ended * inside))
        found.append(HazardBand(start, end, exposure, ended, *_rate(ended, exposure)))
    return tuple(found)


def _rate(ended: float, exposure: float) -> tuple[float, float, float] | tuple[None, None, None]:
    from scipy.special import gammaincinv  # noqa: PLC0415  # keeps the import of the package fast

    if not exposure:
        return None, None, None
    low = float(gammaincinv(ended, 0.025)) if ended else 0.0
    return ended / exposure, low / exposure, float(gammaincinv(ended + 1, 0.975)) / exposure
