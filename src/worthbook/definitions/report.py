"""Reports: which columns, frameworks and studies an evaluation makes and shows, in what order."""

from __future__ import annotations

from typing import ClassVar, Literal

from worthbook.definitions.definition import Definition, Name
from worthbook.definitions.study import FindingDefinition


class ReportDefinition(Definition):
    """What `worthbook evaluate` makes."""

    noun: ClassVar[str] = "report"

    headline: tuple[Name, ...]
    """The framework that leads the summary: the first of these that could place anyone."""
    frameworks: tuple[Name, ...] | Literal["every"]
    """In order, or `every` framework there is; those of the book's own definitions are added to either."""
    pictures: Literal["headline", "every"] = "every"
    """Whose groups are drawn: those of the leading framework, or of each."""
    studies: tuple[Name, ...]
    columns: tuple[Name, ...]
    """Columns of the customer list, in order, beside those of the frameworks."""
    findings: tuple[FindingDefinition, ...] = ()
    """What leads the summary; facts are those of the evaluation and, as `study__fact`, of its studies."""
    cautions: tuple[FindingDefinition, ...] = ()
    """What to know before relying on it, said where it applies."""

    @property
    def listed_frameworks(self) -> tuple[Name, ...]:
        """Those that it names; none where it shows every one."""
        return () if self.frameworks == "every" else self.frameworks
