"""What the functions of an offering cost, and perhaps how much they count: a small file that somebody wrote."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from worthbook.data.convert import add_macros
from worthbook.data.opening import open_source
from worthbook.data.source import LINES, Source, SourceColumn
from worthbook.definitions.mapping import header_key
from worthbook.kernel.errors import Fault, Place, Problem, raise_all
from worthbook.kernel.language import Text

HEADERS: Mapping[str, tuple[str, ...]] = {
    "function": ("function", "topic", "attribute", "name", "功能", "要素", "名称"),
    "importance": ("importance", "points", "weight", "重要性", "重要程度", "点数"),
    "cost": ("cost", "costs", "成本"),
}
"""What each column may be called."""

COLUMNS_ABSENT = Fault(
    "cost-sheet-columns-absent",
    what=Text(en="{file} has no columns 'function' and 'cost'.", zh="{file} 没有“功能”和“成本”列。"),
    hint=Text(en="Name them so. Found: {columns}.", zh="请如此命名。文件中的列：{columns}。"),
)
NUMBER_UNFIT = Fault(
    "cost-sheet-number-unfit",
    what=Text(
        en="Line {line}: '{found}' is not a number from 0 under '{column}'.",
        zh="第 {line} 行“{column}”列的“{found}”不是不小于0的数值。",
    ),
    hint=Text(en="Write a number; 0 where there is none.", zh="请填写数值；没有则写 0。"),
)
NAMED_TWICE = Fault(
    "cost-sheet-function-twice",
    what=Text(
        en="Line {line}: '{name}' stands there twice, or has no name.", zh="第 {line} 行：“{name}”重复或缺少名称。"
    ),
    hint=Text(en="Give every function one line.", zh="每项功能只写一行。"),
)


@dataclass(frozen=True)
class CostSheet:
    """Functions in the order of the file."""

    costs: Mapping[str, float]
    importance: Mapping[str, float] | None = None
    """Shares or points as somebody stated them; None where the file does not say."""


def read_costs(file: Path) -> CostSheet:
    """Read a file with a line a function.

    Raises:
        WorthbookError: cost-sheet-columns-absent, cost-sheet-number-unfit, cost-sheet-function-twice, or what is wrong
            with the file.
    """
    with tempfile.TemporaryDirectory(prefix="worthbook-") as folder:
        source = open_source(file, Path(folder))
        columns = _columns(source)
        if not {"function", "cost"} <= set(columns):
            there = ", ".join(column.header for column in source.columns)
            raise COLUMNS_ABSENT(Place(str(file)), file=file.name, columns=there)
        with duckdb.connect(config={"threads": 1, "temp_directory": folder}) as connection:
            add_macros(connection)
            source.load(connection)
            texts = [f"wb_clean(CAST({column.sql} AS VARCHAR))" for column in columns.values()]
            numbers = [f"wb_number({text})" for text in texts]
            rows = connection.execute(
                f"SELECT line, [{', '.join(texts)}], [{', '.join(numbers)}] FROM {LINES} ORDER BY line"
            ).fetchall()
    lines = [
        (line, dict(zip(columns, said, strict=True)), dict(zip(columns, read, strict=True)))
        for line, said, read in rows
    ]
    raise_all(_problems(lines, columns, Place(str(file))))
    names = [str(said["function"]) for _, said, _ in lines]
    found = {
        part: {name: float(read[part] or 0) for name, (_, _, read) in zip(names, lines, strict=True)}
        for part in columns
        if part != "function"
    }
    return CostSheet(found["cost"], found.get("importance"))


def tells_importance(file: Path) -> bool:
    """Whether a file holds costs and importance itself, so that no survey is needed.

    Raises:
        WorthbookError: what is wrong with the file.
    """
    with tempfile.TemporaryDirectory(prefix="worthbook-") as folder:
        return set(_columns(open_source(file, Path(folder)))) == set(HEADERS)


def _columns(source: Source) -> dict[str, SourceColumn]:
    there = {header_key(column.header): column for column in source.columns}
    keys = {part: [header_key(name) for name in names if header_key(name) in there] for part, names in HEADERS.items()}
    return {part: there[found[0]] for part, found in keys.items() if found}


def _problems(
    lines: list[tuple[int, dict[str, str | None], dict[str, float | None]]],
    columns: Mapping[str, SourceColumn],
    where: Place,
) -> Iterator[Problem]:
    seen: set[str | None] = {None}
    for line, said, read in lines:
        if said["function"] in seen:
            yield NAMED_TWICE.problem(where, line=line, name=said["function"] or "")
        seen.add(said["function"])
        for part in (part for part in columns if part != "function"):
            number = read[part]
            if number is None or not 0 <= number < float("inf"):
                yield NUMBER_UNFIT.problem(where, line=line, found=said[part] or "", column=columns[part].header)
