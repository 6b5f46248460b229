"""An evaluation as an XLSX workbook: the customers, and everything that was found, in sheets to work on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from worthbook.kernel.evaluation import CellResult, Evaluation, FrameworkResult
from worthbook.kernel.language import Language, Text
from worthbook.kernel.result import ColumnMeta, Finding, Study, Table
from worthbook.kernel.units import Unit, Value
from worthbook.kernel.whole import replacing
from worthbook.reporting.cells import Styles, put_for
from worthbook.reporting.leaf import Heading, Leaf, sheet_name
from worthbook.reporting.words import WORDS

_CUSTOMERS = Text(en="Customers", zh="客户")
_SUMMARY = Text(en="Summary", zh="摘要")
_TIERS = Text(en="Tiers", zh="分层")
_DEFINITIONS = Text(en="Definitions", zh="指标说明")
_ABOUT = Text(en="About", zh="关于")

_CUSTOMER_ID = Text(en="Customer", zh="客户编号")
_LEFT_OUT = Text(
    en="This workbook holds only the {held:,} of {all:,} customers with the highest value; customers.csv and "
    "customers.parquet hold all.",
    zh="全部 {all:,} 位客户中，本工作簿仅含价值最高的 {held:,} 位；完整名单见 customers.csv 和 customers.parquet。",
)
_NOT_PLACED = Text(en="Not placed", zh="未能归类")
_UNKNOWN_IS = Text(en="Not known: {column}", zh="缺少数据：{column}")
_TONES = {
    "good": Text(en="Good", zh="良好"),
    "neutral": Text(en="", zh=""),
    "warning": Text(en="Watch", zh="注意"),
}

_TIER_HEADINGS = (
    Heading(Text(en="Framework", zh="分层方法"), Unit.TEXT, 26),
    Heading(WORDS["group"], Unit.TEXT, 18),
    Heading(WORDS["customers"], Unit.COUNT, 12),
    Heading(WORDS["customer_share"], Unit.SHARE, 12),
    Heading(Text(en="Value", zh="价值"), Unit.MONEY, 16),
    Heading(WORDS["value_share"], Unit.SHARE, 12),
    Heading(Text(en="Value is", zh="价值口径"), Unit.TEXT, 24),
    Heading(WORDS["meaning"], Unit.TEXT, 50),
    Heading(WORDS["strategy"], Unit.TEXT, 60),
    Heading(WORDS["service_level"], Unit.TEXT, 40),
    Heading(WORDS["next_action"], Unit.TEXT, 60),
)
_DEFINITION_HEADINGS = (
    Heading(Text(en="Name", zh="名称"), Unit.TEXT, 30),
    Heading(Text(en="Title", zh="标题"), Unit.TEXT, 28),
    Heading(Text(en="Unit", zh="单位"), Unit.TEXT, 12),
    Heading(WORDS["meaning"], Unit.TEXT, 60),
    Heading(Text(en="Source", zh="出处"), Unit.TEXT, 40),
    Heading(Text(en="Bear in mind", zh="注意事项"), Unit.TEXT, 60),
)
_FILE_HEADINGS = (
    Heading(WORDS["file"], Unit.TEXT, 30),
    Heading(WORDS["mapping"], Unit.TEXT, 26),
    Heading(WORDS["read"], Unit.COUNT, 12),
    Heading(WORDS["accepted"], Unit.COUNT, 12),
    Heading(WORDS["rejected"], Unit.COUNT, 12),
    Heading(WORDS["skipped"], Unit.COUNT, 12),
    Heading(WORDS["imported_at"], Unit.TIME, 18),
)
_RUN = (
    Text(en="Book", zh="账簿"),
    Text(en="As of", zh="评估日"),
    WORDS["run"],
    WORDS["made_at"],
    WORDS["customers"],
    WORDS["currency"],
)

SETTINGS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_WIDTHS = {Unit.MONEY: 15, Unit.DATE: 12, Unit.TIME: 17, Unit.LABEL: 16, Unit.TEXT: 24, Unit.ID: 16}
_WIDTH = 12
_HEADER_HEIGHT = 48


def write_workbook(  # noqa: PLR0913 - what is written, for whom, and where to
    path: Path,
    evaluation: Evaluation,
    columns: Sequence[ColumnMeta],
    rows: Iterable[tuple[Value, ...]],
    language: Language,
    *,
    left_out: int = 0,
) -> None:
    """Write an evaluation as a workbook; the file appears whole or not at all.

    Texts are never formulas, links or numbers, so that customer ids keep their leading zeros; unknown values are empty
    cells.

    Args:
        path: the `.xlsx` to write.
        evaluation: what was found.
        columns: what the customers' values mean, after the customer id.
        rows: the customers: id and values of each, in the order in which they are shown; read once.
        language: of titles and sentences.
        left_out: how many customers are not among the rows; the summary says so.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415 - loaded only where a workbook is written

    with replacing(path) as place, Workbook(str(place), SETTINGS) as book:
        styles = Styles.of(book)
        taken: set[str] = set()

        def leaf(title: Text) -> Leaf:
            name = sheet_name(title.say(language), taken)
            return Leaf(book.add_worksheet(name), styles, language)

        held = write_customers(leaf(_CUSTOMERS), columns, rows)
        _write_summary(leaf(_SUMMARY), evaluation, held, left_out)
        _write_tiers(leaf(_TIERS), evaluation.frameworks)
        for study in evaluation.studies:
            _write_study(leaf(study.title), study)
        _write_definitions(leaf(_DEFINITIONS), columns)
        _write_about(leaf(_ABOUT), evaluation)


