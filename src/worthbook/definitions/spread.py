"""How unsure a column is that tiers are cut from: what it estimates may come out in another tier."""

from __future__ import annotations

from typing import Literal

from worthbook.definitions.definition import Name, Part


class Spread(Part):
    """The distribution of what a column estimates: the column is its mean."""

    sd: Name
    """The column of its standard deviation; of an average of answers, the standard error."""
    zero: Name | None = None
    """The column of the probability that it is exactly 0, such as that of buying nothing."""
    shape: Literal["normal", "gamma", "lognormal"] = "normal"
    """Of what is not exactly 0: `gamma` and `lognormal` for amounts, which lean to the right and are never below 0."""

    @property
    def columns(self) -> tuple[Name, ...]:
        """The columns that it reads."""
        return (self.sd,) if self.zero is None else (self.sd, self.zero)
