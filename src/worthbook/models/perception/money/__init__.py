"""What satisfaction is worth in money: later retention and spend by score, and a monotone curve through them (B14)."""

from __future__ import annotations

from worthbook.models.perception.money.base import BaseEffect, effect_on_base
from worthbook.models.perception.money.curve import Level, LoyaltyCurve, loyalty_curve
from worthbook.models.perception.money.points import DriverMoney, PointValue, driver_money, point_value

__all__ = [
    "BaseEffect",
    "DriverMoney",
    "Level",
    "LoyaltyCurve",
    "PointValue",
    "driver_money",
    "effect_on_base",
    "loyalty_curve",
    "point_value",
]
