"""A SIPOC sheet: requirements that customers voiced, and room for what a team adds to them."""

from __future__ import annotations

from pathlib import Path

from xlsxwriter import Workbook

from worthbook.kernel.language import Language, Text
from worthbook.kernel.result import Study
from worthbook.kernel.units import Unit
from worthbook.kernel.whole import replacing
from worthbook.reporting.cells import Styles
from worthbook.reporting.leaf import Heading, Leaf

_SHEET = Text(en="SIPOC", zh="SIPOC")
_TITLE = Text(en="From customers' words to owners and measures", zh="从客户之声到责任人与衡量指标")
_NOTE = Text(
    en="Requirements, counts, quotes, measures and owners are filled in. Add suppliers, inputs, steps, targets, dates.",
    zh="已填写：关键需求、数量、原话及建议的指标和负责部门。请补充供应方、输入、流程步骤、目标值与期限。",
)
_HEADINGS = (
    Heading(Text(en="Supplier", zh="供应方（S）"), Unit.TEXT, 16),
    Heading(Text(en="Input", zh="输入（I）"), Unit.TEXT, 16),
    Heading(Text(en="Process", zh="流程（P）"), Unit.TEXT, 20),
    Heading(Text(en="Output", zh="输出（O）"), Unit.TEXT, 16),
    Heading(Text(en="Customers who complain", zh="客户（C）：不满客户数"), Unit.COUNT, 12),
    Heading(Text(en="Theme", zh="主题"), Unit.TEXT, 18),
    Heading(Text(en="In customers' words", zh="客户原话"), Unit.TEXT, 50),
    Heading(Text(en="Critical requirement", zh="关键需求"), Unit.TEXT, 34),
    Heading(Text(en="Measured by", zh="衡量指标"), Unit.TEXT, 30),
    Heading(Text(en="Target", zh="目标值"), Unit.TEXT, 10),
    Heading(Text(en="Owner", zh="责任人"), Unit.TEXT, 18),
    Heading(Text(en="Until", zh="期限"), Unit.TEXT, 12),
)


def write_sheet(study: Study, to: Path, language: Language) -> Path:
    """Write the sheet from the study `voice`: a line a requirement, the gravest first.

    Args:
        study: with the tables `themes`, `requirements` and `quotes`.
        to: the XLSX file.
        language: of every word.
    """
    tables = {table.name: table for table in study.tables}
    quotes: dict[str, list[str]] = {}
    for theme, quote in zip(*(tables["quotes"].column(name) for name in ("theme", "quote")), strict=True):
        quotes.setdefault(_said(theme, language), []).append(f"“{_said(quote, language)}”")
    complaining = dict(zip(*(tables["themes"].column(name) for name in ("theme", "complaining")), strict=True))
    wanted = ("theme", "requirement", "measure", "owner")
    with replacing(to) as place, Workbook(str(place)) as book:
        leaf = Leaf(book.add_worksheet(_SHEET.say(language)), Styles.of(book), language)
        leaf.title(_TITLE)
        leaf.note(_NOTE)
        leaf.headings(_HEADINGS)
        lines = zip(*(tables["requirements"].column(name) for name in wanted), strict=True)
        for theme, requirement, measure, owner in lines:
            said = "\n".join(quotes.get(_said(theme, language), []))
            cells = ("", "", "", "", complaining[theme], theme, said, requirement, measure, "", owner, "")
            leaf.row(cells, [heading.unit for heading in _HEADINGS])
    return to


def _said(cell: object, language: Language) -> str:
    return cell.say(language) if isinstance(cell, Text) else str(cell)
