from __future__ import annotations

import datetime as dt
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from worthbook.kernel.evaluation import Evaluation
from worthbook.kernel.language import Language, Text
from worthbook.kernel.result import ColumnMeta
from worthbook.kernel.units import Unit, Value
from worthbook.reporting.workbook import write_workbook

Make = Callable[..., Evaluation]
Cells = dict[str, str | float | bool]

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
HOSTILE = ["=1+1", "+1", "-1", "@SUM(1)", "http://example.com", "007", "<&>\"'", " lead", "{=1}", "<r>", "中文，全角"]


def meta(name: str, unit: Unit) -> ColumnMeta:
    said = Text(en=name, zh=name)
    return ColumnMeta(name, said, unit, said, "test", labels={"vip": Text(en="VIP", zh="VIP客户")})


def sheets_of(path: Path) -> dict[str, ET.Element]:
    """The sheets by name, in order."""
    with zipfile.ZipFile(path) as archive:
        book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - made by the test itself
        names = [sheet.attrib["name"] for sheet in book.iter(f"{MAIN}sheet")]
        parts = [archive.read(f"xl/worksheets/sheet{at}.xml") for at in range(1, len(names) + 1)]
    return dict(zip(names, map(ET.fromstring, parts), strict=True))


def cells_of(sheet: ET.Element) -> Cells:
    """What each cell holds, in the type in which it is kept."""
    found: Cells = {}
    for cell in sheet.iter(f"{MAIN}c"):
        assert cell.find(f"{MAIN}f") is None
        kind, value = cell.attrib.get("t"), cell.findtext(f"{MAIN}v")
        if kind == "inlineStr":
            found[cell.attrib["r"]] = "".join(part.text or "" for part in cell.iter(f"{MAIN}t"))
        elif kind == "b":
            found[cell.attrib["r"]] = value == "1"
        elif value is not None:
            found[cell.attrib["r"]] = float(value)
    return found


def column_of(sheet: ET.Element, letter: str) -> list[str | float | bool]:
    """What stands in one column, from the top."""
    return [value for place, value in cells_of(sheet).items() if re.fullmatch(rf"{letter}\d+", place)]


def formats_of(path: Path, sheet: ET.Element) -> dict[str, str]:
    """The number format of each cell that has one of our own or a plain one."""
    with zipfile.ZipFile(path) as archive:
        styles = ET.fromstring(archive.read("xl/styles.xml"))  # noqa: S314
    own = {each.attrib["numFmtId"]: each.attrib["formatCode"] for each in styles.iter(f"{MAIN}numFmt")}
    known = {"4": "#,##0.00", "3": "#,##0", "2": "0.00", "49": "@"}
    uses = [each.attrib["numFmtId"] for each in styles.findall(f"{MAIN}cellXfs/{MAIN}xf")]
    return {
        cell.attrib["r"]: {**known, **own}.get(uses[int(cell.attrib.get("s", 0))], "")
        for cell in sheet.iter(f"{MAIN}c")
    }


@pytest.fixture
def evaluation(make_evaluation: Make) -> Evaluation:
    return make_evaluation()


@pytest.fixture
def write(evaluation: Evaluation, tmp_path: Path) -> Callable[..., Path]:
    """Writes customers with a column each unit, or the evaluation's own columns."""

    def made(rows: list[tuple[Value, ...]], *columns: ColumnMeta, language: Language = "en", left_out: int = 0) -> Path:
        path = tmp_path / "customers.xlsx"
        write_workbook(path, evaluation, columns or evaluation.columns, rows, language, left_out=left_out)
        return path

    return made


class TestSheets:
    def test_names_in_english(self, write: Callable[..., Path]) -> None:
        assert list(sheets_of(write([]))) == [
            "Customers", "Summary", "Tiers", "Concentration", "Purchase rhythm", "The next 12 months", "Definitions",
            "About",
        ]  # fmt: skip

    def test_names_in_chinese(self, write: Callable[..., Path]) -> None:
        assert list(sheets_of(write([], language="zh"))) == [
            "客户", "摘要", "分层", "收入集中度", "购买节奏", "未来12个月", "指标说明", "关于",
        ]  # fmt: skip


