"""Contracts in the study of churn: which share is left, and how readily customers leave at each tenure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from worthbook.data.tenures import contract_tenures
from worthbook.kernel.errors import WorthbookError
from worthbook.kernel.language import Text
from worthbook.kernel.period import MONTHS_PER_YEAR
from worthbook.kernel.result import Table
from worthbook.kernel.units import Unit, Value
from worthbook.models.base import FloatArray
from worthbook.models.retention import ContractHistory
from worthbook.models.retention.hazard import HazardBand, hazard_by_tenure
from worthbook.models.retention.kaplan_meier import KaplanMeier, KaplanMeierFit
from worthbook.planning.studies.context import StudyContext, column, table

EDGES = (0, 1, 3, 6, 12, 24, 36, 60, 120)
"""Months of tenure at which bands begin."""
POINTS = 25
"""Of the survival curve."""

SURVIVAL = Text(en="Contracts that are left, by tenure", zh="合约留存率（按签约时长）")
HAZARD = Text(en="How readily contracts end, by tenure", zh="合约终止风险（按签约时长）")
BAND = Text(en="{start}–{end}", zh="{start}–{end}")


def contract_tables(context: StudyContext) -> tuple[tuple[Table, ...], dict[str, Value]]:
    """Survival and hazards; none where there are no contracts, or none has ended."""
    months, ended, contracts = contract_tenures(context.engine, context.snapshot, context.tables, context.as_of)
    if not len(months):
        return (), {"contracts": 0}
    facts: dict[str, Value] = {
        "contracts": round(float(contracts.sum())),
        "contracts_ended": round(float(contracts @ ended)),
    }
    try:
        history = ContractHistory(months, ended, contracts)
        fit = KaplanMeier().fit(history)
    except WorthbookError:
        return (), facts
    facts |= {"contract_median": fit.median, "contract_year": _share_at(fit, MONTHS_PER_YEAR)}
    return (_survival(fit), _hazards(history)), facts


def _share_at(fit: KaplanMeierFit, months: float) -> float | None:
    return float(fit.survival([months])[0]) if months <= fit.last else None


def _survival(fit: KaplanMeierFit) -> Table:
    times = np.linspace(0.0, fit.last, POINTS)
    share, (low, high) = fit.survival(times), fit.survival_ends(times)
    columns = (
        column("months", Unit.MONTHS, "Months since the start", "签约后月数"),
        column("left", Unit.SHARE, "Left", "留存率"),
        column("low", Unit.SHARE, "95 %, lower end", "95% 下限"),
        column("high", Unit.SHARE, "95 %, upper end", "95% 上限"),
    )
    rows: list[Sequence[Value | Text]] = [tuple(map(float, row)) for row in zip(times, share, low, high, strict=True)]
    return table("survival", SURVIVAL, columns, rows)


def _hazards(history: ContractHistory) -> Table:
    bands = hazard_by_tenure(history, _edges(history.tenure))
    columns = (
        column("tenure", Unit.TEXT, "Months under contract", "签约时长（月）"),
        column("ended", Unit.COUNT, "Ended", "终止数"),
        column("exposure", Unit.MONTHS, "Months under observation", "观察月数合计"),
        column("hazard", Unit.RATE, "Ended a month", "每月终止率"),
        column("low", Unit.RATE, "95 % from", "95% 下限"),
        column("high", Unit.RATE, "to", "95% 上限"),
    )
    rows: list[Sequence[Value | Text]] = [_band(each) for each in bands if each.hazard is not None]
    return table("hazard", HAZARD, columns, rows)


def _edges(tenure: FloatArray) -> list[float]:
    """The edges up to the longest contract."""
    longest = float(tenure.max())
    inside = [float(edge) for edge in EDGES if edge < longest]
    return [*inside, next((float(edge) for edge in EDGES if edge >= longest), float(np.ceil(longest)))]


def _band(band: HazardBand) -> tuple[Value | Text, ...]:
    name = BAND.format(start=f"{band.start:g}", end=f"{band.end:g}")
    return (name, round(band.ended), band.exposure, band.hazard, band.low, band.high)
