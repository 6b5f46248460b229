"""What commands about segments answer: a title, sentences, tables, and the numbers behind them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding, Table, TableColumn
from worthbook.kernel.units import Unit, Value, show


@dataclass(frozen=True)
class SegmentAnswer:
    """One answer, in both languages."""

    headline: Text
    as_of: dt.date
    currency: str
    findings: tuple[Finding, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[Text, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)
    """For programs: the numbers of the sentences, as JSON has them."""

    def as_json(self) -> dict[str, object]:
        """Plain values, for `--json`."""
        return {
            "as_of": self.as_of.isoformat(),
            **self.facts,
            **{
                table.name: [
                    {column.name: plain(cell) for column, cell in zip(table.columns, row, strict=True)}
                    for row in table.rows
                ]
                for table in self.tables
            },
            "findings": [plain(each.text) for each in self.findings],
            "notes": [plain(each) for each in self.notes],
        }


def plain(cell: Value | Text) -> object:
    """A cell as JSON has it."""
    return {"en": cell.en, "zh": cell.zh} if isinstance(cell, Text) else cell


def spoken(value: Value, unit: Unit, currency: str = "") -> Text:
    """A value as people write it, in both languages."""
    return Text(en=show(value, unit, "en", currency), zh=show(value, unit, "zh", currency))


def heading(name: str, unit: Unit, en: str, zh: str) -> TableColumn:
    """The head of a column."""
    return TableColumn(name, Text(en=en, zh=zh), unit)