class TestCustomers:
    def test_header_in_the_language(self, write: Callable[..., Path]) -> None:
        cells = cells_of(sheets_of(write([], language="zh"))["客户"])
        assert cells == {"A1": "客户编号", "B1": "最近12个月收入", "C1": "RFM分群"}

    def test_ids_keep_their_leading_zeros(self, write: Callable[..., Path]) -> None:
        cells = cells_of(sheets_of(write([("00042", Decimal(1), "lost")]))["Customers"])
        assert cells["A2"] == "00042"

    def test_keys_are_shown_by_their_titles(self, write: Callable[..., Path]) -> None:
        cells = cells_of(sheets_of(write([("1", None, "champions")], language="zh"))["客户"])
        assert cells["C2"] == "冠军客户"

    def test_what_is_not_known_is_an_empty_cell(self, write: Callable[..., Path]) -> None:
        cells = cells_of(sheets_of(write([("1", None, None)]))["Customers"])
        assert [place for place in cells if place.endswith("2")] == ["A2"]

    @pytest.mark.parametrize(
        ("unit", "value", "kept", "shown"),
        [
            (Unit.MONEY, Decimal("-12.3456"), -12.3456, "#,##0.00"),
            (Unit.COUNT, 12_000, 12_000.0, "#,##0"),
            (Unit.DAYS, 41.5, 41.5, "#,##0.0"),
            (Unit.SHARE, 0.25, 0.25, "0.0%"),
            (Unit.RATIO, 1.5, 1.5, "0.00"),
            (Unit.DATE, dt.date(2024, 2, 29), 45351.0, "yyyy-mm-dd"),
            (Unit.DATE, dt.date(1899, 5, 1), "1899-05-01", ""),
            (Unit.TIME, dt.datetime(2024, 2, 29, 12), 45351.5, "yyyy-mm-dd hh:mm"),  # noqa: DTZ001
            (Unit.FLAG, True, True, ""),
            (Unit.LABEL, "vip", "VIP", ""),
            (Unit.ID, "007", "007", "@"),
        ],
    )
    def test_values_keep_their_type_and_are_shown_by_their_unit(
        self, write: Callable[..., Path], unit: Unit, value: Value, kept: str | float, shown: str
    ) -> None:
        path = write([("1", value)], meta("x", unit))
        sheet = sheets_of(path)["Customers"]
        assert (cells_of(sheet)["B2"], formats_of(path, sheet)["B2"]) == (kept, shown)

    def test_an_infinite_number_is_an_empty_cell(self, write: Callable[..., Path]) -> None:
        assert "B2" not in cells_of(sheets_of(write([("1", float("inf"))], meta("x", Unit.RATIO)))["Customers"])

    @pytest.mark.parametrize("text", HOSTILE)
    def test_hostile_texts_stay_texts(self, write: Callable[..., Path], text: str) -> None:
        cells = cells_of(sheets_of(write([(f"c{text}", text)], meta("x", Unit.TEXT)))["Customers"])
        assert (cells["A2"], cells["B2"]) == (f"c{text}", text)

    @pytest.mark.parametrize(
        ("text", "kept"),
        [
            ("<r><t>x</t></r>", " <r><t>x</t></r>"),  # xlsxwriter would take it for markup
            ("a\x07b", "a_x0007_b"),  # how the format spells a control character
            ("a\uffffb", "ab"),  # not a character in XML
        ],
    )
    def test_texts_that_would_break_the_file_are_changed(
        self, write: Callable[..., Path], text: str, kept: str
    ) -> None:
        assert cells_of(sheets_of(write([("1", text)], meta("x", Unit.TEXT)))["Customers"])["B2"] == kept

    def test_header_and_ids_stay_in_sight(self, write: Callable[..., Path]) -> None:
        pane = sheets_of(write([]))["Customers"].find(f".//{MAIN}pane")
        assert pane is not None
        assert (pane.attrib["xSplit"], pane.attrib["ySplit"], pane.attrib["state"]) == ("1", "1", "frozen")

    def test_can_be_filtered(self, write: Callable[..., Path]) -> None:
        found = sheets_of(write([("1", None, None), ("2", None, None)]))["Customers"].find(f"{MAIN}autoFilter")
        assert found is not None
        assert found.attrib["ref"] == "A1:C3"


