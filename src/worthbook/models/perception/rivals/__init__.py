"""What customers think we are worth beside our rivals: ratings, value maps, delivered value, value curves."""

from __future__ import annotations

from worthbook.models.perception.rivals.balance import Balance, balance
from worthbook.models.perception.rivals.curve import ValueCurve, value_curve
from worthbook.models.perception.rivals.market_value import MarketValue, market_value
from worthbook.models.perception.rivals.ratings import Ratings
from worthbook.models.perception.rivals.views import ViewGap, view_gaps

__all__ = [
    "Balance",
    "MarketValue",
    "Ratings",
    "ValueCurve",
    "ViewGap",
    "balance",
    "market_value",
    "value_curve",
    "view_gaps",
]
