"""What every fit that foretells purchases gives as columns, whatever it reads of customers."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import TypeVar

from worthbook.models.base import FloatArray, RecordedFit

Data_contra = TypeVar("Data_contra", contravariant=True)


class ForetellingFit(RecordedFit[Data_contra]):
    """A fit that foretells purchases."""

    @abstractmethod
    def p_alive(self, data: Data_contra) -> FloatArray:
        """Probability that each customer has not dropped out."""

    @abstractmethod
    def expected_purchases(self, data: Data_contra, horizon: float) -> FloatArray:
        """Expected purchases of each customer in the next `horizon` units of time."""

    @abstractmethod
    def discounted_purchases(self, data: Data_contra, horizon: float, discount_rate_per_year: float) -> FloatArray:
        """The same, each purchase discounted to the end of observation at a yearly rate (0.1 is 10 %)."""

    def predict(
        self, data: Data_contra, horizon: float | None = None, discount_rate_per_year: float | None = None
    ) -> Mapping[str, FloatArray]:
        """P(alive); with a horizon also the purchases to come; with a discount rate also their present number."""
        columns = {"p_alive": self.p_alive(data)}
        if horizon is not None:
            columns["expected_purchases"] = self.expected_purchases(data, horizon)
            if discount_rate_per_year is not None:
                columns["discounted_purchases"] = self.discounted_purchases(data, horizon, discount_rate_per_year)
        return columns
