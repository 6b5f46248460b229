"""Alerts: what must not go unnoticed when two dates are compared, who acts on it, and what to do."""

from __future__ import annotations

from typing import ClassVar, Literal

from worthbook.definitions.definition import Definition, Formula, Name
from worthbook.definitions.measure import WindowText
from worthbook.kernel.language import Text
from worthbook.kernel.period import Window

Severity = Literal["high", "medium", "low"]

WAS = "was_"
"""Before the name of a column: what it was at the earlier date."""
RUNG = "__rung"
"""After the name of a framework whose cells are ordered: the place of a customer's cell, 1 for the lowest."""

GROUP_FACTS = ("customers", "value", "was_customers", "was_value")
"""What the condition of an alert about groups may read."""


class AlertDefinition(Definition):
    """A condition over two dates.

    The condition reads columns as at the date, and under `was_` before their names as they were at the earlier date:
    `was_activity = 'active' and activity = 'slipping'`. For tiers, scorecards and ladders `NAME__rung` is the place of
    the cell, 1 for the lowest. A customer for whom the condition cannot be decided raises no alert.

    With `groups`, the alert is about the cells of a framework, not about single customers, and the condition reads
    `customers` and `value` of a cell, `was_customers` and `was_value`.
    """

    noun: ClassVar[str] = "alert"

    when: Formula
    looks_back: WindowText
    """How long before the date the earlier one lies: `3 months`."""
    groups: Name | None = None
    """The framework whose cells are watched, where the alert is about them."""
    value: Name = "revenue_12m"
    """What is at stake: a column of money, by whose earlier values customers are listed."""
    watches: tuple[Name, ...] = ()
    """The columns among which the main reason is looked for; by default the numbers that the condition reads."""
    severity: Severity
    who_acts: Text
    next_action: Text

    @property
    def span(self) -> Window:
        """How far it looks back, read."""
        return Window.parse(self.looks_back)


def column_of(name: str) -> str:
    """The column or framework behind a name in a condition.

    >>> column_of("was_grades__rung"), column_of("revenue_12m")
    ('grades', 'revenue_12m')
    """
    return name.removeprefix(WAS).removesuffix(RUNG)
