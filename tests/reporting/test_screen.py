"""What one question is answered with on a terminal: the same printer for studies and for lifetimes."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from rich.console import Console

from worthbook.kernel.language import Text
from worthbook.kernel.provenance import Provenance
from worthbook.kernel.result import Finding, Study, Table, TableColumn
from worthbook.kernel.units import Unit
from worthbook.reporting.screen import print_screen
from worthbook.reporting.study_terminal import print_study

TITLE = Text(en="Gaps [of 7]", zh="差距")
COLUMNS = (
    TableColumn("name", Text(en="Name", zh="名称"), Unit.TEXT),
    TableColumn("gap", Text(en="Gap", zh="差距"), Unit.SCORE),
    TableColumn("gap_low", Text(en="from", zh="下限"), Unit.SCORE),
    TableColumn("gap_high", Text(en="to", zh="上限"), Unit.SCORE),
)
TABLE = Table("gaps", TITLE, COLUMNS, tuple((f"item [{n}]\x1b", n + 0.5, n + 0.25, n + 0.75) for n in range(45)))
SAID = Finding(Text(en="One is [wide].", zh="一项较大。"), "warning")


@pytest.fixture
def console() -> Console:
    return Console(file=io.StringIO(), width=90, highlight=False)


def shown(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_study_folds_intervals_and_says_how_many_rows_are_not_shown(console: Console) -> None:
    made = Provenance("study", "gaps", dt.date(2026, 1, 1), "", "test 1")
    study = Study(
        name="gaps", title=TITLE, description=TITLE, as_of=dt.date(2026, 1, 1), tables=(TABLE,), charts=(),
        findings=(SAID,), caveats=(Text(en="Mind it.", zh="注意。"),), source="", provenance=made,
    )  # fmt: skip
    print_study(study, "en", notes=(SAID,), console=console)
    text = shown(console)
    assert "item [3]  " in text
    assert "3.50 (3.25 to 3.75)" in text
    assert "… and 5 more rows" in text
    assert text.index("! One is [wide].") < text.index("Noticed while reading") < text.index("- Mind it.")
    assert "\x1b" not in text


def test_an_answer_shows_statistics_with_equal_places_and_notes_last(console: Console) -> None:
    print_screen(TITLE, (SAID,), (TABLE,), "zh", notes=(Text(en="Small.", zh="小字。"),), console=console)
    text = shown(console)
    assert "3.5（3.2至3.8）" in text
    assert "44.5" in text
    assert text.rstrip().endswith("小字。")


def test_a_table_wider_than_the_terminal_breaks_words_and_no_dates() -> None:
    columns = (
        TableColumn("day", Text(en="Day", zh="日期"), Unit.DATE),
        *(TableColumn(f"word{n}", Text(en="Group of customers", zh="客户群体"), Unit.TEXT) for n in range(4)),
    )
    table = Table("days", TITLE, columns, ((dt.date(2025, 6, 30), *["slipping away soon"] * 4),))
    narrow = Console(file=io.StringIO(), width=50, highlight=False)
    print_screen(TITLE, (), (table,), "en", console=narrow)
    assert "2025-06-30" in shown(narrow)