def write_customers(leaf: Leaf, columns: Sequence[ColumnMeta], rows: Iterable[tuple[Value, ...]]) -> int:
    """One line per customer; how many. What can be decided once per column is decided before the loop over cells."""
    sheet, language = leaf.sheet, leaf.language
    titles = [_CUSTOMER_ID.say(language), *(meta.title.say(language) for meta in columns)]
    units = [Unit.ID, *(meta.unit for meta in columns)]
    sheet.set_row(0, _HEADER_HEIGHT)
    for column, (title, unit) in enumerate(zip(titles, units, strict=True)):
        sheet.set_column(column, column, _WIDTHS.get(unit, _WIDTH))
        sheet.write_string(0, column, title, leaf.styles.header)
    labels = [None, *({key: text.say(language) for key, text in meta.labels.items()} for meta in columns)]
    puts = [put_for(sheet, at, unit, leaf.styles, labels[at]) for at, unit in enumerate(units)]
    line = 0
    for line, row in enumerate(rows, 1):
        for put, value in zip(puts, row, strict=True):
            if value is not None:
                put(line, value)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, line, len(columns))
    return line


def _write_summary(leaf: Leaf, evaluation: Evaluation, held: int, left_out: int) -> None:
    leaf.widths(10, 110)
    if left_out:
        leaf.note(_LEFT_OUT.format(held=held, all=held + left_out))
    leaf.title(Text(en=f"{evaluation.title}, {evaluation.as_of}", zh=f"{evaluation.title}，{evaluation.as_of}"))
    _write_findings(leaf, evaluation.findings)
    if evaluation.cautions:
        leaf.gap()
        leaf.strong(WORDS["cautions"])
        _write_findings(leaf, evaluation.cautions)


def _write_findings(leaf: Leaf, findings: Iterable[Finding]) -> None:
    for finding in findings:
        leaf.words(_TONES[finding.tone], finding.text)


_TIER_UNITS = tuple(heading.unit for heading in _TIER_HEADINGS)


def _write_tiers(leaf: Leaf, frameworks: Iterable[FrameworkResult]) -> None:
    leaf.headings(_TIER_HEADINGS)
    leaf.sheet.freeze_panes(1, 2)
    for framework in frameworks:
        for cell in framework.cells:
            _write_cell(leaf, framework, cell)
        for column, customers in framework.unplaced_because:
            because = _UNKNOWN_IS.format(column=column)
            leaf.row([framework.title, _NOT_PLACED, customers, None, None, None, None, because], _TIER_UNITS)
        for note in framework.notes:
            leaf.row([framework.title, None, None, None, None, None, None, note], _TIER_UNITS)


def _write_cell(leaf: Leaf, framework: FrameworkResult, cell: CellResult) -> None:
    units = [framework.value_unit if unit is Unit.MONEY else unit for unit in _TIER_UNITS]
    shares = (cell.customer_share, cell.value, cell.value_share)
    words = (framework.value_title, cell.meaning, cell.strategy, cell.service_level, cell.next_action)
    leaf.row([framework.title, cell.title, cell.customers, *shares, *words], units)


def _write_study(leaf: Leaf, study: Study) -> None:
    leaf.widths(*[18] * max((len(table.columns) for table in study.tables), default=1))
    leaf.title(study.title)
    leaf.line(study.description)
    for finding in study.findings:
        leaf.line(finding.text)
    for table in study.tables:
        _write_table(leaf, table)
    leaf.gap()
    for caveat in study.caveats:
        leaf.line(caveat)


def _write_table(leaf: Leaf, table: Table) -> None:
    leaf.gap()
    leaf.strong(table.title)
    leaf.headings([Heading(column.title, column.unit) for column in table.columns])
    units = [column.unit for column in table.columns]
    for row in table.rows:
        leaf.row(row, units)


def _write_definitions(leaf: Leaf, columns: Iterable[ColumnMeta]) -> None:
    leaf.headings(_DEFINITION_HEADINGS)
    leaf.sheet.freeze_panes(1, 1)
    units = [heading.unit for heading in _DEFINITION_HEADINGS]
    for meta in columns:
        caveats = Text(en=" ".join(each.en for each in meta.caveats), zh="".join(each.zh for each in meta.caveats))
        leaf.row([meta.name, meta.title, meta.unit.title, meta.description, meta.source, caveats], units)


def _write_about(leaf: Leaf, evaluation: Evaluation) -> None:
    made: tuple[tuple[Value, Unit], ...] = (
        (evaluation.title, Unit.TEXT),
        (evaluation.as_of, Unit.DATE),
        (evaluation.run_id, Unit.TEXT),
        (evaluation.made_at, Unit.TIME),
        (evaluation.customers, Unit.COUNT),
        (evaluation.currency or None, Unit.TEXT),
    )
    for title, (value, unit) in zip(_RUN, made, strict=True):
        leaf.row([title, value], [Unit.TEXT, unit])
    leaf.gap()
    leaf.headings(_FILE_HEADINGS)
    units = [heading.unit for heading in _FILE_HEADINGS]
    for source in evaluation.sources:
        counts = (source.read, source.accepted, source.rejected, source.skipped)
        leaf.row([source.file, source.mapping, *counts, source.imported_at], units)