class TestSummary:
    def test_holds_findings_and_cautions(self, write: Callable[..., Path]) -> None:
        assert column_of(sheets_of(write([]))["Summary"], "B") == [
            "1 % of customers (235) brought 20 % of the revenue of the last 12 months.",
            "Revenue of the next 12 months: about $1.55 million.",
            "Newer customers come back more.",
            "9 lines of the file could not be read.",
        ]

    def test_says_tones_in_words(self, write: Callable[..., Path]) -> None:
        assert column_of(sheets_of(write([], language="zh"))["摘要"], "A") == [
            "示例商店 Demo Shop，2018-06-30", "注意", "", "良好", "使用前请注意", "注意",
        ]  # fmt: skip

    def test_first_says_who_is_left_out(self, write: Callable[..., Path]) -> None:
        cells = cells_of(sheets_of(write([("1", None, None)], left_out=23_569))["Summary"])
        assert cells["A1"] == (
            "This workbook holds only the 1 of 23,570 customers with the highest value; "
            "customers.csv and customers.parquet hold all."
        )


class TestTiers:
    def test_holds_the_cells_of_all_frameworks(self, write: Callable[..., Path]) -> None:
        assert column_of(sheets_of(write([]))["Tiers"], "B") == [
            "Group", "Small", "Ordinary", "Major", "VIP", "Champions", "Lost", "Not placed",
        ]  # fmt: skip

    def test_a_cell_has_its_numbers_and_words(self, write: Callable[..., Path]) -> None:
        cells = cells_of(sheets_of(write([]))["Tiers"])
        assert [cells[f"{letter}5"] for letter in "ABCDEFGHI"] == [
            "Customer pyramid", "VIP", 235.0, 0.00997, 118000.5, 0.195, "Revenue, last 12 months",
            "What being vip means for us.", "What to do for vip, and next.",
        ]  # fmt: skip

    def test_says_why_customers_are_not_placed(self, write: Callable[..., Path]) -> None:
        cells = cells_of(sheets_of(write([]))["Tiers"])
        assert [cells[f"{letter}8"] for letter in "ABCH"] == [
            "RFM groups", "Not placed", 3500.0, "Not known: Days since the last purchase",
        ]  # fmt: skip


class TestStudies:
    def test_tables_stand_below_each_other(self, write: Callable[..., Path]) -> None:
        cells = column_of(sheets_of(write([]))["Purchase rhythm"], "A")
        titles = [each for each in cells if each in {"Purchases by month", "Customers by day", "Gap and spend"}]
        assert titles == ["Purchases by month", "Customers by day", "Gap and spend"]

    def test_words_in_a_table_are_in_the_language(self, write: Callable[..., Path]) -> None:
        assert "常规客户" in column_of(sheets_of(write([], language="zh"))["购买节奏"], "C")


class TestDefinitions:
    def test_says_what_each_column_means(self, write: Callable[..., Path]) -> None:
        cells = cells_of(sheets_of(write([]))["Definitions"])
        assert [cells[f"{letter}3"] for letter in "ABCDEF"] == [
            "rfm", "RFM group", "group", "One of the groups.", "A06", "Starting values.",
        ]  # fmt: skip


class TestAbout:
    def test_says_what_it_was_made_from(self, write: Callable[..., Path]) -> None:
        cells = cells_of(sheets_of(write([]))["About"])
        assert (cells["B2"], cells["B3"]) == (43281.0, "2018-06-30-5e1f9a02")

    def test_counts_the_lines_of_each_file(self, write: Callable[..., Path]) -> None:
        cells = cells_of(sheets_of(write([]))["About"])
        assert [cells[f"{letter}9"] for letter in "ABCDEF"] == ["orders-2016.csv", "cdnow", 69659.0, 69650.0, 9.0, 0.0]


class TestFile:
    def test_nothing_is_left_beside_it(self, write: Callable[..., Path], tmp_path: Path) -> None:
        write([])
        assert [path.name for path in tmp_path.iterdir()] == ["customers.xlsx"]
