"""Results as JSON and back, exactly: decimals stay decimals, dates dates, and every dataclass its own class."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from typing import cast

from worthbook.kernel import evaluation, provenance, result
from worthbook.kernel.language import Text
from worthbook.kernel.units import Unit

_CLASSES: Mapping[str, type] = {
    each.__name__: each
    for each in (
        Text,
        provenance.Provenance,
        result.ColumnMeta,
        result.TableColumn,
        result.Table,
        result.Chart,
        result.Finding,
        result.Study,
        evaluation.CellResult,
        evaluation.AxisResult,
        evaluation.FrameworkResult,
        evaluation.Waiting,
        evaluation.ModelResult,
        evaluation.SourceFile,
        evaluation.Evaluation,
    )
}


def encode(value: object) -> object:
    """Plain JSON values; what JSON lacks is written as an object with one marked key.

    >>> encode((Decimal("1.50"), dt.date(2026, 6, 30)))
    {'$tuple': [{'$decimal': '1.50'}, {'$date': '2026-06-30'}]}
    """
    if isinstance(value, Unit):
        return {"$unit": value.value}
    if value is None or (isinstance(value, bool | int | float | str) and not isinstance(value, Enum)):
        return value
    if isinstance(value, Decimal):
        return {"$decimal": str(value)}
    if isinstance(value, dt.datetime):
        return {"$time": value.isoformat()}
    if isinstance(value, dt.date):
        return {"$date": value.isoformat()}
    if isinstance(value, tuple | list):
        return {"$tuple": [encode(each) for each in value]}
    if isinstance(value, Mapping):
        return {"$map": [[key, encode(each)] for key, each in value.items()]}
    if dataclasses.is_dataclass(value) and type(value).__name__ in _CLASSES:
        fields = {field.name: encode(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {"$class": type(value).__name__, **fields}
    message = f"{type(value).__name__} cannot be kept in a run"
    raise TypeError(message)


def decode(value: object) -> object:
    """Read what `encode` wrote.

    >>> decode(encode({"total": Decimal("1.50")}))
    {'total': Decimal('1.50')}
    """
    if not isinstance(value, dict):
        return value
    if "$class" in value:
        made = _CLASSES[value["$class"]]
        return made(**{key: decode(each) for key, each in value.items() if key != "$class"})
    ((mark, content),) = value.items()
    match mark:
        case "$unit":
            return Unit(content)
        case "$decimal":
            return Decimal(content)
        case "$time":
            return dt.datetime.fromisoformat(content)
        case "$date":
            return dt.date.fromisoformat(content)
        case "$tuple":
            return tuple(decode(each) for each in cast("list[object]", content))
        case _:
            return {key: decode(each) for key, each in cast("list[tuple[str, object]]", content)}
