"""A study as plain values, for programs."""

from __future__ import annotations

from collections.abc import Iterable

from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding, Study, Table


def study_json(study: Study) -> dict[str, object]:
    """Its facts, every table as a list of rows, and its sentences in both languages."""
    return {
        "study": study.name,
        "facts": dict(study.facts),
        **{table.name: rows_json(table) for table in study.tables},
        "findings": sentences_json(study.findings),
        "caveats": [both(caveat) for caveat in study.caveats],
        "source": study.source,
    }


def rows_json(table: Table) -> list[dict[str, object]]:
    """The rows of a table by the names of its columns."""
    names = [column.name for column in table.columns]
    return [dict(zip(names, map(_plain, row), strict=True)) for row in table.rows]


def sentences_json(findings: Iterable[Finding]) -> list[dict[str, str]]:
    """Sentences in both languages."""
    return [both(finding.text) for finding in findings]


def both(text: Text) -> dict[str, str]:
    """A text in both languages."""
    return {"en": text.en, "zh": text.zh}


def _plain(cell: object) -> object:
    return both(cell) if isinstance(cell, Text) else cell
