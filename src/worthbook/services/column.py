"""One column for those who work in Python: values, meaning, provenance and a picture."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from worthbook.data import columns, cuts
from worthbook.data.engine import Engine, Sheet
from worthbook.definitions.framework import Cut
from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Language, Text
from worthbook.kernel.provenance import Provenance
from worthbook.kernel.result import ArrowStream, Chart, ChartKind, ColumnMeta, Table, TableColumn
from worthbook.kernel.units import Unit, Value

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

LIBRARY_MISSING = Fault(
    "library-missing",
    what=Text(en="{library} is not installed.", zh="尚未安装 {library}。"),
    hint=Text(en="pip install 'worthbook[{extra}]'", zh="pip install 'worthbook[{extra}]'"),
)

_STEPS = 20


@dataclass(frozen=True)
class Column:
    """One column as at a date: `customer_id` and the value, one row per customer, sorted by customer within a part.

    It is an Arrow stream (`__arrow_c_stream__`), which any Arrow library reads without a copy: `pl.DataFrame(column)`,
    `pa.table(column)`.
    """

    meta: ColumnMeta
    as_of: dt.date
    provenance: Provenance
    currency: str
    engine: Engine
    sheet: Sheet

    @property
    def name(self) -> str:
        """Its name."""
        return self.meta.name

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The values as an Arrow C stream."""
        return self._stream().__arrow_c_stream__(requested_schema)

    def to_polars(self) -> pl.DataFrame:
        """The values as a Polars frame."""
        try:
            import polars  # noqa: ICN001, PLC0415
        except ImportError:
            raise LIBRARY_MISSING(library="Polars", extra="polars") from None
        return polars.DataFrame(self)

    def to_arrow(self) -> pa.Table:
        """The values as a PyArrow table."""
        try:
            import pyarrow  # noqa: ICN001, PLC0415
        except ImportError:
            raise LIBRARY_MISSING(library="PyArrow", extra="arrow") from None
        return pyarrow.table(self)

    def to_pandas(self) -> pd.DataFrame:
        """The values as a pandas frame."""
        return self.to_arrow().to_pandas()

    def chart(self, language: Language = "en") -> str:
        """A picture of the column as SVG: customers per cell, or how the values are spread."""
        from worthbook.reporting.chart import render_chart  # noqa: PLC0415 - drawing is slow to load, and seldom asked for

        drawn = {Unit.LABEL: self._labels, Unit.FLAG: self._answers}.get(self.meta.unit, self._spread)
        table, chart = drawn()
        return render_chart(chart, table, language, self.currency)

    def _stream(self) -> ArrowStream:
        return columns.stream(self.engine, [self.sheet], [self.name])

    def _labels(self) -> tuple[Table, Chart]:
        counted = {
            str(label): count for label, count in columns.by_label(self.engine, [self.sheet], self.name, []) if label
        }
        titles = self.meta.labels or {label: Text(en=label, zh=label) for label in sorted(counted)}
        rows = tuple((title, counted.get(key, 0)) for key, title in titles.items())
        return self._picture("bar", TableColumn("group", self.meta.title, Unit.LABEL), _CUSTOMERS, rows)

    def _answers(self) -> tuple[Table, Chart]:
        counted = {label: count for label, count in columns.by_label(self.engine, [self.sheet], self.name, []) if count}
        rows = tuple((title, counted.get(answer, 0)) for answer, title in _ANSWERS.items())
        return self._picture("bar", TableColumn("group", self.meta.title, Unit.LABEL), _CUSTOMERS, rows)

    def _spread(self) -> tuple[Table, Chart]:
        shares = [step / _STEPS for step in range(1, _STEPS)]
        levels = cuts.thresholds(
            self.engine, [self.sheet], self.name, [Cut(kind="customers", value=share) for share in shares]
        )
        rows = tuple((share, level) for share, level in zip(shares, levels, strict=True) if math.isfinite(level))
        value = TableColumn("value", self.meta.title, self.meta.unit)
        return self._picture("line", TableColumn("share", _BELOW, Unit.SHARE), value, rows)

    def _picture(
        self, kind: ChartKind, x: TableColumn, y: TableColumn, rows: tuple[tuple[Value | Text, ...], ...]
    ) -> tuple[Table, Chart]:
        table = Table(self.name, self.meta.title, (x, y), rows)
        chart = Chart(self.name, self.meta.title, kind, self.name, x.name, (y.name,), self.meta.description)
        return table, chart


_ANSWERS = {True: Text(en="Yes", zh="是"), False: Text(en="No", zh="否"), None: Text(en="Unknown", zh="未知")}
_CUSTOMERS = TableColumn("customers", Text(en="Customers", zh="客户数"), Unit.COUNT)
_BELOW = Text(en="Customers with a lower value", zh="低于该值的客户占比")
