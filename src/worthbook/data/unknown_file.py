"""What to do with a file that no mapping fits: the nearest layouts, and a line to start from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from worthbook.data.recognition import Recognition
from worthbook.data.source import Source
from worthbook.definitions.mapping import Look
from worthbook.kernel.errors import Fault, Place, Problem, WorthbookError
from worthbook.kernel.language import Text

_HOW = Text(
    en="Name one of the columns {name}, or say which it is: worthbook inspect {file} --map {line}. "
    "{nearest}Columns found: {columns}.",
    zh="请将其中一列命名为 {name}，或指明是哪一列：worthbook inspect {file} --map {line}。"
    "{nearest}文件中的列：{columns}。",
)
CUSTOMER_COLUMN_MISSING = Fault(
    "customer-column-missing",
    what=Text(en="No column of {file} says who the customer is.", zh="{file} 中没有可识别的客户列。"),
    hint=_HOW,
)
DATE_COLUMN_MISSING = Fault(
    "date-column-missing",
    what=Text(en="No column of {file} holds dates.", zh="{file} 中没有可识别的日期列。"),
    hint=_HOW,
)
FILE_UNKNOWN = Fault(
    "file-layout-unknown",
    what=Text(en="No mapping fits {file}.", zh="没有适用于 {file} 的映射。"),
    hint=Text(
        en="Say which columns hold what: worthbook inspect {file} --map {line}. {nearest}Columns found: {columns}.",
        zh="请指明各列含义：worthbook inspect {file} --map {line}。{nearest}文件中的列：{columns}。",
    ),
)
_NEAREST = Text(en="Nearest layouts: {layouts}. ", zh="最接近的格式：{layouts}。")
_LACKS = Text(en="{name} (lacks {columns})", zh="{name}（缺少 {columns}）")
_COLUMN = "COLUMN"

_MISSING: Mapping[Look, tuple[Fault, str]] = {
    "customer": (CUSTOMER_COLUMN_MISSING, "customer_id"),
    "date": (DATE_COLUMN_MISSING, "ordered_on"),
}
_OURS: Mapping[Look, str] = {"customer": "customer_id", "date": "ordered_on", "money": "amount"}
_NEARLY = 0.5
"""A layout is near if the file has this part of what it needs."""
_MOST, _SHOWN = 2, 3


def unknown(source: Source, laid: Sequence[Recognition]) -> WorthbookError:
    """The error for a file over which every mapping was laid, the generic ones by values as well."""
    orders = next((each for each in laid if _looks(each)), None)
    words = {
        "file": source.file.name,
        "columns": ", ".join(column.header for column in source.columns),
        "line": _line(orders),
        "nearest": _nearest(laid),
    }
    place = Place(str(source.file))
    problems = [] if orders is None else list(_unfit(orders, place, words))
    return WorthbookError(problems or [FILE_UNKNOWN.problem(place, **words)])


def _unfit(orders: Recognition, place: Place, words: Mapping[str, object]) -> Iterator[Problem]:
    for name in orders.lacking:
        look = orders.declared.fields[name].looks_like
        if look is not None and look in _MISSING:
            fault, ours = _MISSING[look]
            yield fault.problem(place, name=ours, **words)


def _looks(laid: Recognition) -> bool:
    return laid.declared.generic and any(each.looks_like for each in laid.declared.fields.values())


def _line(orders: Recognition | None) -> str:
    """A ready line for `--map`, with what was found filled in."""
    found = (
        {}
        if orders is None
        else {
            each.looks_like: orders.fields[name].header if name in orders.fields else _COLUMN
            for name, each in orders.declared.fields.items()
            if each.looks_like is not None
        }
    )
    return " ".join(f"{ours}={_quoted(found.get(look, _COLUMN))}" for look, ours in _OURS.items())


def _quoted(header: str) -> str:
    """As a shell takes it."""
    return f'"{header}"' if any(sign in header for sign in " ()'&;|") else header


def _nearest(laid: Sequence[Recognition]) -> Text:
    close = sorted(
        (each for each in laid if not each.declared.generic and each.lacking and _share(each) >= _NEARLY),
        key=lambda each: (_share(each), len(each.read)),
        reverse=True,
    )[:_MOST]
    if not close:
        return Text(en="", zh="")
    said = [
        _LACKS.format(
            name=each.mapping.name,
            columns=", ".join(each.called(name) for name in each.lacking[:_SHOWN])
            + (" …" if len(each.lacking) > _SHOWN else ""),
        )
        for each in close
    ]
    layouts = Text(en=", ".join(each.en for each in said), zh="、".join(each.zh for each in said))
    return _NEAREST.format(layouts=layouts)


def _share(laid: Recognition) -> float:
    needed = [name for name, each in laid.declared.fields.items() if each.needed]
    return sum(1 for name in needed if name in laid.fields) / max(len(needed), 1)
