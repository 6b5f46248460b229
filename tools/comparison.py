"""One number of ours beside a published one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from worthbook.models.base import Estimate


@dataclass(frozen=True)
class Row:
    """One number of ours beside a published one."""

    model: str
    data: str
    quantity: str
    ours: float
    published: float
    tolerance: float
    """Largest difference that the tests allow: of the number itself where it is a log-likelihood or an error, else
    relative to it."""
    absolute: bool = False

    @property
    def difference(self) -> float:
        """Ours less the published one; relative unless the tolerance is absolute."""
        gap = self.ours - self.published
        return gap if self.absolute else gap / abs(self.published)

    @property
    def holds(self) -> bool:
        """Whether the difference is within the tolerance."""
        return abs(self.difference) <= self.tolerance


class Case(NamedTuple):
    """What is compared."""

    model: str
    data: str

    def row(self, quantity: str, ours: float, published: float, tolerance: float, *, absolute: bool = False) -> Row:
        """One comparison of it."""
        return Row(self.model, self.data, quantity, float(ours), published, tolerance, absolute)

    def estimates(
        self, fit: AnyFit, wanted: Mapping[str, Any], *, rel: float = 1e-4, ll: float = 1e-4
    ) -> Iterator[Row]:
        """Parameters to 1e-4 relative, the log-likelihood to 1e-4, unless fewer digits were published."""
        for each in fit.summary:
            yield self.row(each.symbol, each.estimate, wanted[each.symbol], rel)
        yield self.row("log-likelihood", fit.log_likelihood, wanted["ll"], ll, absolute=True)


class AnyFit(Protocol):
    """A fit with a likelihood."""

    @property
    def summary(self) -> tuple[Estimate, ...]:
        """One row for each parameter."""
        ...

    @property
    def log_likelihood(self) -> float:
        """Of what it was fitted to."""
        ...
