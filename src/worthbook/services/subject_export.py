"""Everything that a book holds about one person, in a file to hand over."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from worthbook.data import columns
from worthbook.data.bucket import bucket_of
from worthbook.data.merges import read_decisions
from worthbook.data.subject import HeldRow, held_rows
from worthbook.kernel.language import Language, Text
from worthbook.kernel.units import Unit, Value, show_exactly
from worthbook.kernel.whole import replacing
from worthbook.planning.store import KeptRun
from worthbook.reporting.subject_page import Section, subject_page
from worthbook.services.find_book import find_book
from worthbook.services.known_customer import NO_SUCH_CUSTOMER, meant
from worthbook.services.open_book import OpenBook, open_book

_TITLE = Text(en="What {book} holds about you", zh="{book} 中与您有关的全部数据")
_LEAD = Text(
    en="Every row of every table under the ids {ids}, as it was imported, with file and line; then what was worked out "
    "from it in the latest evaluation. data.json holds the same for programs.",
    zh="以下为编号 {ids} 名下各数据表的全部记录，按导入时原样列出，并注明文件和行号；其后是最近一次评估的计算结果。"
    "data.json 为供程序读取的同一内容。",
)
_ROWS = Text(en="{count} rows", zh="{count} 行")
_FILE = Text(en="File", zh="文件")
_LINE = Text(en="Line", zh="行号")
_STATE = Text(en="State", zh="状态")
_COUNTS, _UNDONE = Text(en="counts", zh="有效"), Text(en="undone", zh="已撤销")
_WORKED_OUT = Text(en="What was worked out", zh="计算结果")
_AS_OF = Text(en="as at {as_of}", zh="截至 {as_of}")
_COLUMN, _VALUE = Text(en="Column", zh="指标"), Text(en="Value", zh="值")
_FROM = Text(en="Made by, from", zh="由何得出")
_DONE = Text(
    en="Written to {path}: {rows} rows of {tables} tables, and {columns} columns that were worked out.",
    zh="已写入 {path}：{tables} 个表共 {rows} 行，以及 {columns} 项计算结果。",
)
_TITLES: Mapping[str, Text] = {
    "rejects": Text(en="Lines that could not be used", zh="未能使用的数据行"),
    "identity_decisions": Text(en="Decisions on who is whom", zh="客户身份认定记录"),
    "customer_links": Text(en="Merged ids", zh="已合并的编号"),
}


@dataclass(frozen=True)
class WorkedOut:
    """One column of the latest evaluation."""

    name: str
    title: Text
    unit: Unit
    value: Value
    made_by: str


@dataclass(frozen=True)
class Exported:
    """What was written."""

    path: Path
    ids: tuple[str, ...]
    rows: tuple[HeldRow, ...]
    worked_out: tuple[WorkedOut, ...]

    def say(self, language: Language) -> str:
        """In a sentence."""
        tables = len({row.table for row in self.rows})
        counts = {"rows": len(self.rows), "tables": tables, "columns": len(self.worked_out)}
        return _DONE.format(path=self.path, **counts).say(language)

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        tables = {row.table for row in self.rows}
        return {
            "path": str(self.path),
            "rows": len(self.rows),
            "tables": sorted(tables),
            "columns": len(self.worked_out),
        }


def export_subject(
    folder: Path | None, customer_id: str, to: Path | None = None, *, language: Language = "en"
) -> Exported:
    """Write a ZIP with a page to read and a JSON file; by default `subject.zip` in the current folder.

    Raises:
        WorthbookError: customer-not-in-book.
    """
    with open_book(find_book(folder)) as opened:
        ids = read_decisions(opened.book).members(meant(opened, customer_id))
        rows = held_rows(opened.book, opened.catalogue.tables, ids)
        if not rows:
            raise NO_SUCH_CUSTOMER(customer=customer_id)
        run = _latest(opened)
        worked_out = () if run is None else tuple(_worked_out(opened, run, ids[0]))
        path = to or Path("subject.zip")
        files = {record.import_id: record.file for record in opened.imports}
        sections = [*_sections(opened, rows, files, language), *_results(run, worked_out, opened, language)]
        title = _TITLE.format(book=opened.book.title)
        page = subject_page(title, _LEAD.format(ids=", ".join(ids)), sections, language)
        with replacing(path) as place, zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("index.html", page)
            archive.writestr("data.json", _json(ids, rows, files, worked_out))
        return Exported(path, ids, rows, worked_out)


def _latest(opened: OpenBook) -> KeptRun | None:
    runs = sorted(opened.store.run_ids(), key=lambda run_id: run_id[:10])
    return opened.store.find_run(runs[-1]) if runs else None


def _worked_out(opened: OpenBook, run: KeptRun, customer_id: str) -> Iterator[WorkedOut]:
    """The columns of an evaluation that are known for the customer, and what each was made from."""
    names = sorted({name for sheet in run.sheets for name in sheet.columns} & opened.catalogue.makers.keys())
    bucket = bucket_of(customer_id, opened.snapshot.buckets)
    values = columns.one_customer(opened.engine, run.sheets, customer_id, names, bucket) if names else {}
    for name, value in values.items():
        if value is not None:
            meta, tree = opened.catalogue.meta(name), run.provenance.get(name)
            made_from = () if tree is None else tuple(parent.name for parent in tree.made_from)
            made_by = "" if tree is None else f"{tree.maker}: {', '.join(made_from)}"
            yield WorkedOut(name, meta.title, meta.unit, value, made_by)


def _sections(
    opened: OpenBook, rows: Sequence[HeldRow], files: Mapping[str, str], language: Language
) -> Iterator[Section]:
    for name in dict.fromkeys(row.table for row in rows):
        own = [row for row in rows if row.table == name]
        keys = list(dict.fromkeys(key for row in own for key in row.values))
        definition = opened.catalogue.tables.get(name)
        titles = {} if definition is None else {key: each.title for key, each in definition.columns.items()}
        units = {} if definition is None else {key: each.unit for key, each in definition.columns.items()}
        shown = [
            [
                *(_cell(row.values.get(key), units.get(key), language, opened.book.currency) for key in keys),
                files.get(row.import_id, ""),
                "" if row.line is None else str(row.line),
                (_COUNTS if row.counts else _UNDONE).say(language),
            ]
            for row in own
        ]
        heads = [titles.get(key, Text(en=key, zh=key)) for key in keys]
        title = _TITLES.get(name, Text(en=name, zh=name)) if definition is None else definition.title
        yield Section(title, _ROWS.format(count=len(own)), (*heads, _FILE, _LINE, _STATE), shown)


def _results(
    run: KeptRun | None, worked_out: Sequence[WorkedOut], opened: OpenBook, language: Language
) -> Iterator[Section]:
    if run is not None and worked_out:
        currency = opened.book.currency
        rows = [
            [each.title.say(language), _cell(each.value, each.unit, language, currency), each.made_by]
            for each in worked_out
        ]
        yield Section(_WORKED_OUT, _AS_OF.format(as_of=run.evaluation.as_of), (_COLUMN, _VALUE, _FROM), rows)


def _cell(value: Value, unit: Unit | None, language: Language, currency: str) -> str:
    if value is None:
        return ""
    return str(value) if unit is None else show_exactly(value, unit, language, currency)


def _json(
    ids: Sequence[str], rows: Sequence[HeldRow], files: Mapping[str, str], worked_out: Sequence[WorkedOut]
) -> str:
    tables: dict[str, list[dict[str, object]]] = {}
    for row in rows:
        where = {"import": row.import_id, "file": files.get(row.import_id), "line": row.line, "counts": row.counts}
        tables.setdefault(row.table, []).append({**row.values, "held_from": where})
    made = {each.name: {"value": each.value, "made_by": each.made_by} for each in worked_out}
    return json.dumps(
        {"ids": list(ids), "tables": tables, "worked_out": made}, ensure_ascii=False, indent=1, default=str
    )
