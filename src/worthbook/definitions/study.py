"""Studies: results about the firm, as tables, charts and findings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from worthbook.definitions.definition import Definition, Formula, Name, Part
from worthbook.kernel.language import Text
from worthbook.kernel.result import ChartKind, Tone


class ChartDefinition(Part):
    """A picture of one of the study's tables."""

    name: Name
    title: Text
    kind: ChartKind
    table: Name
    x: Name
    y: tuple[Name, ...]
    colour: Name | None = None
    x_title: Text | None = None
    y_title: Text | None = None
    reference: Mapping[str, float | Name] = {}
    """Straight lines by meaning; the place of a line is a number or one of the study's facts."""
    summary: Text
    """With `{fact:unit}` placeholders, as in findings."""
    when: Formula | None = None
    """A condition over the facts; the chart is left out where it does not hold."""


class FindingDefinition(Part):
    """A sentence that is said when its condition over the study's facts holds.

    Placeholders are `{fact:unit}`: `{top_share:share}` writes the fact `top_share` as a share in the reader's language.
    """

    when: Formula | None = None
    text: Text
    tone: Tone = "neutral"


class StudyDefinition(Definition):
    """A method, the columns it reads by role, and how its result is told."""

    noun: ClassVar[str] = "study"

    method: Name
    inputs: Mapping[Name, Name] = {}
    """Role → column, model or framework."""
    optional: Mapping[Name, Name] = {}
    """Inputs that are used where they are known for at least one customer."""
    options: Mapping[Name, float | str] = {}
    charts: tuple[ChartDefinition, ...] = ()
    findings: tuple[FindingDefinition, ...] = ()
